"""The version of the time limits in force at a moment, and the calendar with its office hours."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from sanfuwu.counties.queries import work_calendar
from sanfuwu.rules.deadlines import DEFAULT_RULES, DeadlineRules
from sanfuwu.rules.officehours import OfficeHours
from sanfuwu.rules.worktime import WorkCalendar

from .. import stamps
from ..limits import hours_of, rules_of
from ..models import Proposal, RuleVersion

TOPIC = "rules"


@dataclass(frozen=True, slots=True)
class InForce:
    """A version that has been approved; `valid_from` None: the program's own, from the beginning."""

    number: int
    valid_from: dt.datetime | None
    rules: DeadlineRules
    hours: OfficeHours
    row_id: UUID | None = None


_FIRST = InForce(DEFAULT_RULES.version, None, DEFAULT_RULES, OfficeHours())


def versions() -> tuple[InForce, ...]:
    """All approved versions, the one that begins last at the end."""
    return stamps.current(TOPIC, _read)


def in_force(now: dt.datetime) -> InForce:
    """The version for what is dispatched at `now`. An assignment keeps the one it was given."""
    return next(v for v in reversed(versions()) if v.valid_from is None or v.valid_from <= now)


def rules_at(now: dt.datetime) -> DeadlineRules:
    return in_force(now).rules


def calendar_at(now: dt.datetime) -> WorkCalendar:
    """The work calendar with the office hours in force."""
    return with_hours(work_calendar(), in_force(now).hours)


@lru_cache(maxsize=8)
def with_hours(calendar: WorkCalendar, hours: OfficeHours) -> WorkCalendar:
    """The same days with other hours. (Calendars compare by identity: `work_calendar` gives one object a version.)"""
    return calendar if calendar.hours == hours else calendar.with_hours(hours)


def _read() -> tuple[InForce, ...]:
    rows = RuleVersion.objects.filter(status=Proposal.Status.APPROVED).order_by("valid_from", "number")
    return (
        _FIRST,
        *(InForce(r.number, r.valid_from, rules_of(r.number, r.limits), hours_of(r.hours), r.pk) for r in rows),
    )
