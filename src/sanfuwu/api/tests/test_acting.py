"""`POST /problems/{number}/{act}`: the acts as sub-resources."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from sanfuwu.problems.acts import ACTS
from sanfuwu.problems.models import Problem, Requirement
from sanfuwu.problems.tests.cast import PHONE, TEXT, Cast, kinds
from sanfuwu.territory.models import Unit

from . import described
from .callers import SAID, Caller, caller_for, refusal


def test_the_main_job_goes_from_registration_to_striking_off(cast: Cast, collector: Caller, office: Caller) -> None:
    handler, head, verifier = (caller_for(actor) for actor in (cast.handler, cast.head, cast.verifier))
    number = collector.post("/problems", SAID).json()["number"]
    steps: list[tuple[Caller, str, Any, str]] = [
        (office, "accept", {"category_id": str(cast.category)}, "to_dispatch"),
        (office, "dispatch", {"lead": str(cast.unit("gds-songxia")), "co": [str(cast.unit("zlsgs"))]}, "to_sign"),
        (handler, "sign", None, "handling"),
        (handler, "contact", {"how": "visit", "text": "到厂面谈。"}, "handling"),
        (handler, "report", {"text": "已下单采购。", "for_requester": True}, "handling"),
        (handler, "submit-result", {"result_kind": "solved", "text": "已增容。", "evidence": "验收单"}, "to_sign_off"),
        (head, "sign-off", {}, "to_review"),
        (office, "review", None, "to_call_back"),
        (
            verifier,
            "record-callback",
            {"channel": "phone", "reached": True, "contacted": True, "solved": True, "satisfied": "yes"}
            | {"outcome": "confirmed"},
            "to_strike_off",
        ),
        (office, "strike-off", None, "struck_off"),
    ]
    version = 1
    for who, act, body, stage in steps:
        response = who.post(f"/problems/{number}/{act}", body, If_Match=f'"{version}"')
        assert response.status_code == 200, (act, response.content.decode())
        told = response.json()
        assert (told["number"], told["stage"], told["version"]) == (number, stage, version + 1), act
        assert response["ETag"] == f'"{version + 1}"'
        version += 1
    assert kinds(Problem.objects.get(number=number)) == [
        "registered", "accepted", "dispatched", "signed", "contacted", "reported", "result_submitted", "signed_off",
        "result_accepted", "callback_recorded", "callback_concluded", "struck_off",
    ]  # fmt: skip


def test_the_answer_offers_what_may_come_next(cast: Cast, office: Caller) -> None:
    problem = cast.dispatched()
    told = caller_for(cast.handler).post(f"/problems/{problem.number}/sign").json()
    offers = {o["act"]: o["href"] for o in told["offers"]}
    assert {"contact", "report", "submit_result", "hand_down"} <= offers.keys()
    assert offers["submit_result"] == f"/api/v1/problems/{problem.number}/submit-result"


def test_who_comes_second_is_told_the_present_version(cast: Cast, office: Caller) -> None:
    problem = cast.registered()
    path = f"/problems/{problem.number}/request-info"
    assert office.post(path, {"what": "哪一条线路？"}, If_Match='"1"').status_code == 200
    body = refusal(office.post(f"/problems/{problem.number}/decline", DECLINE, If_Match='W/"1"'), 409, "stale_version")
    assert body["version"] == 2
    assert kinds(problem) == ["registered", "info_requested"]


DECLINE = {"reason_code": "not_ours", "where_to_go": "请拨打 12345。"}


@pytest.mark.parametrize("given", ["1", '"1"', 'W/"1"', "*"])
def test_if_match_is_the_version_however_it_is_written(cast: Cast, office: Caller, given: str) -> None:
    number = cast.registered().number
    assert office.post(f"/problems/{number}/decline", DECLINE, If_Match=given).status_code == 200


@pytest.mark.parametrize("given", ["one", '"1', "1, 2", "-1", "9" * 40])
def test_if_match_is_a_version_and_nothing_else(cast: Cast, office: Caller, given: str) -> None:
    number = cast.registered().number
    body = refusal(office.post(f"/problems/{number}/decline", DECLINE, If_Match=given), 422, "invalid_input")
    assert body["field"] == "If-Match"


def test_not_ones_own_is_forbidden_and_too_early_is_a_conflict(cast: Cast, collector: Caller, office: Caller) -> None:
    number = cast.registered().number
    refusal(collector.post(f"/problems/{number}/decline", DECLINE), 403, "not_allowed")
    refusal(office.post(f"/problems/{number}/strike-off"), 409, "illegal_transition")


def test_an_act_on_what_is_not_visible_is_not_found(cast: Cast) -> None:
    number = cast.dispatched().number
    refusal(caller_for(cast.water).post(f"/problems/{number}/sign"), 404, "not_found")
    refusal(caller_for(cast.office).post("/problems/330604-2019-999999/sign"), 404, "not_found")


def test_which_assignment_is_meant_can_be_said(cast: Cast, office: Caller) -> None:
    problem = cast.dispatched(co=("zlsgs",))
    path = f"/problems/{problem.number}/recall"
    assert refusal(office.post(path, {"reason": "派错了"}), 422, "which_assignment")["field"] == "assignment_id"
    offers = office.get(f"/problems/{problem.number}/acts").json()["offers"]
    mine = [o["assignment_id"] for o in offers if o["act"] == "recall"]
    assert len(mine) == 2
    assert office.post(path, {"reason": "派错了", "assignment_id": mine[1]}).status_code == 200


NOWHERE = "018f0000-0000-7000-8000-000000000000"


@pytest.mark.parametrize(
    ("act", "body", "field"),
    [
        ("accept", {}, "category_id"),
        ("accept", {"category_id": NOWHERE}, "category_id"),
        ("accept", {"category_id": "供电"}, "category_id"),
        ("accept", {"category": NOWHERE}, "category_id"),
        ("decline", {"reason_code": "because", "where_to_go": "x"}, "reason_code"),
        ("decline", {"reason_code": "not_ours", "where_to_go": " "}, "where_to_go"),
        ("correct", {"reason": "错", "party_id": NOWHERE}, "party_id"),
        ("correct", {"reason": "错", "title": "有\x00字"}, "title"),
        ("appoint-leader", {"post_id": NOWHERE}, "post_id"),
        ("record-commitment", {"unit_id": NOWHERE, "text": "三日内"}, "unit_id"),
        ("record-commitment", {"unit_id": NOWHERE, "text": "三日内", "due_on": "9999-12-31"}, "due_on"),
        ("record-coordination", {"level": "town", "held_at": "2019-02-12T09:00:00", "chaired_by": NOWHERE}, "held_at"),
        (
            "record-coordination",
            {"level": "town", "held_at": "2019-02-11T09:00:00Z", "chaired_by": NOWHERE},
            "chaired_by",
        ),
        ("set-plan", {"steps": []}, "steps"),
        ("set-plan", {"steps": [{"text": "立项"}]}, "steps.0.unit_id"),
        ("set-plan", {"steps": [{"text": "立项", "unit_id": NOWHERE, "due_on": "2019-03-01"}]}, "steps"),
        ("add-requirement", {"text": "土地证", "owed_by_unit": NOWHERE}, "owed_by_unit"),
        ("meet-requirement", {"requirement_id": NOWHERE}, "requirement_id"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_happens(
    cast: Cast, office: Caller, act: str, body: dict[str, Any], field: str
) -> None:
    problem = cast.registered()
    assert refusal(office.post(f"/problems/{problem.number}/{act}", body), 422, "invalid_input")["field"] == field
    assert kinds(problem) == ["registered"]


def test_what_lies_over_the_states_can_be_recorded(cast: Cast, office: Caller) -> None:
    problem = cast.dispatched()
    leader = str(cast.leader.post_id)
    unit = str(cast.unit("gdgs"))
    held = {"level": "district", "held_at": "2019-02-12T09:00:00+08:00", "chaired_by": leader, "units": [unit]}
    for act, body in (
        ("appoint-leader", {"post_id": leader, "members": [unit]}),
        ("record-coordination", held | {"decision": "先行接通备用线路。"}),
        ("record-commitment", {"unit_id": unit, "text": "三日内接通。", "due_on": "2019-02-15"}),
        ("set-plan", {"steps": [{"text": "立项", "unit_id": unit, "due_on": "2019-03-01"}]}),
        ("add-requirement", {"text": "用电申请表", "due_on": "2019-02-20"}),
    ):
        response = office.post(f"/problems/{problem.number}/{act}", body)
        assert response.status_code == 200, (act, response.content.decode())
    (requirement,) = Requirement.objects.all()
    office.post(f"/problems/{problem.number}/meet-requirement", {"requirement_id": str(requirement.pk)})
    body = office.get(f"/problems/{problem.number}").json()
    assert [(x["kind"], bool(x["who"])) for x in body["leaders"]] == [("lead", True)]
    assert body["commitments"][0]["text"] == "三日内接通。"
    assert body["plan"][0]["unit"]["name"] == "供电公司"
    assert body["requirements"][0]["done_at"] is not None


def test_a_confidential_problem_goes_out_with_a_second_text(cast: Cast, office: Caller, collector: Caller) -> None:
    number = collector.post("/problems", SAID | {"confidential": True}).json()["number"]
    named = caller_for(cast.named_office)
    named.post(f"/problems/{number}/accept", {"category_id": str(cast.category)})
    lead = {"lead": str(cast.unit("gds-songxia"))}
    assert named.post(f"/problems/{number}/dispatch", lead).status_code == 422
    second = {"title_for_units": "用电容量不足", "text_for_units": "请核实线路负荷。"}
    assert named.post(f"/problems/{number}/dispatch", lead | second).status_code == 200
    seen = caller_for(cast.handler).get(f"/problems/{number}").content.decode()
    assert TEXT not in seen
    assert PHONE not in seen


def test_a_unit_that_ended_gets_nothing(cast: Cast, office: Caller) -> None:
    problem = cast.accepted()
    ended = Unit.objects.get(code="kfq-sy")
    Unit.objects.filter(pk=ended.pk).update(status="closed")
    body = refusal(office.post(f"/problems/{problem.number}/dispatch", {"lead": str(ended.pk)}), 422, "invalid_input")
    assert body["field"] == "lead"


@pytest.mark.parametrize("name", sorted(ACTS))
def test_every_act_is_an_operation_with_its_commands_own_fields(name: str) -> None:
    document = described.schema()
    operation = document["paths"][f"/api/v1/problems/{{number}}/{name.replace('_', '-')}"]["post"]
    assert operation["operationId"] == name
    fields = {field.name for field in dataclasses.fields(ACTS[name].command)}
    optional = all(f.default is not dataclasses.MISSING for f in dataclasses.fields(ACTS[name].command))
    schema = document["components"]["schemas"][ACTS[name].command.__name__]
    assert set(schema.get("properties", {})) == fields
    assert operation["requestBody"]["required"] is not optional
    assert {"200", "401", "403", "404", "409", "422"} <= {str(status) for status in operation["responses"]}
    header = next(p for p in operation["parameters"] if p["name"] == "If-Match")
    assert (header["in"], header["required"]) == ("header", False)
