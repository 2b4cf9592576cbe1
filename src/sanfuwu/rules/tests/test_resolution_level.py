"""The three published counts must be disjoint: the first match wins."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanfuwu.rules.resolution_level import (
    Coordination,
    CoordinationLevel,
    Leadership,
    OnSpotClaim,
    OnSpotFault,
    ResolutionLevel,
    on_spot_faults,
    resolution_level,
)

TZ = ZoneInfo("Asia/Shanghai")
THEN = datetime(2019, 2, 18, 15, 0, tzinfo=TZ)
HOUR = timedelta(hours=1)
LED = Leadership(THEN - HOUR)
DISTRICT = Coordination("district", THEN - HOUR)
TOWN = Coordination(CoordinationLevel.TOWN, THEN - HOUR)


@pytest.mark.parametrize(
    ("on_spot", "leaderships", "coordinations", "level"),
    [
        (True, [LED], [DISTRICT, TOWN], ResolutionLevel.ON_SPOT),
        (False, [LED], [DISTRICT, TOWN], ResolutionLevel.UNDER_LEADER),
        (False, [], [TOWN, DISTRICT], ResolutionLevel.DISTRICT),
        (False, [], [TOWN], ResolutionLevel.TOWN),
        (False, [], [], ResolutionLevel.UNIT),
    ],
)
def test_the_first_match_wins(
    on_spot: bool, leaderships: list[Leadership], coordinations: list[Coordination], level: ResolutionLevel
) -> None:
    found = resolution_level(on_spot=on_spot, result_at=THEN, leaderships=leaderships, coordinations=coordinations)
    assert found is level


@pytest.mark.parametrize(
    ("leadership", "level"),
    [
        (Leadership(THEN), ResolutionLevel.UNDER_LEADER),
        (Leadership(THEN + HOUR), ResolutionLevel.UNIT),  # the leader came too late
        (Leadership(THEN - 2 * HOUR, THEN - HOUR), ResolutionLevel.UNIT),  # and here he had left
        (Leadership(THEN - 2 * HOUR, THEN), ResolutionLevel.UNIT),
        (Leadership(THEN - 2 * HOUR, THEN + HOUR), ResolutionLevel.UNDER_LEADER),
    ],
)
def test_a_leader_counts_only_while_he_leads(leadership: Leadership, level: ResolutionLevel) -> None:
    assert resolution_level(on_spot=False, result_at=THEN, leaderships=[leadership]) is level


@pytest.mark.parametrize("decided_at", [None, THEN, THEN + HOUR])
def test_a_coordination_counts_only_with_a_decision_before_the_result(decided_at: datetime | None) -> None:
    undecided = Coordination("district", decided_at)
    assert resolution_level(on_spot=False, result_at=THEN, coordinations=[undecided]) is ResolutionLevel.UNIT
    assert resolution_level(on_spot=False, result_at=THEN, coordinations=[undecided, TOWN]) is ResolutionLevel.TOWN


@given(
    st.booleans(),
    st.lists(st.tuples(st.integers(-9, 9), st.none() | st.integers(-9, 9)), max_size=3),
    st.lists(st.tuples(st.sampled_from(CoordinationLevel), st.none() | st.integers(-9, 9)), max_size=3),
)
def test_order_does_not_matter_and_later_facts_change_nothing(
    on_spot: bool, led: list[tuple[int, int | None]], met: list[tuple[CoordinationLevel, int | None]]
) -> None:
    leaderships = [Leadership(THEN + low * HOUR, None if high is None else THEN + high * HOUR) for low, high in led]
    coordinations = [Coordination(level, None if at is None else THEN + at * HOUR) for level, at in met]
    level = resolution_level(on_spot=on_spot, result_at=THEN, leaderships=leaderships, coordinations=coordinations)
    assert level is resolution_level(
        on_spot=on_spot,
        result_at=THEN.astimezone(UTC),
        leaderships=[*reversed(leaderships), Leadership(THEN + HOUR)],
        coordinations=[*reversed(coordinations), Coordination("district", THEN + HOUR)],
    )


CLAIM = OnSpotClaim(
    registered_at=THEN,
    solved_at=THEN + HOUR,
    during_visit_or_meeting=True,
    how="note-1",
    confirmed_by="note-2",
    dispatched_before=False,
)


def test_a_complete_claim_counts_as_solved_on_the_spot() -> None:
    assert on_spot_faults(CLAIM, tz=TZ) == ()


@pytest.mark.parametrize(
    ("claim", "fault"),
    [
        (replace(CLAIM, solved_at=THEN + 9 * HOUR), OnSpotFault.NOT_THE_SAME_DAY),
        (replace(CLAIM, during_visit_or_meeting=False), OnSpotFault.NOT_AT_VISIT_OR_MEETING),
        (replace(CLAIM, how=" "), OnSpotFault.HOW_IS_MISSING),
        (replace(CLAIM, confirmed_by=None), OnSpotFault.CONFIRMATION_IS_MISSING),
        (replace(CLAIM, dispatched_before=True), OnSpotFault.WAS_DISPATCHED),
    ],
)
def test_each_missing_part_is_named(claim: OnSpotClaim, fault: OnSpotFault) -> None:
    assert on_spot_faults(claim, tz=TZ) == (fault,)


def test_the_day_is_the_local_one() -> None:
    # 15:30 and 16:30 UTC lie on both sides of midnight in Shaoxing
    late = replace(
        CLAIM,
        registered_at=datetime(2019, 2, 18, 15, 30, tzinfo=UTC),
        solved_at=datetime(2019, 2, 18, 16, 30, tzinfo=UTC),
    )
    assert on_spot_faults(late, tz=TZ) == (OnSpotFault.NOT_THE_SAME_DAY,)
