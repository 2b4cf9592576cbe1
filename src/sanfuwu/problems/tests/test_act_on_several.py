"""One act on many problems, each for itself: what is possible is done as if it were the only one, the rest says why."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from sanfuwu.ledger.errors import IllegalTransition, InvalidInput, NotAllowed, NotVisible, StaleVersion
from sanfuwu.ledger.fields import new_id

from .. import actions
from ..actions import _shell
from ..actions.batch import Item, each, foresee
from ..commands import Accept, Archive, Dispatch, Recall, Sign
from ..models import Problem
from .cast import NOW, Cast, at, everything_written, firm, kinds, refused, seen, told
from .test_batch_equals_singles import both_ways

pytestmark = pytest.mark.django_db


def items(ids: list[UUID], command: Any, **more: Any) -> list[Item]:
    return [Item(pk, lambda _problem: command, **more) for pk in ids]


def test_what_is_done_to_several_is_what_each_act_does_by_itself(cast: Cast) -> None:
    office, handler, lead = cast.office, cast.handler, cast.unit("gds-songxia")
    made = actions.register_problems([told(f"第{n}件事。") for n in range(12)], actor=office, now=NOW)
    ids = sorted(r.problem.pk for r in made if r.problem)
    commands = [
        (actions.accept, Accept(category_id=cast.category), office, NOW),
        (actions.dispatch, Dispatch(lead=lead, co=(cast.unit("zlsgs"),), instruction="请核实"), office, NOW),
        (actions.sign, Sign(), handler, at(13)),
    ]

    def singly() -> list[UUID]:
        for pk in ids:
            for act, cmd, who, when in commands:
                act(pk, cmd, actor=who, now=when)
        return ids

    def together() -> list[UUID]:
        for act, cmd, who, when in commands:
            outcomes = each(act, items(list(reversed(ids)), cmd), actor=who, now=when)
            assert [o.problem_id for o in outcomes] == list(reversed(ids))
            assert all(o.done for o in outcomes)
        return ids

    one_by_one, at_once = both_ways(singly, together)
    assert at_once == one_by_one


def test_one_that_is_refused_keeps_none_of_the_others_back(cast: Cast) -> None:
    first, taken, last = cast.registered(), cast.accepted(told("另一件", firm(2))), cast.registered(told("三", firm(3)))
    before = kinds(taken)
    outcomes = each(
        actions.accept,
        items([first.pk, taken.pk, last.pk], Accept(category_id=cast.category)),
        actor=cast.office,
        now=NOW,
    )
    assert [o.done for o in outcomes] == [True, False, True]
    assert isinstance(outcomes[1].error, IllegalTransition)
    assert kinds(taken) == before
    assert [Problem.objects.get(pk=p.pk).state for p in (first, taken, last)] == ["in_progress"] * 3
    assert kinds(first)[-1] == kinds(last)[-1] == "accepted"


def test_of_a_refused_one_nothing_is_written_even_if_its_plan_had_begun(cast: Cast) -> None:
    """A confidential problem is refused by the dispatch itself, after its units were looked at."""
    open_one, secret = cast.accepted(), cast.accepted(told("请保密。", firm(2), confidential=True))
    cmd = Dispatch(lead=cast.unit("gds-songxia"))
    outcomes = each(actions.dispatch, items([open_one.pk, secret.pk], cmd), actor=cast.office, now=NOW)
    assert [o.done for o in outcomes] == [True, False]
    assert outcomes[1].error is not None
    assert outcomes[1].error.field == "title_for_units"
    assert seen(secret).assignments == []
    assert len(seen(open_one).assignments) == 1


def test_who_was_slower_is_told_for_that_line_only(cast: Cast) -> None:
    mine, theirs = cast.registered(), cast.registered(told("另一件", firm(2)))
    cmd = Accept(category_id=cast.category)
    wanted = [Item(p.pk, lambda _p: cmd, version=p.version) for p in (mine, theirs)]
    actions.correct(theirs.pk, actions_correct(), actor=cast.office, now=NOW)
    outcomes = each(actions.accept, wanted, actor=cast.office, now=NOW)
    assert outcomes[0].done
    assert isinstance(outcomes[1].error, StaleVersion)
    assert Problem.objects.get(pk=theirs.pk).state == "submitted"


def actions_correct() -> Any:
    from ..commands import Correct

    return Correct(reason="笔误", title="改过的标题")


def test_a_post_without_the_right_does_nothing(cast: Cast) -> None:
    problem, stranger = cast.dispatched(), cast.water
    before = everything_written()
    outcomes = each(actions.recall, items([problem.pk], Recall(reason="改派")), actor=stranger, now=NOW)
    assert isinstance(outcomes[0].error, NotAllowed)
    assert everything_written() == before


def test_each_problem_may_bring_its_own_command(cast: Cast) -> None:
    proposed = cast.registered(told(category_id=cast.category))
    silent = cast.registered(told("没有建议的", firm(2)))

    def own(problem: Problem) -> Accept:
        if problem.proposed_category_id is None:
            raise InvalidInput("nothing proposed", field="category_id")
        return Accept(category_id=problem.proposed_category_id)

    outcomes = each(actions.accept, [Item(p.pk, own) for p in (proposed, silent)], actor=cast.office, now=NOW)
    assert [o.done for o in outcomes] == [True, False]
    assert Problem.objects.get(pk=proposed.pk).category_id == cast.category


def test_what_will_happen_is_foreseen_and_nothing_is_written(cast: Cast) -> None:
    ready, early = cast.accepted(), cast.registered(told("另一件", firm(2)))
    wanted = items([ready.pk, early.pk], Dispatch(lead=cast.unit("gds-songxia")))
    actor = cast.office
    before = everything_written()
    foreseen = foresee(actions.dispatch, wanted, actor=actor, now=NOW)
    assert everything_written() == before
    outcomes = each(actions.dispatch, wanted, actor=actor, now=NOW)
    assert [(o.number, o.after, o.due_at, o.done) for o in foreseen] == [
        (o.number, o.after, o.due_at, o.done) for o in outcomes
    ]
    assert foreseen[0].after == "to_sign"
    assert foreseen[0].due_at == seen(ready).assignments[0].due_at


def test_a_problem_that_is_not_there_is_said_to_be_gone(cast: Cast) -> None:
    (outcome,) = each(actions.archive, items([new_id()], Archive()), actor=cast.office, now=NOW)
    assert isinstance(outcome.error, NotVisible)


def test_more_than_the_cap_is_refused_as_a_whole(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sanfuwu.problems.actions.batch.MOST_AT_ONCE", 1)
    made = [cast.registered(), cast.registered(told("二", firm(2)))]
    assert _shell.MOST_AT_ONCE == 500
    wanted, actor = items([p.pk for p in made], Accept(category_id=cast.category)), cast.office
    with refused(InvalidInput):
        each(actions.accept, wanted, actor=actor, now=NOW)
