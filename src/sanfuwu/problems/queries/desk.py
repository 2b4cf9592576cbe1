"""我的工作台: what this person has to do now, by stage and by how soon it is due; each number is a list."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sanfuwu.counties.queries import work_calendar
from sanfuwu.territory.actor import Actor
from sanfuwu.territory.models import Role

from ..chip import Stage
from .listing import Filters, Page, count_problems, list_problems
from .rows import Line, lines

MOST = 1_000  # beyond this a desk says "more than": nobody's day depends on the difference
# What each role is asked to do, in the order it matters; every entry is a filter of the list.
_TASKS: dict[str, tuple[tuple[str, tuple[Stage, ...]], ...]] = {
    Role.DISPATCHER: (
        ("to_accept", (Stage.SUBMITTED,)),
        ("to_dispatch", (Stage.TO_DISPATCH,)),
        ("to_review", (Stage.TO_REVIEW,)),
        ("to_rule", (Stage.RETURNED,)),
        ("to_strike_off", (Stage.TO_STRIKE_OFF,)),
    ),
    Role.TOWN_DISPATCHER: (
        ("to_accept", (Stage.SUBMITTED,)),
        ("to_dispatch", (Stage.TO_DISPATCH,)),
        ("to_sign", (Stage.TO_SIGN,)),
        ("to_review", (Stage.TO_REVIEW,)),
        ("to_strike_off", (Stage.TO_STRIKE_OFF,)),
    ),
    Role.HANDLER: (("to_sign", (Stage.TO_SIGN,)), ("handling", (Stage.HANDLING,))),
    Role.UNIT_HEAD: (
        ("to_sign_off", (Stage.TO_SIGN_OFF,)),
        ("to_sign", (Stage.TO_SIGN,)),
        ("handling", (Stage.HANDLING,)),
    ),
    Role.VERIFIER: (("to_call_back", (Stage.TO_CALL_BACK, Stage.STRUCK_OFF)),),
    Role.SUPERVISOR: (("to_strike_off", (Stage.TO_STRIKE_OFF,)), ("handling", (Stage.HANDLING, Stage.TO_SIGN))),
    Role.LEADER: (("handling", (Stage.HANDLING, Stage.TO_SIGN, Stage.ON_HOLD)),),
    Role.COLLECTOR: (
        ("to_supply", (Stage.INFO_NEEDED,)),
        ("waiting", (Stage.SUBMITTED, Stage.TO_DISPATCH, Stage.TO_SIGN, Stage.HANDLING)),
    ),
}


@dataclass(frozen=True, slots=True)
class Task:
    """One heap of work: its name, how many, and the list behind the number."""

    name: str
    count: int
    capped: bool
    stages: tuple[Stage, ...]


@dataclass(frozen=True, slots=True)
class Desk:
    tasks: tuple[Task, ...]
    overdue: tuple[int, bool]
    due_soon: tuple[int, bool]
    due_before: dt.datetime
    lines: tuple[Line, ...]  # what is due first
    first: Task | None  # the first heap that is not empty: what to begin with
    newest: tuple[Line, ...]  # of that heap


def desk(actor: Actor, *, now: dt.datetime, limit: int = 12) -> Desk:
    """The desk of one post."""
    calendar = work_calendar()
    soon = calendar.closing(calendar.shift(now.astimezone(calendar.tz).date(), 2)) or now
    tasks = []
    for name, stages in _TASKS.get(actor.role, ()):
        filters = Filters(facets={"stage": tuple(stages)})
        count, capped = count_problems(actor, filters, cap=MOST)
        tasks.append(Task(name, count, capped, stages))
    overdue, due_soon, first = (0, False), (0, False), Page([], 0, False, None, None)
    if actor.role != Role.VERIFIER:  # what waits for a call-back has no running clock
        overdue = count_problems(actor, Filters(overdue_at=now), cap=MOST)
        due_soon = count_problems(actor, Filters(due_from=now, due_before=soon), cap=MOST)
        first = list_problems(actor, Filters(open_only=True), sort="due", limit=limit, cap=MOST)
    begin = next((task for task in tasks if task.count), tasks[0] if tasks else None)
    wanted = begin.stages if begin else ()
    fresh = Page([], 0, False, None, None)
    if wanted:
        fresh = list_problems(actor, Filters(facets={"stage": tuple(wanted)}), limit=limit, cap=MOST)
    return Desk(
        tasks=tuple(tasks),
        overdue=overdue,
        due_soon=due_soon,
        due_before=soon,
        lines=tuple(lines(actor, first.ids, now=now)),
        first=begin,
        newest=tuple(lines(actor, fresh.ids, now=now)),
    )
