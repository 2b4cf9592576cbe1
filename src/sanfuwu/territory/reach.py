"""Whose records a unit sees: a pure function of the tree and of the standing mergers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from uuid import UUID

SELF, DESCENDANT, PREDECESSOR = "self", "descendant", "predecessor"

Reach = dict[tuple[UUID, UUID], str]


def compute_reach(parents: Mapping[UUID, UUID | None], mergers: Iterable[tuple[UUID, UUID]]) -> Reach:
    """{(scope, unit): why} for every pair in which `scope` sees the records of `unit`.

    `parents` maps every unit to the unit above it (its last one, if it is closed: its records stay visible there);
    `mergers` are the standing (from, into) pairs. A unit sees itself, what stands below it (`descendant`) and, over at
    least one merger, whatever a unit that went up in one of those saw (`predecessor`). Where both ways lead to the
    same unit, `descendant` is said.
    """
    below: dict[UUID, list[UUID]] = defaultdict(list)
    for unit, parent in parents.items():
        if parent is not None:
            below[parent].append(unit)
    succeeded: dict[UUID, list[UUID]] = defaultdict(list)
    for gone, into in mergers:
        succeeded[into].append(gone)

    reach: Reach = {}
    for scope in parents:
        by_descent = _closure(scope, below)
        everything = _closure(scope, below, succeeded) if succeeded else by_descent
        for unit in everything:
            reach[scope, unit] = SELF if unit == scope else DESCENDANT if unit in by_descent else PREDECESSOR
    return reach


def _closure(start: UUID, *edges: Mapping[UUID, list[UUID]]) -> set[UUID]:
    seen = {start}
    todo = [start]
    while todo:
        unit = todo.pop()
        for ways in edges:
            for other in ways.get(unit, ()):
                if other not in seen:
                    seen.add(other)
                    todo.append(other)
    return seen
