"""挂账 and 恢复办理: the clock stands, and goes on with what was left."""

from __future__ import annotations

import datetime as dt

import pytest

from sanfuwu.ledger.errors import IllegalTransition, InvalidInput, NotAllowed

from .. import actions
from ..chip import stage
from ..commands import HandDown, Hold, RefuseHold, RenewHold, Report, RequestHold, Sign, Unhold
from ..models import Problem
from ..queries.detail import clock_of
from .cast import NOW, SONGXIA, VILLAGE, Cast, at, closing, kinds, refused, result, seen

REVIEW = dt.date(2019, 3, 29)


def wait(**more: object) -> RequestHold:
    given: dict[str, object] = {"condition": "works", "review_on": REVIEW, "reason": "等主干线改造。"}
    return RequestHold(**(given | more))  # type: ignore[arg-type]


@pytest.fixture
def asked(cast: Cast) -> Problem:
    problem = cast.signed(co=("zlsgs",))
    return actions.request_hold(problem.pk, wait(), actor=cast.handler, now=at(13))


@pytest.fixture
def held(cast: Cast, asked: Problem) -> Problem:
    """Held at the opening of Thursday the 14th; due on Thursday the 21st."""
    return actions.hold(asked.pk, Hold(remark="同意。"), actor=cast.supervisor, now=at(14, 8, 30))


def test_the_unit_asks_and_goes_on_working_meanwhile(cast: Cast, asked: Problem) -> None:
    snap = seen(asked)
    assert kinds(asked)[-1] == "hold_requested"
    assert (snap.assignments[0].state, snap.pauses, snap.requests[0].condition) == ("in_progress", [], "works")
    assert snap.deadlines_of(snap.requests[0].pk, "decision")[0].due_at == closing(14)


def test_the_office_does_not_decide_on_it(cast: Cast, asked: Problem) -> None:
    for actor in (cast.office, cast.handler, cast.head, cast.leader):  # that leader does not lead this one
        with refused(NotAllowed):
            actions.hold(asked.pk, Hold(), actor=actor, now=at(14))


def test_held_all_its_clocks_stand_and_a_day_of_review_is_set(cast: Cast, held: Problem) -> None:
    snap = seen(held)
    lead, helper = snap.assignments
    assert (lead.state, stage(snap), helper.state) == ("on_hold", "on_hold", "pending_sign")
    assert {(p.assignment_id, p.kind, p.from_at, p.to_at) for p in snap.pauses} == {
        (lead.pk, "hold", at(14, 8, 30), None),
        (helper.pk, "hold", at(14, 8, 30), None),
    }
    assert all(d.met_at for d in snap.deadlines_of(lead.pk) + snap.deadlines_of(helper.pk))
    (review,) = snap.deadlines_of(snap.requests[0].pk, "review")
    assert (review.due_at, review.met_at) == (closing(29, month=3), None)
    assert snap.row.due_at is None  # it is neither due soon nor overdue
    assert not clock_of(snap, lead, at(25)).running


def test_resumed_it_has_the_time_that_was_left(cast: Cast, held: Problem) -> None:
    leader = cast.district_leader
    actions.unhold(held.pk, Unhold(remark="工程已完。"), actor=leader, now=at(25, 17, 30))  # eight working days
    snap = seen(held)
    lead, helper = snap.assignments
    assert (lead.state, lead.due_at, lead.due_original) == ("in_progress", closing(5, month=3), closing(21))
    assert helper.due_at == closing(27)
    assert all(p.to_at == at(25, 17, 30) for p in snap.pauses)
    assert snap.problem.promised_due == snap.row.due_at == closing(5, month=3)
    open_ones = {(d.subject_id, d.kind, d.due_at) for d in snap.deadlines if d.met_at is None}
    assert open_ones == {
        (lead.pk, "contact", closing(13)),  # was late when the clock stopped, and stays so
        (lead.pk, "result", closing(5, month=3)),
        (helper.pk, "sign", closing(13)),
        (helper.pk, "contact", closing(13)),
        (helper.pk, "result", closing(27)),
    }
    assert snap.deadlines_of(snap.requests[0].pk, "review")[0].met_at == at(25, 17, 30)


def test_a_hold_that_is_refused_leaves_the_clock_running(cast: Cast, asked: Problem) -> None:
    actions.refuse_hold(asked.pk, RefuseHold(reason="可以先行。"), actor=cast.supervisor, now=at(14))
    snap = seen(asked)
    assert (snap.assignments[0].state, snap.requests[0].decision, snap.pauses) == ("in_progress", "refused", [])


def test_only_the_lead_at_the_top_asks_for_it(cast: Cast) -> None:
    problem, water = cast.signed(co=("zlsgs",)), cast.water
    actions.sign(problem.pk, Sign(), actor=water, now=NOW)
    with refused(IllegalTransition):
        actions.request_hold(problem.pk, wait(), actor=water, now=NOW)


def test_a_leader_may_name_another_day_and_it_lies_ahead(cast: Cast, asked: Problem) -> None:
    leader = cast.district_leader
    for wrong in (dt.date(2019, 2, 13), dt.date(2019, 3, 30)):  # past, a Saturday
        with refused(InvalidInput, field="review_on"):
            actions.hold(asked.pk, Hold(review_on=wrong), actor=leader, now=at(14))
    actions.hold(asked.pk, Hold(review_on=dt.date(2019, 3, 1), condition="funds"), actor=leader, now=at(14))
    (request,) = seen(asked).requests
    assert (request.review_on, request.condition) == (dt.date(2019, 3, 1), "funds")


def test_looked_at_and_held_on(cast: Cast, held: Problem) -> None:
    cmd = RenewHold(review_on=dt.date(2019, 4, 30), reason="还在施工。")
    actions.renew_hold(held.pk, cmd, actor=cast.supervisor, now=at(29, month=3))
    snap = seen(held)
    first, second = snap.deadlines_of(snap.requests[0].pk, "review")
    assert (first.met_at, second.due_at, second.met_at) == (at(29, month=3), closing(30, month=4), None)
    assert snap.assignments[0].state == "on_hold"


def test_on_hold_the_unit_reports_but_hands_in_no_result(cast: Cast, held: Problem) -> None:
    handler = cast.handler
    actions.report(held.pk, Report(text="工程进场。"), actor=handler, now=at(20))
    with refused(IllegalTransition):
        actions.submit_result(held.pk, result(), actor=handler, now=at(20))


def test_what_was_handed_down_stands_and_goes_on_with_it(cast: Cast) -> None:
    problem, town = cast.dispatched(lead=SONGXIA), cast.town_office
    actions.sign(problem.pk, Sign(), actor=town, now=NOW)
    actions.hand_down(problem.pk, HandDown(lead=cast.unit(VILLAGE)), actor=town, now=NOW)
    top = seen(problem).assignments[0]
    actions.request_hold(problem.pk, wait(assignment_id=top.pk), actor=town, now=at(13))
    actions.hold(problem.pk, Hold(), actor=cast.supervisor, now=at(14, 8, 30))
    actions.sign(problem.pk, Sign(), actor=cast.villager, now=at(15))
    actions.unhold(problem.pk, Unhold(), actor=cast.supervisor, now=at(15, 17, 30))
    above, below = seen(problem).assignments
    assert above.due_at == below.due_at == closing(25)
    assert below.state == "in_progress"
