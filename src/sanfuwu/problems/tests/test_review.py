"""审核通过、退回重办: whoever gave the assignment judges its result; the level is fixed there."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

import pytest

from sanfuwu.ledger.errors import IllegalTransition, InvalidInput, NotAllowed
from sanfuwu.ledger.models import OutboxMessage

from .. import actions
from ..chip import stage
from ..commands import (
    AppointLeader,
    HandDown,
    MakeContact,
    RecordCoordination,
    Review,
    SendBack,
    Sign,
    SignOff,
    SubmitResult,
)
from ..models import Problem
from .cast import NOW, SONGXIA, VILLAGE, Cast, at, closing, kinds, last_event, refused, result, seen

DECIDED = "由供电公司本月完成增容。"
BACK = SendBack(reason_code="no_evidence", text="请补充增容验收单。")


def finish(problem: Problem, cast: Cast, now: dt.datetime = NOW) -> Problem:
    """The lead's result submitted, signed off, accepted."""
    actions.submit_result(problem.pk, result(), actor=cast.handler, now=now)
    actions.sign_off(problem.pk, SignOff(), actor=cast.head, now=now)
    return actions.review(problem.pk, Review(), actor=cast.office, now=now)


# 审核通过


def test_an_accepted_result_opens_the_call_back(cast: Cast) -> None:
    problem = cast.signed_off(now=NOW)
    actions.review(problem.pk, Review(), actor=cast.office, now=at(13))
    snap = seen(problem)
    (lead,) = snap.assignments
    assert kinds(problem)[-3:] == ["result_submitted", "signed_off", "result_accepted"]
    assert (snap.problem.state, stage(snap)) == ("pending_callback", "to_call_back")
    assert (snap.problem.result_kind, snap.problem.resolution_level, snap.problem.solved_at) == ("solved", "unit", NOW)
    assert (lead.state, lead.end_reason, lead.accepted_at, lead.ended_at) == ("done", "accepted", at(13), at(13))
    (cycle,) = snap.cycles
    assert (cycle.state, cycle.why, cycle.cycle_no, cycle.opened_at) == ("pending", "result", 1, at(13))
    assert (snap.row.due_at, snap.row.is_open) == (None, True)
    assert OutboxMessage.objects.filter(subject_id=problem.pk, topic="result_accepted").exists()


def test_a_result_is_reviewed_after_the_head_signed_it_off(cast: Cast) -> None:
    problem, office = cast.submitted(), cast.office
    with refused(IllegalTransition):
        actions.review(problem.pk, Review(), actor=office, now=NOW)


def test_whoever_gave_the_assignment_reviews_and_nobody_else(cast: Cast) -> None:
    problem = cast.signed_off()
    for actor in (cast.handler, cast.head, cast.town_office, cast.supervisor, cast.district_leader, cast.collector):
        with refused(NotAllowed):
            actions.review(problem.pk, Review(), actor=actor, now=NOW)


def test_co_handlers_who_have_not_reported_end_with_the_lead_and_it_shows(cast: Cast) -> None:
    problem = finish(cast.contacted(co=("zlsgs",)), cast)
    _lead, co = seen(problem).assignments
    assert (co.state, co.end_reason, co.ended_at, co.accepted_at) == ("done", "ended_with_lead", NOW, None)
    assert all(d.met_at for d in seen(problem).deadlines)


def test_a_co_handler_s_part_is_accepted_by_the_lead(cast: Cast) -> None:
    problem = cast.contacted(co=("zlsgs",))
    co = seen(problem).assignments[1]
    actions.sign(problem.pk, Sign(), actor=cast.water, now=NOW)
    actions.submit_result(problem.pk, result(), actor=cast.water, now=NOW)
    actions.sign_off(problem.pk, SignOff(), actor=cast.water_head, now=NOW)
    actions.review(problem.pk, Review(assignment_id=co.pk), actor=cast.head, now=NOW)
    snap = seen(problem)
    assert kinds(problem)[-1] == "part_accepted"
    assert (snap.assignments[1].state, snap.problem.state) == ("done", "in_progress")
    assert (snap.problem.resolution_level, snap.cycles) == ("", [])


def test_a_part_handed_down_is_accepted_level_by_level(cast: Cast) -> None:
    problem, town = cast.dispatched(lead=SONGXIA), cast.town_office
    actions.sign(problem.pk, Sign(), actor=town, now=NOW)
    actions.hand_down(problem.pk, HandDown(lead=cast.unit(VILLAGE)), actor=town, now=NOW)
    upper, lower = seen(problem).assignments
    actions.sign(problem.pk, Sign(), actor=cast.villager, now=NOW)
    actions.contact(problem.pk, MakeContact(), actor=cast.villager, now=NOW)
    actions.submit_result(problem.pk, result(), actor=cast.villager, now=NOW)
    actions.sign_off(problem.pk, SignOff(), actor=cast.village_head, now=NOW)
    with refused(NotAllowed):
        actions.review(problem.pk, Review(assignment_id=lower.pk), actor=cast.office, now=NOW)
    actions.review(problem.pk, Review(assignment_id=lower.pk), actor=town, now=NOW)
    assert kinds(problem)[-1] == "part_accepted"
    # The village's contact is the town's contact.
    actions.submit_result(problem.pk, result(), actor=town, now=NOW)
    actions.sign_off(problem.pk, SignOff(assignment_id=upper.pk), actor=cast.town_head, now=NOW)
    actions.review(problem.pk, Review(), actor=cast.office, now=NOW)
    assert kinds(problem)[-1] == "result_accepted"
    assert seen(problem).problem.state == "pending_callback"


# The level of resolution


def level_after(cast: Cast, *acts: tuple[str, Any], submitted: dt.datetime = NOW) -> str:
    problem = cast.contacted()
    for name, cmd in acts:
        getattr(actions, name)(problem.pk, cmd, actor=cast.office, now=NOW)
    return finish(problem, cast, now=submitted).resolution_level


def held(chair: UUID, level: str, decision: str = DECIDED, day: int = 11) -> RecordCoordination:
    return RecordCoordination(level=level, held_at=at(day), chaired_by=chair, decision=decision)


def test_under_a_leader_comes_before_every_co_ordination(cast: Cast) -> None:
    appoint = AppointLeader(post_id=cast.district_leader.post_id)
    chair = cast.district_leader.post_id
    acts = (("record_coordination", held(chair, "district")), ("appoint_leader", appoint))
    assert level_after(cast, *acts) == "under_leader"


@pytest.mark.parametrize(
    ("coordinated", "level"),
    [
        ([("district", DECIDED), ("town", DECIDED)], "district"),
        ([("town", DECIDED)], "town"),
        ([("district", "")], "unit"),
        ([], "unit"),
    ],
)
def test_a_co_ordination_counts_by_its_decision(cast: Cast, coordinated: list[Any], level: str) -> None:
    chair = cast.district_leader.post_id
    assert level_after(cast, *(("record_coordination", held(chair, *c)) for c in coordinated)) == level


def test_a_leader_appointed_after_the_result_does_not_count(cast: Cast) -> None:
    problem = cast.signed_off(now=NOW)
    cmd = AppointLeader(post_id=cast.district_leader.post_id)
    actions.appoint_leader(problem.pk, cmd, actor=cast.office, now=at(13))
    actions.review(problem.pk, Review(), actor=cast.office, now=at(14))
    assert seen(problem).problem.resolution_level == "unit"


@pytest.mark.parametrize("kind", ["explained", "unsolvable"])
def test_not_every_result_is_a_solution(cast: Cast, kind: str) -> None:
    problem = cast.contacted()
    cmd = SubmitResult(result_kind=kind, text="说明", evidence="文件")
    actions.submit_result(problem.pk, cmd, actor=cast.handler, now=NOW)
    actions.sign_off(problem.pk, SignOff(), actor=cast.head, now=NOW)
    assert actions.review(problem.pk, Review(), actor=cast.office, now=NOW).result_kind == kind


# 退回重办


def test_a_result_sent_back_is_worked_on_again(cast: Cast) -> None:
    problem = cast.signed_off(now=at(14))
    actions.send_back(problem.pk, BACK, actor=cast.office, now=at(18))
    snap = seen(problem)
    (lead,) = snap.assignments
    assert kinds(problem)[-1] == "sent_back"
    assert (lead.state, lead.rework_count, stage(snap)) == ("in_progress", 1, "handling")
    assert (lead.submitted_at, lead.signed_off_at, lead.result_kind, lead.result_note_id) == (None, None, "", None)
    assert (snap.problem.state, snap.problem.result_kind) == ("in_progress", "")


def test_the_time_under_review_is_given_back(cast: Cast) -> None:
    """Dispatched Thursday the 14th (7 days: Monday the 25th), under review from then to Monday the 18th."""
    problem = cast.signed_off(now=at(14))
    assert seen(problem).assignments[0].due_at == closing(25)
    actions.send_back(problem.pk, BACK, actor=cast.office, now=at(18))
    snap = seen(problem)
    (pause,) = snap.pauses
    assert (pause.kind, pause.from_at, pause.to_at) == ("suspend", at(14), at(18))
    assert snap.assignments[0].due_at == snap.row.due_at == closing(27)
    assert snap.assignments[0].due_original == closing(25)
    (deadline,) = [d for d in snap.deadlines if d.kind == "result"]
    assert (deadline.due_at, deadline.met_at) == (closing(27), None)


def test_sending_back_at_once_takes_nothing_away(cast: Cast) -> None:
    problem = cast.signed_off()
    actions.send_back(problem.pk, BACK, actor=cast.office, now=NOW)
    assert seen(problem).assignments[0].due_at == closing(21)


def test_the_head_sends_back_to_his_own_handler(cast: Cast) -> None:
    problem = cast.submitted()
    actions.send_back(problem.pk, BACK, actor=cast.head, now=NOW)
    assert seen(problem).assignments[0].rework_count == 1


def test_nobody_else_sends_back(cast: Cast) -> None:
    problem = cast.signed_off()
    for actor in (cast.handler, cast.water_head, cast.town_office, cast.supervisor, cast.collector):
        with refused(NotAllowed):
            actions.send_back(problem.pk, BACK, actor=actor, now=NOW)


def test_sending_back_says_why(cast: Cast) -> None:
    problem, office = cast.signed_off(), cast.office
    for cmd, field in (
        (SendBack(reason_code="mood", text="x"), "reason_code"),
        (SendBack(reason_code="untrue", text=""), "text"),
        (SendBack(reason_code="untrue", text="字" * 1001), "text"),
    ):
        with refused(InvalidInput, field=field):
            actions.send_back(problem.pk, cmd, actor=office, now=NOW)


def test_there_is_nothing_to_send_back_before_a_result(cast: Cast) -> None:
    problem, office = cast.contacted(), cast.office
    with refused(IllegalTransition):
        actions.send_back(problem.pk, BACK, actor=office, now=NOW)


def test_it_may_be_submitted_and_accepted_after_rework(cast: Cast) -> None:
    problem = cast.signed_off()
    actions.send_back(problem.pk, BACK, actor=cast.office, now=at(13))
    finish(problem, cast, now=at(14))
    snap = seen(problem)
    assert (snap.problem.state, snap.problem.solved_at) == ("pending_callback", at(14))
    assert snap.assignments[0].evidence_count == 2
    assert last_event(problem).kind == "result_accepted"
