"""我的工作台: what this person has to do now, by stage and by how soon it is due; each number is a list."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sanfuwu.reference.queries import calendar_at
from sanfuwu.territory.actor import Actor
from sanfuwu.territory.models import Role

from ..chip import Stage
from ..facets import ABOVE
from .listing import Filters, Page, count_problems, list_problems
from .rows import Line, lines

MOST = 1_000  # beyond this a desk says "more than": nobody's day depends on the difference
Heap = tuple[str, str, tuple[str, ...]]  # its name, the filter of the list, its values; "{unit}" is one's own unit
_OWN = "{unit}"


def _stages(name: str, *stages: Stage) -> Heap:
    return name, "stage", tuple(str(stage) for stage in stages)


def _own(name: str, *duties: str) -> Heap:
    """What waits for one's own unit, not for those below it."""
    return name, "waits", tuple(f"{duty}:{_OWN}" for duty in (duties or (name,)))


_DECIDE = _own("to_decide", "decide_return", "decide_extension")
_DECIDE_ABOVE: Heap = ("to_decide", "waits", (f"decide_extension:{ABOVE}", f"decide_hold:{ABOVE}"))
# What each role is asked to do, in the order it matters; every entry is a filter of the list.
_TASKS: dict[str, tuple[Heap, ...]] = {
    Role.DISPATCHER: (
        _stages("to_accept", Stage.SUBMITTED),
        _stages("to_dispatch", Stage.TO_DISPATCH),
        _own("to_review"),
        _DECIDE,
        _stages("to_strike_off", Stage.TO_STRIKE_OFF),
    ),
    Role.TOWN_DISPATCHER: (
        _stages("to_accept", Stage.SUBMITTED),
        _stages("to_dispatch", Stage.TO_DISPATCH),
        _own("to_sign"),
        _own("to_review"),
        _DECIDE,
        _stages("to_strike_off", Stage.TO_STRIKE_OFF),
    ),
    Role.HANDLER: (_own("to_sign"), _own("handling"), _own("to_review"), _DECIDE),
    Role.UNIT_HEAD: (_own("to_sign_off"), _own("to_sign"), _own("handling"), _own("to_review"), _DECIDE),
    Role.VERIFIER: (_stages("to_call_back", Stage.TO_CALL_BACK, Stage.STRUCK_OFF, Stage.WITHDRAWN, Stage.MERGED),),
    Role.SUPERVISOR: (
        _DECIDE_ABOVE,
        _stages("to_strike_off", Stage.TO_STRIKE_OFF),
        _stages("on_hold", Stage.ON_HOLD),
        _stages("handling", Stage.HANDLING, Stage.TO_SIGN),
    ),
    Role.LEADER: (
        _DECIDE_ABOVE,
        _stages("on_hold", Stage.ON_HOLD),
        _stages("handling", Stage.HANDLING, Stage.TO_SIGN),
    ),
    Role.COLLECTOR: (
        _stages("to_supply", Stage.INFO_NEEDED),
        _stages("waiting", Stage.SUBMITTED, Stage.TO_DISPATCH, Stage.TO_SIGN, Stage.HANDLING),
    ),
}


@dataclass(frozen=True, slots=True)
class Task:
    """One heap of work: its name, how many, and the list behind the number."""

    name: str
    count: int
    capped: bool
    filter: str
    values: tuple[str, ...]


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
    calendar = calendar_at(now)
    soon = calendar.closing(calendar.shift(now.astimezone(calendar.tz).date(), 2)) or now
    tasks = []
    for name, by, wanted in _TASKS.get(actor.role, ()):
        values = tuple(value.replace(_OWN, str(actor.unit_id)) for value in wanted)
        count, capped = count_problems(actor, Filters(facets={by: values}), cap=MOST)
        tasks.append(Task(name, count, capped, by, values))
    overdue, due_soon, first = (0, False), (0, False), Page([], 0, False, None, None)
    if actor.role != Role.VERIFIER:  # what waits for a call-back has no running clock
        overdue = count_problems(actor, Filters(overdue_at=now), cap=MOST)
        due_soon = count_problems(actor, Filters(due_from=now, due_before=soon), cap=MOST)
        first = list_problems(actor, Filters(open_only=True), sort="due", limit=limit, cap=MOST)
    begin = next((task for task in tasks if task.count), tasks[0] if tasks else None)
    fresh = Page([], 0, False, None, None)
    if begin:
        fresh = list_problems(actor, Filters(facets={begin.filter: begin.values}), limit=limit, cap=MOST)
    return Desk(
        tasks=tuple(tasks),
        overdue=overdue,
        due_soon=due_soon,
        due_before=soon,
        lines=tuple(lines(actor, first.ids, now=now)),
        first=begin,
        newest=tuple(lines(actor, fresh.ids, now=now)),
    )
