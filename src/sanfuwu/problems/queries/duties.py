"""责任清单: what each unit answers for, counted by assignment; every number is a list (`Filters.duty`).

Counted is a unit's own assignment with its own date: a power station below a town, or a co-handler, is late by its own
clock and not by the lead's ("lateness is attributed per assignment", model.md). A county has some hundred units and
some thousand open assignments, so the whole page is one statement over two partial indexes, whatever was finished
before.
"""

# ruff: noqa: S608 — SQL is put together of constants in this file; every value is a parameter.

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from sanfuwu.rules.lifecycle import OPEN_ASSIGNMENT_STATES
from sanfuwu.territory.actor import Actor
from sanfuwu.territory.models import Role
from sanfuwu.territory.queries import reach_of

from . import scope

FINISHED_DAYS = 30  # what "finished lately" means, today included
_IN_HAND = tuple(sorted(s.value for s in OPEN_ASSIGNMENT_STATES))
_RUNNING = ("pending_sign", "in_progress", "return_pending")  # states in which a unit's clock runs
NUMBERS = ("in_hand", "to_sign", "overdue", "soon", "returned", "finished")


@dataclass(frozen=True, slots=True)
class Moments:
    """The three moments that the numbers depend on: now, until when "soon" is, since when "lately" is."""

    now: dt.datetime
    soon: dt.datetime
    lately: dt.datetime


def _conditions(at: Moments) -> dict[str, tuple[str, list[Any]]]:
    """{number: what an assignment `a` must be to count in it}."""
    running = "a.state = ANY(%s)"
    return {
        "in_hand": ("a.state = ANY(%s)", [list(_IN_HAND)]),
        "to_sign": ("a.state = 'pending_sign'", []),
        "overdue": (f"{running} AND a.due_at < %s", [list(_RUNNING), at.now]),
        "soon": (f"{running} AND a.due_at >= %s AND a.due_at < %s", [list(_RUNNING), at.now, at.soon]),
        "returned": ("a.state = 'return_pending'", []),
        "finished": ("a.state = 'done' AND a.ended_at >= %s", [at.lately]),
    }


@dataclass(frozen=True, slots=True)
class Duty:
    """One number of one unit, as a filter of the list. `number` is one of `NUMBERS`."""

    unit_id: UUID
    number: str
    at: Moments

    def condition(self) -> tuple[str, list[Any]]:
        """SQL on `r` (`problems_problemrow`), and its parameters."""
        sql, params = _conditions(self.at)[self.number]
        # Literal states let the planner see that the partial index holds all that is asked for.
        open_only = "" if self.number == "finished" else f"AND a.state IN ({_literals()})"
        which = f"SELECT a.problem_id FROM problems_assignment a WHERE a.unit_id = %s {open_only} AND {sql}"
        return f"r.problem_id IN ({which})", [self.unit_id, *params]


@dataclass(frozen=True, slots=True)
class UnitDuties:
    """A unit's numbers: problems, not assignments (a unit has one open assignment on a problem at most)."""

    unit_id: UUID
    in_hand: int = 0
    to_sign: int = 0
    overdue: int = 0
    soon: int = 0
    returned: int = 0
    finished: int = 0


def may_see_duties(actor: Actor) -> bool:
    """Whoever sees problems by unit; collectors and call-back officers see them one by one."""
    return scope.scope_of(actor).everything or actor.role in (
        Role.HANDLER,
        Role.UNIT_HEAD,
        Role.TOWN_DISPATCHER,
        Role.LEADER,
    )


def units_seen(actor: Actor) -> frozenset[UUID] | None:
    """Units whose every assignment this actor may see; None = all. The rule is that of `scope`, by its tokens."""
    seen = scope.scope_of(actor)
    if seen.everything:
        return None
    found: set[UUID] = set()
    for kind, key in seen.any_of:
        if kind == "scope":
            found |= reach_of(UUID(key))
    return frozenset(found)


def duties(actor: Actor, at: Moments) -> list[UnitDuties]:
    """Units with anything in hand or lately finished, that the actor may see; one statement."""
    if not may_see_duties(actor):
        return []
    units = units_seen(actor)
    if units is not None and not units:
        return []
    return _counted(at, units)


def _counted(at: Moments, units: Collection[UUID] | None) -> list[UnitDuties]:
    said = _conditions(at)
    now_in_hand = [name for name in NUMBERS if name != "finished"]
    columns = ", ".join(f"count(*) FILTER (WHERE {said[name][0]})" for name in now_in_hand)
    params: list[Any] = [p for name in now_in_hand for p in said[name][1]]
    only = "" if units is None else "AND a.unit_id = ANY(%s)"
    among = [] if units is None else [list(units)]
    sql = f"""
        SELECT unit_id, {", ".join(f"sum(n{i})::int" for i in range(len(NUMBERS)))} FROM (
            SELECT a.unit_id, {columns}, 0
              FROM problems_assignment a WHERE a.state IN ({_literals()}) {only} GROUP BY a.unit_id
            UNION ALL
            SELECT a.unit_id, {", ".join("0" for _name in now_in_hand)}, count(DISTINCT a.problem_id)
              FROM problems_assignment a WHERE {said["finished"][0]} {only} GROUP BY a.unit_id
        ) AS part (unit_id, {", ".join(f"n{i}" for i in range(len(NUMBERS)))})
        GROUP BY unit_id"""
    with connection.cursor() as cursor:
        cursor.execute(sql, [*params, *among, *said["finished"][1], *among])
        return [UnitDuties(*row) for row in cursor.fetchall()]


def _literals() -> str:
    return ", ".join(f"'{state}'" for state in _IN_HAND)
