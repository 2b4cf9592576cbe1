"""A calendar is published after the dispatch: later moves are made, earlier ones are not, each move is an event."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from sanfuwu.counties.queries import work_calendar
from sanfuwu.ledger.models import Event
from sanfuwu.ledger.replay import differences, replay
from sanfuwu.parties.actions import RequesterInput
from sanfuwu.problems import actions
from sanfuwu.problems.commands import Accept, Dispatch, HandDown, Registration, Sign
from sanfuwu.problems.models import Assignment, Category, Deadline, Problem
from sanfuwu.problems.tests.test_units_merge import actor_of, unit
from sanfuwu.territory.actor import SYSTEM

pytestmark = pytest.mark.django_db
TZ = ZoneInfo("Asia/Shanghai")
NOW = dt.datetime(2026, 12, 30, 9, 0, tzinfo=TZ)  # 2027 is not published


def dispatched() -> Problem:
    category, _made = Category.objects.get_or_create(code="jcss", defaults={"name": "基础设施"})
    reg = Registration(text="桥头护栏松动。", division="330604000000", requester=RequesterInput(contact_name="章某"))
    problem = actions.register_problem(reg, actor=SYSTEM, now=NOW)
    actions.accept(problem.pk, Accept(category_id=category.pk), actor=SYSTEM, now=NOW)
    cmd = Dispatch(lead=unit("kfq-sy").pk)
    return actions.dispatch(problem.pk, cmd, actor=actor_of("sfwb", "dispatcher"), now=NOW)


def publish(rest: list[str], work: list[str] | None = None) -> list[object]:
    return actions.publish_year(
        2027,
        rest_days=[dt.date.fromisoformat(d) for d in rest],
        make_up_workdays=[dt.date.fromisoformat(d) for d in work or []],
        actor=SYSTEM,
        now=NOW,
    )


def only(problem: Problem) -> Assignment:
    return Assignment.objects.get(problem=problem, parent__isnull=True)


def test_an_unknown_year_is_flagged_on_the_assignment() -> None:
    problem = dispatched()
    assert only(problem).calendar_assumed
    assert 2027 not in work_calendar().published


def test_holidays_move_the_date_later_with_an_event_and_the_flag_goes() -> None:
    problem = dispatched()
    before = only(problem).due_at
    publish(["2027-01-01", "2027-01-04"])
    after = only(problem)
    assert after.due_at > before
    assert not after.calendar_assumed
    assert Deadline.objects.get(subject_id=after.pk, kind="result").due_at == after.due_at
    assert Problem.objects.get(pk=problem.pk).row.due_at == after.due_at
    events = list(Event.objects.filter(stream_kind="problem", stream_id=problem.pk).order_by("seq"))
    assert events[-1].kind == "deadline_moved"
    assert differences(replay(events), "problems") == []


def test_make_up_workdays_never_move_a_dispatched_date_earlier() -> None:
    problem = dispatched()
    before = only(problem).due_at
    publish([], ["2027-01-02", "2027-01-03"])
    assert only(problem).due_at == before


def test_a_child_never_ends_after_its_parent_when_dates_move() -> None:
    problem = dispatched()
    handler = actor_of("kfq-sy", "handler")
    actions.sign(problem.pk, Sign(), actor=handler, now=NOW)
    actions.hand_down(problem.pk, HandDown(lead=unit("gds-songxia").pk), actor=handler, now=NOW + dt.timedelta(days=5))
    publish(["2027-01-01", "2027-01-04", "2027-01-05"])
    child = Assignment.objects.get(problem=problem, parent__isnull=False)
    assert child.due_at <= only(problem).due_at


def test_publishing_twice_changes_nothing_more() -> None:
    problem = dispatched()
    publish(["2027-01-01"])
    due = only(problem).due_at
    count = Event.objects.filter(stream_id=problem.pk).count()
    publish(["2027-01-01"])
    assert only(problem).due_at == due
    assert Event.objects.filter(stream_id=problem.pk).count() == count


def test_the_report_names_the_county() -> None:
    dispatched()
    moved = publish(["2027-01-01"])
    assert connection.schema_name in {m.county for m in moved}  # type: ignore[attr-defined]
