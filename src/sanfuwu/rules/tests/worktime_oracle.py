"""The counting rules written a second time, slowly and day by day, to check the engine against."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from sanfuwu.rules.worktime import DayKind, Pause, WorkCalendar, merge_pauses

TZ = ZoneInfo("Asia/Shanghai")
FIRST, LAST = date(2019, 1, 1), date(2019, 6, 30)
HOURS = {
    DayKind.WORK: ((time(8, 30), time(12)), (time(13, 30), time(17, 30))),
    DayKind.HALF_AM: ((time(8, 30), time(12)),),
    DayKind.HALF_PM: ((time(13, 30), time(17, 30)),),
    DayKind.REST: (),
}

kinds = st.sampled_from([DayKind.WORK] * 6 + [DayKind.REST] * 3 + [DayKind.HALF_AM, DayKind.HALF_PM])
# Not every day may be a rest day: a calendar without work has no deadlines.
calendars = st.lists(kinds, min_size=181, max_size=181).map(
    lambda drawn: WorkCalendar.build(
        ((FIRST + timedelta(days=offset), kind) for offset, kind in enumerate(drawn)),
        {2019},
        tz=TZ,
        first_year=2019,
        last_year=2020,
    )
)
moments = st.builds(
    lambda minute, second: datetime(2019, 1, 5, tzinfo=TZ) + timedelta(minutes=minute, seconds=second),
    st.integers(0, 90 * 1440),
    st.sampled_from([0, 0, 0, 29]),
) | st.builds(  # the edges, where mistakes live
    lambda day, at: datetime.combine(date(2019, 1, 5) + timedelta(days=day), at, TZ),
    st.integers(0, 90),
    st.sampled_from([time(0), time(8, 30), time(12), time(13, 30), time(17, 30), time(23, 59, 59, 999999)]),
)


def _pause(start: datetime, length: timedelta) -> Pause:
    return Pause(start, start + length)


pauses = st.lists(
    st.builds(_pause, moments, st.integers(1, 6 * 1440).map(lambda minute: timedelta(minutes=minute))), max_size=4
)


def days_from(day: date) -> Iterator[date]:
    while True:
        yield day
        day += timedelta(days=1)


def office(calendar: WorkCalendar, start: datetime, end: datetime) -> timedelta:
    """Office time between two moments."""
    total, day = timedelta(), start.astimezone(TZ).date()
    while day <= end.astimezone(TZ).date():
        for opened, closed in HOURS[calendar.kind_of(day)]:
            low = max(datetime.combine(day, opened, TZ), start)
            high = min(datetime.combine(day, closed, TZ), end)
            total += max(high - low, timedelta())
        day += timedelta(days=1)
    return total


def stood_still(calendar: WorkCalendar, start: datetime, end: datetime, spans: list[Pause]) -> timedelta:
    """Office time of the pauses between two moments."""
    clipped = [(max(low, start), min(high, end)) for low, high in merge_pauses(spans)]
    return sum((office(calendar, low, high) for low, high in clipped if low < high), timedelta())


def closes_after(calendar: WorkCalendar, day: date) -> Iterator[datetime]:
    for later in days_from(day + timedelta(days=1)):
        if worked := HOURS[calendar.kind_of(later)]:
            yield datetime.combine(later, worked[-1][1], TZ)


def falls_into(at: datetime, spans: list[Pause]) -> bool:
    return any(low < at <= high for low, high in merge_pauses(spans))


def working_day_due(calendar: WorkCalendar, start: datetime, amount: int, spans: list[Pause]) -> datetime:
    """The first close with a running clock that lies as much office time after the n-th close as stood still."""
    day = start.astimezone(TZ).date()
    counting_from = datetime.combine(day + timedelta(days=1), time(), TZ)
    nth: datetime | None = None
    for number, close in enumerate(closes_after(calendar, day), start=1):
        if number == amount:
            nth = close
        if nth is None or falls_into(close, spans):
            continue
        if office(calendar, nth, close) >= stood_still(calendar, counting_from, close, spans):
            return close
    raise AssertionError("closes never end")


def calendar_day_due(calendar: WorkCalendar, start: datetime, amount: int, spans: list[Pause]) -> datetime:
    """The same in calendar time: the end of the last day moves by what stood still, then rolls over."""
    day = start.astimezone(TZ).date()
    counting_from = datetime.combine(day + timedelta(days=1), time(), TZ)
    end = counting_from + timedelta(days=amount)
    for close in closes_after(calendar, day):
        clipped = [(max(low, counting_from), min(high, close)) for low, high in merge_pauses(spans)]
        still = sum((high - low for low, high in clipped if low < high), timedelta())
        end_of_day = datetime.combine(close.date() + timedelta(days=1), time(), TZ)
        if not falls_into(close, spans) and end_of_day >= end + still:
            return close
    raise AssertionError("closes never end")
