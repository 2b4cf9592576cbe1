"""How a page or a count is found among a million narrow rows, in steps that each have an end (ADR 0009).

1. With a facet or a span of time that few rows have, these are gathered and their best kept: page and exact count in
   one statement.
2. Otherwise a short stretch of the sort index is walked. Where that fills the page, a second stretch is only counted,
   until the cap: either the count reaches it, or the walk came to the end, or it is "more than" what was met.
3. Where it does not, but met some, a longer walk should fill the page (a longer one still among ten million, where
   all that is asked is common); where one facet is not very common, its rows are all counted, and the index is walked
   from the first of them on; and else the facet index gives the hits up to the cap. Below it they are sorted, and are
   the count.
4. At the cap the page comes from the longer walk; only when the hits lie beyond that are all gathered.

Words are in a table of their own: whichever is rarer, the texts or the rows, is gathered and looked up in the other.
How common a facet or a span is comes from PostgreSQL's own statistics; they choose between steps and never change an
answer.
"""

# ruff: noqa: S608 — SQL is put together of constants in this file; every value is a parameter.

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection

from . import common

WALKS = (5_000, 40_000, 400_000)  # entries of the sort index looked at, 0.3 µs each, before giving up on it
COUNTED = 15_000  # further entries, for the count alone
FEW = 10_000  # rows of the rarest facet or span: gathered at once, and no other facet is asked of the index
NOT_MANY = 100_000  # the same where the first stretch did not fill the page
A_MILLION = 1_000_000  # where every facet has as many rows, the facet index costs more than the longest walk
FEW_ROWS, FEW_TEXTS = 3_000, 12_000  # so many are looked up in the other table

Hit = tuple[UUID, dt.datetime]
After = tuple[dt.datetime, UUID, bool]  # value and id of the row it starts beyond, and whether backwards
SQL = tuple[str, list[Any]]
Moment = dt.datetime | None


@dataclass(frozen=True, slots=True)
class Sort:
    column: str
    descending: bool
    among: str  # what the rows of this order's index have in common; `Conditions` say it, too


@dataclass(slots=True)
class Conditions:
    """What a row must be: of each group of facets it has at least one, of `none_of` none; and further SQL on `r`."""

    groups: list[list[int]]
    none_of: list[int] = field(default_factory=list)
    implied: int | None = None  # the facet that every row of the order's index has
    grams: list[int] = field(default_factory=list)
    _spans: dict[str, tuple[Moment, Moment]] = field(default_factory=dict)  # column: from, before
    _among: dict[str, str] = field(default_factory=dict)  # column of an index: what all its rows have in common
    _more: list[tuple[str, Any]] = field(default_factory=list)

    def add(self, sql: str, *params: Any) -> None:
        """A further condition."""
        self._more.append((sql, params))

    def among(self, column: str, sql: str) -> None:
        """Only rows of the partial index on this column."""
        self._among[column] = sql

    def between(self, column: str, begin: Moment, end: Moment) -> None:
        """Only rows whose moment is in this window; no limits, no condition."""
        if begin is not None or end is not None:
            self._spans[column] = (begin, end)

    def span(self, column: str) -> SQL:
        """The window on one column: where a walk of its index begins and ends."""
        begin, end = self._spans.get(column, (None, None))
        said = [(f"r.{column} {op} %s", at) for op, at in ((">=", begin), ("<", end)) if at is not None]
        return " AND ".join(["TRUE", *(sql for sql, _at in said)]), [at for _sql, at in said]

    def sql(self) -> SQL:
        """All of it but the words. Only what PostgreSQL should ask an index for is written so that it can."""
        if not self.few(NOT_MANY):
            return self._written(self._asked(), [])
        groups = sorted(self.groups, key=_rows_with)
        return self._written([], groups) if self._by_span() else self._written(groups[:1], groups[1:])

    def by_facets(self) -> bool:
        """Whether `sql` asks the facet index."""
        return bool(self._asked()) and not (self.few(NOT_MANY) and self._by_span())

    def _asked(self) -> list[list[int]]:
        """The groups worth asking the facet index for: a window on the due date says by itself that the clock runs."""
        return [g for g in self.groups if g != [self.implied] or "due_at" not in self._spans]

    def _by_span(self) -> bool:
        return self._rows_in_span() < min(map(_rows_with, self.groups), default=math.inf)

    def walked(self) -> SQL:
        """All of it but the words, for rows that are at hand already: the rarest first."""
        return self._written([], sorted(self.groups, key=_rows_with))

    def _written(self, asked: list[list[int]], compared: list[list[int]]) -> SQL:
        """`asked` may use the facet index; `compared` is written so that it cannot."""
        parts: list[str] = []
        params: list[Any] = []
        for group in asked:
            parts.append("r.facets @> %s::int4[]" if len(group) == 1 else "r.facets && %s::int4[]")
            params.append(group)
        for column in self._spans:
            sql, more = self.span(column)
            parts.append(sql)
            params += more
        for column, sql in self._among.items():
            # Where the facets are asked of their index, this one would only be read as a whole beside it.
            parts.append(f"({sql}) IS TRUE" if asked and column not in self._spans else sql)
        for sql, given in self._more:
            parts.append(sql)
            params += given
        for group in compared:
            if group == [self.implied]:
                continue
            if len(group) == 1:
                parts.append("%s = ANY(r.facets)")
                params.append(group[0])
            else:
                parts.append("(r.facets && %s::int4[]) IS TRUE")
                params.append(group)
        if self.none_of:
            parts.append("NOT (r.facets && %s::int4[])")
            params.append(self.none_of)
        return " AND ".join(parts) or "TRUE", params

    def few(self, most: float) -> bool:
        """Whether one of the facets or spans should be of few rows."""
        return min(self._rows_in_span(), *map(_rows_with, self.groups), math.inf) <= most

    def _rows_in_span(self) -> float:
        return min((common.rows_between(column, *span) for column, span in self._spans.items()), default=math.inf)


class Look:
    """One page of one list, or its count: the steps in the order in which they are tried.

    `known` is what an earlier page of the same list said: there are more than so many.
    """

    def __init__(
        self,
        where: Conditions,
        order: Sort,
        after: After | None = None,
        *,
        limit: int = 1,
        cap: int,
        known: int | None = None,
    ) -> None:
        self.where, self.order, self.after, self.limit, self.cap = where, order, after, limit, cap
        self.known = known
        self.sql, self.params = where.sql()
        self.walked, self.walked_params = where.walked()
        descending = order.descending != (after[2] if after else False)
        self.direction = "DESC" if descending else "ASC"
        self.key = f"{order.column} {self.direction}, problem_id {self.direction}"
        self.beyond, self.beyond_params = "TRUE", []
        if after is not None:
            self.beyond = f"({order.column}, problem_id) {'<' if descending else '>'} (%s::timestamptz, %s::uuid)"
            self.beyond_params = [after[0], after[1]]

    def page(self) -> tuple[int, bool, list[Hit]]:
        """(count, capped, one row more than the page)."""
        if self.where.grams:
            return self._searched()
        exact = self.known is None and self.after is not None  # so the first page said it, and so must this one
        if self.where.few(NOT_MANY if exact else FEW):
            return self._gathered()
        rows = self._walk(WALKS[0])
        if len(rows) > self.limit:
            return *self._counted(len(rows)), rows
        return self._beyond_the_first_stretch(rows)

    def count(self) -> tuple[int, bool]:
        """(count, capped) alone: exact up to the cap."""
        if self.where.grams:
            count, capped, _rows_found = self._searched()
            return min(count, self.cap), capped or count > self.cap
        if not self.where.few(FEW):
            met, ended = self._stretch(0, WALKS[0])
            if met > self.cap or ended:
                return min(met, self.cap), met > self.cap
        return self._counted_by_facets()

    def _counted(self, shown: int) -> tuple[int, bool]:
        """The count as far as two stretches from the first row show it; no less than `shown`."""
        if self.known is not None:
            return self.known, True
        met, ended = self._stretch(0, WALKS[0])
        if met <= self.cap and not ended:
            needed = math.ceil(1.2 * (self.cap + 1 - met) / max(met, 1) * WALKS[0])
            more, ended = self._stretch(WALKS[0], min(COUNTED, needed))
            met += more
        if met > self.cap:
            return self.cap, True
        if ended:
            return met, False
        # No "more than" on a later page of a list whose first page knew its count.
        return (at_least(max(met, shown)), True) if self.after is None else self._counted_by_facets()

    def _counted_by_facets(self) -> tuple[int, bool]:
        found = self._probe(self.cap)
        return (self.cap, True) if found is None else (found[0], False)

    def _beyond_the_first_stretch(self, rows: list[Hit]) -> tuple[int, bool, list[Hit]]:
        """The same where the first stretch held no more than these, less than a page."""
        promising = self.after is None and len(rows) * WALKS[1] > self.limit * WALKS[0]
        all_common = bool(self.where.groups) and not self.where.few(A_MILLION)
        if promising or all_common:
            rows = self._walk(WALKS[1])
            if all_common and 0 < len(rows) <= self.limit:
                rows = self._walk(WALKS[2])
            if len(rows) > self.limit and (promising or self.where.by_facets()):
                return *self._counted(len(rows)), rows
        if self.where.few(NOT_MANY):
            return self._gathered(scattered=bool(rows))
        if self.known is None:
            found = self._probe(self.cap)
            if found is not None:
                return found[0], False, found[1]
        if not (promising or all_common):
            rows = self._walk(WALKS[1])
        known = self.cap if self.known is None else self.known
        return known, True, rows if len(rows) > self.limit else self._gather()

    def _gathered(self, *, scattered: bool = False) -> tuple[int, bool, list[Hit]]:
        """`scattered`: the first stretch met some of them, so they lie everywhere."""
        if not (scattered or self.where.grams or self.where.few(FEW)):
            return self._found_where_they_begin()
        if self.known is not None:
            return self.known, True, self._gather()
        count, rows = self._best("problems_problemrow r", [], (self.sql, self.params), self.beyond, self.beyond_params)
        return count, False, rows

    def _found_where_they_begin(self) -> tuple[int, bool, list[Hit]]:
        """Many hits that the first stretch did not meet: they lie elsewhere, and mostly together (a campaign, a month,
        a unit that was new). So they are counted, which costs half of keeping the best of them, and the sort index is
        walked from the first one on."""
        first = "min" if self.direction == "ASC" else "max"
        [(count, begin, left)] = _rows(
            f"SELECT count(*), {first}({self.order.column}) FILTER (WHERE {self.beyond}),"
            f" count(*) FILTER (WHERE {self.beyond}) FROM problems_problemrow r WHERE {self.sql}",
            [*self.beyond_params, *self.beyond_params, *self.params],
        )
        known, capped = (count, False) if self.known is None else (self.known, True)
        rows = self._walk(WALKS[1], begin) if left else []
        return known, capped, rows if len(rows) == min(left, self.limit + 1) else self._gather()

    def _searched(self) -> tuple[int, bool, list[Hit]]:
        found = None
        if _texts_with(self.where.grams) <= 2 * FEW_TEXTS:
            found = self._probe_texts(FEW_TEXTS)
        if found is None and self.where.few(10 * FEW_ROWS):
            found = self._probe(FEW_ROWS)
        if found is not None:
            return found[0], False, found[1]
        count, rows = self._best(*self._entries(WALKS[0]), (self.walked, self.walked_params))
        if len(rows) > self.limit:
            known = min(at_least(count), self.cap) if self.known is None else self.known
            return known, True, rows
        return self._gathered()

    def _probe(self, most: int) -> tuple[int, list[Hit]] | None:
        """(count, page) when at most `most` rows meet the conditions, looked up in the texts if there are words."""
        column = self.order.column
        text, grams = self._texts("found", "(SELECT whole FROM n)")
        return self._of_found(
            f"SELECT r.problem_id, r.{column} FROM problems_problemrow r WHERE {self.sql} LIMIT %s",
            [*self.params, most + 1, most],
            f"SELECT found.* FROM found {text}",
            grams,
            by_facets=self.where.by_facets(),
        )

    def _probe_texts(self, most: int) -> tuple[int, list[Hit]] | None:
        """(count, page) when at most `most` texts have the words, looked up in the rows."""
        return self._of_found(
            "SELECT t.problem_id FROM problems_problemtext t WHERE t.grams @> %s::int4[] LIMIT %s",
            [self.where.grams, most + 1, most],
            f"SELECT r.problem_id, r.{self.order.column} FROM found JOIN problems_problemrow r USING (problem_id)"
            f" WHERE (SELECT whole FROM n) AND {self.walked}",
            self.walked_params,
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

    def _entries(self, stretch: int, begin: Moment = None) -> SQL:
        """The next entries of the sort index, from `begin` on, as a table `r`."""
        span, params = self.where.span(self.order.column)
        among = f"{self.order.among} AND {span} AND {self.beyond}"
        params = [*params, *self.beyond_params]
        if begin is not None:
            among += f" AND {self.order.column} {'>=' if self.direction == 'ASC' else '<='} %s"
            params.append(begin)
        table = f"(SELECT * FROM problems_problemrow r WHERE {among} ORDER BY {self.key} LIMIT %s) r"
        return table, [*params, max(stretch, 2 * self.limit)]

    def _walk(self, stretch: int, begin: Moment = None) -> list[Hit]:
        """The page, or as much of it as the next entries of the sort index hold."""
        entries, params = self._entries(stretch, begin)
        return _rows(
            f"SELECT problem_id, {self.order.column} FROM {entries} WHERE {self.walked} ORDER BY {self.key} LIMIT %s",
            [*params, *self.walked_params, self.limit + 1],
        )

    def _stretch(self, skipped: int, entries: int) -> tuple[int, bool]:
        """(hits among so many entries of the sort index after the first `skipped`; whether they are its last)."""
        span, span_params = self.where.span(self.order.column)
        direction = "DESC" if self.order.descending else "ASC"
        [(looked_at, hits)] = _rows(
            f"SELECT count(*), count(*) FILTER (WHERE {self.walked}) FROM (SELECT * FROM problems_problemrow r"
            f" WHERE {self.order.among} AND {span} ORDER BY {self.order.column} {direction}, problem_id {direction}"
            f" OFFSET %s LIMIT %s) r",
            [*self.walked_params, *span_params, skipped, entries],
        )
        return hits, looked_at < entries

    def _gather(self) -> list[Hit]:
        """The page, out of all hits. OFFSET 0: the planner must not turn it into a walk of the whole sort index."""
        text, grams = self._texts("r", "TRUE")
        return _rows(
            f"SELECT * FROM (SELECT r.problem_id, r.{self.order.column} FROM problems_problemrow r {text}"
            f" {'AND' if text else 'WHERE'} {self.sql} OFFSET 0) hit"
            f" WHERE {self.beyond} ORDER BY {self.key} LIMIT %s",
            [*grams, *self.params, *self.beyond_params, self.limit + 1],
        )

    def _best(
        self,
        rows_from: str,
        from_params: list[Any],
        condition: SQL,
        beyond: str = "TRUE",
        beyond_params: Sequence[Any] = (),
    ) -> tuple[int, list[Hit]]:
        text, grams = self._texts("r", "TRUE")
        # MATERIALIZED: the planner must not turn "all, then the best" into a walk of the whole sort index.
        rows = _rows(
            f"WITH hit AS MATERIALIZED (SELECT r.problem_id, r.{self.order.column} FROM {rows_from} {text}"
            f" {'AND' if text else 'WHERE'} {condition[0]})"
            f" SELECT (SELECT count(*) FROM hit), problem_id, {self.order.column} FROM hit WHERE {beyond}"
            f" ORDER BY {self.key} LIMIT %s",
            [*from_params, *grams, *condition[1], *beyond_params, self.limit + 1],
        )
        return (rows[0][0] if rows else 0), [(row_id, value) for _count, row_id, value in rows]

    def _texts(self, alias: str, condition: str) -> SQL:
        """A join with the texts that have the words; nothing without words."""
        if not self.where.grams:
            return "", []
        texts = f"JOIN problems_problemtext t ON t.problem_id = {alias}.problem_id"
        return f"{texts} WHERE {condition} AND t.grams @> %s::int4[]", [self.where.grams]


def at_least(met: int) -> int:
    """The round number (1, 2 or 5 and noughts) that there are more than, when so many were met."""
    size = 10 ** (len(str(max(met - 1, 1))) - 1)
    return max((n * size for n in (1, 2, 5) if n * size < met), default=0)


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


def _rows_with(group: list[int]) -> float:
    """How many rows should have one of these facets; 0 for rare ones."""
    known = common.how_common("problems_problemrow", "facets")
    return sum(known.get(facet, 0.0) for facet in group)


def _texts_with(grams: list[int]) -> float:
    """How many texts should have all of these grams, at most."""
    known = common.how_common("problems_problemtext", "grams")
    return min(known.get(gram, 0.0) for gram in grams)
