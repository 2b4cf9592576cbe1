"""逐级交办 and 收回交办."""

from __future__ import annotations

import uuid

import pytest

from sanfuwu.ledger.errors import IllegalTransition, InvalidInput, NotAllowed

from ..actions import dispatch, hand_down, recall, sign, submit_result
from ..chip import stage
from ..commands import Dispatch, HandDown, Recall, Sign
from ..models import Problem
from .cast import NOW, SONGXIA, VILLAGE, Cast, at, closing, kinds, last_event, refused, result, seen


@pytest.fixture
def with_town(cast: Cast) -> Problem:
    """Dispatched to 崧厦镇 and signed by its office."""
    problem = cast.dispatched(lead=SONGXIA)
    return sign(problem.pk, Sign(), actor=cast.town_office, now=NOW)


# 逐级交办


def test_a_town_hands_down_to_a_village_and_stays_answerable(cast: Cast, with_town: Problem) -> None:
    cmd = HandDown(lead=cast.unit(VILLAGE), instruction="请上门核实。")
    hand_down(with_town.pk, cmd, actor=cast.town_office, now=NOW)
    snap = seen(with_town)
    town, village = snap.assignments
    assert kinds(with_town) == ["registered", "accepted", "dispatched", "signed", "handed_down"]
    assert (village.parent_id, village.depth, village.role, village.state) == (town.pk, 1, "lead", "pending_sign")
    assert village.dispatching_unit == cast.unit(SONGXIA)
    assert (town.state, snap.top_lead) == ("in_progress", town)
    assert stage(snap) == "handling"
    data = last_event(with_town).payload["data"]
    assert (data["from"], data["lead"]) == (str(town.unit_id), str(village.unit_id))


def test_a_child_is_never_due_after_its_parent(cast: Cast, with_town: Problem) -> None:
    hand_down(with_town.pk, HandDown(lead=cast.unit(VILLAGE)), actor=cast.town_office, now=at(19))
    snap = seen(with_town)
    town, village = snap.assignments
    assert village.due_at == town.due_at == closing(21)
    assert all(d.due_at <= closing(21) for d in snap.deadlines_of(village.pk))
    assert snap.row.due_at == closing(21)


def test_handing_down_late_gives_no_new_time(cast: Cast, with_town: Problem) -> None:
    hand_down(with_town.pk, HandDown(lead=cast.unit(VILLAGE)), actor=cast.town_office, now=at(25))
    assert seen(with_town).assignments[1].due_at == closing(21)


def test_a_unit_hands_down_once_at_a_time(cast: Cast, with_town: Problem) -> None:
    office, other = cast.town_office, cast.unit("330604007005")
    hand_down(with_town.pk, HandDown(lead=cast.unit(VILLAGE)), actor=office, now=NOW)
    with refused(IllegalTransition):
        hand_down(with_town.pk, HandDown(lead=other), actor=office, now=NOW)


def test_the_upper_unit_answers_only_after_the_lower_one(cast: Cast, with_town: Problem) -> None:
    office = cast.town_office
    hand_down(with_town.pk, HandDown(lead=cast.unit(VILLAGE)), actor=office, now=NOW)
    from ..actions import contact
    from ..commands import MakeContact

    contact(with_town.pk, MakeContact(), actor=office, now=NOW)
    with refused(IllegalTransition):
        submit_result(with_town.pk, result(), actor=office, now=NOW)


def test_only_the_unit_that_holds_it_hands_down(cast: Cast, with_town: Problem) -> None:
    cmd = HandDown(lead=cast.unit(VILLAGE))
    for actor in (cast.office, cast.handler, cast.collector, cast.villager, cast.supervisor):
        with refused(NotAllowed):
            hand_down(with_town.pk, cmd, actor=actor, now=NOW)


def test_it_is_signed_before_it_is_handed_down(cast: Cast) -> None:
    problem, office = cast.dispatched(lead=SONGXIA), cast.town_office
    with refused(IllegalTransition):
        hand_down(problem.pk, HandDown(lead=cast.unit(VILLAGE)), actor=office, now=NOW)


def test_handing_down_to_itself_or_to_nobody_is_refused(cast: Cast, with_town: Problem) -> None:
    office = cast.town_office
    for lead in (cast.unit(SONGXIA), uuid.UUID(int=7)):
        with refused(InvalidInput, field="lead"):
            hand_down(with_town.pk, HandDown(lead=lead), actor=office, now=NOW)
    with refused(InvalidInput, field="assignment_id"):
        cmd = HandDown(lead=cast.unit(VILLAGE), assignment_id=uuid.UUID(int=7))
        hand_down(with_town.pk, cmd, actor=office, now=NOW)


def test_it_goes_to_units_below_and_to_public_services_of_the_place_only(cast: Cast, with_town: Problem) -> None:
    office = cast.town_office
    for code in ("slj", "330604003000", "330604003008"):  # a department, another town, a village of another town
        with refused(InvalidInput, field="lead"):
            hand_down(with_town.pk, HandDown(lead=cast.unit(code)), actor=office, now=NOW)
    with refused(InvalidInput, field="co"):
        cmd = HandDown(lead=cast.unit(VILLAGE), co=(cast.unit("slj"),))
        hand_down(with_town.pk, cmd, actor=office, now=NOW)
    hand_down(with_town.pk, HandDown(lead=cast.unit("gds-songxia")), actor=office, now=NOW)
    assert seen(with_town).assignments[1].unit_id == cast.unit("gds-songxia")


def test_a_public_service_of_another_place_does_not_serve_this_one(cast: Cast, with_town: Problem) -> None:
    from sanfuwu.territory.models import UnitVersion

    UnitVersion.objects.filter(unit=cast.unit("gds-zhangzhen")).update(division_code="330604104000")
    office = cast.town_office
    with refused(InvalidInput, field="lead"):
        hand_down(with_town.pk, HandDown(lead=cast.unit("gds-zhangzhen")), actor=office, now=NOW)


def test_a_line_department_hands_down_within_its_own_line_only(cast: Cast) -> None:
    problem = cast.dispatched(lead="gdgs")
    company = cast.company
    sign(problem.pk, Sign(), actor=company, now=NOW)
    for code in ("zlsgs", SONGXIA):
        with refused(InvalidInput, field="lead"):
            hand_down(problem.pk, HandDown(lead=cast.unit(code)), actor=company, now=NOW)
    hand_down(problem.pk, HandDown(lead=cast.unit("gds-songxia")), actor=company, now=NOW)


# 收回交办


def test_what_is_not_signed_is_recalled_and_waits_for_dispatch_again(cast: Cast) -> None:
    problem = cast.dispatched()
    recall(problem.pk, Recall(reason="应由自来水公司办理"), actor=cast.office, now=at(12, 14))
    snap = seen(problem)
    (lead,) = snap.assignments
    assert kinds(problem)[-1] == "recalled"
    assert (lead.state, lead.end_reason, lead.ended_at) == ("recalled", "recalled", at(12, 14))
    assert (snap.problem.state, stage(snap)) == ("in_progress", "to_dispatch")
    assert all(d.met_at for d in snap.deadlines)
    assert snap.row.due_at == snap.problem.promised_due == closing(21)  # what was promised stays
    dispatch(problem.pk, Dispatch(lead=cast.unit("zlsgs")), actor=cast.office, now=at(13))
    again = seen(problem)
    assert (again.assignments[1].due_at, again.problem.promised_due) == (closing(22), closing(21))


def test_co_handlers_who_have_not_signed_are_recalled_with_the_lead(cast: Cast) -> None:
    problem = cast.dispatched(co=("zlsgs", "trqgs"))
    snap = seen(problem)
    water = next(a for a in snap.assignments if a.unit_id == cast.unit("zlsgs"))
    sign(problem.pk, Sign(), actor=cast.water, now=NOW)
    lead = snap.assignments[0].pk
    recall(problem.pk, Recall(reason="改由他方", assignment_id=lead), actor=cast.office, now=NOW)
    states = {a.unit_id: a.state for a in seen(problem).assignments}
    assert states == {
        cast.unit("gds-songxia"): "recalled",
        cast.unit("zlsgs"): "in_progress",
        cast.unit("trqgs"): "recalled",
    }
    assert len(last_event(problem).payload["data"]["units"]) == 2
    assert water.pk


def test_one_co_handler_is_recalled_alone(cast: Cast) -> None:
    problem = cast.dispatched(co=("zlsgs",))
    lead, co = seen(problem).assignments
    with refused(InvalidInput, field="assignment_id", code="which_assignment"):
        recall(problem.pk, Recall(reason="x"), actor=cast.office, now=NOW)
    recall(problem.pk, Recall(reason="不需要", assignment_id=co.pk), actor=cast.office, now=NOW)
    assert [a.state for a in seen(problem).assignments] == ["pending_sign", "recalled"]
    assert lead.pk


def test_what_is_signed_is_not_recalled(cast: Cast) -> None:
    problem, office = cast.signed(), cast.office
    with refused(IllegalTransition):
        recall(problem.pk, Recall(reason="晚了"), actor=office, now=NOW)


def test_who_dispatched_recalls_and_nobody_else(cast: Cast) -> None:
    problem = cast.dispatched()
    for actor in (cast.town_office, cast.handler, cast.head, cast.supervisor, cast.district_leader):
        with refused(NotAllowed):
            recall(problem.pk, Recall(reason="x"), actor=actor, now=NOW)


def test_a_recall_gives_its_reason(cast: Cast) -> None:
    problem, office = cast.dispatched(), cast.office
    with refused(InvalidInput, field="reason"):
        recall(problem.pk, Recall(reason=""), actor=office, now=NOW)


def test_a_town_recalls_what_it_handed_down(cast: Cast, with_town: Problem) -> None:
    hand_down(with_town.pk, HandDown(lead=cast.unit(VILLAGE)), actor=cast.town_office, now=NOW)
    recall(with_town.pk, Recall(reason="镇里自己办"), actor=cast.town_office, now=NOW)
    snap = seen(with_town)
    assert [a.state for a in snap.assignments] == ["in_progress", "recalled"]
    assert stage(snap) == "handling"
