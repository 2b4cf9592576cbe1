"""At which level a problem was solved: the definition behind the three published counts.

Fixed when a result is accepted and re-derived on reopening. First match wins: on the spot; under a leader (an active
leadership row then); district, then town (a co-ordination of that level with a decision on this problem before the
result); otherwise the unit itself. So the counts are disjoint.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum


class ResolutionLevel(StrEnum):
    ON_SPOT = "on_spot"
    UNDER_LEADER = "under_leader"
    DISTRICT = "district"
    TOWN = "town"
    UNIT = "unit"


class CoordinationLevel(StrEnum):
    DISTRICT = "district"
    TOWN = "town"


@dataclass(frozen=True, slots=True)
class Leadership:
    """A leader answers for the problem from ``active_from`` (included) to ``active_to`` (excluded; None: still)."""

    active_from: datetime
    active_to: datetime | None = None

    def covers(self, at: datetime) -> bool:
        return self.active_from <= at and (self.active_to is None or at < self.active_to)


@dataclass(frozen=True, slots=True)
class Coordination:
    """A co-ordination that dealt with the problem; ``decided_at`` is None as long as nothing was decided on it."""

    level: CoordinationLevel | str
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class OnSpotClaim:
    """What must be known to count a problem as solved on the spot. Of the texts only the presence counts."""

    registered_at: datetime
    solved_at: datetime
    during_visit_or_meeting: bool
    how: str | None
    confirmed_by: str | None
    dispatched_before: bool


class OnSpotFault(StrEnum):
    NOT_THE_SAME_DAY = "not_the_same_day"
    NOT_AT_VISIT_OR_MEETING = "not_at_visit_or_meeting"
    HOW_IS_MISSING = "how_is_missing"
    CONFIRMATION_IS_MISSING = "confirmation_is_missing"
    WAS_DISPATCHED = "was_dispatched"


def on_spot_faults(claim: OnSpotClaim, *, tz: tzinfo) -> tuple[OnSpotFault, ...]:
    """Why the claim does not count as solved on the spot; empty when it does.

    The day is the local date: a visit on a Sunday has its own day, which is not stretched to Monday.
    """
    registered, solved = claim.registered_at.astimezone(tz), claim.solved_at.astimezone(tz)
    checks = (
        (registered.date() == solved.date(), OnSpotFault.NOT_THE_SAME_DAY),
        (claim.during_visit_or_meeting, OnSpotFault.NOT_AT_VISIT_OR_MEETING),
        (bool(claim.how and claim.how.strip()), OnSpotFault.HOW_IS_MISSING),
        (bool(claim.confirmed_by and claim.confirmed_by.strip()), OnSpotFault.CONFIRMATION_IS_MISSING),
        (not claim.dispatched_before, OnSpotFault.WAS_DISPATCHED),
    )
    return tuple(fault for holds, fault in checks if not holds)


def resolution_level(
    *,
    on_spot: bool,
    result_at: datetime,
    leaderships: Iterable[Leadership] = (),
    coordinations: Iterable[Coordination] = (),
) -> ResolutionLevel:
    """The level, from what was true at ``result_at``: when the accepted result happened, not when it was recorded."""
    if on_spot:
        return ResolutionLevel.ON_SPOT
    if any(leadership.covers(result_at) for leadership in leaderships):
        return ResolutionLevel.UNDER_LEADER
    decided = {
        CoordinationLevel(item.level)
        for item in coordinations
        if item.decided_at is not None and item.decided_at < result_at
    }
    if CoordinationLevel.DISTRICT in decided:
        return ResolutionLevel.DISTRICT
    if CoordinationLevel.TOWN in decided:
        return ResolutionLevel.TOWN
    return ResolutionLevel.UNIT
