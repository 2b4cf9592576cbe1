"""A year's calendar: proposed with its effects, approved by supervision; deadlines move later, never earlier."""

from __future__ import annotations

import datetime as dt

import pytest

from sanfuwu.counties.queries import published_years, work_calendar
from sanfuwu.ledger.errors import IllegalTransition, InvalidInput, NotAllowed
from sanfuwu.ledger.models import Event
from sanfuwu.ledger.replay import differences, replay
from sanfuwu.reference.actions import propose_calendar, refuse_calendar, withdraw_calendar
from sanfuwu.reference.models import CalendarNotice
from sanfuwu.rules.worktime import DayKind

from .. import actions
from ..queries.effects import effects_of_calendar
from .cast import SHANGHAI, Cast, kinds, refused

NOW = dt.datetime(2026, 12, 29, 10, 0, tzinfo=SHANGHAI)  # a Tuesday; 2027 is not published
NEW_YEAR = {dt.date(2027, 1, 4): DayKind.REST, dt.date(2027, 1, 9): DayKind.WORK}
NAMES = {dt.date(2027, 1, 4): "元旦"}


def propose(cast: Cast, days: dict[dt.date, DayKind] | None = None, **more: object) -> CalendarNotice:
    given = {"names": NAMES, "remark": "国办发明电〔2026〕1号"} | more
    return propose_calendar(2027, days or NEW_YEAR, actor=cast.office, now=NOW, **given)  # type: ignore[arg-type]


def test_its_effects_are_shown_before_it_happens(cast: Cast) -> None:
    assert 2027 not in published_years()
    problem = cast.dispatched(now=NOW)
    before = problem.assignments.get().due_at
    found = effects_of_calendar(2027, NEW_YEAR, now=NOW)
    assert (found.looked_at, found.later, found.kept) == (1, 1, 0)
    assert (found.moves[0].number, found.moves[0].due) == (problem.number, before)
    assert found.moves[0].would_be > before
    assert problem.assignments.get().due_at == before


def test_what_the_preview_says_is_what_the_approval_does(cast: Cast) -> None:
    problem = cast.dispatched(now=NOW)
    found = effects_of_calendar(2027, NEW_YEAR, now=NOW)
    counties = actions.approve_calendar(propose(cast).pk, actor=cast.supervisor, now=NOW)
    moved = next(one for one in counties if one.county == "shangyu")
    assert (moved.later, moved.kept) == (found.later, found.kept)
    assert problem.assignments.get().due_at == found.moves[0].would_be
    assert kinds(problem)[-1] == "deadline_moved"
    assert 2027 in published_years()


def test_an_earlier_date_is_shown_and_stays(cast: Cast) -> None:
    problem = cast.dispatched(now=NOW)
    before = problem.assignments.get().due_at
    worked = {dt.date(2027, 1, 2): DayKind.WORK, dt.date(2027, 1, 3): DayKind.WORK}
    found = effects_of_calendar(2027, worked, now=NOW)
    assert (found.later, found.kept, found.stay[0].would_be < before) == (0, 1, True)
    actions.approve_calendar(propose(cast, worked, names={}).pk, actor=cast.supervisor, now=NOW)
    assert problem.assignments.get().due_at == before


def test_half_days_and_names_are_published_too(cast: Cast) -> None:
    half = {dt.date(2027, 2, 5): DayKind.HALF_AM}
    actions.approve_calendar(propose(cast, NEW_YEAR | half).pk, actor=cast.supervisor, now=NOW)
    assert work_calendar().kind_of(dt.date(2027, 2, 5)) is DayKind.HALF_AM
    assert work_calendar().kind_of(dt.date(2027, 1, 9)) is DayKind.WORK


def test_nobody_publishes_alone(cast: Cast) -> None:
    notice = propose(cast)
    for actor in (cast.office, cast.town_office, cast.system_officer):
        with refused(NotAllowed):
            actions.approve_calendar(notice.pk, actor=actor, now=NOW)
    for actor in (cast.supervisor, cast.handler, cast.town_office):
        with refused(NotAllowed):
            propose_calendar(2028, {dt.date(2028, 1, 3): DayKind.REST}, remark="x", actor=actor, now=NOW)
    assert 2027 not in published_years()


@pytest.mark.parametrize(
    ("days", "field"),
    [({dt.date(2026, 12, 31): DayKind.REST}, "days"), ({}, "days")],
)
def test_a_day_of_another_year_is_refused(cast: Cast, days: dict[dt.date, DayKind], field: str) -> None:
    with refused(InvalidInput, field=field):
        propose_calendar(2027, days, remark="通知", actor=cast.office, now=NOW)


def test_one_proposal_a_year_waits_and_may_be_withdrawn_or_refused(cast: Cast) -> None:
    first = propose(cast)
    with refused(IllegalTransition):
        propose(cast)
    withdraw_calendar(first.pk, actor=cast.office, now=NOW)
    second = propose(cast)
    refuse_calendar(second.pk, answer="与通知不符", actor=cast.supervisor, now=NOW)
    with refused(IllegalTransition):
        actions.approve_calendar(second.pk, actor=cast.supervisor, now=NOW)
    events = list(Event.objects.filter(stream_kind="calendar_notice", stream_id=second.pk))
    assert [e.kind for e in events] == ["proposed", "refused"]
    assert differences(replay(events), "reference") == []
    assert "国办" not in str([e.payload for e in events])
