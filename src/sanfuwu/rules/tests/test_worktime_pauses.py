"""What a pause does to a deadline, by example."""

from __future__ import annotations

from datetime import datetime

import pytest

from sanfuwu.rules.tests.known_years import at, build
from sanfuwu.rules.worktime import (
    Pause,
    WorkCalendar,
    calendar_days,
    close_open_pauses,
    hours,
    merge_pauses,
    working_days,
    working_hours,
)


@pytest.fixture(scope="module")
def calendar() -> WorkCalendar:
    return build()


def test_hours_are_extended_by_exactly_what_stood_still(calendar: WorkCalendar) -> None:
    pause = Pause(at("2019-02-13 11:00"), at("2019-02-13 14:00"))
    assert calendar.add(at("2019-02-13 10:00"), hours(2), [pause]).at == at("2019-02-13 15:00")
    assert calendar.add(at("2019-02-13 10:00"), working_hours(2), [pause]).at == at("2019-02-13 15:00")


def test_days_are_extended_by_the_office_time_that_stood_still_rounded_up_to_a_close(calendar: WorkCalendar) -> None:
    tests_at_a_laboratory = Pause(at("2019-02-19 14:00"), at("2019-02-22 10:00"))  # 3.5 h + 2 days + 1.5 h
    due = calendar.add(at("2019-02-13 10:00"), working_days(7), [tests_at_a_laboratory]).at
    assert due == at("2019-02-27 17:30")  # three days after Friday the 22nd


def test_many_short_pauses_gain_one_day_and_not_one_each(calendar: WorkCalendar) -> None:
    short = [Pause(at(f"2019-02-{day} 10:00"), at(f"2019-02-{day} 10:30")) for day in (14, 15, 18, 19, 20)]
    assert calendar.add(at("2019-02-13 10:00"), working_days(7), short).at == at("2019-02-25 17:30")


@pytest.mark.parametrize(
    ("pause_from", "pause_to"),
    [
        ("2019-02-12 09:00", "2019-02-13 09:00"),  # over before the start
        ("2019-02-13 11:00", "2019-02-13 17:00"),  # on the day that is not counted anyway
        ("2019-02-16 00:00", "2019-02-18 08:00"),  # a weekend
        ("2019-02-22 17:30", "2019-02-25 09:00"),  # from the moment it was due
    ],
)
def test_a_pause_without_counted_office_time_changes_nothing(
    calendar: WorkCalendar, pause_from: str, pause_to: str
) -> None:
    start, pause = at("2019-02-13 10:00"), Pause(at(pause_from), at(pause_to))
    assert calendar.add(start, working_days(7), [pause]) == calendar.add(start, working_days(7))


def test_no_deadline_falls_into_a_pause(calendar: WorkCalendar) -> None:
    over_night = Pause(at("2019-02-22 17:00"), at("2019-02-25 08:31"))
    assert calendar.add(at("2019-02-13 10:00"), working_days(7), [over_night]).at == at("2019-02-25 17:30")
    to_the_very_close = Pause(at("2019-02-22 17:29"), at("2019-02-25 17:30"))
    assert calendar.add(at("2019-02-13 10:00"), working_days(7), [to_the_very_close]).at == at("2019-02-26 17:30")


def test_a_pause_during_the_roll_over_moves_a_calendar_deadline_too(calendar: WorkCalendar) -> None:
    start = at("2019-02-13 10:00")  # three days end on Saturday the 16th and roll over to Monday the 18th
    monday_to_wednesday = Pause(at("2019-02-18 10:00"), at("2019-02-20 10:00"))
    assert calendar.add(start, calendar_days(3), [monday_to_wednesday]).at == at("2019-02-20 17:30")


def test_pauses_are_joined_and_checked() -> None:
    one, two = (
        Pause(at("2019-02-13 10:00"), at("2019-02-13 12:00")),
        Pause(at("2019-02-13 11:00"), at("2019-02-14 12:00")),
    )
    assert merge_pauses([two, one, (one.end, one.end)]) == (Pause(one.start, two.end),)
    with pytest.raises(ValueError, match="before it begins"):
        merge_pauses([(one.end, one.start)])
    with pytest.raises(ValueError, match="time zone"):
        merge_pauses([(datetime(2019, 2, 13), one.end)])  # noqa: DTZ001


def test_a_running_pause_ends_now_and_one_ahead_is_left_out() -> None:
    now = at("2019-02-13 10:00")
    stored = [(at("2019-02-12 10:00"), None), (at("2019-02-14 10:00"), None)]
    assert close_open_pauses(stored, now=now) == (Pause(at("2019-02-12 10:00"), now),)
