"""What one day is to an office: working, resting, half of each, and between which hours.

Hours inside a day are integers, microseconds since local midnight (``us``), so that sums are exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum
from typing import Final

US_PER_MINUTE: Final = 60_000_000
US_PER_HOUR: Final = 60 * US_PER_MINUTE
US_PER_DAY: Final = 24 * US_PER_HOUR

Segments = tuple[tuple[int, int], ...]


class DayKind(StrEnum):
    """One calendar day. The two halves name the half that is *worked*."""

    WORK = "work"
    REST = "rest"
    HALF_AM = "half_am"
    HALF_PM = "half_pm"


def us_of(at: time) -> int:
    """Microseconds since midnight."""
    return ((at.hour * 60 + at.minute) * 60 + at.second) * 1_000_000 + at.microsecond


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """Opening hours of a full day; in summer the afternoon may open later (both ends of the season included).

    The close of business is ``afternoon_to``; on a day of which only the morning is worked it is ``morning_to``
    (Civil Code art. 203: where there are business hours, the last day ends when business stops).
    """

    morning_from: time = time(8, 30)
    morning_to: time = time(12, 0)
    afternoon_from: time = time(13, 30)
    afternoon_to: time = time(17, 30)
    summer_afternoon_from: time | None = None
    summer_first: tuple[int, int] = (6, 1)
    summer_last: tuple[int, int] = (9, 30)

    def __post_init__(self) -> None:
        afternoons = [self.afternoon_from]
        if self.summer_afternoon_from is not None:
            afternoons.append(self.summer_afternoon_from)
            if self.summer_first > self.summer_last:
                raise ValueError("summer must begin before it ends, in one calendar year")
        for opening in afternoons:
            if not self.morning_from < self.morning_to <= opening < self.afternoon_to:
                raise ValueError("office hours must follow one another: morning, break, afternoon")

    @property
    def full_day_us(self) -> int:
        """Length of an ordinary (not summer) full day."""
        return sum(close - opened for opened, close in self.segments(DayKind.WORK, summer=False))

    def is_summer(self, day: date) -> bool:
        if self.summer_afternoon_from is None:
            return False
        return self.summer_first <= (day.month, day.day) <= self.summer_last

    def segments(self, kind: DayKind, *, summer: bool) -> Segments:
        """The worked stretches of such a day, in order; empty on a rest day."""
        late = self.summer_afternoon_from if summer and self.summer_afternoon_from else None
        morning = (us_of(self.morning_from), us_of(self.morning_to))
        afternoon = (us_of(late or self.afternoon_from), us_of(self.afternoon_to))
        match kind:
            case DayKind.WORK:
                return (morning, afternoon)
            case DayKind.HALF_AM:
                return (morning,)
            case DayKind.HALF_PM:
                return (afternoon,)
            case DayKind.REST:
                return ()


def worked_until(segments: Segments, us: int) -> int:
    """Office time of the day that has passed at ``us``."""
    return sum(min(max(us - opened, 0), close - opened) for opened, close in segments)


def earliest_after(segments: Segments, worked: int) -> int:
    """The first moment at which ``worked`` (> 0, ≤ the day's total) has passed: a close, not the next opening."""
    for opened, close in segments:
        if worked <= close - opened:
            return opened + worked
        worked -= close - opened
    raise ValueError("the day is shorter than that")


def latest_after(segments: Segments, worked: int) -> int:
    """The last moment at which only ``worked`` (≥ 0, < the day's total) has passed: an opening, not a close."""
    for opened, close in segments:
        if worked < close - opened:
            return opened + worked
        worked -= close - opened
    raise ValueError("the day is shorter than that")


def default_kind(day: date) -> DayKind:
    """Monday to Friday are worked where nobody has said otherwise."""
    return DayKind.WORK if day.weekday() < 5 else DayKind.REST


def days_of_years(
    years: Iterable[int], *, rest_days: Iterable[date], make_up_workdays: Iterable[date]
) -> Iterator[tuple[date, DayKind]]:
    """Every day of ``years`` from a list of exceptions, as the State Council's notices (and chinesecalendar) give them.

    ``rest_days`` are statutory rest days (weekends among them may be left out), ``make_up_workdays`` the Saturdays
    and Sundays worked in exchange (调休). Exceptions outside ``years`` are ignored. A day in both lists is an error.
    """
    rest, make_up = frozenset(rest_days), frozenset(make_up_workdays)
    if both := rest & make_up:
        raise ValueError(f"both a rest day and a make-up workday: {min(both).isoformat()}")
    for year in sorted(set(years)):
        day, last = date(year, 1, 1), date(year, 12, 31)
        while day <= last:
            if day in rest:
                yield day, DayKind.REST
            elif day in make_up:
                yield day, DayKind.WORK
            else:
                yield day, default_kind(day)
            day += timedelta(days=1)
