"""Cases of the past, in sentences: two persons, no rate, the reply as a note."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from sanfuwu.intake import actions, queries, running
from sanfuwu.intake.models import ImportPiece
from sanfuwu.ledger.crypto import decrypt
from sanfuwu.ledger.errors import InvalidInput, NotAllowed
from sanfuwu.ledger.models import Event, Note
from sanfuwu.problems import actions as problem_actions
from sanfuwu.problems.commands import Dispatch
from sanfuwu.problems.models import Assignment, Problem
from sanfuwu.territory.actor import SYSTEM
from sanfuwu.territory.models import Unit
from sanfuwu.web.tests import cast

from .making import row, table, xlsx
from .steps import counts, imported, planned
from .times import NOW

pytestmark = pytest.mark.django_db

PAST = ("编号", "标题", "内容", "承办单位", "来信时间", "答复时间", "答复内容")


def past(number: str = "J1", **more: object) -> tuple[object, ...]:
    cells: dict[str, object] = {
        "编号": number,
        "标题": "路灯不亮",
        "内容": f"门前路灯坏了半年（{number}）。",
        "承办单位": "自来水公司",
        "来信时间": "2018-05-03 09:00",
        "答复时间": "2018-05-20",
        "答复内容": "不是我们的问题。",
    }
    return tuple((cells | more).values())


def past_table(*rows: Sequence[object]) -> bytes:
    return xlsx([PAST, *rows])


def test_history_is_archived_outside_every_rate_with_its_reply_as_a_note() -> None:
    office, second = cast.dispatcher().actor, cast.person("dcs", "supervisor").actor
    run = imported(past_table(past()), actor=office, approver=second)
    assert (run.kind, run.created, run.approver_post) == ("history", 1, second.post_id)
    problem = Problem.objects.get()
    assert (problem.state, problem.origin, problem.close_basis) == ("archived", "import", "imported_unknown")
    assert (problem.result_kind, problem.solved_at, problem.struck_off_at) == ("", None, None)
    assert problem.proposed_unit == Unit.objects.get(code="zlsgs").pk
    assert not Assignment.objects.exists()
    events = list(Event.objects.filter(stream_id=problem.pk).order_by("seq"))
    assert [e.kind for e in events] == ["history_imported", "historic_reply"]
    assert all(e.origin == "import" for e in events)
    assert events[0].payload["data"]["approved_by"] == str(second.post_id)
    note = Note.objects.get(pk=events[1].payload["data"]["note"])
    assert decrypt(note.text_enc, note.pk, note.key_id) == "不是我们的问题。"
    assert counts(imported(past_table(past()), actor=office, approver=second)) == (1, 0, 1, 0)


def test_history_waits_for_another_person() -> None:
    office = cast.dispatcher().actor
    run = planned(past_table(past()), actor=office)
    assert run.kind == "history"
    actions.start(run.pk, actor=office, now=NOW)
    run.refresh_from_db()
    assert run.state == "awaiting"
    running.run(run.pk, now=NOW)
    assert not Problem.objects.exists()
    for nobody in (office, replace(cast.dispatcher().actor, person_id=None, account_id=office.account_id), SYSTEM):
        with pytest.raises(NotAllowed):
            actions.approve(run.pk, actor=nobody, now=NOW)
    actions.refuse(run.pk, actor=cast.dispatcher().actor, now=NOW)
    run.refresh_from_db()
    assert run.state == "refused"
    assert not ImportPiece.objects.exists()


def test_a_town_does_not_import_history() -> None:
    town = cast.person(cast.SONGXIA, "town_dispatcher").actor
    with pytest.raises(NotAllowed):
        planned(past_table(past()), actor=town, kind="history")


def test_an_unknown_unit_is_proposed_and_cannot_be_dispatched_to() -> None:
    office, second = cast.dispatcher().actor, cast.dispatcher().actor
    run = imported(past_table(past(承办单位="房产处、自来水公司")), actor=office, approver=second)
    assert run.proposed_units == 1
    unit = Unit.objects.get(status="proposed")
    data = Event.objects.get(kind="history_imported").payload["data"]
    assert data["units"] == [str(unit.pk), str(Unit.objects.get(code="zlsgs").pk)]
    live = cast.problem("accepted")
    with pytest.raises(InvalidInput):
        problem_actions.dispatch(live.pk, Dispatch(lead=unit.pk), actor=office, now=NOW)


def test_history_without_a_date_is_refused_by_row() -> None:
    office, second = cast.dispatcher().actor, cast.dispatcher().actor
    run = imported(past_table(past("J1"), past("J2", 来信时间="")), actor=office, approver=second)
    assert counts(run) == (2, 1, 0, 1)
    assert queries.report(run).rejects[0]["heading"] == "来信时间"


def test_no_event_of_an_import_holds_a_word_of_the_table() -> None:
    office, second = cast.dispatcher().actor, cast.dispatcher().actor
    imported(table(row("L-1")), actor=office)
    imported(past_table(past()), actor=office, approver=second)
    told = " ".join(str(e.payload) for e in Event.objects.filter(recorded_at=NOW))
    for word in ("跳闸", "王经理", "13900000011", "样例", "路灯", "不是我们", "清单"):
        assert word not in told.replace("'source_system': '清单'", "")
