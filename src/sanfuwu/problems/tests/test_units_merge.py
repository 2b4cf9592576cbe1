"""机构合并: two development zones become one, and nothing disappears (scenario fact 13)."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from sanfuwu.ledger.models import Event
from sanfuwu.ledger.replay import differences, replay
from sanfuwu.parties.actions import RequesterInput
from sanfuwu.problems import actions, queries
from sanfuwu.problems.commands import Accept, Dispatch, MakeContact, Recall, Registration, Sign, SignOff, SubmitResult
from sanfuwu.problems.models import Assignment, Category, Problem
from sanfuwu.territory.actor import SYSTEM, Actor
from sanfuwu.territory.models import Unit

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2019, 1, 8, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
HOUR = dt.timedelta(hours=1)


def unit(code: str) -> Unit:
    return Unit.objects.get(code=code)


def actor_of(code: str, role: str) -> Actor:
    return Actor(account_id=None, post_id=None, unit_id=unit(code).pk, role=role)


def dispatched(*co: str, lead: str = "kfq-sy") -> Problem:
    category, _made = Category.objects.get_or_create(code="jcss", defaults={"name": "基础设施"})
    problem = actions.register_problem(
        Registration(
            text="厂区外道路路灯不亮，夜班工人出行不便。",
            division="330604000000",
            requester=RequesterInput(kind="enterprise", name="示例轴承厂"),
        ),
        actor=SYSTEM,
        now=NOW,
    )
    actions.accept(problem.pk, Accept(category_id=category.pk), actor=SYSTEM, now=NOW)
    cmd = Dispatch(lead=unit(lead).pk, co=tuple(unit(c).pk for c in co))
    return actions.dispatch(problem.pk, cmd, actor=actor_of("sfwb", "dispatcher"), now=NOW)


def merge(now: dt.datetime = NOW + HOUR) -> object:
    plan = actions.succeed_unit(
        unit("kfq-sy").pk, unit("kfq-hzw").pk, on_date=dt.date(2019, 1, 8), actor=SYSTEM, now=now
    )
    return plan.merge.pk


def test_the_successor_holds_what_the_merged_unit_held_until_the_same_day() -> None:
    problem = dispatched()
    before = Assignment.objects.get(problem=problem)
    merge()
    old, new = Assignment.objects.filter(problem=problem).order_by("pk")
    assert (old.pk, old.state, old.end_reason) == (before.pk, "reassigned", "succeeded")
    assert new.unit == unit("kfq-hzw")
    assert (new.state, new.role, new.parent_id) == ("pending_sign", "lead", None)
    assert new.due_at == before.due_at
    assert new.dispatching_unit == unit("sfwb").pk


def test_the_merger_is_an_event_of_the_problem_and_replays() -> None:
    problem = dispatched("gds-songxia")
    merge()
    events = list(Event.objects.filter(stream_kind="problem", stream_id=problem.pk).order_by("seq"))
    assert [e.kind for e in events] == ["registered", "accepted", "dispatched", "unit_succeeded"]
    assert differences(replay(events), "problems") == []


def test_the_successor_can_carry_the_work_to_its_end() -> None:
    problem = dispatched()
    merge()
    handler, head = actor_of("kfq-hzw", "handler"), actor_of("kfq-hzw", "unit_head")
    actions.sign(problem.pk, Sign(), actor=handler, now=NOW + 2 * HOUR)
    actions.contact(problem.pk, MakeContact(), actor=handler, now=NOW + 3 * HOUR)
    result = SubmitResult(result_kind="solved", text="路灯已修复。", evidence="1月9日夜间复查")
    actions.submit_result(problem.pk, result, actor=handler, now=NOW + 26 * HOUR)
    actions.sign_off(problem.pk, SignOff(), actor=head, now=NOW + 27 * HOUR)
    assert Assignment.objects.get(problem=problem, unit=unit("kfq-hzw")).signed_off_at == NOW + 27 * HOUR


def test_a_helper_that_succeeds_the_lead_becomes_the_lead() -> None:
    problem = dispatched("kfq-hzw")
    merge()
    open_ones = Assignment.objects.filter(problem=problem, ended_at__isnull=True)
    assert [(a.unit, a.role) for a in open_ones] == [(unit("kfq-hzw"), "lead")]


def test_a_lead_that_succeeds_a_helper_keeps_one_assignment() -> None:
    problem = dispatched("kfq-sy", lead="kfq-hzw")
    merge()
    open_ones = Assignment.objects.filter(problem=problem, ended_at__isnull=True)
    assert [(a.unit, a.role) for a in open_ones] == [(unit("kfq-hzw"), "lead")]


def test_the_successor_sees_what_the_merged_unit_ever_handled_and_loses_it_when_the_merger_is_undone() -> None:
    problem = dispatched()
    actions.recall(problem.pk, Recall(reason="交办有误"), actor=actor_of("sfwb", "dispatcher"), now=NOW)
    successor = actor_of("kfq-hzw", "handler")
    seen = queries.visible_to(successor).filter(pk=problem.pk)
    assert not seen.exists()
    merge_id = merge()
    assert queries.visible_to(successor).filter(pk=problem.pk).exists()
    actions.undo_succession(merge_id, actor=SYSTEM, now=NOW + 2 * HOUR)
    assert not queries.visible_to(successor).filter(pk=problem.pk).exists()
    assert queries.visible_to(actor_of("kfq-sy", "handler")).filter(pk=problem.pk).exists()
