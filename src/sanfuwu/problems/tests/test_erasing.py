"""Erasing a person: gone from the whole database, and the chain still holds."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from sanfuwu.ledger.errors import IllegalTransition, NotAllowed
from sanfuwu.ledger.models import AccessLog, Event, Note
from sanfuwu.ledger.verify import verify
from sanfuwu.parties.actions import RequesterInput
from sanfuwu.problems import actions
from sanfuwu.problems.commands import Decline, Registration
from sanfuwu.problems.models import Problem, ProblemText
from sanfuwu.territory.actor import SYSTEM, Actor

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2019, 2, 12, 10, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
NAME, PHONE, WORDS = "司马青云", "16112345678", "屋顶漏雨已有半月，家中老人无处安身"


def registered() -> Problem:
    return actions.register_problem(
        Registration(
            text=f"{WORDS}。联系人{NAME}。",
            division="330604102000",
            requester=RequesterInput(kind="resident", contact_name=NAME, phone=PHONE),
        ),
        actor=SYSTEM,
        now=NOW,
    )


def closed() -> Problem:
    problem = registered()
    cmd = Decline(reason_code="legal_channel", where_to_go=f"请{NAME}向人民法院提起诉讼")
    return actions.decline(problem.pk, cmd, actor=SYSTEM, now=NOW)


def everything_stored() -> str:
    """Every row of every table of the county as text, and of the bytes both forms."""
    schema = str(connection.schema_name)
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema])
        tables = [name for (name,) in cursor.fetchall()]
        dump = []
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{schema}"."{table}" t')
            dump += [row for (row,) in cursor.fetchall()]
    return "\n".join(dump)


def test_nothing_personal_is_stored_in_clear_even_before_erasing() -> None:
    registered()
    stored = everything_stored()
    assert PHONE not in stored
    assert NAME.encode().hex() not in stored


def test_after_erasing_no_text_name_or_telephone_is_left_and_the_chain_is_whole() -> None:
    problem = closed()
    actions.erase_requester(problem.pk, reason="本人申请删除", actor=SYSTEM, now=NOW)
    stored = everything_stored()
    for trace in (NAME, PHONE, WORDS, WORDS[:8]):
        assert trace not in stored
        assert trace.encode().hex() not in stored
    notes = Note.objects.filter(pk__in=noted(problem))
    assert notes.count() == 2
    assert all(not bytes(n.text_enc) and not bytes(n.salt) and n.erased_at for n in notes)
    assert ProblemText.objects.get(pk=problem.pk).grams == []
    contact = Problem.objects.get(pk=problem.pk).contact
    assert contact is not None
    assert (bytes(contact.name_enc), bytes(contact.phone_enc), contact.phone_hmac) == (b"", b"", None)
    report = verify(str(connection.schema_name))
    assert report.breaks == 0, report.shown


def noted(problem: Problem) -> list[str]:
    events = Event.objects.filter(stream_kind="problem", stream_id=problem.pk)
    return [note for e in events for note in e.payload.get("notes", {})]


def test_the_erasing_is_an_event_and_its_ground_stands_in_the_access_log_only() -> None:
    problem = closed()
    actions.erase_requester(problem.pk, reason="本人申请删除", actor=SYSTEM, now=NOW)
    last = Event.objects.filter(stream_kind="problem", stream_id=problem.pk).order_by("seq").last()
    assert last is not None
    assert last.kind == "erased"
    assert "本人" not in str(last.payload)
    assert AccessLog.objects.get(what="erase_requester").reason == "本人申请删除"


def test_an_open_problem_keeps_its_person() -> None:
    problem = registered()
    with pytest.raises(IllegalTransition):
        actions.erase_requester(problem.pk, reason="本人申请删除", actor=SYSTEM, now=NOW)
    assert WORDS[:4] in Problem.objects.get(pk=problem.pk).title


@pytest.mark.parametrize("role", ["handler", "unit_head", "collector", "verifier", "leader", "audit_officer"])
def test_only_the_office_and_the_security_officer_erase(role: str) -> None:
    problem = closed()
    actor = Actor(account_id=None, post_id=None, unit_id=None, role=role)
    with pytest.raises(NotAllowed):
        actions.erase_requester(problem.pk, reason="本人申请删除", actor=actor, now=NOW)
