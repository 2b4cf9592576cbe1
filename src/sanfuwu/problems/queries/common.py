"""How common a facet, a gram or a span of time is, by PostgreSQL's own statistics: what a look chooses its steps by.

They are as old as the last ANALYZE and kept for minutes here; being wrong costs time and never changes an answer.
"""

from __future__ import annotations

import bisect
import datetime as dt
import time
from collections.abc import Callable
from typing import Any, TypeVar, cast

from django.db import connection

from sanfuwu.counties.schema import current_schema

_FOR = 300  # seconds
_kept: dict[tuple[str, str, str], tuple[float, Any]] = {}
T = TypeVar("T")
Bounds = tuple[float, list[dt.datetime]]  # rows that have a value, and what cuts them into equal parts


def forget() -> None:
    """Ask for the statistics anew (tests roll back what they speak of)."""
    _kept.clear()


def how_common(table: str, column: str) -> dict[int, float]:
    """{element: rows that have it}, of the common elements of a column of arrays."""
    return _remembered(table, column, _elements)


def rows_between(column: str, begin: dt.datetime | None, end: dt.datetime | None) -> float:
    """How many rows of the narrow table should have their moment in this window; 0 when nothing is known."""
    rows, bounds = _remembered("problems_problemrow", column, _bounds)
    if len(bounds) < 2:
        return 0.0
    first = 0 if begin is None else bisect.bisect_left(bounds, begin) - 1
    last = len(bounds) - 1 if end is None else bisect.bisect_left(bounds, end)
    parts = min(last, len(bounds) - 1) - max(first, 0)  # those that the window only touches are counted whole
    return rows * max(parts, 0) / (len(bounds) - 1)


def _remembered(table: str, column: str, ask: Callable[[str, str], T]) -> T:
    key = current_schema(), table, column
    kept = _kept.get(key)
    if kept is None or kept[0] < time.monotonic():
        kept = _kept[key] = time.monotonic() + _FOR, ask(table, column)
    return cast(T, kept[1])


def _elements(table: str, column: str) -> dict[int, float]:
    found = _said(
        "unnest(s.most_common_elems::text::int4[]), unnest(s.most_common_elem_freqs) * c.reltuples", table, column
    )
    # The frequencies end with three figures about all of them, which have no element beside them.
    return {element: rows for element, rows in found if element is not None}


def _bounds(table: str, column: str) -> Bounds:
    found = _said("(1 - s.null_frac) * c.reltuples, s.histogram_bounds::text::timestamptz[]", table, column)
    return (found[0][0], found[0][1] or []) if found else (0.0, [])


def _said(columns: str, table: str, column: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {columns} FROM pg_stats s JOIN pg_class c ON c.oid = %s::regclass"  # noqa: S608 — ours
            " WHERE s.schemaname = %s AND s.tablename = %s AND s.attname = %s",
            [table, current_schema(), table, column],
        )
        return list(cursor.fetchall())
