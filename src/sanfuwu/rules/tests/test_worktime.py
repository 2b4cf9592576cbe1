"""The counting rules by example: the two Spring Festivals, make-up days, half days, pauses, unknown years."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, time, timedelta
from math import log2
from zoneinfo import ZoneInfo

import pytest

from sanfuwu.rules.tests.known_years import TZ, at, build
from sanfuwu.rules.worktime import (
    CalendarRangeError,
    DayKind,
    Duration,
    Move,
    OfficeHours,
    Pause,
    Unit,
    WorkCalendar,
    calendar_days,
    days_of_years,
    hours,
    minutes,
    recompute,
    working_days,
    working_hours,
)


@pytest.fixture(scope="module")
def calendar() -> WorkCalendar:
    return build()


@pytest.mark.parametrize(
    ("start", "amount", "due"),
    [
        ("2019-02-13 10:00", 7, "2019-02-22 17:30"),
        ("2019-02-13 23:59", 7, "2019-02-22 17:30"),
        ("2019-02-01 09:00", 2, "2019-02-03 17:30"),  # Saturday 2 and Sunday 3 February were make-up workdays
        ("2019-02-01 09:00", 3, "2019-02-11 17:30"),  # then seven days of Spring Festival
        ("2019-02-06 09:00", 1, "2019-02-11 17:30"),  # dispatched on a rest day
        ("2020-01-23 16:00", 1, "2020-02-03 17:30"),  # the holiday of 2020 was prolonged
        ("2026-02-13 09:00", 1, "2026-02-14 17:30"),
    ],
)
def test_working_days_count_from_the_next_day_and_end_at_close_of_business(
    calendar: WorkCalendar, start: str, amount: int, due: str
) -> None:
    assert calendar.add(at(start), working_days(amount)).at == at(due)


@pytest.mark.parametrize(
    ("start", "amount", "due"),
    [
        ("2019-02-13 10:00", 5, "2019-02-18 17:30"),
        ("2019-02-13 10:00", 3, "2019-02-18 17:30"),  # the 16th is a Saturday and rolls over
        ("2019-01-28 10:00", 5, "2019-02-02 17:30"),  # a make-up Saturday does not roll over
        ("2019-01-28 10:00", 7, "2019-02-11 17:30"),
        ("2019-01-10 10:00", 60, "2019-03-11 17:30"),
    ],
)
def test_calendar_days_roll_over_to_the_next_working_day(
    calendar: WorkCalendar, start: str, amount: int, due: str
) -> None:
    assert calendar.add(at(start), calendar_days(amount)).at == at(due)


@pytest.mark.parametrize(
    ("start", "amount", "due"),
    [
        ("2019-02-13 10:00", 2, "2019-02-13 12:00"),  # ends with the morning, not when the afternoon opens
        ("2019-02-13 11:00", 2, "2019-02-13 14:30"),
        ("2019-02-13 17:00", 1, "2019-02-14 09:00"),
        ("2019-02-15 17:30", 1, "2019-02-18 09:30"),
        ("2019-02-16 11:11", 8, "2019-02-19 09:00"),
        ("2019-02-13 12:30", 4, "2019-02-13 17:30"),
    ],
)
def test_working_hours_run_in_office_time_only(calendar: WorkCalendar, start: str, amount: int, due: str) -> None:
    assert calendar.add(at(start), working_hours(amount)).at == at(due)


def test_minutes_and_hours_run_from_the_instant_through_night_and_holiday(calendar: WorkCalendar) -> None:
    assert calendar.add(at("2019-02-04 23:50"), minutes(20)).at == at("2019-02-05 00:10")
    assert calendar.add(at("2019-02-04 23:50"), hours(24)).at == at("2019-02-05 23:50")
    assert calendar.add(at("2019-02-04 23:50"), hours(24)).assumed_years == frozenset()


def test_hours_are_counted_right_where_clocks_are_put_forward() -> None:
    berlin = WorkCalendar.build([], {2019}, tz=ZoneInfo("Europe/Berlin"))
    start = datetime(2019, 3, 31, 1, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    due = berlin.add(start, hours(2)).at
    assert due.astimezone(UTC) - start.astimezone(UTC) == timedelta(hours=2)
    assert berlin.elapsed(start, due, Unit.HOURS) == 2


def test_an_instant_in_another_zone_is_counted_on_its_local_day(calendar: WorkCalendar) -> None:
    # 17:00 UTC on the 13th is already the 14th in Shaoxing
    assert calendar.add(datetime(2019, 2, 13, 17, tzinfo=UTC), working_days(1)).at == at("2019-02-15 17:30")


def test_a_half_day_counts_as_a_day_and_ends_when_its_half_ends() -> None:
    calendar = build((date(2019, 2, 14), DayKind.HALF_AM), (date(2019, 2, 15), DayKind.HALF_PM))
    assert calendar.add(at("2019-02-13 10:00"), working_days(1)).at == at("2019-02-14 12:00")
    assert calendar.add(at("2019-02-13 10:00"), working_days(2)).at == at("2019-02-15 17:30")
    assert calendar.add(at("2019-02-13 17:30"), working_hours(4)).at == at("2019-02-15 14:00")
    assert calendar.opening(date(2019, 2, 15)) == at("2019-02-15 13:30")


def test_summer_afternoons_open_later_when_so_configured() -> None:
    calendar = build(office=OfficeHours(summer_afternoon_from=time(14)))
    assert calendar.add(at("2026-06-01 11:00"), working_hours(2)).at == at("2026-06-01 15:00")
    assert calendar.add(at("2026-10-09 11:00"), working_hours(2)).at == at("2026-10-09 14:30")
    assert calendar.add(at("2026-07-01 11:00"), working_days(1)).at == at("2026-07-02 17:30")


@pytest.mark.parametrize(
    "wrong",
    [
        {"morning_from": time(12, 30)},
        {"afternoon_from": time(11)},
        {"afternoon_to": time(13)},
        {"summer_afternoon_from": time(18)},
        {"summer_afternoon_from": time(14), "summer_first": (10, 1), "summer_last": (5, 1)},
    ],
)
def test_office_hours_that_do_not_follow_one_another_are_refused(wrong: dict[str, time]) -> None:
    with pytest.raises(ValueError, match=r"office hours|summer"):
        OfficeHours(**wrong)


# -- what is left -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "due", "left"),
    [
        ("2019-02-18 14:30", "2019-02-20 17:30", (2, 180, False)),
        ("2019-02-18 08:00", "2019-02-20 17:30", (3, 0, False)),
        ("2019-02-16 12:00", "2019-02-18 17:30", (1, 0, False)),
        ("2019-02-20 17:00", "2019-02-20 17:30", (0, 30, False)),
        ("2019-02-20 17:30", "2019-02-20 17:30", (0, 0, False)),
        ("2019-02-20 18:00", "2019-02-20 17:30", (0, 0, True)),
        ("2019-02-21 17:30", "2019-02-20 17:30", (1, 0, True)),
        ("2019-02-25 10:00", "2019-02-20 17:30", (2, 90, True)),
        ("2019-02-18 09:00", "2019-02-20 17:00", (2, 390, False)),  # 7 h + 1 day + 7 h, at 7.5 h a day
    ],
)
def test_what_is_left_is_said_in_working_days_and_minutes(
    calendar: WorkCalendar, now: str, due: str, left: tuple[int, int, bool]
) -> None:
    assert dataclasses.astuple(calendar.remaining(at(now), at(due))) == left


def test_a_whole_summer_day_is_one_day_left() -> None:
    calendar = build(office=OfficeHours(summer_afternoon_from=time(14)))
    left = calendar.remaining(at("2026-07-01 17:30"), at("2026-07-03 17:30"))
    assert (left.working_days, left.working_minutes) == (2, 0)


def test_a_pause_ahead_is_not_time_left(calendar: WorkCalendar) -> None:
    pauses = [
        Pause(at("2019-02-19 08:00"), at("2019-02-19 18:00")),
        Pause(at("2019-02-20 09:00"), at("2019-02-20 10:00")),
    ]
    left = calendar.remaining(at("2019-02-18 17:30"), at("2019-02-20 17:30"), pauses)
    assert (left.working_days, left.working_minutes) == (0, 390)


def test_office_minutes_leave_out_nights_lunch_and_pauses(calendar: WorkCalendar) -> None:
    start, end = at("2019-02-13 11:00"), at("2019-02-14 09:00")
    assert calendar.office_minutes(start, end) == 60 + 240 + 30
    assert calendar.office_minutes(start, end, [(at("2019-02-13 16:30"), at("2019-02-13 20:00"))]) == 60 + 180 + 30
    assert calendar.office_minutes(end, start) == 0


def test_the_deadline_bar_adds_up(calendar: WorkCalendar) -> None:
    start, due = at("2019-02-11 08:30"), at("2019-02-20 17:30")  # eight working days
    pause = Pause(at("2019-02-12 08:30"), at("2019-02-13 17:30"))
    bar = calendar.progress(start, due, at("2019-02-14 17:30"), [pause])
    assert (bar.elapsed, bar.paused, bar.left) == pytest.approx((2 / 8, 2 / 8, 4 / 8))
    assert calendar.progress(start, due, at("2019-03-20 17:30"), [pause]).left == 0
    by_the_clock = calendar.progress(
        at("2019-02-16 20:00"), at("2019-02-17 20:00"), at("2019-02-17 02:00"), (), Unit.HOURS
    )
    assert (by_the_clock.elapsed, by_the_clock.left) == pytest.approx((0.25, 0.75))


def test_a_deadline_without_office_time_is_measured_by_the_clock(calendar: WorkCalendar) -> None:
    saturday = calendar.progress(at("2019-02-16 10:00"), at("2019-02-16 20:00"), at("2019-02-16 15:00"))
    assert saturday.elapsed == pytest.approx(0.5)
    same = at("2019-02-16 10:00")
    assert calendar.progress(same, same, same).left == 0
    assert calendar.progress(same, same, same - timedelta(hours=1)).left == 1


# -- days of the office -----------------------------------------------------------------------------------------


def test_the_office_knows_its_days(calendar: WorkCalendar) -> None:
    assert calendar.is_working_day(date(2019, 2, 2))
    assert not calendar.is_working_day(date(2019, 2, 4))
    assert calendar.kind_of(date(2019, 2, 4)) is DayKind.REST
    assert calendar.opening(date(2019, 2, 4)) is None
    assert calendar.closing(date(2019, 2, 2)) == at("2019-02-02 17:30")
    assert calendar.shift(date(2019, 2, 3), 1) == date(2019, 2, 11)
    assert calendar.shift(date(2019, 2, 11), -2) == date(2019, 2, 2)
    assert calendar.shift(date(2019, 2, 6), 1) == date(2019, 2, 11)
    assert calendar.shift(date(2019, 2, 6), -1) == date(2019, 2, 3)
    assert calendar.shift(date(2019, 2, 6), 0) == date(2019, 2, 6)


@pytest.mark.parametrize(
    ("moment", "close", "office_time"),
    [
        ("2019-02-03 17:30", "2019-02-03 17:30", "2019-02-11 08:30"),
        ("2019-02-03 17:31", "2019-02-11 17:30", "2019-02-11 08:30"),
        ("2019-02-06 09:00", "2019-02-11 17:30", "2019-02-11 08:30"),
        ("2019-02-11 12:10", "2019-02-11 17:30", "2019-02-11 13:30"),
        ("2019-02-11 09:10", "2019-02-11 17:30", "2019-02-11 09:10"),
        ("2019-02-11 05:00", "2019-02-11 17:30", "2019-02-11 08:30"),
    ],
)
def test_the_next_close_and_the_next_time_somebody_is_there(
    calendar: WorkCalendar, moment: str, close: str, office_time: str
) -> None:
    assert calendar.next_working_close(at(moment)) == at(close)
    assert calendar.next_office_time(at(moment)) == at(office_time)


def test_a_days_list_comes_from_a_notice() -> None:
    days = dict(
        days_of_years([2019], rest_days=[date(2019, 2, 4)], make_up_workdays=[date(2019, 2, 2), date(2020, 1, 19)])
    )
    assert len(days) == 365
    assert (days[date(2019, 2, 4)], days[date(2019, 2, 2)]) == (DayKind.REST, DayKind.WORK)
    assert (days[date(2019, 2, 9)], days[date(2019, 2, 11)]) == (DayKind.REST, DayKind.WORK)
    both = [date(2019, 2, 4), date(2019, 2, 5)]
    with pytest.raises(ValueError, match="2019-02-04"):
        list(days_of_years([2019], rest_days=both, make_up_workdays=both))


# -- years nobody has published ---------------------------------------------------------------------------------


def test_an_unpublished_year_is_counted_monday_to_friday_and_flagged(calendar: WorkCalendar) -> None:
    due = calendar.add(at("2026-12-24 10:00"), working_days(10))
    assert due.at == at("2027-01-07 17:30")  # 1 January 2027 is a Friday and counted, because nobody has said otherwise
    assert due.assumed_years == {2027}
    assert calendar.is_assumed(date(2027, 1, 1))
    assert calendar.add(at("2026-11-23 10:00"), working_days(7)).assumed_years == frozenset()


def test_the_last_days_of_december_wait_for_the_next_notice(calendar: WorkCalendar) -> None:
    assert calendar.add(at("2026-12-25 10:00"), working_days(1)).assumed_years == frozenset()
    assert calendar.add(at("2026-12-28 10:00"), working_days(1)).assumed_years == {2027}


def test_publishing_a_calendar_says_where_a_deadline_moves(calendar: WorkCalendar) -> None:
    start = at("2026-12-30 10:00")
    rest_added = build((date(2027, 1, 1), DayKind.REST), years=range(2004, 2028))
    later = recompute(start, working_days(2), (), calendar, rest_added)
    assert (later.old_due.at, later.new_due.at, later.moves) == (
        at("2027-01-01 17:30"),
        at("2027-01-04 17:30"),
        Move.LATER,
    )
    assert later.old_due.assumed_years == {2027}
    assert later.new_due.assumed_years == frozenset()
    work_added = build((date(2027, 1, 2), DayKind.WORK), years=range(2004, 2028))
    assert recompute(start, working_days(3), (), calendar, work_added).moves is Move.EARLIER
    assert recompute(start, working_days(1), (), calendar, rest_added).moves is Move.SAME


# -- refusals and cost ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("unit", Unit)
def test_a_moment_without_a_zone_is_refused(calendar: WorkCalendar, unit: Unit) -> None:
    with pytest.raises(ValueError, match="time zone"):
        calendar.add(datetime(2019, 2, 13), Duration(1, unit))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("start", "duration"),
    [
        ("9999-12-31 23:59", working_days(1)),
        ("1850-01-01 00:00", hours(1)),
        ("2026-12-31 00:00", working_days(99_999)),
        ("2026-12-31 00:00", calendar_days(99_999)),
        ("2026-12-31 00:00", working_hours(999_999)),
    ],
)
def test_a_date_beyond_the_calendar_is_a_clear_error(calendar: WorkCalendar, start: str, duration: Duration) -> None:
    with pytest.raises(CalendarRangeError):
        calendar.add(at(start), duration)


def test_the_calendar_reaches_to_the_last_day_of_its_last_year() -> None:
    calendar = WorkCalendar.build([], (), tz=TZ, first_year=2018, last_year=2019)
    assert calendar.add(at("2019-12-30 10:00"), working_days(1)).at == at("2019-12-31 17:30")
    assert calendar.next_working_close(at("2018-01-01 00:00")) == at("2018-01-01 17:30")
    with pytest.raises(CalendarRangeError, match="2018–2019"):
        calendar.add(at("2019-12-31 10:00"), working_days(1))
    with pytest.raises(ValueError, match="first_year"):
        WorkCalendar.build([], (), tz=TZ, first_year=2020, last_year=2019)


def test_a_duration_is_stored_as_a_short_code() -> None:
    for duration in (minutes(20), hours(2), working_hours(4), working_days(7), calendar_days(60)):
        assert Duration.parse(str(duration)) == duration
    assert str(working_days(7)) == "7wd"
    for wrong in ("", "7", "wd", "0wd", "-1d", "7 wd", "7WD", "٧wd", "1000000d"):
        with pytest.raises(ValueError, match="not a duration"):
            Duration.parse(wrong)
    with pytest.raises(ValueError, match="at least one"):
        working_days(0)


class Counted(tuple[int, ...]):
    """A tuple that counts how often somebody looks into it."""

    looks = 0

    def __getitem__(self, index):  # type: ignore[no-untyped-def]
        Counted.looks += 1
        return super().__getitem__(index)


@pytest.mark.parametrize("unit", [Unit.WORKING_HOURS, Unit.WORKING_DAYS, Unit.CALENDAR_DAYS])
def test_a_question_about_twenty_years_looks_at_few_days(calendar: WorkCalendar, unit: Unit) -> None:
    watched = dataclasses.replace(calendar, _days=Counted(calendar._days), _sums=Counted(calendar._sums))
    start, twenty_years_on, duration = at("2006-03-01 10:00"), at("2026-03-01 10:00"), Duration(4_000, unit)
    most = 12 * log2(len(calendar._days))
    for question in (
        lambda: watched.add(start, duration),
        lambda: watched.elapsed(start, twenty_years_on, unit),
        lambda: watched.remaining(start, twenty_years_on),
        lambda: watched.latest_start(twenty_years_on, Duration(1_000, unit)),
    ):
        Counted.looks = 0
        question()
        assert 0 < Counted.looks <= most
