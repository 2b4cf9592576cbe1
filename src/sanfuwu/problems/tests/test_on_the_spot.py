"""现场解决: registered, solved and struck off in one step, with how and who confirmed."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from sanfuwu.ledger.errors import IllegalTransition, InvalidInput, NotAllowed
from sanfuwu.ledger.models import Note
from sanfuwu.parties.actions import RequesterInput

from ..actions import archive, dispatch, record_callback, solve_on_spot
from ..actions.register import _sampled
from ..chip import stage
from ..commands import Archive, Dispatch, SpotSolution
from ..models import Problem
from .cast import NOW, Cast, at, confirmed, dissatisfied, firm, kinds, last_event, refused, seen, told

SOLVED = SpotSolution(how="当场联系供电所调整了无功补偿。", confirmed_by="厂长 陆建国")


def solved(cast: Cast, **more: Any) -> Problem:
    return solve_on_spot(told(category_id=cast.category, **more), SOLVED, actor=cast.collector, now=NOW)


def sampled(cast: Cast) -> Problem:
    """One that is certain to be called back: the same firm for the second time."""
    solved(cast)
    return solved(cast)


def test_it_is_struck_off_and_counted_at_once(cast: Cast) -> None:
    problem = seen(solved(cast)).problem
    assert kinds(problem) == ["solved_on_spot"]
    assert (problem.state, problem.tier, problem.on_spot) == ("struck_off", "on_spot", True)
    assert (problem.result_kind, problem.resolution_level) == ("solved", "on_spot")
    assert (problem.solved_at, problem.struck_off_at, problem.close_basis) == (NOW, NOW, "confirmed")
    assert problem.category_id == cast.category
    assert seen(problem).row.is_open is False


def test_how_goes_to_the_requester_and_who_confirmed_stays_in_the_office(cast: Cast) -> None:
    data = last_event(solved(cast)).payload["data"]
    assert Note.objects.get(pk=data["how_note"]).audience == "requester"
    assert Note.objects.get(pk=data["confirmed_note"]).audience == "office"


def test_one_in_ten_is_called_back_and_nobody_chooses_which() -> None:
    ids = [uuid.UUID(int=n * 7919) for n in range(4000)]
    share = sum(_sampled(i, 10) for i in ids) / len(ids)
    assert 0.08 < share < 0.12
    assert [_sampled(i, 10) for i in ids[:50]] == [_sampled(i, 10) for i in ids[:50]]


def test_a_firm_that_recurs_within_30_days_is_always_called_back(cast: Cast) -> None:
    first = solved(cast)
    second = solved(cast)
    assert last_event(second).payload["data"]["sampled"] == "recurs"
    (cycle,) = seen(second).cycles
    assert (cycle.why, cycle.state, cycle.opened_at) == ("sample", "pending", NOW)
    assert first.party_id == second.party_id


def test_after_more_than_30_days_it_is_a_sample_like_any_other(cast: Cast) -> None:
    solved(cast)
    later = solve_on_spot(told(), SOLVED, actor=cast.collector, now=at(15, month=3))
    assert last_event(later).payload["data"].get("sampled") in (None, "sample")


def test_a_confirmed_sample_stays_struck_off(cast: Cast) -> None:
    problem = sampled(cast)
    record_callback(problem.pk, confirmed(), actor=cast.verifier, now=at(13))
    snap = seen(problem)
    assert kinds(problem) == ["solved_on_spot", "callback_recorded", "callback_concluded"]
    assert (snap.problem.state, snap.cycles[0].conclusion, snap.problem.on_spot) == ("struck_off", "confirmed", True)


def test_an_overturned_one_leaves_the_count_by_a_correcting_event_and_is_done_again(cast: Cast) -> None:
    problem = sampled(cast)
    record_callback(problem.pk, dissatisfied("redo"), actor=cast.verifier, now=at(13))
    snap = seen(problem)
    assert kinds(problem) == ["solved_on_spot", "callback_recorded", "redo_ordered"]
    assert last_event(problem).corrects_seq == 1
    assert (snap.problem.state, stage(snap)) == ("in_progress", "to_dispatch")
    assert (snap.problem.on_spot, snap.problem.resolution_level, snap.problem.result_kind) == (False, "", "")
    assert (snap.problem.tier, snap.problem.cycle_no) == ("limited", 2)
    assert (snap.problem.solved_at, snap.problem.struck_off_at, snap.problem.close_basis) == (None, None, "")
    assert snap.row.is_open is True
    dispatch(problem.pk, Dispatch(lead=cast.unit("gds-songxia")), actor=cast.office, now=at(13))
    assert stage(seen(problem)) == "to_sign"


def test_a_sampled_one_is_confirmed_or_redone_and_nothing_between(cast: Cast) -> None:
    problem, verifier = sampled(cast), cast.verifier
    with refused(InvalidInput, field="outcome"):
        record_callback(problem.pk, dissatisfied("dissatisfied"), actor=verifier, now=at(13))


def test_it_can_be_archived_once_no_call_back_is_open(cast: Cast) -> None:
    problem = sampled(cast)
    office = cast.office
    with refused(IllegalTransition):
        archive(problem.pk, Archive(), actor=office, now=NOW)
    record_callback(problem.pk, confirmed(), actor=cast.verifier, now=at(13))
    archive(problem.pk, Archive(), actor=office, now=at(14))
    assert (kinds(problem)[-1], seen(problem).problem.state) == ("archived", "archived")


@pytest.mark.parametrize(
    ("given", "solution", "field"),
    [
        ({"raised_on": at(11)}, SOLVED, "raised_on"),
        ({"channel": "hotline"}, SOLVED, "channel"),
        ({}, SpotSolution(how=" ", confirmed_by="厂长"), "how"),
        ({}, SpotSolution(how="字" * 2001, confirmed_by="厂长"), "how"),
        ({}, SpotSolution(how="当场解决", confirmed_by=""), "confirmed_by"),
        ({}, SpotSolution(how="当场解决", confirmed_by="字" * 81), "confirmed_by"),
        ({"text": ""}, SOLVED, "text"),
        ({"requester": RequesterInput()}, SOLVED, "requester"),
    ],
)
def test_bad_input_is_refused_at_its_field(
    cast: Cast, given: dict[str, Any], solution: SpotSolution, field: str
) -> None:
    actor = cast.collector
    with refused(InvalidInput, field=field):
        solve_on_spot(told(**given), solution, actor=actor, now=NOW)


def test_officers_may_not(cast: Cast) -> None:
    officer = cast.audit_officer
    with refused(NotAllowed):
        solve_on_spot(told(), SOLVED, actor=officer, now=NOW)


def test_a_meeting_counts_like_a_visit(cast: Cast) -> None:
    assert solved(cast, channel="meeting", requester=firm(2)).state == "struck_off"
