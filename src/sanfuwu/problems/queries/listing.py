"""问题清单: one page of a filtered, sorted, searched list, fast at a million rows.

A list is a capped probe over the narrow row (model.md): below the cap the hits are sorted and counted at once; at
the cap the sort index is walked and the count is shown as "more than". Paging is by key, so page 500 costs as page 1.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from sanfuwu.ledger.errors import InvalidInput
from sanfuwu.territory.actor import Actor

from .. import facets
from ..facets import Token
from ..search import grams_asked
from . import scope

COUNT_CAP = 20_000
# Filters a page or an API may name, and the facet each one reads.
FACET_FILTERS: dict[str, str] = {
    "stage": "stage",
    "state": "state",
    "tier": "tier",
    "channel": "channel",
    "served": "served",
    "category": "category",
    "place": "place",
    "lead": "lead",
    "co": "co",
    "unit": "scope",
    "leader": "leader",
    "result": "result",
    "level": "level",
    "urgency": "urgency",
    "origin": "origin",
    "registered_by": "reg",
    "party": "party",
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked for: values of one facet are alternatives, different facets all hold."""

    facets: dict[str, tuple[str, ...]] = field(default_factory=dict)
    words: str = ""
    open_only: bool | None = None
    overdue_at: dt.datetime | None = None  # due before this moment and still open
    due_before: dt.datetime | None = None
    registered_from: dt.datetime | None = None
    registered_until: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Ids of one page in order; `count` is exact unless `capped` (then it is "more than")."""

    ids: list[UUID]
    count: int
    capped: bool
    next_cursor: str | None
    prev_cursor: str | None


@dataclass(frozen=True, slots=True)
class _Sort:
    column: str
    descending: bool


SORTS = {"newest": _Sort("registered_at", True), "due": _Sort("due_at", False)}


@dataclass(frozen=True, slots=True)
class _Cursor:
    value: str
    id: UUID
    backwards: bool


def _encode(value: dt.datetime, row_id: UUID, backwards: bool) -> str:
    raw = json.dumps([value.isoformat(), str(row_id), backwards])
    return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def _decode(text: str) -> _Cursor:
    try:
        value, row_id, backwards = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        return _Cursor(dt.datetime.fromisoformat(value).isoformat(), UUID(row_id), bool(backwards))
    except (ValueError, TypeError, AttributeError) as error:
        raise InvalidInput(_("This page address is damaged; start from the first page."), field="cursor") from error


def _conditions(actor: Actor, filters: Filters) -> tuple[list[str], list[Any]] | None:
    visible = scope.where(actor)
    if visible is None:
        return None
    parts, params = [visible[0]], list(visible[1])
    wanted: list[list[Token]] = []
    for name, values in filters.facets.items():
        if name not in FACET_FILTERS:
            raise InvalidInput(_("There is no such filter."), field=name)
        wanted.append([(FACET_FILTERS[name], v) for v in values])
    numbers = facets.known_ids({t for group in wanted for t in group})
    every: list[int] = []
    for group in wanted:
        found = [numbers[t] for t in group if t in numbers]
        if not found:
            return None  # no problem has ever had this value
        if len(group) == 1:
            every += found
        else:
            parts.append("r.facets && %s::int4[]")
            params.append(sorted(found))
    if every:
        parts.append("r.facets @> %s::int4[]")
        params.append(sorted(every))
    if filters.words.strip():
        grams = grams_asked(filters.words)
        if not grams:
            raise InvalidInput(_("Type at least two characters to search."), field="q")
        parts.append("EXISTS (SELECT 1 FROM problems_problemtext t WHERE t.problem_id = r.problem_id"
                     " AND t.grams @> %s::int4[])")
        params.append(grams)
    _times(filters, parts, params)
    return parts, params


def _times(filters: Filters, parts: list[str], params: list[Any]) -> None:
    if filters.open_only is not None:
        parts.append("r.is_open" if filters.open_only else "NOT r.is_open")
    if filters.overdue_at is not None:
        parts.append("r.is_open AND r.due_at < %s")
        params.append(filters.overdue_at)
    if filters.due_before is not None:
        parts.append("r.is_open AND r.due_at < %s")
        params.append(filters.due_before)
    if filters.registered_from is not None:
        parts.append("r.registered_at >= %s")
        params.append(filters.registered_from)
    if filters.registered_until is not None:
        parts.append("r.registered_at < %s")
        params.append(filters.registered_until)


def list_problems(
    actor: Actor, filters: Filters, *, sort: str = "newest", cursor: str | None = None, limit: int = 50
) -> Page:
    """One page. Raises `InvalidInput` for an unknown filter, sort, or damaged cursor."""
    if sort not in SORTS:
        raise InvalidInput(_("There is no such order."), field="sort")
    conditions = _conditions(actor, filters)
    if conditions is None:
        return Page([], 0, False, None, None)
    parts, params = conditions
    order = SORTS[sort]
    if order.column == "due_at":
        parts = [*parts, "r.is_open AND r.due_at IS NOT NULL"]
    after = _decode(cursor) if cursor else None
    count, rows = _fetch(parts, params, order, after, limit)
    return _page(rows, count, order, after, limit)


def count_problems(actor: Actor, filters: Filters, *, cap: int = COUNT_CAP) -> tuple[int, bool]:
    """(count, capped) of a filter, for desks and tabs."""
    conditions = _conditions(actor, filters)
    if conditions is None:
        return 0, False
    parts, params = conditions
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM (SELECT 1 FROM problems_problemrow r WHERE {' AND '.join(parts)} LIMIT %s) x",
            [*params, cap + 1],
        )
        (found,) = cursor.fetchone()
    return min(found, cap), found > cap


def _fetch(
    parts: list[str], params: list[Any], order: _Sort, after: _Cursor | None, limit: int
) -> tuple[int, list[tuple[UUID, dt.datetime]]]:
    """(hits up to the cap + 1, one row more than the page)."""
    descending = order.descending != (after.backwards if after else False)
    direction = "DESC" if descending else "ASC"
    key = f"{order.column} {direction}, problem_id {direction}"
    beyond, beyond_params = "", []
    if after is not None:
        sign = "<" if descending else ">"
        beyond = f"({order.column}, problem_id) {sign} (%s::timestamptz, %s::uuid)"
        beyond_params = [after.value, after.id]
    where = " AND ".join(parts)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH hit AS MATERIALIZED (SELECT r.problem_id, r.{order.column} FROM problems_problemrow r"
            f" WHERE {where} LIMIT %s), n AS (SELECT count(*) AS hits FROM hit)"
            f" SELECT n.hits, p.problem_id, p.{order.column} FROM n LEFT JOIN LATERAL ("
            f" SELECT * FROM hit {'WHERE ' + beyond if beyond else ''} ORDER BY {key} LIMIT %s) p"
            f" ON n.hits <= {COUNT_CAP}",
            [*params, COUNT_CAP + 1, *beyond_params, limit + 1],
        )
        found = cursor.fetchall()
        hits = found[0][0]
        if hits <= COUNT_CAP:
            return hits, [(row_id, value) for _hits, row_id, value in found if row_id is not None]
        cursor.execute(
            f"SELECT r.problem_id, r.{order.column} FROM problems_problemrow r WHERE {where}"
            f" {'AND ' + beyond if beyond else ''} ORDER BY {key} LIMIT %s",
            [*params, *beyond_params, limit + 1],
        )
        return hits, list(cursor.fetchall())


def _page(
    rows: list[tuple[UUID, dt.datetime]], hits: int, order: _Sort, after: _Cursor | None, limit: int
) -> Page:
    more = len(rows) > limit
    rows = rows[:limit]
    backwards = after is not None and after.backwards
    if backwards:
        rows.reverse()
    has_next = bool(rows) and (more or backwards)
    has_prev = bool(rows) and (after is not None if not backwards else more)
    return Page(
        ids=[row_id for row_id, _value in rows],
        count=min(hits, COUNT_CAP),
        capped=hits > COUNT_CAP,
        next_cursor=_encode(rows[-1][1], rows[-1][0], False) if has_next else None,
        prev_cursor=_encode(rows[0][1], rows[0][0], True) if has_prev else None,
    )
