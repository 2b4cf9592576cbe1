"""A calendar is published: deadlines that reach into it are computed again, each move an event (model.md, "Days").

Later moves are automatic. An earlier one would take time from a unit that was told a date, so nothing that is
dispatched moves earlier; what is not dispatched has no deadline yet.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction
from django_tenants.utils import schema_context

from sanfuwu.counties.actions import publish_calendar
from sanfuwu.counties.queries import county_schemas, work_calendar
from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.commit import commit
from sanfuwu.reference.queries.rules import in_force, with_hours
from sanfuwu.rules.deadlines import result_due
from sanfuwu.rules.durations import Duration, Unit
from sanfuwu.rules.worktime import DayKind, WorkCalendar
from sanfuwu.territory.actor import Actor

from ..models import Assignment
from ..snapshot import Snapshot, load_many
from . import _clock
from ._shell import Context, finish

_BATCH = 500
BY_THE_CALENDAR = frozenset({Unit.WORKING_DAYS, Unit.CALENDAR_DAYS, Unit.WORKING_HOURS})


@dataclass(frozen=True, slots=True)
class Moved:
    """What a publication did in one county."""

    county: str
    looked_at: int
    later: int
    kept: int  # would be earlier now, and stay


def publish_year(
    year: int,
    *,
    rest_days: Iterable[dt.date],
    make_up_workdays: Iterable[dt.date],
    half_days: Mapping[dt.date, DayKind] | None = None,
    notes: Mapping[dt.date, str] | None = None,
    actor: Actor,
    now: dt.datetime,
) -> list[Moved]:
    """Enter a year's notice and re-compute the deadlines of every county. Raises ValueError for a wrong day."""
    publish_calendar(year, rest_days=rest_days, make_up_workdays=make_up_workdays, half_days=half_days, notes=notes)
    new = work_calendar()
    moved = []
    for schema in county_schemas():
        with schema_context(schema):
            hours = in_force(now).hours  # each county has its own
            moved.append(recompute_deadlines(schema, year, with_hours(new, hours), actor=actor, now=now))
    return moved


def reaches_from(year: int, calendar: WorkCalendar) -> dt.datetime:
    """Deadlines from here on may depend on the year: its notice can move the last days of the year before."""
    return dt.datetime(year - 1, 12, 25, tzinfo=calendar.tz)


def recompute_deadlines(county: str, year: int, new: WorkCalendar, *, actor: Actor, now: dt.datetime) -> Moved:
    """The open assignments of the current county whose date reaches the year (or the last days before it)."""
    since = reaches_from(year, new)
    running = Assignment.objects.filter(ended_at__isnull=True, due_at__gte=since)
    ids = sorted(set(running.values_list("problem_id", flat=True)))
    later = kept = looked_at = 0
    for start in range(0, len(ids), _BATCH):
        with transaction.atomic():
            changes, pairs = Changes(), []
            for snap in load_many(ids[start : start + _BATCH], lock=True):
                ctx = Context(actor=actor, now=now)
                counts = _plan(snap, new, since, changes)
                looked_at += counts[0]
                later += counts[1]
                kept += counts[2]
                if counts[1]:
                    pairs.append((snap, ctx))
            finish(pairs, changes)
            commit(changes, actor=actor, now=now)
    return Moved(county, looked_at, later, kept)


def _plan(snap: Snapshot, new: WorkCalendar, since: dt.datetime, changes: Changes) -> tuple[int, int, int]:
    looked_at = later = kept = 0
    for a in sorted(snap.open_assignments, key=lambda x: x.depth):  # a parent's date first: it caps its children's
        duration = Duration.parse(a.duration)
        if a.due_at < since or duration.unit not in BY_THE_CALENDAR:
            continue
        looked_at += 1
        pauses = [(p.from_at, p.to_at) for p in snap.pauses_of(a) if p.to_at is not None]
        found = result_due(a.dispatched_at, duration, a.extended_days, new, pauses)
        due = _capped(snap, a, found.at)
        assumed = bool(found.assumed_years)
        before = a.due_at
        if due > before:
            _clock.move(snap, changes, a, due)
            later += 1
        elif due < before:
            kept += 1
        if due > before or assumed != a.calendar_assumed:
            changes.update(a, calendar_assumed=assumed)
            changes.event(
                snap.problem,
                "deadline_moved",
                data={"unit": a.unit_id, "from": before, "to": a.due_at, "why": "calendar"},
                assignment_id=a.pk,
            )
    return looked_at, later, kept


def _capped(snap: Snapshot, a: Assignment, due: dt.datetime) -> dt.datetime:
    parent = snap.assignment(a.parent_id) if a.parent_id else None
    return min(due, parent.due_at) if parent else due
