"""Lengths of time as regulations state them, and the stretches during which a clock stands still."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, NamedTuple, Self


class Unit(StrEnum):
    """Minutes and hours run on the wall clock from the instant; working hours are office time; days are whole."""

    MINUTES = "minutes"
    HOURS = "hours"
    WORKING_HOURS = "working_hours"
    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"


_SHORT: Final = {
    Unit.MINUTES: "min",
    Unit.HOURS: "h",
    Unit.WORKING_HOURS: "wh",
    Unit.WORKING_DAYS: "wd",
    Unit.CALENDAR_DAYS: "d",
}
_LONG: Final = {short: unit for unit, short in _SHORT.items()}
_CODE: Final = re.compile(r"([1-9][0-9]{0,4})(min|h|wh|wd|d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Duration:
    """A positive amount of one unit. ``str()`` gives the stored form, ``7wd``; ``parse`` reads it back."""

    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        if self.amount < 1:
            raise ValueError("a duration is at least one unit")

    def __str__(self) -> str:
        return f"{self.amount}{_SHORT[self.unit]}"

    @classmethod
    def parse(cls, code: str) -> Self:
        """Read ``20min``, ``2h``, ``4wh``, ``7wd`` or ``60d``; ValueError otherwise."""
        if (found := _CODE.fullmatch(code)) is None:
            raise ValueError(f"not a duration: {code!r} (examples: 20min, 2h, 4wh, 7wd, 60d)")
        return cls(int(found[1]), _LONG[found[2]])


def minutes(amount: int) -> Duration:
    return Duration(amount, Unit.MINUTES)


def hours(amount: int) -> Duration:
    return Duration(amount, Unit.HOURS)


def working_hours(amount: int) -> Duration:
    return Duration(amount, Unit.WORKING_HOURS)


def working_days(amount: int) -> Duration:
    return Duration(amount, Unit.WORKING_DAYS)


def calendar_days(amount: int) -> Duration:
    return Duration(amount, Unit.CALENDAR_DAYS)


class Pause(NamedTuple):
    """The clock stands from ``start`` (included) to ``end`` (excluded). Any pair of aware datetimes will do as well."""

    start: datetime
    end: datetime


Pauses = Iterable[tuple[datetime, datetime]]


def require_aware(at: datetime) -> None:
    if at.utcoffset() is None:
        raise ValueError(f"a time zone is needed: {at.isoformat()}")


def merge_pauses(pauses: Pauses) -> tuple[Pause, ...]:
    """In order and in UTC, overlapping and touching ones joined, empty ones dropped.

    ValueError when one ends before it begins or lacks a time zone.
    """
    given: list[Pause] = []
    for start, end in pauses:
        require_aware(start)
        require_aware(end)
        if end < start:
            raise ValueError("a pause cannot end before it begins")
        if start < end:
            given.append(Pause(start.astimezone(UTC), end.astimezone(UTC)))
    merged: list[Pause] = []
    for start, end in sorted(given):
        if merged and start <= merged[-1].end:
            merged[-1] = Pause(merged[-1].start, max(end, merged[-1].end))
        else:
            merged.append(Pause(start, end))
    return tuple(merged)


def close_open_pauses(pauses: Iterable[tuple[datetime, datetime | None]], *, now: datetime) -> tuple[Pause, ...]:
    """Pauses as stored, where a running one has no end yet: it is taken to end ``now`` (those ahead are left out)."""
    known = [(start, now if end is None else end) for start, end in pauses]
    return merge_pauses((start, end) for start, end in known if start < end)
