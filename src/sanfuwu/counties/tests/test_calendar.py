"""The working calendar's tables: seeded once, published by a person, never guessed."""

from __future__ import annotations

import datetime as dt

import pytest

from sanfuwu.counties import queries
from sanfuwu.counties.actions import publish_calendar, seed_calendar
from sanfuwu.counties.models import CalendarDay, CalendarYear
from sanfuwu.rules.worktime import DayKind, working_days

pytestmark = pytest.mark.django_db
SPRING_FESTIVAL = dt.date(2027, 2, 8)  # a Monday
SATURDAY = dt.date(2027, 2, 20)


def day_after(day: dt.date) -> dt.date:
    """The next working day, by the published calendar."""
    start = dt.datetime.combine(day, dt.time(10), queries.work_calendar().tz)
    return queries.work_calendar().add(start, working_days(1)).at.date()


def publish() -> None:
    publish_calendar(2027, rest_days=[SPRING_FESTIVAL], make_up_workdays=[SATURDAY])
    queries.forget()


def test_2026_is_known_and_2027_is_not() -> None:
    known = set(CalendarYear.objects.filter(published=True).values_list("year", flat=True))
    assert 2026 in known
    assert 2027 not in known


def test_a_published_year_counts_at_once() -> None:
    friday = dt.date(2027, 2, 5)
    assert day_after(friday) == SPRING_FESTIVAL
    publish()
    assert day_after(friday) == SPRING_FESTIVAL + dt.timedelta(days=1)
    assert day_after(SATURDAY - dt.timedelta(days=1)) == SATURDAY


def test_publishing_again_replaces_the_year_and_grows_the_version() -> None:
    publish()
    before = CalendarYear.objects.get(year=2027).version
    publish_calendar(2027, rest_days=[], make_up_workdays=[SATURDAY])
    queries.forget()
    assert CalendarYear.objects.get(year=2027).version > before
    assert day_after(dt.date(2027, 2, 5)) == SPRING_FESTIVAL


def test_a_day_of_another_year_is_refused() -> None:
    with pytest.raises(ValueError, match="2027"):
        publish_calendar(2027, rest_days=[dt.date(2026, 12, 31)], make_up_workdays=[])


def test_seeding_again_leaves_what_a_person_entered() -> None:
    publish_calendar(2026, rest_days=[dt.date(2026, 3, 3)], make_up_workdays=[])
    assert seed_calendar() == []
    kinds = dict(CalendarDay.objects.filter(date__year=2026).values_list("date", "kind"))
    assert kinds[dt.date(2026, 3, 3)] == DayKind.REST
    assert kinds.get(dt.date(2026, 10, 1), DayKind.WORK) == DayKind.WORK
