"""The days of an office laid end to end: where an instant lies in office time, and the way back.

``worktime`` builds the deadlines on it. Positions are integers, microseconds of office time since the calendar began;
they do not move outside office hours. Prefix sums over the working days and bisection make every question O(log n).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final, Self

from sanfuwu.rules.durations import require_aware
from sanfuwu.rules.officehours import (
    DayKind,
    OfficeHours,
    Segments,
    default_kind,
    earliest_after,
    latest_after,
    us_of,
    worked_until,
)

_NOTICE_REACHES_BACK_TO: Final = (12, 29)
_MARGIN_YEARS: Final = 20


class CalendarRangeError(ValueError):
    """A date so far away that the calendar does not reach it (a typing error, as a rule)."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Timeline:
    """Immutable; all answers are in its own time zone. Make one with :meth:`build`."""

    tz: tzinfo
    hours: OfficeHours
    published: frozenset[int]
    first_year: int
    last_year: int
    _kinds: Mapping[int, DayKind]  # by ordinal, only the days that were told
    _days: tuple[int, ...]  # ordinals of the working days
    _shapes: tuple[Segments, ...]  # of each working day
    _sums: tuple[int, ...]  # office time before each working day; one longer than _days

    @classmethod
    def build(
        cls,
        days: Iterable[tuple[date, DayKind]],
        published: Iterable[int],
        *,
        tz: tzinfo,
        hours: OfficeHours | None = None,
        first_year: int | None = None,
        last_year: int | None = None,
    ) -> Self:
        """Build from told days and the set of years whose calendar is published.

        Days that are not told are Monday to Friday, so it is enough to tell the exceptions. Days told for a year that
        is not published count, but the year stays flagged. Without bounds the calendar reaches 20 years beyond
        everything told, and at least from 2010 to 2050.
        """
        office = hours or OfficeHours()
        years = frozenset(published)
        kinds = {day.toordinal(): DayKind(kind) for day, kind in days}
        known = years | {date.fromordinal(ordinal).year for ordinal in kinds}
        first = min(known | {2010}) if first_year is None else first_year
        last = max(known | {2030}) + _MARGIN_YEARS if last_year is None else last_year
        if first > last:
            raise ValueError("first_year must not be after last_year")

        shapes = {(kind, summer): office.segments(kind, summer=summer) for kind in DayKind for summer in (False, True)}
        ordinals: list[int] = []
        worked: list[Segments] = []
        sums = [0]
        for ordinal in range(date(first, 1, 1).toordinal(), date(last, 12, 31).toordinal() + 1):
            day = date.fromordinal(ordinal)
            segments = shapes[kinds.get(ordinal) or default_kind(day), office.is_summer(day)]
            if segments:
                ordinals.append(ordinal)
                worked.append(segments)
                sums.append(sums[-1] + sum(close - opened for opened, close in segments))
        return cls(tz, office, years, first, last, kinds, tuple(ordinals), tuple(worked), tuple(sums))

    def with_hours(self, hours: OfficeHours) -> Self:
        """The same days under other office hours."""
        return self._again(self._kinds, self.published, hours)

    def with_year(self, year: int, days: Mapping[date, DayKind]) -> Self:
        """The calendar as it would be were this year published with these days: what a preview compares with."""
        others = {o: kind for o, kind in self._kinds.items() if date.fromordinal(o).year != year}
        return self._again(
            others | {day.toordinal(): kind for day, kind in days.items()}, self.published | {year}, self.hours
        )

    def _again(self, kinds: Mapping[int, DayKind], published: Iterable[int], hours: OfficeHours) -> Self:
        days = [(date.fromordinal(ordinal), kind) for ordinal, kind in kinds.items()]
        return type(self).build(days, published, tz=self.tz, hours=hours)

    # -- days ---------------------------------------------------------------------------------------------------

    def kind_of(self, day: date) -> DayKind:
        return self._kinds.get(day.toordinal()) or default_kind(day)

    def is_working_day(self, day: date) -> bool:
        """True for a full or half working day."""
        return self.kind_of(day) is not DayKind.REST

    def is_assumed(self, day: date) -> bool:
        """True when the year's calendar is not published: the day is a guess."""
        return day.year not in self.published

    def shift(self, day: date, count: int) -> date:
        """The ``count``-th working day after ``day`` (before it when negative); ``day`` itself for 0."""
        ordinal = day.toordinal()
        if count == 0:
            return day
        if count > 0:
            return date.fromordinal(self._days[self._index(bisect_right(self._days, ordinal) + count - 1)])
        return date.fromordinal(self._days[self._index(bisect_left(self._days, ordinal) + count)])

    def opening(self, day: date) -> datetime | None:
        """When the office opens on that day; None on a rest day."""
        index = self._index_of_day(day)
        return None if index is None else self._at(self._days[index], self._shapes[index][0][0])

    def closing(self, day: date) -> datetime | None:
        """When business closes on that day; None on a rest day."""
        index = self._index_of_day(day)
        return None if index is None else self._close(index)

    def next_working_close(self, at: datetime) -> datetime:
        """The first close of business at or after ``at``."""
        return self._close(self._index(self._first_close_from(*self._local(at))))

    def next_office_time(self, at: datetime) -> datetime:
        """``at`` itself while the office is open, otherwise the next opening: when people may be disturbed."""
        ordinal, us = self._local(at)
        return self._latest_at(self._position(ordinal, us))

    def _local(self, at: datetime) -> tuple[int, int]:
        """An instant as (ordinal of the local day, microseconds since midnight)."""
        require_aware(at)
        try:
            local = at.astimezone(self.tz)
        except OverflowError as error:
            raise CalendarRangeError(f"{at.isoformat()} is out of range") from error
        if not self.first_year <= local.year <= self.last_year:
            raise CalendarRangeError(f"the calendar covers {self.first_year}–{self.last_year}, not {local.year}")
        return local.toordinal(), us_of(local.time())

    def _at(self, ordinal: int, us: int) -> datetime:
        return datetime.combine(date.fromordinal(ordinal), time(), self.tz) + timedelta(microseconds=us)

    def _index(self, index: int) -> int:
        if not 0 <= index < len(self._days):
            raise CalendarRangeError(f"the calendar covers {self.first_year}–{self.last_year} only")
        return index

    def _index_of_day(self, day: date) -> int | None:
        ordinal = day.toordinal()
        index = bisect_left(self._days, ordinal)
        return index if index < len(self._days) and self._days[index] == ordinal else None

    def _close(self, index: int) -> datetime:
        return self._at(self._days[index], self._shapes[index][-1][1])

    def _first_close_from(self, ordinal: int, us: int) -> int:
        """Index of the first close at or after the moment (may be past the end)."""
        index = bisect_left(self._days, ordinal)
        if index < len(self._days) and self._days[index] == ordinal and self._shapes[index][-1][1] < us:
            index += 1
        return index

    def _last_close_by(self, ordinal: int, us: int) -> int:
        """Index of the last close at or before the moment (−1 if none)."""
        index = bisect_right(self._days, ordinal) - 1
        if index >= 0 and self._days[index] == ordinal and self._shapes[index][-1][1] > us:
            index -= 1
        return index

    def _position(self, ordinal: int, us: int) -> int:
        """Office time since the calendar began."""
        index = bisect_left(self._days, ordinal)
        inside = index < len(self._days) and self._days[index] == ordinal
        return self._sums[index] + (worked_until(self._shapes[index], us) if inside else 0)

    def _earliest_at(self, position: int) -> datetime:
        index = self._index(bisect_left(self._sums, position) - 1)
        return self._at(self._days[index], earliest_after(self._shapes[index], position - self._sums[index]))

    def _latest_at(self, position: int) -> datetime:
        index = self._index(bisect_right(self._sums, position) - 1)
        return self._at(self._days[index], latest_after(self._shapes[index], position - self._sums[index]))

    def _assumed(self, first: int, at: datetime) -> frozenset[int]:
        """Unpublished years among the days looked at."""
        last_year = at.year + ((at.month, at.day) >= _NOTICE_REACHES_BACK_TO)
        return frozenset(range(date.fromordinal(first).year, last_year + 1)) - self.published
