"""Each heap of a desk holds what waits for that very unit or person, and empties when it is done."""

from __future__ import annotations

import datetime as dt

import pytest

from sanfuwu.territory.actor import Actor

from .. import actions
from ..commands import HandDown, Hold, RequestExtension, RequestHold, Return, RuleUphold, Sign, SubmitResult
from ..models import Problem
from ..queries import Filters, desk, lines, list_problems
from .cast import NOW, SONGXIA, VILLAGE, Cast, at, confirmed, firm, result, told


def heaps(actor: Actor, now: dt.datetime = NOW) -> dict[str, int]:
    """{heap: how many}, those that are not empty."""
    return {task.name: task.count for task in desk(actor, now=now).tasks if task.count}


def test_a_co_handler_that_has_to_sign_finds_it_under_to_sign(cast: Cast) -> None:
    problem = cast.signed(co=("zlsgs",))  # the lead has signed: the problem is 办理中
    assert heaps(cast.water) == {"to_sign": 1}
    assert heaps(cast.handler) == {"handling": 1}
    actions.sign(problem.pk, Sign(), actor=cast.water, now=NOW)
    assert heaps(cast.water) == {"handling": 1}


def test_what_a_unit_handed_down_comes_back_to_its_desk_for_review(cast: Cast) -> None:
    problem, town, villager = cast.dispatched(lead=SONGXIA), cast.town_office, cast.villager
    actions.sign(problem.pk, Sign(), actor=town, now=NOW)
    actions.hand_down(problem.pk, HandDown(lead=cast.unit(VILLAGE)), actor=town, now=NOW)
    assert (heaps(villager), heaps(cast.village_head)) == ({"to_sign": 1}, {"to_sign": 1})
    actions.sign(problem.pk, Sign(), actor=villager, now=NOW)
    from ..commands import MakeContact, SignOff

    actions.contact(problem.pk, MakeContact(), actor=villager, now=NOW)
    actions.submit_result(problem.pk, result(), actor=villager, now=NOW)
    assert heaps(cast.village_head) == {"to_sign_off": 1}
    actions.sign_off(problem.pk, SignOff(), actor=cast.village_head, now=NOW)
    assert heaps(town) == {"to_review": 1}
    assert heaps(cast.office) == {}


def test_a_return_waits_for_the_office_that_dispatched_it(cast: Cast) -> None:
    problem = cast.dispatched(co=("zlsgs",))
    back = Return(reason="非本公司", basis="区域划分", proposed_unit=cast.unit("slj"))
    co = next(a for a in problem.assignments.all() if a.role == "co")
    from dataclasses import replace

    actions.give_back(problem.pk, replace(back, assignment_id=co.pk), actor=cast.water_head, now=NOW)
    assert (heaps(cast.office), heaps(cast.town_office)) == ({"to_decide": 1}, {})
    (line,) = lines(cast.office, [problem.pk], now=NOW)
    assert line.marks == ("return_asked",)  # of a co-handler: the stage does not show it
    actions.rule_uphold(problem.pk, RuleUphold(reason="属本公司", assignment_id=co.pk), actor=cast.office, now=NOW)
    assert heaps(cast.office) == {}


def test_an_extension_waits_for_the_office_and_a_long_one_for_those_above(cast: Cast) -> None:
    short, long = cast.signed(), cast.signed(told("另一件", firm(2)))
    for problem, day in ((short, dt.date(2019, 2, 28)), (long, dt.date(2019, 3, 29))):
        cmd = RequestExtension(due_on=day, reason="等设备")
        actions.request_extension(problem.pk, cmd, actor=cast.handler, now=NOW)
    assert heaps(cast.office) == {"to_decide": 1}
    for above in (cast.supervisor, cast.district_leader):
        assert heaps(above)["to_decide"] == 1
    asked = list_problems(cast.office, Filters(facets={"asks": ("extension",)}))
    assert set(asked.ids) == {short.pk, long.pk}
    assert [line.marks for line in lines(cast.office, asked.ids, now=NOW)] == [("extension_asked",)] * 2


@pytest.fixture
def held(cast: Cast) -> Problem:
    problem = cast.signed()
    cmd = RequestHold(condition="season", review_on=dt.date(2019, 3, 29), reason="等开春")
    actions.request_hold(problem.pk, cmd, actor=cast.handler, now=at(13))
    return actions.hold(problem.pk, Hold(), actor=cast.supervisor, now=at(14, 8, 30))


def test_on_hold_it_is_neither_overdue_nor_due_soon_and_its_clock_stands(cast: Cast, held: Problem) -> None:
    late = at(25)
    assert heaps(cast.supervisor, late) == {"on_hold": 1}
    view = desk(cast.handler, now=late)
    assert (view.overdue[0], view.due_soon[0], view.lines) == (0, 0, ())
    (line,) = lines(cast.office, [held.pk], now=late)
    assert (line.standing, line.running, line.stage) == (True, False, "on_hold")
    assert line.remaining is not None
    assert (line.remaining.working_days, line.remaining.overdue) == (6, False)


def test_a_request_that_lapsed_waits_for_nobody(cast: Cast) -> None:
    problem = cast.contacted()
    actions.request_extension(
        problem.pk, RequestExtension(due_on=dt.date(2019, 2, 28), reason="等设备"), actor=cast.handler, now=NOW
    )
    done = SubmitResult(result_kind="solved", text="已办。", evidence="单据")
    actions.submit_result(problem.pk, done, actor=cast.handler, now=NOW)
    assert heaps(cast.office) == {}
    assert heaps(cast.head) == {"to_sign_off": 1}


def test_a_sampled_withdrawal_and_a_follower_wait_for_the_verifier(cast: Cast) -> None:
    from ..commands import Merge, Review, SignOff, Withdraw

    given_up = cast.registered(told("算了", firm(2)))
    actions.withdraw(given_up.pk, Withdraw(reason="不用了", proof="书面"), actor=cast.collector, now=NOW)
    assert heaps(cast.verifier) == {"to_call_back": 1}
    master, follower = cast.contacted(), cast.registered(told("也跳闸", firm(3)))
    actions.merge(follower.pk, Merge(master=master.number, reason="同一条线路"), actor=cast.office, now=NOW)
    (line,) = lines(cast.office, [follower.pk], now=NOW)
    assert (line.stage, line.master) == ("merged", master.number)
    actions.submit_result(master.pk, result(), actor=cast.handler, now=NOW)
    actions.sign_off(master.pk, SignOff(), actor=cast.head, now=NOW)
    actions.review(master.pk, Review(), actor=cast.office, now=NOW)
    assert heaps(cast.verifier) == {"to_call_back": 3}
    actions.record_callback(follower.pk, confirmed(), actor=cast.verifier, now=NOW)
    assert heaps(cast.verifier) == {"to_call_back": 2}
