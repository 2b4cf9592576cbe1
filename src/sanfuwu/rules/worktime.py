"""The working-time engine: deadlines, what is left of them, and what a pause does to them.

Counting rules
    *Minutes and hours* run on the wall clock from the instant, *working hours* in office time.
    *Days* count from the next day (Civil Code art. 201) and end at the close of business of the last one; when the
    last calendar day is a rest day it rolls over to the next working day (art. 203). A make-up workday counts; a
    half day counts as a whole working day, and business closes on it at the end of its worked half.

Pauses
    A deadline never shrinks by a pause, and never falls into one. Hours are extended by exactly what stood still.
    Days are extended by the office time (calendar days: by the time) that stood still, and the result is rounded up
    once to a close of business: many short pauses gain one day at most, not one day each.

Years without a published calendar are counted Monday to Friday and named in ``assumed_years``. So is the coming year
for the last three days of December: the notice for 2019 turned Monday 2018-12-31 into a rest day.

Cost: building takes one pass over the days; every question afterwards is O(log n) in days (prefix sums, bisection)
and linear in the pauses of one problem; ``elapsed`` in days with pauses takes a second logarithm.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from sanfuwu.rules.durations import (
    Duration,
    Pause,
    Pauses,
    Unit,
    calendar_days,
    close_open_pauses,
    hours,
    merge_pauses,
    minutes,
    working_days,
    working_hours,
)
from sanfuwu.rules.officehours import (
    US_PER_DAY,
    US_PER_HOUR,
    US_PER_MINUTE,
    DayKind,
    OfficeHours,
    days_of_years,
)
from sanfuwu.rules.timeline import CalendarRangeError, Timeline

__all__ = [
    "CalendarRangeError",
    "DayKind",
    "Due",
    "Duration",
    "Move",
    "OfficeHours",
    "Pause",
    "Pauses",
    "Progress",
    "Recomputed",
    "Remaining",
    "Unit",
    "WorkCalendar",
    "calendar_days",
    "close_open_pauses",
    "days_of_years",
    "hours",
    "merge_pauses",
    "minutes",
    "recompute",
    "working_days",
    "working_hours",
]

_ONE_US: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline, and the years for which Monday to Friday had to be assumed on the way to it."""

    at: datetime
    assumed_years: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Remaining:
    """Working time up to the deadline, or past it when ``overdue``: whole days, and the minutes beyond them."""

    working_days: int
    working_minutes: int
    overdue: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """Shares of the time from start to deadline, for the deadline bar; they add up to 1."""

    elapsed: float
    paused: float
    left: float


class Move(StrEnum):
    LATER = "later"
    EARLIER = "earlier"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Recomputed:
    """What publishing a calendar does to one deadline."""

    old_due: Due
    new_due: Due
    moves: Move


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class WorkCalendar(Timeline):
    """An immutable calendar of one county; make it with ``WorkCalendar.build(days, published, tz=…)``."""

    def add(self, start: datetime, duration: Duration, pauses: Pauses = ()) -> Due:
        """The deadline of ``duration`` running from ``start``, extended by ``pauses`` (see the module's rules)."""
        ordinal, us = self._local(start)
        spans = merge_pauses(pauses)
        amount = duration.amount
        match duration.unit:
            case Unit.MINUTES:
                return Due(self._add_wall(start, timedelta(minutes=amount), spans))
            case Unit.HOURS:
                return Due(self._add_wall(start, timedelta(hours=amount), spans))
            case Unit.WORKING_HOURS:
                at = self._add_office(start, self._position(ordinal, us) + amount * US_PER_HOUR, spans)
                return Due(at, self._assumed(ordinal, at))
            case Unit.WORKING_DAYS:
                index = self._index(bisect_right(self._days, ordinal) + amount - 1)
                if spans:
                    index = self._extend_working_days(ordinal, index, spans)
                at = self._close(index)
                return Due(at, self._assumed(ordinal + 1, at))
            case Unit.CALENDAR_DAYS:
                last = ordinal + amount
                index = self._index(bisect_left(self._days, last))
                if spans:
                    index = self._extend_calendar_days(ordinal, last, spans)
                at = self._close(index)
                return Due(at, self._assumed(last, at))

    def latest_start(self, due: datetime, duration: Duration) -> datetime:
        """The last moment at which something may begin and still end by ``due``: the inverse of :meth:`add`.

        For days this is the last microsecond of a day, because counting begins with the next one.
        """
        ordinal, us = self._local(due)
        amount = duration.amount
        match duration.unit:
            case Unit.MINUTES:
                return self._add_wall(due, timedelta(minutes=-amount), ())
            case Unit.HOURS:
                return self._add_wall(due, timedelta(hours=-amount), ())
            case Unit.WORKING_HOURS:
                return self._latest_at(self._position(ordinal, us) - amount * US_PER_HOUR)
            case Unit.WORKING_DAYS:
                last = self._last_close_by(ordinal, us)
                return self._at(self._days[self._index(last - amount + 1)], 0) - _ONE_US
            case Unit.CALENDAR_DAYS:
                last = self._last_close_by(ordinal, us)
                return self._at(self._days[self._index(last)] - amount + 1, 0) - _ONE_US

    def elapsed(self, start: datetime, end: datetime, unit: Unit, pauses: Pauses = ()) -> int:
        """How many whole units have fallen due by ``end``: the greatest n with ``add(start, n).at <= end``."""
        spans = merge_pauses(pauses)
        if end <= start:
            return 0
        match unit:
            case Unit.MINUTES:
                return self._wall_us(start, end, spans) // US_PER_MINUTE
            case Unit.HOURS:
                return self._wall_us(start, end, spans) // US_PER_HOUR
            case Unit.WORKING_HOURS:
                return self._office_us(start, end, spans) // US_PER_HOUR
            case Unit.WORKING_DAYS | Unit.CALENDAR_DAYS:
                most = self._elapsed_days(start, end, unit)
                if not spans:
                    return most
                return bisect_right(
                    range(1, most + 1), end, key=lambda count: self.add(start, Duration(count, unit), spans).at
                )

    def office_minutes(self, start: datetime, end: datetime, pauses: Pauses = ()) -> int:
        """Whole minutes of office time from ``start`` to ``end`` that did not stand still; 0 when end is earlier."""
        return self._office_us(start, end, merge_pauses(pauses)) // US_PER_MINUTE if end > start else 0

    def remaining(self, now: datetime, due: datetime, pauses: Pauses = ()) -> Remaining:
        """Working time between now and the deadline. A day that is worked from opening to close is one day, whatever
        its hours; the minutes outside such days are turned into days at the length of an ordinary full day."""
        overdue = now > due
        low, high = (due, now) if overdue else (now, due)
        spans = merge_pauses(pauses)
        first_us, last_us = self._position(*self._local(low)), self._position(*self._local(high))
        first = bisect_left(self._sums, first_us)
        end = max(first, bisect_right(self._sums, last_us) - 1)  # one past the last whole day
        whole, whole_us = end - first, self._sums[end] - self._sums[first]
        for start, stop in spans:  # a day of which any office time stood still is not whole
            from_us = self._position(*self._local(min(max(start, low), high)))
            to_us = self._position(*self._local(min(max(stop, low), high)))
            if to_us <= from_us:
                continue
            touched = max(first, bisect_right(self._sums, from_us) - 1)
            beyond = min(end, bisect_left(self._sums, to_us))
            if beyond > touched:
                whole -= beyond - touched
                whole_us -= self._sums[beyond] - self._sums[touched]
            first = max(first, min(end, bisect_left(self._sums, to_us)))
        rest = self._office_us(low, high, spans) - whole_us
        more, rest = divmod(rest, self.hours.full_day_us)
        return Remaining(whole + more, rest // US_PER_MINUTE, overdue)

    def progress(
        self, start: datetime, due: datetime, now: datetime, pauses: Pauses = (), unit: Unit = Unit.WORKING_DAYS
    ) -> Progress:
        """Shares of the way from start to deadline, in office time (minutes and hours: on the wall clock)."""
        measure = self._wall_us if unit in (Unit.MINUTES, Unit.HOURS) else self._office_us
        total = measure(start, due, ()) if due > start else 0
        if total == 0 and due > start:  # a deadline outside office hours, e.g. one typed in by hand
            measure = self._wall_us
            total = measure(start, due, ())
        if total == 0:
            return Progress(1.0, 0.0, 0.0) if now >= due else Progress(0.0, 0.0, 1.0)
        spans = merge_pauses(pauses)
        here = min(max(now, start), due)
        elapsed = measure(start, here, spans) / total
        left = measure(here, due, spans) / total
        return Progress(elapsed, max(0.0, 1.0 - elapsed - left), left)

    def _add_wall(self, start: datetime, length: timedelta, spans: tuple[Pause, ...]) -> datetime:
        try:
            start = start.astimezone(UTC)
            due = start + length
            for pause_from, pause_to in spans:
                if pause_from >= due:
                    break
                due += max(pause_to - max(pause_from, start), timedelta(0))
            return due.astimezone(self.tz)
        except OverflowError as error:
            raise CalendarRangeError("the deadline is out of range") from error

    def _add_office(self, start: datetime, target: int, spans: tuple[Pause, ...]) -> datetime:
        for pause_from, pause_to in spans:
            if pause_to <= start:
                continue
            position = self._position(*self._local(max(pause_from, start)))
            if position >= target:
                break
            target += self._position(*self._local(pause_to)) - position
        return self._earliest_at(target)

    def _extend_working_days(self, start_day: int, index: int, spans: tuple[Pause, ...]) -> int:
        """Index of the last day when office time stood still; pauses before the counting begins do not matter."""
        counting_from = self._at(start_day + 1, 0)
        target = self._sums[index + 1]
        for pause_from, pause_to in spans:
            if pause_to <= counting_from:
                continue
            begin = max(pause_from, counting_from)
            if begin >= self._close(index):
                break
            target += self._position(*self._local(pause_to)) - self._position(*self._local(begin))
            index = self._running_close(self._index(bisect_left(self._sums, target) - 1), spans)
        return index

    def _extend_calendar_days(self, start_day: int, last_day: int, spans: tuple[Pause, ...]) -> int:
        """The same in local calendar time: the end of the last day moves by what stood still, then rolls over."""
        counting_from = self._at(start_day + 1, 0)
        target = (last_day + 1) * US_PER_DAY
        index = self._index(bisect_left(self._days, last_day))
        for pause_from, pause_to in spans:
            if pause_to <= counting_from:
                continue
            begin = max(pause_from, counting_from)
            if begin >= self._close(index):
                break
            from_day, from_us = self._local(begin)
            to_day, to_us = self._local(pause_to)
            target += (to_day - from_day) * US_PER_DAY + to_us - from_us
            last = (target - 1) // US_PER_DAY
            index = self._running_close(self._index(bisect_left(self._days, last)), spans)
        return index

    def _running_close(self, index: int, spans: tuple[Pause, ...]) -> int:
        """The first close from ``index`` on at which the clock runs: nobody is held to a deadline during a pause."""
        close = self._close(index)
        for pause_from, pause_to in spans:
            if pause_from < close <= pause_to:
                index = bisect_left(self._days, self._local(pause_to)[0])
                while self._close(self._index(index)) <= pause_to:
                    index += 1
                close = self._close(index)
        return index

    def _wall_us(self, start: datetime, end: datetime, spans: tuple[Pause, ...]) -> int:
        start, end = start.astimezone(UTC), end.astimezone(UTC)
        total = end - start
        for pause_from, pause_to in spans:
            total -= max(min(pause_to, end) - max(pause_from, start), timedelta(0))
        return total // _ONE_US

    def _office_us(self, start: datetime, end: datetime, spans: tuple[Pause, ...]) -> int:
        total = self._position(*self._local(end)) - self._position(*self._local(start))
        for pause_from, pause_to in spans:
            begin, stop = max(pause_from, start), min(pause_to, end)
            if stop > begin:
                total -= self._position(*self._local(stop)) - self._position(*self._local(begin))
        return total

    def _elapsed_days(self, start: datetime, end: datetime, unit: Unit) -> int:
        first = self._local(start)[0]
        last = self._last_close_by(*self._local(end))
        if unit is Unit.WORKING_DAYS:
            return max(0, last - bisect_right(self._days, first) + 1)
        return max(0, self._days[last] - first) if last >= 0 else 0


def recompute(
    start: datetime, duration: Duration, pauses: Pauses, old_calendar: WorkCalendar, new_calendar: WorkCalendar
) -> Recomputed:
    """The same deadline under the calendar it was made with and under the one that is now published.

    Whether a move is carried out is for the action to decide: later always, earlier only before dispatch.
    """
    spans = merge_pauses(pauses)
    old, new = old_calendar.add(start, duration, spans), new_calendar.add(start, duration, spans)
    moves = Move.SAME if new.at == old.at else Move.LATER if new.at > old.at else Move.EARLIER
    return Recomputed(old, new, moves)
