"""问题清单: one page of a filtered, sorted, searched list, fast at a million rows (ADR 0009).

How a page is found among a million rows stands in `looking`. Paging is by key, so page 500 costs as page 1.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from sanfuwu.ledger.errors import InvalidInput
from sanfuwu.territory.actor import Actor

from .. import facets
from ..facets import Token
from ..search import grams_asked
from . import foreign, scope
from .duties import Duty
from .looking import Conditions, Hit, Look, Sort

COUNT_CAP = 10_000
OPEN, RUNNING = ("open", "yes"), ("clock", "runs")  # facets.list_tokens
# Filters a page or an API may name, and the facet each one reads.
FACET_FILTERS: dict[str, str] = {
    "stage": "stage",
    "state": "state",
    "tier": "tier",
    "nature": "nature",
    "channel": "channel",
    "served": "served",
    "category": "category",
    "place": "place",
    "lead": "lead",
    "co": "co",
    "unit": "scope",
    "handled": "handled",
    "leader": "leader",
    "result": "result",
    "basis": "basis",
    "campaign": "campaign",
    "confidential": "confidential",
    "on_spot": "on_spot",
    "level": "level",
    "urgency": "urgency",
    "origin": "origin",
    "registered_by": "reg",
    "party": "party",
    "foreign": "foreign",
    "waiting": "waiting",
    "asks": "asks",  # 单位请示: return | extension | hold
    "waits": "duty",  # what waits for one unit: "to_sign:<unit>"; see facets
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked for: values of one facet are alternatives, different facets all hold."""

    facets: dict[str, tuple[str, ...]] = field(default_factory=dict)
    words: str = ""
    foreign_number: str = ""  # in whatever other system
    open_only: bool | None = None
    overdue_at: dt.datetime | None = None  # due before this moment and still open
    due_before: dt.datetime | None = None
    due_from: dt.datetime | None = None
    registered_from: dt.datetime | None = None
    registered_until: dt.datetime | None = None
    raised_from: dt.datetime | None = None
    raised_until: dt.datetime | None = None
    struck_from: dt.datetime | None = None
    struck_until: dt.datetime | None = None
    duty: Duty | None = None  # one number of the 责任清单


@dataclass(frozen=True, slots=True)
class Page:
    """Ids of one page in order; `count` is exact unless `capped`: then there are more, and how many more would have
    cost too much to say (ADR 0009)."""

    ids: list[UUID]
    count: int
    capped: bool
    next_cursor: str | None
    prev_cursor: str | None


SORTS = {
    "newest": Sort("registered_at", True, "TRUE"),
    "due": Sort("due_at", False, "r.is_open AND r.due_at IS NOT NULL"),
    "raised": Sort("raised_on", True, "TRUE"),
    "struck": Sort("struck_off_at", True, "r.struck_off_at IS NOT NULL"),
}


@dataclass(frozen=True, slots=True)
class _Cursor:
    value: dt.datetime
    id: UUID
    backwards: bool
    known: int | None = None  # the list has more than so many: no page of it says another number


def _encode(value: dt.datetime, row_id: UUID, backwards: bool, known: int | None) -> str:
    raw = json.dumps([value.isoformat(), str(row_id), backwards, known])
    return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def _decode(text: str) -> _Cursor:
    try:
        value, row_id, backwards, *known = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        at_least = int(known[0]) if known and known[0] is not None else None
        return _Cursor(dt.datetime.fromisoformat(value), UUID(row_id), bool(backwards), at_least)
    except (ValueError, TypeError, AttributeError) as error:
        raise InvalidInput(_("This page address is damaged; start from the first page."), field="cursor") from error


def _where(actor: Actor, filters: Filters, order: Sort | None) -> Conditions | None:
    """What is asked for and visible; None when nothing can be."""
    wide = scope.scope_of(actor)
    visible = scope.resolve(scope.without_confidential(wide) if _tells_the_requester(actor, filters) else wide)
    if visible is None:
        return None
    clock = filters.overdue_at or filters.due_before or filters.due_from or _by(order, "due_at")
    if clock and filters.open_only is False:
        return None  # whatever has a running clock is open
    wanted: list[list[Token]] = [[("handled", str(filters.duty.unit_id))]] if filters.duty else []
    for name, values in filters.facets.items():
        if name not in FACET_FILTERS:
            raise InvalidInput(_("There is no such filter."), field=name)
        wanted.append([(FACET_FILTERS[name], value) for value in values])
    if clock:
        wanted.append([RUNNING])
    elif filters.open_only:
        wanted.append([OPEN])
    numbers = facets.known_ids({token for group in wanted for token in group})
    groups = [sorted({numbers[t] for t in group if t in numbers}) for group in wanted]
    groups += visible.groups
    if not all(groups):
        return None  # no problem has ever had this value
    where = Conditions(groups, visible.none_of, implied=numbers[RUNNING] if clock else None)
    if visible.real:
        where.add("NOT r.training")
    if clock:
        where.among("due_at", SORTS["due"].among)
    elif filters.open_only is False:
        where.add("NOT r.is_open")
    if filters.foreign_number.strip():
        holders = foreign.holders(filters.foreign_number)
        if not holders:
            return None
        where.add("r.problem_id = ANY(%s)", holders)
    due_before = min((t for t in (filters.overdue_at, filters.due_before) if t is not None), default=None)
    where.between("due_at", filters.due_from, due_before)
    where.between("registered_at", filters.registered_from, filters.registered_until)
    where.between("raised_on", filters.raised_from, filters.raised_until)
    where.between("struck_off_at", filters.struck_from, filters.struck_until)
    if _by(order, "struck_off_at"):
        where.among("struck_off_at", SORTS["struck"].among)
    if filters.duty is not None:
        sql, params = filters.duty.condition()
        where.add(sql, *params)
    if filters.words.strip():
        where.grams = grams_asked(filters.words)
        if not where.grams:
            raise InvalidInput(_("Type at least two characters to search."), field="q")
    return where


def _by(order: Sort | None, column: str) -> bool:
    return order is not None and order.column == column


def _tells_the_requester(actor: Actor, filters: Filters) -> bool:
    """Whether a hit would say who raised a confidential problem, or wrote it down, to somebody who may not know."""
    if filters.foreign_number.strip() and not scope.sees_confidential(actor):
        return True  # another system's number may lead to the person there
    asked = dict(filters.facets)
    if asked.get("registered_by") == (str(actor.effective_post),):
        del asked["registered_by"]  # one's own
    return bool({"party", "registered_by"} & asked.keys()) and not scope.sees_confidential(actor)


def list_problems(
    actor: Actor,
    filters: Filters,
    *,
    sort: str = "newest",
    cursor: str | None = None,
    limit: int = 50,
    cap: int | None = None,
) -> Page:
    """One page, counted up to `cap`. Raises `InvalidInput` for an unknown filter, sort, or damaged cursor."""
    if sort not in SORTS:
        raise InvalidInput(_("There is no such order."), field="sort")
    order = SORTS[sort]
    after = _decode(cursor) if cursor else None
    where = _where(actor, filters, order)
    if where is None:
        return Page([], 0, False, None, None)
    start = (after.value, after.id, after.backwards) if after else None
    known = after.known if after else None
    look = Look(where, order, start, limit=limit, cap=COUNT_CAP if cap is None else cap, known=known)
    count, capped, rows = look.page()
    return _page(rows, count, capped, after, limit)


def count_problems(actor: Actor, filters: Filters, *, cap: int | None = None) -> tuple[int, bool]:
    """(count, capped) of a filter, for desks and tabs."""
    clock = (filters.overdue_at, filters.due_before, filters.due_from)
    order = SORTS["newest" if clock == (None, None, None) else "due"]
    where = _where(actor, filters, order if order.column == "due_at" else None)
    return (0, False) if where is None else Look(where, order, cap=COUNT_CAP if cap is None else cap).count()


def _page(rows: list[Hit], count: int, capped: bool, after: _Cursor | None, limit: int) -> Page:
    more = len(rows) > limit
    rows = rows[:limit]
    backwards = after is not None and after.backwards
    if backwards:
        rows.reverse()
    has_next = bool(rows) and (more or backwards)
    has_prev = bool(rows) and (after is not None if not backwards else more)
    known = count if capped else None
    return Page(
        ids=[row_id for row_id, _value in rows],
        count=count,
        capped=capped,
        next_cursor=_encode(rows[-1][1], rows[-1][0], False, known) if has_next else None,
        prev_cursor=_encode(rows[0][1], rows[0][0], True, known) if has_prev else None,
    )


def every_id(actor: Actor, filters: Filters, *, sort: str = "newest") -> tuple[str, list[Any]] | None:
    """(SQL, parameters) that gives the ids of everything a list would show, page after page, in its order; None when
    that is nothing. For what goes through all of it (exports); raises as `list_problems` does."""
    if sort not in SORTS:
        raise InvalidInput(_("There is no such order."), field="sort")
    order = SORTS[sort]
    where = _where(actor, filters, order)
    if where is None:
        return None
    condition, params = where.sql()
    direction = "DESC" if order.descending else "ASC"
    texts = ""
    if where.grams:
        texts = "JOIN problems_problemtext t ON t.problem_id = r.problem_id AND t.grams @> %s::int4[]"
        params = [where.grams, *params]
    sql = (
        f"SELECT r.problem_id FROM problems_problemrow r {texts} WHERE {order.among} AND {condition}"  # noqa: S608 — ours
        f" ORDER BY r.{order.column} {direction}, r.problem_id {direction}"
    )
    return sql, params
