"""The grid of P2: who looks, at what, in which order; each cell is a list of one page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from .recipe import ABSENT, BIG, COMMONEST, MIDDLE, ONE, PERCENT, PERMILLE, STAGES

# Filter of the list: name of the recipe's kind.
FILTERS = {
    "stage": "stage",
    "state": "stage",
    "channel": "channel",
    "served": "served",
    "category": "category",
    "place": "place",
    "lead": "lead",
    "co": "co",
    "unit": "lead",
    "registered_by": "reg",
    "party": "party",
    "result": "result",
}
VALUES = ("commonest", "rare", "empty", "old", "new")
WORDS = {"commonest": COMMONEST, "1 %": PERCENT, "0.1 %": PERMILLE, "absent": ABSENT}


@dataclass(frozen=True)
class Cell:
    """One kind of request."""

    what: str  # list | word | desk | detail | page500
    who: str
    asked: str
    sort: str
    filters: Any


def actors(made: dict[str, Any]) -> dict[str, Any]:
    """The county's office and people of units that see half of all problems, 2,000, and 1."""
    from sanfuwu.territory.actor import Actor
    from sanfuwu.territory.models import Role, Unit

    post = UUID(int=7)
    units = {u.code: u.pk for u in Unit.objects.filter(code__in=[BIG, MIDDLE, ONE, "sfwb"])}

    def someone(role: str, code: str) -> Actor:
        return Actor(account_id=post, post_id=post, unit_id=units[code], role=role)

    return {
        "county office": someone(Role.DISPATCHER, "sfwb"),
        "unit with half": someone(Role.UNIT_HEAD, BIG),
        "unit with 2,000": someone(Role.UNIT_HEAD, MIDDLE),
        "unit with 1": someone(Role.UNIT_HEAD, ONE),
    }


def verifier() -> Any:
    """A call-back officer: sees what waits for a call-back but was not handled by his own unit."""
    from sanfuwu.territory.actor import Actor
    from sanfuwu.territory.models import Role, Unit

    post = UUID(int=8)
    unit = Unit.objects.get(code="gds-songxia").pk
    return Actor(account_id=post, post_id=post, unit_id=unit, role=Role.VERIFIER)


def value_of(made: dict[str, Any], name: str, which: str) -> str:
    """The text that a filter is given for one of `VALUES`."""
    from sanfuwu.territory.models import Unit

    value = made["kinds"][FILTERS[name]][which]
    if name == "state":
        return STAGES[value][1] if value in STAGES else "draft"
    if name == "unit" and which == "commonest":
        return str(Unit.objects.get(code="330604000000").pk)  # the county's own reach: whatever was ever dispatched
    if name in ("lead", "co", "unit"):
        if not value:
            value = "sthjj"  # the commonest of those that have one
        return str(Unit.objects.get(code=value).pk)
    return value


def list_cells(made: dict[str, Any]) -> Iterator[Cell]:
    """12 filters × 5 values × 2 sorts × 4 posts; then no filter; then words alone and with a filter."""
    from sanfuwu.problems.queries import Filters

    people = actors(made)
    for who in people:
        for sort in ("newest", "due"):
            yield Cell("list", who, "everything", sort, Filters())
            for name in FILTERS:
                for which in VALUES:
                    filters = Filters(facets={name: (value_of(made, name, which),)})
                    yield Cell("list", who, f"{name}: {which}", sort, filters)
            for word, text in WORDS.items():
                yield Cell("word", who, f"word: {word}", sort, Filters(words=text))
                common = value_of(made, "channel", "commonest")
                yield Cell(
                    "word", who, f"word: {word} + channel", sort, Filters(words=text, facets={"channel": (common,)})
                )


def further_cells(made: dict[str, Any], now: dt.datetime) -> Iterator[Cell]:
    """Beyond the grid: several filters, alternatives, spans of time, the call-back officer."""
    from sanfuwu.problems.queries import Filters

    def of(**names: str) -> dict[str, tuple[str, ...]]:
        return {n: (value_of(made, n, which),) for n, which in names.items()}

    year_ago = now - dt.timedelta(days=365)
    cases = {
        "open": Filters(open_only=True),
        "closed": Filters(open_only=False),
        "overdue": Filters(overdue_at=now),
        "two commonest": Filters(facets=of(channel="commonest", served="commonest")),
        "two clusters that never meet": Filters(facets=of(channel="old", served="new")),
        "old cluster + commonest": Filters(facets=of(channel="old", lead="commonest")),
        "either of two stages": Filters(facets={"stage": ("handling", "to_sign")}),
        "registered a year ago": Filters(registered_from=year_ago, registered_until=year_ago + dt.timedelta(days=30)),
        "category: commonest, a year ago": Filters(
            facets=of(category="commonest"), registered_until=year_ago, registered_from=year_ago - dt.timedelta(days=30)
        ),
    }
    people = {**actors(made), "call-back officer": verifier()}
    for who in people:
        for sort in ("newest", "due"):
            for name, filters in cases.items():
                yield Cell("list", who, name, sort, filters)
