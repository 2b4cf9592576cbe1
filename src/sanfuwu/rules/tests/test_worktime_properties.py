"""The engine against a second, slow implementation, and the laws that every deadline obeys."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sanfuwu.rules.tests.worktime_oracle import (
    TZ,
    calendar_day_due,
    calendars,
    falls_into,
    kinds,
    moments,
    office,
    pauses,
    stood_still,
    working_day_due,
)
from sanfuwu.rules.worktime import (
    DayKind,
    Duration,
    Move,
    Pause,
    Unit,
    WorkCalendar,
    calendar_days,
    recompute,
    working_days,
    working_hours,
)

ONE_US = timedelta(microseconds=1)
durations = st.builds(Duration, st.integers(1, 20), st.sampled_from(Unit))
few = settings(max_examples=80, deadline=None)
fewer = settings(max_examples=50, deadline=None)


@few
@given(calendars, moments, st.integers(1, 20), pauses)
def test_working_days_agree_with_counting_them_one_by_one(
    calendar: WorkCalendar, start: datetime, amount: int, spans: list[Pause]
) -> None:
    assert calendar.add(start, working_days(amount), spans).at == working_day_due(calendar, start, amount, spans)


@few
@given(calendars, moments, st.integers(1, 30), pauses)
def test_calendar_days_agree_with_counting_them_one_by_one(
    calendar: WorkCalendar, start: datetime, amount: int, spans: list[Pause]
) -> None:
    assert calendar.add(start, calendar_days(amount), spans).at == calendar_day_due(calendar, start, amount, spans)


@few
@given(calendars, moments, st.integers(1, 60), pauses)
def test_working_hours_leave_exactly_that_much_running_office_time(
    calendar: WorkCalendar, start: datetime, amount: int, spans: list[Pause]
) -> None:
    due = calendar.add(start, working_hours(amount), spans).at

    def running(end: datetime) -> timedelta:
        return office(calendar, start, end) - stood_still(calendar, start, end, spans)

    assert running(due) == timedelta(hours=amount)
    assert running(due - ONE_US) < timedelta(hours=amount)  # and not a moment later than needed


@few
@given(calendars, moments, durations, pauses)
def test_a_pause_never_shortens_a_deadline_and_never_holds_it(
    calendar: WorkCalendar, start: datetime, duration: Duration, spans: list[Pause]
) -> None:
    due = calendar.add(start, duration, spans).at
    assert due >= calendar.add(start, duration).at > start
    assert not falls_into(due, spans)
    for dropped in range(len(spans)):
        assert due >= calendar.add(start, duration, spans[:dropped] + spans[dropped + 1 :]).at


@few
@given(calendars, moments, st.integers(0, 5000), durations, pauses)
def test_a_later_start_or_a_longer_time_is_never_due_earlier(
    calendar: WorkCalendar, start: datetime, delay: int, duration: Duration, spans: list[Pause]
) -> None:
    longer = Duration(duration.amount + 1, duration.unit)
    due = calendar.add(start, duration, spans).at
    assert calendar.add(start + timedelta(minutes=delay), duration, spans).at >= due
    assert calendar.add(start, longer, spans).at >= due


@few
@given(calendars, moments, durations)
def test_the_latest_start_is_the_last_that_still_makes_it(
    calendar: WorkCalendar, due: datetime, duration: Duration
) -> None:
    due += timedelta(days=45)
    latest = calendar.latest_start(due, duration)
    assert calendar.add(latest, duration).at <= due
    assert calendar.add(latest + ONE_US, duration).at > due


@few
@given(calendars, moments, durations)
def test_the_latest_start_of_a_deadline_leads_back_to_it(
    calendar: WorkCalendar, start: datetime, duration: Duration
) -> None:
    due = calendar.add(start, duration).at
    latest = calendar.latest_start(due, duration)
    assert latest >= start
    assert calendar.add(latest, duration).at == due


@few
@given(calendars, moments, moments, st.sampled_from(Unit), pauses)
def test_elapsed_is_the_greatest_number_that_has_fallen_due(
    calendar: WorkCalendar, start: datetime, end: datetime, unit: Unit, spans: list[Pause]
) -> None:
    count = calendar.elapsed(start, end, unit, spans)
    assert count >= 0
    if count:
        assert calendar.add(start, Duration(count, unit), spans).at <= end
    assert calendar.add(start, Duration(count + 1, unit), spans).at > min(end, start)
    if end > start:
        assert calendar.add(start, Duration(count + 1, unit), spans).at > end


@few
@given(calendars, moments, moments, pauses)
def test_what_is_left_is_whole_days_and_the_rest(
    calendar: WorkCalendar, now: datetime, due: datetime, spans: list[Pause]
) -> None:
    left = calendar.remaining(now, due, spans)
    low, high = min(now, due), max(now, due)
    whole, rest = 0, office(calendar, low, high) - stood_still(calendar, low, high, spans)
    day = low.date()
    while day <= high.date():
        opening, closing = calendar.opening(day), calendar.closing(day)
        if (
            opening is not None
            and closing is not None
            and low <= opening
            and closing <= high
            and not stood_still(calendar, opening, closing, spans)
        ):
            whole += 1
            rest -= office(calendar, opening, closing)
        day += timedelta(days=1)
    more, rest = divmod(rest, timedelta(hours=7, minutes=30))
    assert left.overdue == (now > due)
    assert (left.working_days, left.working_minutes) == (whole + more, rest // timedelta(minutes=1))


@few
@given(calendars, moments, durations, moments, pauses)
def test_the_deadline_bar_always_adds_up(
    calendar: WorkCalendar, start: datetime, duration: Duration, now: datetime, spans: list[Pause]
) -> None:
    due = calendar.add(start, duration, spans).at
    bar = calendar.progress(start, due, now, spans, duration.unit)
    assert min(bar.elapsed, bar.paused, bar.left) >= 0
    assert abs(bar.elapsed + bar.paused + bar.left - 1) < 1e-9
    if now >= due:
        assert bar.left == 0
    if now <= start:
        assert bar.elapsed == 0
    if not spans:
        assert bar.paused < 1e-9
    later = calendar.progress(start, due, now + timedelta(hours=3), spans, duration.unit)
    assert later.left <= bar.left


@fewer
@given(moments, durations, st.lists(kinds, min_size=60, max_size=60), pauses)
def test_a_deadline_that_is_not_flagged_cannot_be_moved_by_a_notice(
    start: datetime, duration: Duration, drawn: list[DayKind], spans: list[Pause]
) -> None:
    start += timedelta(days=330 - 45)  # around the turn of the year 2019, of which 2020 is not published
    spans = [Pause(low + timedelta(days=300), high + timedelta(days=300)) for low, high in spans]
    assume(start.year == 2019)
    notice = [(date(2019, 12, 29) + timedelta(days=offset), kind) for offset, kind in enumerate(drawn)]
    before = WorkCalendar.build([], {2019}, tz=TZ, first_year=2019, last_year=2020)
    after = WorkCalendar.build(notice, {2019, 2020}, tz=TZ, first_year=2019, last_year=2020)
    moved = recompute(start, duration, spans, before, after)
    if not moved.old_due.assumed_years:
        assert moved.moves is Move.SAME
    assert moved.new_due.assumed_years <= {2021}
    if duration.unit not in (Unit.MINUTES, Unit.HOURS) and moved.old_due.at.year == 2020:
        assert moved.old_due.assumed_years == {2020}


@fewer
@given(calendars, moments, durations, pauses, st.integers(1, 1440))
def test_a_pause_cut_in_two_is_the_same_pause(
    calendar: WorkCalendar, start: datetime, duration: Duration, spans: list[Pause], minutes: int
) -> None:
    pieces = [
        piece
        for low, high in spans
        for cut in [min(low + timedelta(minutes=minutes), high)]
        for piece in (Pause(cut, high), Pause(low, cut))
    ]
    assert calendar.add(start, duration, pieces) == calendar.add(start, duration, spans)
