"""The clock of the demonstration: courses are generators that say when they go on; they are played in order of time."""

from __future__ import annotations

import datetime as dt
import heapq
from collections.abc import Callable, Iterable, Iterator

from sanfuwu.rules.durations import working_hours
from sanfuwu.rules.worktime import WorkCalendar

Course = Iterator["dt.datetime | list[tuple[dt.datetime, Course]]"]


def play(
    courses: Iterable[tuple[dt.datetime, Course]], *, until: dt.datetime, tick: Callable[[dt.datetime], None]
) -> None:
    """Resume whatever is next in time until `until`; what would happen later does not happen.

    A course that yields a list of courses sets them going and goes on at once.

    A course yields the moment at which it wants to go on and acts when it is resumed: its acts have that moment as
    `now`. So records are made in the order of time, as they would have been by people.
    """
    waiting = [(start, n, course) for n, (start, course) in enumerate(courses)]
    heapq.heapify(waiting)
    serial = len(waiting)
    while waiting and waiting[0][0] <= until:
        now, n, course = heapq.heappop(waiting)
        tick(now)
        following = next(course, None)
        while isinstance(following, list):
            for start, other in following:
                heapq.heappush(waiting, (max(start, now), serial, other))
                serial += 1
            following = next(course, None)
        if following is not None:
            if following < now:
                raise ValueError(f"course {n} goes back in time: {following} < {now}")
            heapq.heappush(waiting, (following, n, course))


def later(calendar: WorkCalendar, now: dt.datetime, hours: int) -> dt.datetime:
    """So many hours of office time after `now`."""
    return calendar.add(now, working_hours(hours)).at
