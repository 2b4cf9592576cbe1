"""退回 and its ruling."""

from __future__ import annotations

import pytest

from sanfuwu.ledger.errors import IllegalTransition, InvalidInput, NotAllowed

from .. import actions
from ..chip import stage
from ..commands import HandDown, Return, RuleReassign, RuleUphold, Sign
from ..models import Problem
from .cast import NOW, SONGXIA, VILLAGE, Cast, at, closing, kinds, last_event, refused, seen


def give_back(cast: Cast, unit: str = "zlsgs") -> Return:
    return Return(reason="线路属于自来水泵站专线。", basis="供用电合同第三条", proposed_unit=cast.unit(unit))


@pytest.fixture
def returned(cast: Cast) -> Problem:
    problem = cast.dispatched(co=("trqgs",))
    return actions.give_back(problem.pk, give_back(cast), actor=cast.head, now=at(13))


def test_the_head_returns_it_with_reason_basis_and_proposal_and_the_clock_runs_on(
    cast: Cast, returned: Problem
) -> None:
    snap = seen(returned)
    lead = snap.assignments[0]
    assert kinds(returned)[-1] == "returned"
    assert (lead.state, stage(snap)) == ("return_pending", "returned")
    assert lead.due_at == lead.due_original == snap.row.due_at
    (request,) = snap.requests
    assert (request.kind, request.decision, request.proposed_unit) == ("return", "", cast.unit("zlsgs"))
    assert snap.deadlines_of(lead.pk, "sign")[0].met_at == at(13)
    (decision,) = snap.deadlines_of(request.pk, "decision")
    assert (decision.due_at, decision.met_at) == (closing(14), None)
    assert len(last_event(returned).payload["notes"]) == 2


def test_only_the_head_of_the_unit_returns_it(cast: Cast) -> None:
    problem = cast.dispatched()
    for actor in (cast.handler, cast.office, cast.water_head, cast.supervisor):
        with refused(NotAllowed):
            actions.give_back(problem.pk, give_back(cast), actor=actor, now=NOW)


def test_it_is_returned_within_two_working_days_of_the_dispatch_whether_signed_or_not(cast: Cast) -> None:
    late, signed = cast.dispatched(), cast.signed()  # on Tuesday the 12th: until Thursday's close
    head = cast.head
    with refused(IllegalTransition, code="too_late"):
        actions.give_back(late.pk, give_back(cast), actor=head, now=at(14, 17, 31))
    actions.give_back(signed.pk, give_back(cast), actor=head, now=at(14, 17, 30))


def test_a_return_says_why_and_whose_it_is_instead(cast: Cast) -> None:
    problem, head = cast.dispatched(), cast.head
    own = Return(reason="r", basis="b", proposed_unit=cast.unit("gds-songxia"))
    with refused(InvalidInput, field="proposed_unit"):
        actions.give_back(problem.pk, own, actor=head, now=NOW)
    for empty, field in (({"reason": " "}, "reason"), ({"basis": ""}, "basis")):
        said = {"reason": "r", "basis": "b", "proposed_unit": cast.unit("zlsgs")} | empty
        with refused(InvalidInput, field=field):
            actions.give_back(problem.pk, Return(**said), actor=head, now=NOW)


def test_what_was_handed_down_is_not_returned(cast: Cast) -> None:
    problem = cast.dispatched(lead=SONGXIA)
    actions.sign(problem.pk, Sign(), actor=cast.town_office, now=NOW)
    actions.hand_down(problem.pk, HandDown(lead=cast.unit(VILLAGE)), actor=cast.town_office, now=NOW)
    town_head = cast.town_head
    with refused(IllegalTransition):
        actions.give_back(problem.pk, give_back(cast), actor=town_head, now=NOW)


# 裁定维持


def test_an_upheld_return_is_binding(cast: Cast, returned: Problem) -> None:
    actions.rule_uphold(returned.pk, RuleUphold(reason="属供电设施。"), actor=cast.office, now=at(13, 15))
    snap = seen(returned)
    lead = snap.assignments[0]
    assert (lead.state, lead.signed_at, lead.due_at) == ("in_progress", at(13, 15), lead.due_original)
    assert snap.requests[0].decision == "upheld"
    assert snap.deadlines_of(snap.requests[0].pk)[0].met_at == at(13, 15)
    head = cast.head
    with refused(NotAllowed):
        actions.give_back(returned.pk, give_back(cast), actor=head, now=at(13, 16))


def test_only_the_office_that_dispatched_it_rules(cast: Cast, returned: Problem) -> None:
    for actor in (cast.town_office, cast.water_head, cast.collector, cast.leader):
        with refused(NotAllowed):
            actions.rule_uphold(returned.pk, RuleUphold(reason="r"), actor=actor, now=at(13))
    head = cast.head  # he reviews what his co-handlers did, but does not rule on his own return
    with refused(IllegalTransition):
        actions.rule_uphold(returned.pk, RuleUphold(reason="r"), actor=head, now=at(13))


def test_a_ruling_says_why(cast: Cast, returned: Problem) -> None:
    office = cast.office
    with refused(InvalidInput, field="reason"):
        actions.rule_uphold(returned.pk, RuleUphold(reason=""), actor=office, now=at(13))


# 裁定改派


def test_the_new_unit_gets_its_full_time_and_the_promise_stays(cast: Cast, returned: Problem) -> None:
    promised = returned.promised_due
    cmd = RuleReassign(unit=cast.unit("zlsgs"), reason="同意。")
    actions.rule_reassign(returned.pk, cmd, actor=cast.office, now=at(14))
    snap = seen(returned)
    old, helper, new = snap.assignments
    assert (old.state, old.end_reason, old.due_at) == ("reassigned", "reassigned", old.due_original)
    assert (new.unit_id, new.role, new.state, new.dispatched_at) == (
        cast.unit("zlsgs"),
        "lead",
        "pending_sign",
        at(14),
    )
    assert (new.due_at, promised, snap.problem.promised_due) == (closing(25), closing(21), closing(21))
    assert new.dispatching_unit == old.dispatching_unit
    assert (helper.state, helper.ended_at) == ("pending_sign", None)  # co-handlers stay, and report to the new lead
    assert all(d.met_at for d in snap.deadlines_of(old.pk))
    assert (stage(snap), snap.row.due_at) == ("to_sign", closing(25))


def test_a_co_handler_that_becomes_the_lead_ends_as_co_handler(cast: Cast, returned: Problem) -> None:
    actions.rule_reassign(returned.pk, RuleReassign(unit=cast.unit("trqgs")), actor=cast.office, now=at(14))
    _old, helper, new = seen(returned).assignments
    assert (helper.state, helper.end_reason) == ("recalled", "became_lead")
    assert (new.unit_id, new.role) == (cast.unit("trqgs"), "lead")


def test_it_is_not_reassigned_to_the_unit_that_returned_it(cast: Cast, returned: Problem) -> None:
    office = cast.office
    with refused(InvalidInput, field="unit"):
        actions.rule_reassign(returned.pk, RuleReassign(unit=cast.unit("gds-songxia")), actor=office, now=at(14))


def test_after_a_reassignment_the_old_unit_sees_it_up_to_its_own_end(cast: Cast, returned: Problem) -> None:
    from ..queries import get_problem

    actions.rule_reassign(returned.pk, RuleReassign(unit=cast.unit("zlsgs")), actor=cast.office, now=at(14))
    actions.sign(returned.pk, Sign(), actor=cast.water, now=at(15))
    told = [m.kind for m in get_problem(cast.handler, returned.number, now=at(15)).timeline]
    assert told[-1] == "return_reassigned"


def test_what_a_town_handed_down_is_ruled_on_by_the_town(cast: Cast) -> None:
    problem = cast.dispatched(lead=SONGXIA)
    actions.sign(problem.pk, Sign(), actor=cast.town_office, now=NOW)
    actions.hand_down(problem.pk, HandDown(lead=cast.unit(VILLAGE)), actor=cast.town_office, now=NOW)
    other = cast.unit("330604007005")
    cmd = Return(reason="不在本村。", basis="村界", proposed_unit=other)
    actions.give_back(problem.pk, cmd, actor=cast.village_head, now=NOW)
    office = cast.office
    with refused(IllegalTransition):  # it gave the problem to the town, and the town has not returned it
        actions.rule_reassign(problem.pk, RuleReassign(unit=other), actor=office, now=NOW)
    town = cast.town_office
    with refused(InvalidInput, field="unit"):  # neither below the town nor a public service
        actions.rule_reassign(problem.pk, RuleReassign(unit=cast.unit("slj")), actor=town, now=NOW)
    actions.rule_reassign(problem.pk, RuleReassign(unit=other), actor=town, now=at(15))
    top, old, new = seen(problem).assignments
    assert (old.state, new.parent_id, new.depth) == ("reassigned", top.pk, 1)
    assert new.due_at == top.due_at == closing(21)
