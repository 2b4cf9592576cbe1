"""合并, 取消合并 and 拆分."""

from __future__ import annotations

import pytest

from sanfuwu.ledger.errors import IllegalTransition, InvalidInput, NotAllowed

from .. import actions
from ..chip import stage
from ..commands import Accept, Decline, Dispatch, MakeContact, Merge, Reopen, Review, Sign, SignOff, Split, Unmerge
from ..models import Problem
from ..queries import Filters, by_code, list_problems
from .cast import ELSEWHERE, NOW, Cast, at, closing, confirmed, dissatisfied, firm, kinds, refused, result, seen, told


def into(master: Problem) -> Merge:
    return Merge(master=master.number, reason="同一条线路、同一诉求。")


@pytest.fixture
def master(cast: Cast) -> Problem:
    return cast.contacted()


def other(cast: Cast) -> Problem:
    return cast.signed(told("另一家也跳闸。", firm(2)))


@pytest.fixture
def merged(cast: Cast, master: Problem) -> Problem:
    return actions.merge(other(cast).pk, into(master), actor=cast.office, now=at(13))


# 合并


def test_a_merged_problem_follows_the_other_and_its_units_are_free(
    cast: Cast, master: Problem, merged: Problem
) -> None:
    snap, whole = seen(merged), seen(master)
    assert (snap.problem.state, stage(snap), snap.problem.master_id) == ("merged", "merged", master.pk)
    assert [(a.state, a.end_reason) for a in snap.assignments] == [("recalled", "merged")]
    assert whole.problem.merged_count == 1
    assert (kinds(merged)[-1], kinds(master)[-1]) == ("merged", "merged_in")


def test_a_merged_problem_is_still_found(cast: Cast, merged: Problem) -> None:
    assert merged.pk in list_problems(cast.office, Filters(facets={"stage": ("merged",)})).ids
    assert merged.pk in list_problems(cast.office, Filters(words="跳闸")).ids


def test_every_requester_is_asked_once_the_common_result_is_there(cast: Cast, master: Problem, merged: Problem) -> None:
    finish(cast, master)
    snap = seen(merged)
    assert snap.open_cycle is not None
    assert kinds(merged)[-1] == "master_solved"
    actions.record_callback(merged.pk, confirmed(), actor=cast.verifier, now=at(14))
    snap = seen(merged)
    assert (snap.problem.state, snap.cycles[0].conclusion, snap.open_cycle) == ("merged", "confirmed", None)
    shown = by_code(merged.read_code, now=at(14))
    assert (shown.stage, shown.answer) == ("to_call_back", result().text)


def finish(cast: Cast, problem: Problem) -> None:
    actions.submit_result(problem.pk, result(), actor=cast.handler, now=at(13, 14))
    actions.sign_off(problem.pk, SignOff(), actor=cast.head, now=at(13, 15))
    actions.review(problem.pk, Review(), actor=cast.office, now=at(13, 16))


def test_whose_requester_is_not_served_stands_for_itself_again(cast: Cast, master: Problem, merged: Problem) -> None:
    finish(cast, master)
    actions.record_callback(merged.pk, dissatisfied("redo"), actor=cast.verifier, now=at(14))
    snap, whole = seen(merged), seen(master)
    assert (snap.problem.state, snap.problem.cycle_no, snap.problem.master_id) == ("in_progress", 2, None)
    assert (stage(snap), snap.assignments[-1].unit_id) == ("to_sign", cast.unit("gds-songxia"))
    assert (whole.problem.merged_count, whole.problem.state) == (0, "pending_callback")


def test_what_cannot_carry_another_is_refused(cast: Cast, master: Problem, merged: Problem) -> None:
    office, free = cast.office, cast.accepted(told("第三家。", firm(3)))
    closed = cast.struck_off(told("早已办结。", firm(4)))
    for cmd in (
        into(free),  # itself
        into(merged),
        into(closed),
        Merge(master="330604-2019-999999", reason="r"),
    ):
        with refused(InvalidInput, field="master"):
            actions.merge(free.pk, cmd, actor=office, now=at(13))
    with refused(IllegalTransition):  # it carries one itself
        actions.merge(master.pk, into(free), actor=office, now=at(13))
    with refused(InvalidInput, field="reason"):
        actions.merge(free.pk, Merge(master=master.number, reason=""), actor=office, now=at(13))


def test_a_town_merges_within_its_own_place(cast: Cast, master: Problem) -> None:
    mine, town = cast.accepted(told("本镇。", firm(3))), cast.town_office
    foreign = cast.accepted(told("别镇。", firm(4), division=ELSEWHERE))
    with refused(InvalidInput, field="master"):
        actions.merge(mine.pk, into(foreign), actor=town, now=at(13))
    actions.merge(mine.pk, into(master), actor=town, now=at(13))


def test_what_waits_for_a_decision_is_not_merged(cast: Cast, master: Problem) -> None:
    problem, office = cast.submitted(told("待签发。", firm(3))), cast.office
    with refused(IllegalTransition):
        actions.merge(problem.pk, into(master), actor=office, now=at(13))


def test_what_carries_others_is_neither_declined_nor_withdrawn(cast: Cast) -> None:
    first, second, office = cast.registered(), cast.registered(told("又一家。", firm(2))), cast.office
    actions.merge(second.pk, into(first), actor=office, now=NOW)
    with refused(IllegalTransition):
        actions.decline(first.pk, Decline(reason_code="not_ours", where_to_go="12345"), actor=office, now=NOW)


# 取消合并


def test_undone_it_is_as_before_and_the_time_between_does_not_count(cast: Cast, master: Problem) -> None:
    problem = other(cast)
    before = seen(problem).assignments[0]
    actions.merge(problem.pk, into(master), actor=cast.office, now=at(13, 8, 30))
    actions.unmerge(problem.pk, Unmerge(reason="不是同一条线路。"), actor=cast.office, now=at(14, 17, 30))
    snap = seen(problem)
    after = snap.assignments[0]
    assert (snap.problem.state, snap.problem.master_id, stage(snap)) == ("in_progress", None, "handling")
    assert (after.state, after.signed_at, after.ended_at, after.end_reason) == (
        "in_progress",
        before.signed_at,
        None,
        "",
    )
    assert (before.due_at, after.due_at) == (closing(21), closing(25))
    assert [d.met_at for d in snap.deadlines_of(after.pk, "result")] == [None]
    assert seen(master).problem.merged_count == 0


def test_what_was_not_accepted_waits_for_acceptance_again(cast: Cast, master: Problem) -> None:
    problem = cast.registered(told("又一家。", firm(3)))
    actions.merge(problem.pk, into(master), actor=cast.office, now=at(13))
    actions.unmerge(problem.pk, Unmerge(reason="r"), actor=cast.office, now=at(14))
    assert seen(problem).problem.state == "submitted"


def test_once_its_requester_is_being_asked_his_answer_decides(cast: Cast, master: Problem, merged: Problem) -> None:
    finish(cast, master)
    office = cast.office
    with refused(IllegalTransition):
        actions.unmerge(merged.pk, Unmerge(reason="r"), actor=office, now=at(14))


# 拆分


PARTS = Split(parts=("电压不稳，车间跳闸。", "厂门口道路破损。"), reason="两件事。")


@pytest.fixture
def whole(cast: Cast) -> Problem:
    return actions.split(cast.signed().pk, PARTS, actor=cast.office, now=at(13))


def parts_of(problem: Problem) -> list[Problem]:
    return list(Problem.objects.filter(parent=problem).order_by("pk"))


def test_each_part_is_a_problem_of_its_own_and_the_whole_waits(cast: Cast, whole: Problem) -> None:
    snap, parts = seen(whole), parts_of(whole)
    assert (stage(snap), snap.problem.part_count, snap.row.is_open) == ("split", 2, True)
    assert [(a.state, a.end_reason) for a in snap.assignments] == [("recalled", "split")]
    assert [p.title for p in parts] == ["电压不稳，车间跳闸", "厂门口道路破损"]
    for part in parts:
        assert (part.state, part.division, part.party_id, part.contact_id, part.registered_by) == (
            "submitted",
            whole.division,
            whole.party_id,
            whole.contact_id,
            whole.registered_by,
        )
        assert part.read_code != whole.read_code
        assert kinds(part) == ["split_off"]
    office = cast.office
    with refused(IllegalTransition):
        actions.dispatch(whole.pk, Dispatch(lead=cast.unit("zlsgs")), actor=office, now=at(13))


def test_the_whole_closes_with_its_last_part_and_goes_on_with_a_reopened_one(cast: Cast, whole: Problem) -> None:
    first, second = parts_of(whole)
    through(cast, first)
    assert seen(whole).problem.state == "in_progress"
    no = Decline(reason_code="not_ours", where_to_go="交通局")
    actions.decline(second.pk, no, actor=cast.office, now=at(15))
    snap = seen(whole)
    assert (snap.problem.state, snap.problem.close_basis, snap.row.is_open) == ("struck_off", "parts_closed", False)
    assert kinds(whole)[-1] == "parts_closed"
    supervisor = cast.supervisor
    with refused(IllegalTransition):  # a part was not solved, not the whole
        actions.reopen(whole.pk, Reopen(reason="r"), actor=supervisor, now=at(20))
    actions.reopen(first.pk, Reopen(reason="又跳闸。"), actor=supervisor, now=at(20))
    snap = seen(whole)
    assert (snap.problem.state, snap.problem.struck_off_at, stage(snap)) == ("in_progress", None, "split")


def through(cast: Cast, part: Problem) -> None:
    from ..commands import StrikeOff

    handler, office = cast.handler, cast.office
    actions.accept(part.pk, Accept(category_id=cast.category), actor=office, now=at(13))
    actions.dispatch(part.pk, Dispatch(lead=cast.unit("gds-songxia")), actor=office, now=at(13))
    actions.sign(part.pk, Sign(), actor=handler, now=at(13))
    actions.contact(part.pk, MakeContact(), actor=handler, now=at(13))
    finish(cast, part)
    actions.record_callback(part.pk, confirmed(), actor=cast.verifier, now=at(14))
    actions.strike_off(part.pk, StrikeOff(), actor=office, now=at(14))


def test_two_to_ten_parts_are_written(cast: Cast) -> None:
    problem, office = cast.accepted(), cast.office
    for texts in (("一件事。",), ("一件事。", " "), ("x",) * 11):
        with refused(InvalidInput, field="parts"):
            actions.split(problem.pk, Split(parts=texts), actor=office, now=NOW)


def test_neither_a_part_nor_a_whole_is_merged(cast: Cast, whole: Problem, master: Problem) -> None:
    office = cast.office
    for one in (whole, parts_of(whole)[0]):
        with refused(IllegalTransition):
            actions.merge(one.pk, into(master), actor=office, now=at(13))
    free = cast.accepted(told("又一家。", firm(5)))
    with refused(InvalidInput, field="master"):
        actions.merge(free.pk, into(whole), actor=office, now=at(13))


def test_only_the_office_merges_and_splits(cast: Cast, master: Problem) -> None:
    problem = other(cast)
    for actor in (cast.handler, cast.head, cast.collector, cast.supervisor, cast.leader):
        with refused(NotAllowed):
            actions.merge(problem.pk, into(master), actor=actor, now=at(13))
        with refused(NotAllowed):
            actions.split(problem.pk, PARTS, actor=actor, now=at(13))
