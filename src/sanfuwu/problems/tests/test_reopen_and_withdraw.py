"""重新打开 and 撤回."""

from __future__ import annotations

import pytest

from sanfuwu.ledger.errors import IllegalTransition, InvalidInput, NotAllowed
from sanfuwu.parties.actions import RequesterInput

from .. import actions
from ..chip import stage
from ..commands import Archive, RecordCallback, Reopen, SpotSolution, Withdraw
from ..models import Problem
from ..queries import visible_to
from .cast import NOW, Cast, at, closing, confirmed, kinds, last_event, refused, seen, told

AGAIN = Reopen(reason="上周又跳闸三次。")
GIVEN_UP = Withdraw(reason="自己装了发电机。", proof="企业书面说明一份。")


# 重新打开


@pytest.fixture
def reopened(cast: Cast) -> Problem:
    problem = cast.struck_off()
    return actions.reopen(problem.pk, AGAIN, actor=cast.supervisor, now=at(20))


def test_the_unit_that_led_leads_again_in_a_new_cycle_with_its_full_time(cast: Cast, reopened: Problem) -> None:
    snap = seen(reopened)
    first, again = snap.assignments
    assert (snap.problem.state, snap.problem.cycle_no, stage(snap)) == ("in_progress", 2, "to_sign")
    assert (again.unit_id, again.cycle_no, again.state) == (first.unit_id, 2, "pending_sign")
    assert again.due_at == snap.problem.promised_due == closing(1, month=3)
    assert again.dispatching_unit == first.dispatching_unit
    data = last_event(reopened).payload["data"]
    assert (data["previous_cycle"], data["cycle_no"]) == (1, 2)


def test_the_result_leaves_the_counts_by_a_correcting_event(cast: Cast, reopened: Problem) -> None:
    problem, event = seen(reopened).problem, last_event(reopened)
    assert (problem.result_kind, problem.resolution_level, problem.solved_at) == ("", "", None)
    assert (problem.close_basis, problem.struck_off_at) == ("", None)
    assert kinds(reopened)[event.corrects_seq - 1] == "result_accepted"


def test_what_was_solved_on_the_spot_goes_back_to_the_office_and_is_no_longer_on_the_spot(cast: Cast) -> None:
    spot = SpotSolution(how="当场接通。", confirmed_by="厂长")
    problem = actions.solve_on_spot(told(), spot, actor=cast.collector, now=NOW)
    actions.reopen(problem.pk, AGAIN, actor=cast.supervisor, now=at(20))
    snap = seen(problem)
    assert (stage(snap), snap.problem.on_spot, snap.problem.tier) == ("to_dispatch", False, "limited")
    assert snap.open_cycle is None
    assert kinds(problem)[last_event(problem).corrects_seq - 1] == "solved_on_spot"


def test_what_is_archived_is_reopened_too_if_it_had_been_solved(cast: Cast) -> None:
    solved, declined, supervisor = cast.struck_off(), cast.registered(), cast.supervisor
    actions.archive(solved.pk, Archive(), actor=cast.office, now=NOW)
    actions.reopen(solved.pk, AGAIN, actor=supervisor, now=at(20))
    from ..commands import Decline

    actions.decline(declined.pk, Decline(reason_code="not_ours", where_to_go="12345"), actor=cast.office, now=NOW)
    actions.archive(declined.pk, Archive(), actor=cast.office, now=NOW)
    with refused(IllegalTransition):
        actions.reopen(declined.pk, AGAIN, actor=supervisor, now=at(20))


def test_the_unit_and_the_office_do_not_reopen_it(cast: Cast) -> None:
    problem = cast.struck_off()
    for actor in (cast.handler, cast.head, cast.office, cast.collector):
        with refused(NotAllowed):
            actions.reopen(problem.pk, AGAIN, actor=actor, now=at(20))


def test_reopening_says_why(cast: Cast) -> None:
    problem, supervisor = cast.struck_off(), cast.supervisor
    with refused(InvalidInput, field="reason"):
        actions.reopen(problem.pk, Reopen(reason=" "), actor=supervisor, now=at(20))


# 撤回


@pytest.fixture
def withdrawn(cast: Cast) -> Problem:
    problem = cast.signed(co=("zlsgs",))
    return actions.withdraw(problem.pk, GIVEN_UP, actor=cast.collector, now=at(13))


def test_a_withdrawal_ends_the_work_and_is_asked_about(cast: Cast, withdrawn: Problem) -> None:
    snap = seen(withdrawn)
    assert (snap.problem.state, stage(snap), snap.row.is_open) == ("withdrawn", "withdrawn", False)
    assert {(a.state, a.end_reason) for a in snap.assignments} == {("recalled", "withdrawn")}
    assert all(d.met_at for a in snap.assignments for d in snap.deadlines_of(a.pk))
    cycle = snap.open_cycle
    assert cycle is not None
    assert (cycle.why, cycle.opened_by) == ("withdrawal", cast.collector.post_id)
    assert visible_to(cast.verifier).filter(pk=withdrawn.pk).exists()


def test_a_handling_unit_does_not_write_a_withdrawal_down(cast: Cast) -> None:
    problem = actions.register_problem(told(), actor=cast.handler, now=NOW)
    from ..commands import Accept, Dispatch

    actions.accept(problem.pk, Accept(category_id=cast.category), actor=cast.office, now=NOW)
    actions.dispatch(problem.pk, Dispatch(lead=cast.unit("gds-songxia")), actor=cast.office, now=NOW)
    for actor in (cast.handler, cast.office, cast.head):
        with refused(NotAllowed):
            actions.withdraw(problem.pk, GIVEN_UP, actor=actor, now=at(13))


def test_a_withdrawal_has_a_reason_and_a_proof_and_a_known_requester(cast: Cast) -> None:
    problem, collector = cast.registered(), cast.collector
    for cmd, field in (
        (Withdraw(reason="", proof="p"), "reason"),
        (Withdraw(reason="r", proof=" "), "proof"),
        (Withdraw(reason="r", proof="p", how="web"), "how"),
    ):
        with refused(InvalidInput, field=field):
            actions.withdraw(problem.pk, cmd, actor=collector, now=NOW)
    nameless = cast.registered(told(requester=RequesterInput(), anonymous=True))
    with refused(InvalidInput):
        actions.withdraw(nameless.pk, GIVEN_UP, actor=collector, now=NOW)


def test_confirmed_it_stays_withdrawn(cast: Cast, withdrawn: Problem) -> None:
    answer = RecordCallback(channel="phone", reached=True, satisfied="yes", outcome="confirmed")
    actions.record_callback(withdrawn.pk, answer, actor=cast.verifier, now=at(14))
    snap = seen(withdrawn)
    assert (snap.problem.state, snap.open_cycle, snap.cycles[0].conclusion) == ("withdrawn", None, "confirmed")


def test_denied_it_goes_back_to_the_office(cast: Cast, withdrawn: Problem) -> None:
    answer = RecordCallback(channel="phone", reached=True, satisfied="no", outcome="redo", words="是所里让我撤的。")
    actions.record_callback(withdrawn.pk, answer, actor=cast.verifier, now=at(14))
    snap = seen(withdrawn)
    assert (snap.problem.state, stage(snap), snap.row.is_open) == ("submitted", "submitted", True)
    assert snap.cycles[0].state == "redo"
    assert kinds(withdrawn)[-1] == "withdrawal_denied"


def test_the_answer_fits_the_question(cast: Cast, withdrawn: Problem) -> None:
    verifier = cast.verifier
    for answer in (
        RecordCallback(channel="phone", reached=True, satisfied="yes", outcome="redo", words="x"),
        RecordCallback(channel="phone", reached=True, satisfied="no", outcome="confirmed", words="x"),
    ):
        with refused(InvalidInput, field="outcome"):
            actions.record_callback(withdrawn.pk, answer, actor=verifier, now=at(14))
    basically = RecordCallback(channel="phone", reached=True, satisfied="basically", outcome="confirmed")
    with refused(InvalidInput, field="satisfied"):
        actions.record_callback(withdrawn.pk, basically, actor=verifier, now=at(14))


def test_during_the_call_back_a_withdrawal_takes_the_result_back(cast: Cast) -> None:
    problem = cast.reviewed()
    actions.withdraw(problem.pk, GIVEN_UP, actor=cast.verifier, now=at(13))
    snap = seen(problem)
    assert (snap.problem.state, snap.problem.result_kind, len(snap.cycles)) == ("withdrawn", "", 1)
    assert snap.cycles[0].why == "withdrawal"
    verifier = cast.verifier  # who wrote it down does not ask about it
    with refused(NotAllowed):
        actions.record_callback(problem.pk, confirmed(), actor=verifier, now=at(14))
