"""A request that comes twice: the same key, the same answer, one problem."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from sanfuwu.ledger.models import Event, IdempotencyKey, Note
from sanfuwu.problems.models import Problem
from sanfuwu.problems.tests.cast import Cast

from .callers import SAID, Caller, caller_for, refusal

KEY = "8f14e45f-ceea-467f-a1c0-52b6e2bfa0b1"

pytestmark = pytest.mark.usefixtures("both_ways")


def test_the_second_request_is_answered_as_the_first_to_the_byte(collector: Caller) -> None:
    first = collector.post("/problems", SAID, Idempotency_Key=KEY)
    second = collector.post("/problems", SAID, Idempotency_Key=KEY)
    assert first.status_code == second.status_code == 201
    assert first.content == second.content
    assert (first["Location"], first["ETag"]) == (second["Location"], second["ETag"])
    assert "Idempotency-Replayed" not in first
    assert second["Idempotency-Replayed"] == "true"
    assert Problem.objects.count() == 1
    assert Event.objects.filter(stream_kind="problem").count() == 1


def test_nothing_of_the_second_attempt_stays(collector: Caller) -> None:
    collector.post("/problems", SAID, Idempotency_Key=KEY)
    notes = Note.objects.count()
    collector.post("/problems", SAID, Idempotency_Key=KEY)
    assert (Note.objects.count(), IdempotencyKey.objects.count()) == (notes, 1)


def test_the_same_key_with_another_body_is_a_conflict(collector: Caller) -> None:
    collector.post("/problems", SAID, Idempotency_Key=KEY)
    body = refusal(
        collector.post("/problems", SAID | {"title": "另一件"}, Idempotency_Key=KEY), 409, "idempotency_conflict"
    )
    assert body["field"] == "Idempotency-Key"
    assert Problem.objects.count() == 1


def test_two_posts_may_use_the_same_key(cast: Cast, collector: Caller, office: Caller) -> None:
    one = collector.post("/problems", SAID, Idempotency_Key=KEY).json()
    other = office.post("/problems", SAID, Idempotency_Key=KEY).json()
    assert one["number"] != other["number"]


def test_a_refused_request_does_not_use_its_key_up(collector: Caller) -> None:
    refusal(collector.post("/problems", SAID | {"text": " "}, Idempotency_Key=KEY), 422, "invalid_input")
    assert collector.post("/problems", SAID, Idempotency_Key=KEY).status_code == 201


def test_an_entry_of_another_system_sent_again_is_answered_and_not_refused(collector: Caller) -> None:
    said = SAID | {"source_system": "12345", "source_ref": "HZ-77"}
    first = collector.post("/problems", said, Idempotency_Key=KEY)
    assert collector.post("/problems", said, Idempotency_Key=KEY).content == first.content


def test_what_was_solved_on_the_spot_is_answered_again(collector: Caller) -> None:
    said = SAID | {"on_spot": {"how": "当场接通。", "confirmed_by": "陆建国"}}
    first = collector.post("/problems", said, Idempotency_Key=KEY)
    second = collector.post("/problems", said, Idempotency_Key=KEY)
    assert (first.status_code, first.content) == (201, second.content)


@pytest.mark.parametrize("key", ["", " ", "中", "k" * 129, "two words"])
def test_a_key_is_printable_and_short(collector: Caller, key: str) -> None:
    sent = key.encode().decode("latin-1")  # as a server hands a header over
    body = refusal(collector.post("/problems", SAID, Idempotency_Key=sent), 422, "invalid_input")
    assert body["field"] == "Idempotency-Key"


def test_eight_at_once_become_one_problem(committed_db: str) -> None:
    cast = Cast()
    collector = caller_for(cast.collector)
    together = threading.Barrier(8)

    def send(_turn: int) -> tuple[int, bytes]:
        try:
            together.wait(timeout=20)
            response = collector.post("/problems", SAID, Idempotency_Key=KEY)
            return response.status_code, response.content
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(8)))
    assert {status for status, _body in answers} == {201}, answers
    assert len({body for _status, body in answers}) == 1
    (problem,) = Problem.objects.all()
    assert json.loads(answers[0][1])["number"] == problem.number
    assert IdempotencyKey.objects.count() == 1


def test_two_that_meet_a_new_firm_at_once_both_succeed(committed_db: str) -> None:
    from sanfuwu.parties.models import Party
    from sanfuwu.rules.samples import make_sample_uscc

    collector = caller_for(Cast().collector)
    together = threading.Barrier(6)
    firm: dict[str, Any] = {"kind": "enterprise", "name": "样例伞业", "uscc": make_sample_uscc(9)}

    def send(_turn: int) -> int:
        try:
            together.wait(timeout=20)
            return int(collector.post("/problems", SAID | {"requester": firm}).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(send, range(6))) == [201] * 6
    assert Party.objects.count() == 1
    assert Problem.objects.filter(party=Party.objects.get()).count() == 6
