"""The columns that a list may have: what each is called and what it says of a line. The title is always there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanfuwu.problems.queries import Line

from . import words
from .pieces import USUAL_COLUMNS, Cell, Heading
from .when import day, when


@dataclass(frozen=True, slots=True)
class Column:
    """`text` is None for the usual columns, which the template draws from the row; `needs` is a part of `rows.MORE`."""

    label: str | Promise
    text: Callable[[Line, dt.datetime], str] | None = None
    needs: str = ""


def _day(value: dt.datetime | None, now: dt.datetime) -> str:
    return day(timezone.localtime(value), now) if value else ""


COLUMNS: dict[str, Column] = {
    "number": Column(gettext_lazy("Number")),
    "title": Column(gettext_lazy("Problem")),
    "party": Column(gettext_lazy("Requester")),
    "lead": Column(gettext_lazy("Lead unit")),
    "state": Column(gettext_lazy("State")),
    "due": Column(gettext_lazy("Time limit")),
    "co": Column(gettext_lazy("Co-handling units"), lambda line, now: _(", ").join(line.co)),
    "due_at": Column(gettext_lazy("Due on"), lambda line, now: when(line.due_at, now) if line.due_at else ""),
    "registered": Column(gettext_lazy("Registered on"), lambda line, now: _day(line.registered_at, now)),
    "raised": Column(gettext_lazy("Raised on"), lambda line, now: _day(line.raised_on, now)),
    "place": Column(gettext_lazy("Place"), lambda line, now: line.place_full),
    "category": Column(gettext_lazy("Category"), lambda line, now: line.category_full),
    "channel": Column(gettext_lazy("Channel"), lambda line, now: words.word(words.CHANNELS, line.channel)),
    "served": Column(
        gettext_lazy("Kind of requester"), lambda line, now: words.word(words.PARTY_KINDS, line.party_kind)
    ),
    "tier": Column(gettext_lazy("Tier"), lambda line, now: words.word(words.TIERS, line.tier)),
    "urgency": Column(gettext_lazy("Urgency"), lambda line, now: words.word(words.URGENCIES, line.urgency)),
    "nature": Column(gettext_lazy("Nature"), lambda line, now: words.word(words.NATURES, line.nature)),
    "leader": Column(gettext_lazy("Lead leader"), lambda line, now: _(", ").join(line.leaders), "leaders"),
    "result": Column(
        gettext_lazy("Kind of result"), lambda line, now: words.word(words.RESULT_KINDS, line.result_kind)
    ),
    "level": Column(
        gettext_lazy("Level of resolution"),
        lambda line, now: words.word(words.RESOLUTION_LEVELS, line.resolution_level),
    ),
    "satisfied": Column(
        gettext_lazy("Satisfaction"), lambda line, now: words.word(words.SATISFACTION, line.satisfied), "satisfied"
    ),
    "basis": Column(
        gettext_lazy("Basis of striking off"), lambda line, now: words.word(words.CLOSE_BASES, line.close_basis)
    ),
    "solved": Column(gettext_lazy("Solved on"), lambda line, now: _day(line.solved_at, now)),
    "struck": Column(gettext_lazy("Struck off on"), lambda line, now: _day(line.struck_off_at, now)),
    "rework": Column(gettext_lazy("Times sent back"), lambda line, now: str(line.rework_count or "")),
    "origin": Column(gettext_lazy("Origin"), lambda line, now: words.word(words.ORIGINS, line.origin)),
}


def known(names: Iterable[str]) -> tuple[str, ...]:
    """Those of the names that are columns, once each, the title among them; the usual ones when none is."""
    found = tuple(dict.fromkeys(name for name in names if name in COLUMNS))
    if not found:
        return USUAL_COLUMNS
    return found if "title" in found else (*found[:1], "title", *found[1:])


def headings(names: Sequence[str]) -> list[Heading]:
    return [Heading(name, str(COLUMNS[name].label)) for name in names]


def needs(names: Sequence[str]) -> frozenset[str]:
    """What the lines must be asked for besides."""
    return frozenset(COLUMNS[name].needs for name in names) - {""}


def cells(line: Line, names: Sequence[str], now: dt.datetime) -> tuple[Cell, ...]:
    """The line in these columns; what a phone's card needs besides stands at the end, for the phone only."""
    shown = []
    for name in names:
        text = COLUMNS[name].text
        shown.append(Cell(name, text(line, now) if text else ""))
    return (*shown, *(Cell(name, phone_only=True) for name in USUAL_COLUMNS if name not in names))


def moved(names: Sequence[str], name: str, up: bool) -> tuple[str, ...]:
    """The same columns with one of them a place further left or right."""
    found = list(names)
    if name not in found:
        return tuple(found)
    at = found.index(name)
    to = at - 1 if up else at + 1
    if 0 <= to < len(found):
        found[at], found[to] = found[to], found[at]
    return tuple(found)
