"""延期: asked for in time, decided by somebody else, an event when it moves a date."""

from __future__ import annotations

import datetime as dt

import pytest

from sanfuwu.ledger.errors import IllegalTransition, InvalidInput, NotAllowed

from .. import actions
from ..commands import DecideExtension, HandDown, RequestExtension, Review, SendBack, Sign
from ..models import Problem
from .cast import NOW, SONGXIA, VILLAGE, Cast, at, closing, kinds, last_event, refused, result, seen


def until(day: int, month: int = 2) -> RequestExtension:
    return RequestExtension(due_on=dt.date(2019, month, day), reason="变压器到货推迟。")


YES, NO = DecideExtension(granted=True, remark="同意。"), DecideExtension(granted=False, remark="请抓紧。")


@pytest.fixture
def asked(cast: Cast) -> Problem:
    """Due on Thursday the 21st; asked on the 18th for the 28th."""
    problem = cast.signed()
    return actions.request_extension(problem.pk, until(28), actor=cast.handler, now=at(18))


def test_asking_moves_nothing(cast: Cast, asked: Problem) -> None:
    snap = seen(asked)
    (request,) = snap.requests
    assert kinds(asked)[-1] == "extension_requested"
    assert (request.due_from, request.due_wanted, request.needs_approver) == (closing(21), closing(28), False)
    assert (snap.assignments[0].state, snap.assignments[0].due_at) == ("in_progress", closing(21))
    assert snap.deadlines_of(request.pk, "decision")[0].due_at == closing(19)


def test_granted_it_moves_the_date_the_promise_the_row_and_the_reminder(cast: Cast, asked: Problem) -> None:
    actions.decide_extension(asked.pk, YES, actor=cast.office, now=at(18, 15))
    snap = seen(asked)
    lead = snap.assignments[0]
    assert (lead.due_at, lead.due_original, lead.extended_days) == (closing(28), closing(21), 5)
    assert snap.problem.promised_due == snap.row.due_at == closing(28)
    (deadline,) = snap.deadlines_of(lead.pk, "result")
    assert (deadline.due_at, deadline.fire_at, deadline.met_at) == (closing(28), at(27, 8, 30), None)
    event = last_event(asked)
    assert event.kind == "extension_granted"
    assert dt.datetime.fromisoformat(event.payload["data"]["to"]) == closing(28)


def test_refused_it_moves_nothing_and_says_why(cast: Cast, asked: Problem) -> None:
    office = cast.office
    with refused(InvalidInput, field="remark"):
        actions.decide_extension(asked.pk, DecideExtension(granted=False), actor=office, now=at(18))
    actions.decide_extension(asked.pk, NO, actor=office, now=at(18))
    snap = seen(asked)
    assert (snap.assignments[0].due_at, snap.requests[0].decision) == (closing(21), "refused")
    assert kinds(asked)[-1] == "extension_refused"


def test_it_is_asked_for_a_working_day_before_the_date_at_the_latest(cast: Cast) -> None:
    early, late, handler = cast.signed(), cast.signed(), cast.handler
    actions.request_extension(early.pk, until(28), actor=handler, now=at(20, 17, 30))
    with refused(IllegalTransition, code="too_late"):
        actions.request_extension(late.pk, until(28), actor=handler, now=at(20, 17, 31))


def test_one_request_at_a_time(cast: Cast, asked: Problem) -> None:
    handler = cast.handler
    with refused(IllegalTransition):
        actions.request_extension(asked.pk, until(27), actor=handler, now=at(18))


@pytest.mark.parametrize("day", [21, 20, 23])  # not later, earlier, a Saturday
def test_the_new_date_is_a_later_working_day(cast: Cast, day: int) -> None:
    problem, handler = cast.signed(), cast.handler
    with refused(InvalidInput, field="due_on"):
        actions.request_extension(problem.pk, until(day), actor=handler, now=at(18))


def test_more_than_ten_working_days_go_to_a_leader_or_the_supervision(cast: Cast) -> None:
    problem, office, leader = cast.signed(), cast.office, cast.district_leader
    actions.request_extension(problem.pk, until(8, 3), actor=cast.handler, now=at(18))  # eleven
    with refused(NotAllowed):
        actions.decide_extension(problem.pk, YES, actor=office, now=at(18))
    actions.decide_extension(problem.pk, YES, actor=leader, now=at(18))
    assert seen(problem).assignments[0].extended_days == 11


def test_ten_working_days_are_the_offices(cast: Cast) -> None:
    problem, supervisor = cast.signed(), cast.supervisor
    actions.request_extension(problem.pk, until(7, 3), actor=cast.handler, now=at(18))
    with refused(NotAllowed):
        actions.decide_extension(problem.pk, YES, actor=supervisor, now=at(18))
    actions.decide_extension(problem.pk, YES, actor=cast.office, now=at(18))


def test_a_second_extension_goes_to_a_leader_or_the_supervision(cast: Cast, asked: Problem) -> None:
    office = cast.office
    actions.decide_extension(asked.pk, YES, actor=office, now=at(19))
    actions.request_extension(asked.pk, until(1, 3), actor=cast.handler, now=at(25))
    with refused(NotAllowed):
        actions.decide_extension(asked.pk, YES, actor=office, now=at(25))
    actions.decide_extension(asked.pk, YES, actor=cast.supervisor, now=at(25))
    assert seen(asked).assignments[0].due_at == closing(1, month=3)


def test_nobody_decides_on_what_he_asked_himself(cast: Cast) -> None:
    """崧厦镇's dispatcher is of the unit that handles and could be the one who dispatched."""
    from dataclasses import replace

    problem = cast.signed()
    actions.request_extension(problem.pk, until(28), actor=cast.handler, now=at(18))
    same_person = replace(cast.office, person_id=cast.handler.person_id)
    with refused(NotAllowed):
        actions.decide_extension(problem.pk, YES, actor=same_person, now=at(18))


def test_what_was_handed_down_is_not_extended_beyond_the_unit_above(cast: Cast) -> None:
    problem, town, villager = cast.dispatched(lead=SONGXIA), cast.town_office, cast.villager
    actions.sign(problem.pk, Sign(), actor=town, now=NOW)
    actions.hand_down(problem.pk, HandDown(lead=cast.unit(VILLAGE)), actor=town, now=NOW)
    actions.sign(problem.pk, Sign(), actor=villager, now=NOW)
    with refused(InvalidInput, field="due_on"):
        actions.request_extension(problem.pk, until(22), actor=villager, now=at(18))
    top = seen(problem).assignments[0]
    actions.request_extension(
        problem.pk,
        RequestExtension(due_on=dt.date(2019, 2, 28), reason="r", assignment_id=top.pk),
        actor=town,
        now=at(18),
    )
    actions.decide_extension(problem.pk, YES, actor=cast.office, now=at(18))
    above, below = seen(problem).assignments
    assert (above.due_at, below.due_at) == (closing(28), closing(21))
    actions.request_extension(problem.pk, until(22), actor=villager, now=at(18))
    actions.decide_extension(problem.pk, YES, actor=town, now=at(18))
    above, below = seen(problem).assignments
    assert (above.due_at, below.due_at) == (closing(28), closing(22))
    assert seen(problem).problem.promised_due == closing(28)


def test_a_result_makes_the_request_pointless(cast: Cast) -> None:
    problem, handler = cast.contacted(), cast.handler
    actions.request_extension(problem.pk, until(28), actor=handler, now=at(18))
    actions.submit_result(problem.pk, result(), actor=handler, now=at(19))
    snap = seen(problem)
    assert (snap.requests[0].decision, snap.requests[0].decided_by) == ("lapsed", None)
    assert snap.deadlines_of(snap.requests[0].pk)[0].met_at == at(19)
    office = cast.office
    with refused(IllegalTransition):
        actions.decide_extension(problem.pk, YES, actor=office, now=at(19))


def test_time_under_review_is_added_to_the_extended_date_too(cast: Cast) -> None:
    problem, handler = cast.contacted(), cast.handler
    actions.request_extension(problem.pk, until(28), actor=handler, now=at(18))
    actions.decide_extension(problem.pk, YES, actor=cast.office, now=at(18))
    actions.submit_result(problem.pk, result(), actor=handler, now=at(26, 8, 30))
    actions.send_back(
        problem.pk, SendBack(reason_code="untrue", text="再查"), actor=cast.head, now=at(27, 17, 30)
    )  # two working days
    assert seen(problem).assignments[0].due_at == closing(4, month=3)


def test_nobody_reviews_what_is_only_asked_for(cast: Cast, asked: Problem) -> None:
    office = cast.office
    with refused(IllegalTransition):
        actions.review(asked.pk, Review(), actor=office, now=at(18))
