"""The figures of a window for one reader: numbers, break-downs, and the records behind each (`definitions`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q
from django.utils.translation import gettext as _

from sanfuwu.ledger.errors import NotVisible
from sanfuwu.problems.models import Category
from sanfuwu.problems.queries import sees_confidential
from sanfuwu.rules.resolution_level import ResolutionLevel
from sanfuwu.territory.actor import Actor
from sanfuwu.territory.policies import require

from .definitions import BY_NAME, FIGURES, Figure, registered, solved
from .policies import may_see_figures
from .windows import Window

SMALL_CELL = 5  # a confidential problem is left out of any cell below this (model.md, "Who sees what")


@dataclass(frozen=True, slots=True)
class Cell:
    """One line of a break-down; `key` is a category's id, a channel's code, or "" where nothing is known."""

    key: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Report:
    """All figures of a window. `by_category` divides `solved_by_district_coordination`, by highest category;
    `by_channel` divides `problems_registered`."""

    window: Window
    numbers: dict[str, int]
    by_category: tuple[Cell, ...]
    by_channel: tuple[Cell, ...]


def report(actor: Actor, window: Window) -> Report:
    """Everything at once. Raises `NotAllowed`."""
    require(may_see_figures(actor))
    return Report(
        window=window,
        numbers={figure.name: figure.count(actor, window) for figure in FIGURES},
        by_category=_by_category(actor, window),
        by_channel=_by_channel(actor, window),
    )


@dataclass(frozen=True, slots=True)
class Records:
    """The rows that one number counts, a page of them in the order in which they are shown."""

    figure: Figure
    count: int
    page: list[Any]


ORDERS: dict[str, tuple[str, ...]] = {
    "problems": ("number",),
    "villages": ("division_code", "pk"),
    "visits": ("visit__held_at", "pk"),
    "opinions": ("heard_at", "pk"),
    "items": ("meeting__held_at", "meeting", "order"),
    "attendance": ("meeting__held_at", "pk"),
}
_WITH: dict[str, tuple[str, ...]] = {
    "visits": ("visit", "party"),
    "opinions": ("visit", "text_note"),
    "items": ("meeting", "problem"),
    "attendance": ("meeting", "party"),
}


def records(name: str, actor: Actor, window: Window, *, start: int = 0, limit: int = 50, narrowed: str = "") -> Records:
    """The list behind a number. `narrowed`: the key of a cell of its break-down. Raises `NotVisible`, `NotAllowed`."""
    require(may_see_figures(actor))
    if name not in BY_NAME:
        raise NotVisible(_("There is no such figure."))
    figure = BY_NAME[name]
    rows = figure.rows(actor, window)
    if narrowed:
        rows = _cell(actor, _narrow(figure, rows, narrowed))
    page = rows.order_by(*ORDERS[figure.of]).select_related(*_WITH.get(figure.of, ()))[start : start + limit]
    return Records(figure, rows.count(), list(page))


def ids(name: str, actor: Actor, window: Window) -> list[UUID]:
    """All ids behind a number: what a test, an export or a reader who doubts it goes through."""
    require(may_see_figures(actor))
    figure = BY_NAME[name]
    return list(figure.rows(actor, window).order_by(*ORDERS[figure.of]).values_list("pk", flat=True))


def _narrow(figure: Figure, rows: Any, key: str) -> Any:
    if figure.name == "problems_registered":
        return rows.filter(channel=key)
    try:
        top = UUID(key)
    except ValueError:
        return rows.none()
    return rows.filter(Q(category=top) | Q(category__parent=top) | Q(category__parent__parent=top))


def _cell(actor: Actor, rows: Any) -> Any:
    """The rows of one cell: as many as the cell says."""
    if sees_confidential(actor) or rows.count() >= SMALL_CELL:
        return rows
    return rows.filter(confidential=False)


def _by_category(actor: Actor, window: Window) -> tuple[Cell, ...]:
    names = {pk: (name, parent) for pk, name, parent in Category.objects.values_list("pk", "name", "parent_id")}

    def top(category: UUID | None) -> tuple[str, str]:
        if category is None:
            return "", _("no category")
        while (above := names[category][1]) is not None:
            category = above
        return str(category), names[category][0]

    return _cells(actor, solved(ResolutionLevel.DISTRICT)(actor, window), "category_id", top)


def _by_channel(actor: Actor, window: Window) -> tuple[Cell, ...]:
    return _cells(actor, registered(actor, window), "channel", lambda code: (code, code))


def _cells(actor: Actor, rows: Any, column: str, name_of: Callable[[Any], tuple[str, str]]) -> tuple[Cell, ...]:
    """Counted by the database, largest first."""
    counted = rows.values(of=F(column)).annotate(n=Count("pk"), hidden=Count("pk", filter=Q(confidential=True)))
    sums: dict[tuple[str, str], list[int]] = {}
    for line in counted.order_by():
        both = sums.setdefault(name_of(line["of"]), [0, 0])
        both[0] += line["n"]
        both[1] += line["hidden"]
    whole = sees_confidential(actor)
    cells = [
        Cell(key, name, n if whole or n >= SMALL_CELL else n - hidden) for (key, name), (n, hidden) in sums.items()
    ]
    return tuple(sorted((c for c in cells if c.count), key=lambda c: (-c.count, c.name)))
