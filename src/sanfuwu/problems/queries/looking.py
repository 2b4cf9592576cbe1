"""How a page or a count is found among a million narrow rows, in steps that each have an end (ADR 0009).

1. With a facet that few rows have, these are gathered and their best kept: page and exact count in one statement.
2. Otherwise a short stretch of the sort index is walked. Where it is dense with hits, the walk goes on until the count
   reaches its cap ("more than"), and that is all.
3. Where it is not, the facet index gives the hits up to the cap. Below it they are sorted, and they are the count.
4. At the cap the page comes from the short walk, or a longer one; only when the hits lie beyond it are all gathered.

Words are in a table of their own: whichever is rarer, the texts or the rows, is gathered and looked up in the other.
How common a facet is comes from PostgreSQL's own statistics; they choose between steps and never change an answer.
"""

# ruff: noqa: S608 — SQL is put together of constants in this file; every value is a parameter.

from __future__ import annotations

import datetime as dt
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection

from sanfuwu.counties.schema import current_schema

WALKS = (5_000, 40_000)  # entries of the sort index looked at, 0.3 µs each, before giving up on it
DENSE_WALK = 60_000  # the same where the first ones were dense: it ends as soon as it has counted to the cap
FEW = 100_000  # rows of the rarest facet: so many are read one by one, and no other facet is asked of the index
FEW_ROWS, FEW_TEXTS = 3_000, 12_000  # so many are looked up in the other table
_STATISTICS_FOR = 300  # seconds

Hit = tuple[UUID, dt.datetime]
After = tuple[dt.datetime, UUID, bool]  # value and id of the row it starts beyond, and whether backwards
SQL = tuple[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Sort:
    column: str
    descending: bool
    among: str  # what the rows of this order's index have in common


@dataclass(slots=True)
class Conditions:
    """What a row must be: of each group of facets it has at least one, of `none_of` none; and further SQL on `r`."""

    groups: list[list[int]]
    none_of: list[int]
    always: frozenset[int] = frozenset()  # facets that every row of the sort index has
    grams: list[int] = field(default_factory=list)
    _more: list[tuple[str, Any, str]] = field(default_factory=list)

    def add(self, sql: str, *params: Any, on: str = "") -> None:
        """A further condition; `on` names the column that it spans."""
        self._more.append((sql, params, on))

    def span(self, column: str) -> SQL:
        """The conditions on one column alone: where a walk of its index begins and ends."""
        found = [(sql, params) for sql, params, on in self._more if on == column]
        return " AND ".join(["TRUE", *(sql for sql, _p in found)]), [p for _sql, params in found for p in params]

    def sql(self) -> SQL:
        """All of it but the words. Only what PostgreSQL should ask the facet index for is written so that it can."""
        groups = sorted(self.groups, key=_rows_with)
        alone = self.few()
        parts: list[str] = []
        params: list[Any] = []
        singles = [g[0] for g in (groups[:1] if alone else groups) if len(g) == 1]
        if singles:
            parts.append("r.facets @> %s::int4[]")
            params.append(singles)
        for n, group in enumerate(groups):
            if alone and n:
                parts.append(f"(r.facets {'@>' if len(group) == 1 else '&&'} %s::int4[]) IS TRUE")
                params.append(group)
            elif len(group) > 1:
                parts.append("r.facets && %s::int4[]")
                params.append(group)
        if self.none_of:
            parts.append("NOT (r.facets && %s::int4[])")
            params.append(self.none_of)
        for sql, more, _on in self._more:
            parts.append(sql)
            params += more
        return " AND ".join(parts) or "TRUE", params

    def few(self, most: int | None = None) -> bool:
        """Whether one of the facets should be on few rows."""
        return min(map(_rows_with, self.groups), default=math.inf) <= (FEW if most is None else most)


class Look:
    """One page of one list, or its count: the steps in the order in which they are tried."""

    def __init__(self, where: Conditions, order: Sort, after: After | None, limit: int, cap: int) -> None:
        self.where, self.order, self.limit, self.cap = where, order, limit, cap
        self.sql, self.params = where.sql()
        descending = order.descending != (after[2] if after else False)
        direction = "DESC" if descending else "ASC"
        self.key = f"{order.column} {direction}, problem_id {direction}"
        self.beyond, self.beyond_params = "TRUE", []
        if after is not None:
            self.beyond = f"({order.column}, problem_id) {'<' if descending else '>'} (%s::timestamptz, %s::uuid)"
            self.beyond_params = [after[0], after[1]]

    def page(self) -> tuple[int, bool, list[Hit]]:
        """(count, capped, one row more than the page)."""
        if self.where.grams:
            return self._searched()
        if self.where.few():
            count, rows = self._gather()
            return count, False, rows
        count, rows = self._walk(WALKS[0])
        if count > self.cap or (self._dense(count) and self._walk(DENSE_WALK, enough=self.cap + 1)[0] > self.cap):
            return self.cap, True, rows or self._far()
        found = self._probe(self.cap)
        if found is not None:
            return found[0], False, found[1]
        return self.cap, True, rows or self._far()

    def _dense(self, count: int) -> bool:
        """Whether going on as in the first walk should soon reach the cap."""
        return count * DENSE_WALK > 1.5 * self.cap * WALKS[0]

    def _far(self) -> list[Hit]:
        return self._walk(WALKS[1])[1] or self._gather()[1]

    def count(self) -> tuple[int, bool]:
        """(count, capped) alone."""
        if self.where.grams:
            count, capped, _rows_found = self._searched()
            return min(count, self.cap), capped or count > self.cap
        if not self.where.few():
            count, _rows_found = self._walk(WALKS[0])
            if count > self.cap or (self._dense(count) and self._walk(DENSE_WALK, enough=self.cap + 1)[0] > self.cap):
                return self.cap, True
        found = self._probe(self.cap)
        return (self.cap, True) if found is None else (found[0], False)

    def _searched(self) -> tuple[int, bool, list[Hit]]:
        found = None
        if _texts_with(self.where.grams) <= 2 * FEW_TEXTS:
            found = self._probe_texts(FEW_TEXTS)
        if found is None and self.where.few(10 * FEW_ROWS):
            found = self._probe(FEW_ROWS)
        if found is not None:
            return found[0], False, found[1]
        count, rows = self._walk(WALKS[0])
        if rows:
            return min(count - 1, self.cap), True, rows  # at least so many: "more than" one less
        count, rows = self._gather()
        return count, False, rows

    def _probe(self, most: int) -> tuple[int, list[Hit]] | None:
        """(count, page) when at most `most` rows meet the conditions, looked up in the texts if there are words."""
        column = self.order.column
        text, grams = self._texts("found", "(SELECT whole FROM n)")
        return self._of_found(
            f"SELECT r.problem_id, r.{column} FROM problems_problemrow r WHERE {self.sql} LIMIT %s",
            [*self.params, most + 1, most],
            f"SELECT found.* FROM found {text}",
            grams,
            by_facets=bool(self.where.groups),
        )

    def _probe_texts(self, most: int) -> tuple[int, list[Hit]] | None:
        """(count, page) when at most `most` texts have the words, looked up in the rows."""
        return self._of_found(
            "SELECT t.problem_id FROM problems_problemtext t WHERE t.grams @> %s::int4[] LIMIT %s",
            [self.where.grams, most + 1, most],
            f"SELECT r.problem_id, r.{self.order.column} FROM found JOIN problems_problemrow r USING (problem_id)"
            f" WHERE (SELECT whole FROM n) AND {self.sql}",
            self.params,
            by_facets=False,
        )

    def _of_found(
        self, found: str, found_params: list[Any], hit: str, hit_params: list[Any], *, by_facets: bool
    ) -> tuple[int, list[Hit]] | None:
        rows = _rows(
            f"WITH found AS MATERIALIZED ({found}), n AS MATERIALIZED (SELECT count(*) <= %s AS whole FROM found),"
            f" hit AS MATERIALIZED ({hit}), c AS (SELECT count(*) AS hits FROM hit)"
            f" SELECT n.whole, c.hits, p.problem_id, p.{self.order.column} FROM n CROSS JOIN c LEFT JOIN LATERAL ("
            f"SELECT * FROM hit WHERE {self.beyond} ORDER BY {self.key} LIMIT %s) p ON n.whole",
            [*found_params, *hit_params, *self.beyond_params, self.limit + 1],
            by_facets=by_facets,
        )
        if not rows[0][0]:
            return None
        return rows[0][1], [(row_id, value) for _whole, _hits, row_id, value in rows if row_id is not None]

    def _walk(self, stretch: int, enough: int | None = None) -> tuple[int, list[Hit]]:
        """(hits among the next entries of the sort index, the page of them); no page when they do not fill it."""
        span, span_params = self.where.span(self.order.column)
        count, rows = self._best(
            f"(SELECT * FROM problems_problemrow r WHERE {self.order.among} AND {span} AND {self.beyond}"
            f" ORDER BY {self.key} LIMIT %s) r",
            [*span_params, *self.beyond_params, max(stretch, 2 * self.limit)],
            enough=enough,
        )
        return (count, rows) if len(rows) > self.limit else (count, [])

    def _gather(self) -> tuple[int, list[Hit]]:
        """(all hits, the page of them), by the facet index and the texts'."""
        return self._best("problems_problemrow r", [], self.beyond, self.beyond_params)

    def _best(
        self,
        rows_from: str,
        from_params: list[Any],
        beyond: str = "TRUE",
        beyond_params: Sequence[Any] = (),
        enough: int | None = None,
    ) -> tuple[int, list[Hit]]:
        text, grams = self._texts("r", "TRUE")
        # MATERIALIZED: the planner must not turn "all, then the best" into a walk of the whole sort index.
        rows = _rows(
            f"WITH hit AS MATERIALIZED (SELECT r.problem_id, r.{self.order.column} FROM {rows_from} {text}"
            f" {'AND' if text else 'WHERE'} {self.sql} LIMIT %s)"
            f" SELECT (SELECT count(*) FROM hit), problem_id, {self.order.column} FROM hit WHERE {beyond}"
            f" ORDER BY {self.key} LIMIT %s",
            [*from_params, *grams, *self.params, enough, *beyond_params, self.limit + 1],
        )
        return (rows[0][0] if rows else 0), [(row_id, value) for _count, row_id, value in rows]

    def _texts(self, alias: str, condition: str) -> SQL:
        """A join with the texts that have the words; nothing without words."""
        if not self.where.grams:
            return "", []
        texts = f"JOIN problems_problemtext t ON t.problem_id = {alias}.problem_id"
        return f"{texts} WHERE {condition} AND t.grams @> %s::int4[]", [self.where.grams]


def _rows(sql: str, params: list[Any], *, by_facets: bool = False) -> list[Any]:
    """Rows of a statement. `by_facets` takes from the planner what it would do for a LIMIT: read the table from its
    start in the hope of hits, which may all lie at its end."""
    with connection.cursor() as cursor:
        if not by_facets:
            cursor.execute(sql, params)
            return list(cursor.fetchall())
        # One message of several statements: a transaction of its own when there is none.
        off, on = (f"SET LOCAL enable_seqscan TO {x}; SET LOCAL enable_indexscan TO {x}" for x in ("off", "DEFAULT"))
        cursor.execute(f"{off}; {sql}; {on}", params)
        cursor.nextset()
        cursor.nextset()
        return list(cursor.fetchall())


_known: dict[tuple[str, str], tuple[float, dict[int, float]]] = {}


def forget() -> None:
    """Ask for the statistics anew (tests roll back what they speak of)."""
    _known.clear()


def how_common(table: str, column: str) -> dict[int, float]:
    """{element: rows that have it}, of a column's common ones, as the last ANALYZE saw it; kept for minutes."""
    schema = current_schema()
    kept = _known.get((schema, table))
    if kept is None or kept[0] < time.monotonic():
        found = _rows(
            "SELECT unnest(s.most_common_elems::text::int4[]), unnest(s.most_common_elem_freqs) * c.reltuples"
            " FROM pg_stats s JOIN pg_class c ON c.oid = %s::regclass"
            " WHERE s.schemaname = %s AND s.tablename = %s AND s.attname = %s",
            [table, schema, table, column],
        )
        # The frequencies end with three figures about all of them, which have no element beside them.
        kept = time.monotonic() + _STATISTICS_FOR, {element: rows for element, rows in found if element is not None}
        _known[schema, table] = kept
    return kept[1]


def _rows_with(group: list[int]) -> float:
    """How many rows should have one of these facets; 0 for rare ones."""
    common = how_common("problems_problemrow", "facets")
    return sum(common.get(facet, 0.0) for facet in group)


def _texts_with(grams: list[int]) -> float:
    """How many texts should have all of these grams, at most."""
    common = how_common("problems_problemtext", "grams")
    return min(common.get(gram, 0.0) for gram in grams)
