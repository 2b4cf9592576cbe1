"""`POST /problems`."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sanfuwu.ledger.models import Event
from sanfuwu.problems.models import Problem
from sanfuwu.problems.tests.cast import NOW, PHONE, Cast, kinds
from sanfuwu.territory.actions import end_post
from sanfuwu.territory.actor import SYSTEM

from .callers import SAID, Caller, caller_for, refusal

pytestmark = pytest.mark.usefixtures("both_ways")


def test_what_suffices_for_a_person_suffices_for_a_program(cast: Cast, collector: Caller) -> None:
    response = collector.post("/problems", SAID)
    assert response.status_code == 201
    told = response.json()
    problem = Problem.objects.get(number=told["number"])
    assert response["Location"] == f"/api/v1/problems/{problem.number}"
    assert response["ETag"] == f'"{problem.version}"'
    assert told == {
        "id": str(problem.pk),
        "number": problem.number,
        "version": problem.version,
        "state": "submitted",
        "stage": "submitted",
        "registered_at": problem.registered_at.isoformat(),
        "proposed_unit": None,
        "read_code": problem.read_code,
    }
    assert problem.registered_by == cast.collector.post_id
    assert (problem.registered_at, problem.raised_on) == (NOW, NOW)
    assert kinds(problem) == ["registered"]


def test_everything_that_is_said_is_kept(cast: Cast, collector: Caller) -> None:
    said = SAID | {
        "title": "跳闸",
        "requester": {"kind": "enterprise", "name": "样例伞业", "contact_name": "陆建国", "phone": PHONE},
        "channel": "meeting",
        "urgency": "urgent",
        "nature": "dispute",
        "category_id": str(cast.category),
        "proposed_unit": str(cast.unit("gdgs")),
        "raised_on": "2019-02-11T16:00:00+08:00",
        "confidential": True,
        "source_system": "12345",
        "source_ref": "HZ-77",
    }
    problem = Problem.objects.get(number=collector.post("/problems", said).json()["number"])
    assert (problem.title, problem.channel, problem.urgency, problem.nature) == ("跳闸", "meeting", "urgent", "dispute")
    assert (problem.proposed_category_id, problem.proposed_unit) == (cast.category, cast.unit("gdgs"))
    assert (problem.confidential, problem.claimed_party) == (True, "样例伞业")
    assert (problem.source_system, problem.source_ref) == ("12345", "HZ-77")
    assert problem.raised_on.isoformat() == "2019-02-11T08:00:00+00:00"


def test_a_category_may_be_named_by_its_code(cast: Cast, collector: Caller) -> None:
    assert cast.category
    told = collector.post("/problems", SAID | {"category_code": "gd"}).json()
    assert Problem.objects.get(number=told["number"]).proposed_category_id == cast.category


def test_solved_on_the_spot_takes_one_request(cast: Cast, collector: Caller) -> None:
    said = SAID | {"on_spot": {"how": "当场接通备用线路。", "confirmed_by": "陆建国"}}
    told = collector.post("/problems", said).json()
    assert (told["state"], told["stage"]) == ("struck_off", "struck_off")
    assert kinds(Problem.objects.get(number=told["number"])) == ["solved_on_spot"]


def test_the_request_id_is_in_the_event(cast: Cast, collector: Caller) -> None:
    response = collector.post("/problems", SAID, X_Request_Id="proxy-7f3a-0001")
    assert response["X-Request-Id"] == "proxy-7f3a-0001"
    event = Event.objects.get(stream_id=response.json()["id"])
    assert event.request_id == "proxy-7f3a-0001"


@pytest.mark.parametrize("given", ["x", "a b c d e f g h", "a" * 65, "<script>1</script>"])
def test_a_strange_request_id_is_replaced(cast: Cast, collector: Caller, given: str) -> None:
    assert collector.get("/me", X_Request_Id=given)["X-Request-Id"] != given


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "有\x00字"}, "text"),
        ({"text": "长" * 20_001}, "text"),
        ({"division": "330603"}, "division"),
        ({"division": "33060"}, "division"),
        ({"requester": {"kind": "resident", "phone": "123"}}, "phone"),
        ({"requester": {"kind": "alien"}}, "requester.kind"),
        ({"requester": {}}, "requester"),
        ({"channel": "pigeon"}, "channel"),
        ({"raised_on": "2019-02-13T00:00:00+08:00"}, "raised_on"),
        ({"raised_on": "2019-02-11T00:00:00"}, "raised_on"),
        ({"raised_on": "0001-01-01T00:00:00+14:00"}, "raised_on"),
        ({"category_id": "018f0000-0000-7000-8000-000000000000"}, "category_id"),
        ({"category_code": "no such"}, "category_code"),
        ({"proposed_unit": "018f0000-0000-7000-8000-000000000000"}, "proposed_unit"),
        ({"source_ref": "9" * 81}, "source_ref"),
        ({"titel": "跳闸"}, "titel"),
        ({"on_spot": {"how": "", "confirmed_by": "陆"}}, "how"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_written(
    cast: Cast, collector: Caller, change: dict[str, object], field: str
) -> None:
    body = refusal(collector.post("/problems", SAID | change), 422, "invalid_input")
    assert body["field"] == field
    assert not Problem.objects.exists()


def test_every_wrong_field_is_listed(collector: Caller) -> None:
    body = refusal(collector.post("/problems", {"requester": {"phone": 7, "colour": "red"}}), 422, "invalid_input")
    assert {(e["field"], e["reason"]) for e in body["errors"]} == {
        ("text", "missing"),
        ("division", "missing"),
        ("requester.phone", "string_type"),
        ("requester.colour", "extra_forbidden"),
    }
    assert all(e["message"] for e in body["errors"])


def test_the_same_entry_of_another_system_is_registered_once(collector: Caller) -> None:
    said = SAID | {"source_system": "12345", "source_ref": "HZ-77"}
    assert collector.post("/problems", said).status_code == 201
    refusal(collector.post("/problems", said), 422, "duplicate")
    assert Problem.objects.count() == 1


def test_a_resident_never_becomes_an_open_name(collector: Caller) -> None:
    said = SAID | {"requester": {"kind": "resident", "name": "陆建国"}}
    assert refusal(collector.post("/problems", said), 422, "invalid_input")["field"] == "name"


def test_without_a_token_nothing_is_answered(db: None) -> None:
    response = Caller(None).post("/problems", SAID)
    refusal(response, 401, "unknown_token")
    assert response["WWW-Authenticate"].startswith("Bearer")
    refusal(Caller("sfw_not_a_token").post("/problems", SAID), 401, "unknown_token")
    refusal(Caller("").get("/me"), 401, "unknown_token")


def test_a_token_ends_with_its_post(cast: Cast, collector: Caller) -> None:
    assert cast.collector.post_id is not None
    end_post(cast.collector.post_id, valid_to=NOW.date(), actor=SYSTEM, now=NOW)
    refusal(collector.get("/me"), 401, "unknown_token")


@pytest.mark.parametrize("body", ["{", "[1, 2", "\xff", "[" * 100_000])
def test_what_is_not_json_is_a_bad_request(collector: Caller, body: str) -> None:
    refusal(collector.post("/problems", body.encode("latin-1")), 400, "unreadable")


def test_a_form_is_not_read(collector: Caller) -> None:
    response = collector.client.post("/api/v1/problems", {"text": "表单"})
    refusal(response, 415, "not_json")


def test_a_body_of_more_than_256_kilobytes_is_refused_unread(collector: Caller) -> None:
    refusal(collector.post("/problems", SAID | {"text": "a" * 262_144}), 413, "too_large")


def test_one_registration_takes_two_statements_and_one_pipeline(
    collector: Caller, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        collector.post("/problems", SAID)  # what a process remembers is remembered now
    with CaptureQueriesContext(connection) as asked:
        assert collector.post("/problems", SAID, Idempotency_Key="k-1").status_code == 201
    statements = [q["sql"] for q in asked if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(statements) == 2, statements  # the token, the number


def test_an_answer_is_kept_by_nobody_on_the_way(collector: Caller) -> None:
    assert collector.get("/me")["Cache-Control"] == "no-store"


def test_the_program_of_a_verifier_registers_too(cast: Cast) -> None:
    assert caller_for(cast.verifier).post("/problems", SAID).status_code == 201
