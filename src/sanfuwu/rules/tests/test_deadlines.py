"""How long each step may take, caps by the parent, and when reminders come."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanfuwu.rules.deadlines import (
    DEFAULT_RULES,
    DeadlineKind,
    DeadlineRules,
    Nature,
    PlannedDeadlines,
    Role,
    Tier,
    Urgency,
    duration_of,
    extension_days,
    extension_until,
    fire_at,
    plan_deadlines,
    result_due,
    return_until,
    step_due,
)
from sanfuwu.rules.tests.known_years import TZ, at, build
from sanfuwu.rules.worktime import Duration, working_days

CALENDAR = build()


def plan(
    start: str = "2019-02-13 10:00",
    *,
    tier: Tier | str = Tier.LIMITED,
    urgency: Urgency | str = Urgency.NORMAL,
    role: Role | str = Role.LEAD,
    nature: Nature | str = Nature.PROBLEM,
    parent_due: str | None = None,
    redo: bool = False,
    rules: DeadlineRules = DEFAULT_RULES,
) -> PlannedDeadlines:
    return plan_deadlines(
        rules,
        tier=tier,
        urgency=urgency,
        role=role,
        nature=nature,
        start=at(start),
        calendar=CALENDAR,
        parent_due=at(parent_due) if parent_due else None,
        redo=redo,
    )


@pytest.mark.parametrize(
    ("given_facts", "length"),
    [
        ({"tier": "limited"}, "7wd"),
        ({"tier": "limited", "role": "co"}, "3wd"),
        ({"tier": "key"}, "25wd"),
        ({"tier": "key", "nature": "study"}, "90d"),
        ({"tier": "key", "nature": "dispute"}, "60d"),
        ({"tier": "limited", "nature": "dispute"}, "7wd"),
        ({"tier": "on_spot"}, "1wd"),
        ({"tier": "key", "urgency": "urgent"}, "24h"),
        ({"tier": "limited", "urgency": "consult"}, "3wd"),
        ({"tier": "key", "redo": True}, "3wd"),
        ({"urgency": "urgent", "redo": True}, "24h"),
    ],
)
def test_the_time_for_a_result_depends_on_tier_urgency_nature_and_role(
    given_facts: dict[str, str], length: str
) -> None:
    assert str(duration_of(DEFAULT_RULES, "result", **given_facts)) == length  # type: ignore[arg-type]


def test_an_ordinary_lead_has_a_day_to_sign_and_contact_and_seven_for_the_result() -> None:
    planned = plan()
    assert planned.sign_at == planned.contact_at == at("2019-02-14 17:30")
    assert planned.result_at == at("2019-02-22 17:30")
    assert planned.sign_fire_at == at("2019-02-14 13:30")
    assert planned.result_fire_at == at("2019-02-21 08:30")
    assert (planned.rule_version, planned.assumed_years) == (1, frozenset())


def test_an_urgent_matter_runs_by_the_clock_even_at_night() -> None:
    planned = plan("2019-02-16 23:00", urgency="urgent")
    assert planned.sign_at == at("2019-02-16 23:30")
    assert planned.contact_at == at("2019-02-17 01:00")
    assert planned.result_at == at("2019-02-17 23:00")
    assert planned.contact_fire_at == at("2019-02-17 00:45")


def test_a_hand_down_never_outlives_its_parent() -> None:
    planned = plan(parent_due="2019-02-15 17:30")
    assert planned.result_at == at("2019-02-15 17:30")
    assert planned.sign_at == at("2019-02-14 17:30")
    late = plan(parent_due="2019-02-12 17:30")
    assert late.sign_at == late.contact_at == late.result_at == late.result_fire_at == at("2019-02-12 17:30")
    assert plan(parent_due="2019-12-12 17:30").result_at == at("2019-02-22 17:30")


def test_other_steps_have_their_own_time() -> None:
    start = at("2019-02-13 10:00")
    assert step_due(DEFAULT_RULES, "name_date", start=start, calendar=CALENDAR).at == at("2019-02-15 17:30")
    assert step_due(DEFAULT_RULES, DeadlineKind.CALLBACK, start=start, calendar=CALENDAR).at == at("2019-02-14 17:30")
    assert step_due(DEFAULT_RULES, DeadlineKind.ACCEPT, start=start, calendar=CALENDAR).at == at("2019-02-14 17:30")


def test_a_new_version_of_the_rules_is_carried_by_what_it_planned() -> None:
    stricter = replace(DEFAULT_RULES, version=2, sign=Duration.parse("2wh"))
    planned = plan(rules=stricter)
    assert planned.rule_version == 2
    assert planned.sign_at == at("2019-02-13 12:00")
    assert planned.sign_fire_at == at("2019-02-13 10:00")  # four office hours before would be before dispatch


def test_an_unknown_year_is_flagged_in_the_plan() -> None:
    assert plan("2026-12-23 10:00").assumed_years == {2027}


@pytest.mark.parametrize("wrong", [{"tier": "C"}, {"urgency": "hot"}, {"role": "boss"}, {"nature": "x"}])
def test_an_unknown_word_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="is not a valid"):
        plan(**wrong)  # type: ignore[arg-type]


moments = st.integers(0, 5 * 366 * 1440).map(lambda minute: datetime(2019, 1, 1, tzinfo=TZ) + timedelta(minutes=minute))


@settings(max_examples=200, deadline=None)
@given(
    moments,
    st.sampled_from(Tier),
    st.sampled_from(Urgency),
    st.sampled_from(Role),
    st.sampled_from(Nature),
    st.booleans(),
    st.none() | st.integers(-20_000, 60_000),
)
def test_steps_come_in_order_and_reminders_before_them(
    start: datetime, tier: Tier, urgency: Urgency, role: Role, nature: Nature, redo: bool, parent: int | None
) -> None:
    parent_due = None if parent is None else start + timedelta(minutes=parent)
    planned = plan_deadlines(
        DEFAULT_RULES,
        tier=tier,
        urgency=urgency,
        role=role,
        nature=nature,
        start=start,
        calendar=CALENDAR,
        parent_due=parent_due,
        redo=redo,
    )
    assert planned.sign_at <= planned.contact_at <= planned.result_at
    pairs = [
        (planned.sign_fire_at, planned.sign_at),
        (planned.contact_fire_at, planned.contact_at),
        (planned.result_fire_at, planned.result_at),
    ]
    if parent_due is not None:
        assert planned.result_at <= parent_due
    for fire, due in pairs:
        assert fire <= due
        if due > start:
            assert fire >= start
        if urgency is not Urgency.URGENT and start < fire < due:
            local = fire.astimezone(TZ)
            assert CALENDAR.is_working_day(local.date())
            assert time(8, 30) <= local.time() <= time(17, 30)
    lead = duration_of(DEFAULT_RULES, "result", tier=tier, urgency=urgency, nature=nature, redo=redo)
    co = duration_of(DEFAULT_RULES, "result", tier=tier, urgency=urgency, nature=nature, redo=redo, role="co")
    assert CALENDAR.add(start, co).at <= CALENDAR.add(start, lead).at


def test_the_reminder_of_a_longer_notice_follows_the_rules() -> None:
    rules = replace(DEFAULT_RULES, remind_result=working_days(3))
    due, start = at("2019-02-13 17:30"), at("2019-01-10 09:00")
    assert fire_at(rules, "result", due, start=start, calendar=CALENDAR) == at("2019-02-03 08:30")
    assert CALENDAR.is_working_day(date(2019, 2, 3))


def test_a_return_is_possible_until_the_close_of_the_second_working_day() -> None:
    assert return_until(DEFAULT_RULES, at("2019-02-14 16:00"), CALENDAR) == at("2019-02-18 17:30")  # over a weekend
    longer = replace(DEFAULT_RULES, return_within=working_days(3))
    assert return_until(longer, at("2019-02-14 16:00"), CALENDAR) == at("2019-02-19 17:30")


def test_an_extension_is_asked_for_by_the_close_of_the_working_day_before() -> None:
    assert extension_until(DEFAULT_RULES, at("2019-02-18 17:30"), CALENDAR) == at("2019-02-15 17:30")
    # An urgent one ends in the middle of a day.
    assert extension_until(DEFAULT_RULES, at("2019-02-19 10:00"), CALENDAR) == at("2019-02-18 17:30")


def test_days_of_an_extension_are_working_days() -> None:
    assert extension_days(at("2019-02-15 17:30"), at("2019-02-18 17:30"), CALENDAR) == 1
    assert extension_days(at("2019-02-15 17:30"), at("2019-03-01 17:30"), CALENDAR) == 10
    assert extension_days(at("2019-02-19 10:00"), at("2019-02-19 17:30"), CALENDAR) == 0


@pytest.mark.parametrize(("days", "more"), [(1, 1), (3, 2), (7, 5), (7, 10), (25, 11), (30, 20)])
def test_an_extended_result_is_due_as_if_it_had_been_longer_from_the_first(days: int, more: int) -> None:
    start = at("2019-02-13 10:00")
    once = result_due(start, working_days(days + more), 0, CALENDAR).at
    assert result_due(start, working_days(days), more, CALENDAR).at == once
    first = result_due(start, working_days(days), 0, CALENDAR).at
    assert extension_days(first, once, CALENDAR) == more


def test_a_pause_in_the_extended_part_moves_the_extended_date() -> None:
    start, pause = at("2019-02-13 10:00"), (at("2019-02-26 08:30"), at("2019-02-27 17:30"))
    assert result_due(start, working_days(7), 3, CALENDAR).at == at("2019-02-27 17:30")
    assert result_due(start, working_days(7), 3, CALENDAR, [pause]).at == at("2019-03-01 17:30")
    before = (at("2019-02-14 08:30"), at("2019-02-14 17:30"))
    assert result_due(start, working_days(7), 3, CALENDAR, [before]).at == at("2019-02-28 17:30")
