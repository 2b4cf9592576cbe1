"""What is kept between tests is what the tables say."""

from __future__ import annotations

import datetime as dt

import pytest

from sanfuwu.counties import queries
from sanfuwu.counties.actions import publish_calendar
from sanfuwu.counties.models import CalendarDay, CalendarYear
from sanfuwu.rules.worktime import DayKind
from sanfuwu.testing.state import KnownCalendar

pytestmark = pytest.mark.django_db


def test_the_kept_calendar_is_that_of_the_tables() -> None:
    assert isinstance(queries._calendar, KnownCalendar)
    kept = queries.work_calendar()
    told = {day: DayKind(kind) for day, kind in CalendarDay.objects.values_list("date", "kind")}
    assert len(told) > 8000
    assert {day: kept.kind_of(day) for day in told} == told
    assert kept.published == set(CalendarYear.objects.filter(published=True).values_list("year", flat=True))


def test_a_changed_calendar_is_read_and_the_kept_one_stays() -> None:
    kept, day = queries.work_calendar(), dt.date(2019, 2, 12)
    publish_calendar(2019, rest_days=[day], make_up_workdays=[])
    assert not queries.work_calendar().is_working_day(day)
    queries.forget()
    assert not queries.work_calendar().is_working_day(day)
    assert kept.is_working_day(day)
