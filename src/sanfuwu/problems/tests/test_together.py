"""Acts written together are the acts written one by one: the same events, rows and facets (ADR 0022)."""

from __future__ import annotations

import contextlib
from uuid import UUID

import pytest

from sanfuwu.ledger.errors import IllegalTransition
from sanfuwu.ledger.models import Event
from sanfuwu.ledger.together import settle, together

from .. import actions
from ..commands import (
    Accept,
    AppointLeader,
    Dispatch,
    HandDown,
    MakeContact,
    RecordCoordination,
    Report,
    Review,
    SendBack,
    SetPlan,
    Sign,
    SignOff,
    SpotSolution,
    Step,
    StrikeOff,
    SubmitResult,
)
from ..models import Assignment, Problem
from .cast import Cast, at, confirmed, dissatisfied, firm, told
from .test_batch_equals_singles import both_ways

RESULT = SubmitResult(result_kind="solved", text="已增容。", evidence="验收单")


def whole_course(cast: Cast) -> list[UUID]:
    """One that is led, sent back, overturned and done again; one that is handed down; one solved on the spot twice."""
    led = actions.register_problem(told(), actor=cast.collector, now=at(11, 9))
    pk = led.pk
    actions.accept(pk, Accept(category_id=cast.category, tier="key"), actor=cast.office, now=at(11, 10))
    leader = cast.district_leader.post_id
    assert leader is not None
    actions.appoint_leader(pk, AppointLeader(post_id=leader), actor=cast.office, now=at(11, 11))
    units = Dispatch(lead=cast.unit("gds-songxia"), co=(cast.unit("zlsgs"),), instruction="请核实")
    actions.dispatch(pk, units, actor=cast.office, now=at(11, 14))
    actions.sign(pk, Sign(), actor=cast.handler, now=at(12, 9))
    actions.sign(pk, Sign(), actor=cast.water, now=at(12, 10))
    actions.contact(pk, MakeContact(text="已联系"), actor=cast.handler, now=at(12, 11))
    plan = SetPlan(steps=(Step(text="踏勘", unit_id=cast.unit("gds-songxia"), due_on=at(20).date()),))
    actions.set_plan(pk, plan, actor=cast.handler, now=at(12, 14))
    held = RecordCoordination(
        level="district", held_at=at(12, 15), chaired_by=leader, decision="列入计划", units=(cast.unit("gdgs"),)
    )
    actions.record_coordination(pk, held, actor=cast.office, now=at(12, 16))
    actions.report(pk, Report(text="方案已定"), actor=cast.handler, now=at(12, 17))
    actions.submit_result(pk, RESULT, actor=cast.handler, now=at(13, 9))
    actions.sign_off(pk, SignOff(), actor=cast.head, now=at(13, 10))
    lead = _lead(pk)
    again = SendBack(reason_code="no_evidence", text="请附照片", assignment_id=lead)
    actions.send_back(pk, again, actor=cast.office, now=at(13, 15))
    actions.submit_result(pk, RESULT, actor=cast.handler, now=at(14, 9))
    actions.sign_off(pk, SignOff(), actor=cast.head, now=at(14, 10))
    actions.review(pk, Review(assignment_id=lead), actor=cast.office, now=at(14, 11))
    actions.record_callback(pk, dissatisfied("redo"), actor=cast.verifier, now=at(14, 15))
    actions.sign(pk, Sign(), actor=cast.handler, now=at(15, 9))
    actions.contact(pk, MakeContact(), actor=cast.handler, now=at(15, 10))
    actions.submit_result(pk, RESULT, actor=cast.handler, now=at(15, 11))
    actions.sign_off(pk, SignOff(), actor=cast.head, now=at(15, 12))
    actions.review(pk, Review(), actor=cast.office, now=at(15, 14))
    actions.record_callback(pk, confirmed(), actor=cast.verifier, now=at(15, 15))
    actions.strike_off(pk, StrikeOff(), actor=cast.office, now=at(15, 16))

    down = actions.register_problem(told("路面破损。", firm(2)), actor=cast.collector, now=at(12, 9)).pk
    actions.accept(down, Accept(category_id=cast.category), actor=cast.office, now=at(12, 10))
    actions.dispatch(down, Dispatch(lead=cast.unit("gdgs")), actor=cast.office, now=at(12, 11))
    actions.sign(down, Sign(), actor=cast.company, now=at(12, 14))
    actions.hand_down(down, HandDown(lead=cast.unit("gds-songxia")), actor=cast.company, now=at(12, 15))

    solution = SpotSolution(how="当场调整", confirmed_by="门卫")
    spots = [
        actions.solve_on_spot(told(text, firm(3)), solution, actor=cast.collector, now=at(13, hour)).pk
        for hour, text in ((9, "灯不亮。"), (10, "井盖响。"))
    ]
    actions.record_callback(spots[1], dissatisfied("redo"), actor=cast.verifier, now=at(14, 9))
    return [pk, down, spots[1]]


def _lead(problem_id: UUID) -> UUID:
    settle()
    found: UUID = Assignment.objects.values_list("pk", flat=True).get(problem=problem_id, role="lead")
    return found


def everybody(cast: Cast) -> None:
    """Hired before: who is entered on the way is no part of the comparison."""
    for name in (
        "collector",
        "office",
        "handler",
        "head",
        "water",
        "company",
        "verifier",
        "district_leader",
        "category",
    ):
        getattr(cast, name)


def test_a_long_course_written_together_is_the_one_written_act_by_act(cast: Cast) -> None:
    everybody(cast)

    def at_once() -> list[UUID]:
        with together():
            return whole_course(cast)

    singly, written_together = both_ways(lambda: whole_course(cast), at_once)
    for one, other in zip(singly, written_together, strict=True):
        assert one == other


def test_nothing_is_written_before_it_is_settled(cast: Cast) -> None:
    everybody(cast)
    with together():
        problem = actions.register_problem(told(), actor=cast.collector, now=at(12))
        assert not Problem.objects.filter(pk=problem.pk).exists()
        settle()
        assert Problem.objects.get(pk=problem.pk).state == "submitted"
        actions.accept(problem.pk, Accept(category_id=cast.category), actor=cast.office, now=at(12))
    assert Problem.objects.get(pk=problem.pk).state == "in_progress"


def accepted_twice(cast: Cast, *, swallow: bool) -> None:
    """The second time is refused."""
    collector, office, accept = cast.collector, cast.office, Accept(category_id=cast.category)
    with together():
        problem = actions.register_problem(told(), actor=collector, now=at(12))
        actions.accept(problem.pk, accept, actor=office, now=at(12))
        with contextlib.suppress(IllegalTransition) if swallow else contextlib.nullcontext():
            actions.accept(problem.pk, accept, actor=office, now=at(13))


def test_an_act_that_is_refused_takes_all_of_them_back(cast: Cast) -> None:
    everybody(cast)
    with pytest.raises(IllegalTransition):
        accepted_twice(cast, swallow=False)
    assert not Problem.objects.exists()
    assert not Event.objects.filter(stream_kind="problem").exists()


def test_a_refusal_that_somebody_swallows_spoils_the_book(cast: Cast) -> None:
    everybody(cast)
    with pytest.raises(RuntimeError, match="nothing of it can be written"):
        accepted_twice(cast, swallow=True)
    assert not Problem.objects.exists()
