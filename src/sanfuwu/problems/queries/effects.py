"""What a change of calendar or of time limits would do, before anybody approves it. Reads only, writes nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count

from sanfuwu.reference.queries import calendar_at
from sanfuwu.reference.queries.rules import InForce, in_force, with_hours
from sanfuwu.rules.deadlines import PlannedDeadlines, plan_deadlines, result_due
from sanfuwu.rules.durations import Duration
from sanfuwu.rules.lifecycle import OPEN_ASSIGNMENT_STATES
from sanfuwu.rules.worktime import DayKind, WorkCalendar

from ..actions.recompute import BY_THE_CALENDAR, reaches_from
from ..models import Assignment, ClockPause

SHOWN = 100  # moves named one by one
_REAL_AND_OPEN = Assignment.objects.filter(ended_at__isnull=True).exclude(problem__origin="training")


@dataclass(frozen=True, slots=True)
class MoveOf:
    """One deadline that would move."""

    number: str
    unit_id: UUID
    due: dt.datetime
    would_be: dt.datetime


@dataclass(frozen=True, slots=True)
class CalendarEffects:
    """`later` move by themselves when the calendar is published; `kept` would be earlier and stay as they are."""

    looked_at: int
    later: int
    kept: int
    moves: tuple[MoveOf, ...]  # the first of those that move later
    stay: tuple[MoveOf, ...]  # the first of those that stay


def effects_of_calendar(year: int, days: Mapping[dt.date, DayKind], *, now: dt.datetime) -> CalendarEffects:
    """The open assignments whose date reaches the year, under the calendar as it is and as it would be.

    A date counted in days depends on the day it began and its length alone, so most are worked out once for many.
    """
    old = calendar_at(now)
    new = old.with_year(year, days)
    rows = list(
        _REAL_AND_OPEN.filter(due_at__gte=reaches_from(year, new))
        .order_by("due_at", "pk")
        .values_list("pk", "problem__number", "unit_id", "dispatched_at", "duration", "extended_days", "due_at")
    )
    pauses: dict[UUID, list[tuple[dt.datetime, dt.datetime]]] = {}
    stood = ClockPause.objects.filter(assignment__in=_REAL_AND_OPEN, to_at__isnull=False)
    for pk, start, end in stood.values_list("assignment_id", "from_at", "to_at"):
        if end is not None:
            pauses.setdefault(pk, []).append((start, end))
    known: dict[tuple[dt.datetime, str, int], dt.datetime] = {}
    looked_at = 0
    later: list[MoveOf] = []
    kept: list[MoveOf] = []
    for pk, number, unit_id, start, length, extended, due in rows:
        duration = Duration.parse(length)
        if duration.unit not in BY_THE_CALENDAR:
            continue
        looked_at += 1
        key = (start, length, extended)
        if pk in pauses or key not in known:
            found = result_due(start, duration, extended, new, pauses.get(pk, [])).at
            if pk not in pauses:
                known[key] = found
        else:
            found = known[key]
        if found != due:
            (later if found > due else kept).append(MoveOf(number, unit_id, due, found))
    return CalendarEffects(looked_at, len(later), len(kept), tuple(later[:SHOWN]), tuple(kept[:SHOWN]))


@dataclass(frozen=True, slots=True)
class RuleEffect:
    """Open assignments of one sort, and when the result would be due were they dispatched at the same moment under
    either version. They keep the date they have."""

    tier: str
    urgency: str
    nature: str
    role: str
    count: int
    old: PlannedDeadlines
    new: PlannedDeadlines

    @property
    def differs(self) -> bool:
        return (self.old.sign_at, self.old.contact_at, self.old.result_at) != (
            self.new.sign_at,
            self.new.contact_at,
            self.new.result_at,
        )


def effects_of_rules(proposed: InForce, *, now: dt.datetime) -> list[RuleEffect]:
    """One line a sort of open assignment, the most frequent first, as if each were dispatched now."""
    base = in_force(now)
    calendar = calendar_at(now)
    rows = (
        _REAL_AND_OPEN.filter(state__in=[s.value for s in OPEN_ASSIGNMENT_STATES])
        .values_list("problem__tier", "problem__urgency", "problem__nature", "role")
        .annotate(n=Count("pk"))
        .order_by("-n", "problem__tier", "problem__urgency", "problem__nature", "role")
    )
    found = []
    for tier, urgency, nature, role, count in rows:
        sort = (tier or "limited", urgency, nature, role)
        found.append(
            RuleEffect(
                *sort,
                count,
                _planned(base, sort, calendar, now),
                _planned(proposed, sort, calendar, now),
            )
        )
    return found


def _planned(
    version: InForce, sort: tuple[str, str, str, str], calendar: WorkCalendar, now: dt.datetime
) -> PlannedDeadlines:
    tier, urgency, nature, role = sort
    return plan_deadlines(
        version.rules,
        tier=tier,
        urgency=urgency,
        nature=nature,
        role=role,
        start=now,
        calendar=with_hours(calendar, version.hours),
    )
