"""The lines of a list: what a page of ids says on screen and by API, in a fixed number of queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from sanfuwu.reference.queries import calendar_at
from sanfuwu.rules.lifecycle import OPEN_ASSIGNMENT_STATES
from sanfuwu.rules.worktime import Progress, Remaining
from sanfuwu.territory.actor import Actor
from sanfuwu.territory.queries import division_names, unit_names

from ..chip import Mark, Stage, marks, stage
from ..models import Assignment, ClockPause, Problem, UnitRequest
from ..snapshot import Snapshot
from .scope import sees_requester


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the ledger table."""

    id: UUID
    number: str
    title: str
    stage: Stage
    tier: str
    channel: str
    urgency: str
    place: str
    category: str
    requester: str  # empty: a resident, whose name is not listed; confidential ones never
    party_kind: str
    confidential: bool
    lead: str
    co: tuple[str, ...]
    registered_at: dt.datetime
    raised_on: dt.datetime
    due_at: dt.datetime | None
    remaining: Remaining | None
    progress: Progress | None
    running: bool
    standing: bool  # 挂账
    marks: tuple[Mark, ...]
    master: str  # the number that a merged one follows
    version: int


def lines(actor: Actor, ids: Sequence[UUID], *, now: dt.datetime) -> list[Line]:
    """Lines in the order of `ids`, which must be visible to the actor already. Seven queries for any number."""
    if not ids:
        return []
    today = timezone.localdate(now)
    problems = {
        p.pk: p for p in Problem.objects.filter(pk__in=ids).select_related("row", "category", "party", "master")
    }
    assignments: dict[UUID, list[Assignment]] = {}
    for a in Assignment.objects.filter(problem__in=ids).order_by("pk"):
        assignments.setdefault(a.problem_id, []).append(a)
    pauses: dict[UUID, list[ClockPause]] = {}
    for pause in ClockPause.objects.filter(assignment__problem__in=ids).select_related("assignment"):
        pauses.setdefault(pause.assignment.problem_id, []).append(pause)
    requests: dict[UUID, list[UnitRequest]] = {}
    for request in UnitRequest.objects.filter(problem__in=ids, decided_at__isnull=True):
        requests.setdefault(request.problem_id, []).append(request)
    units = unit_names(today)
    places = division_names({p.division for p in problems.values()}, today)
    calendar = calendar_at(now)
    result = []
    for pid in ids:
        p = problems[pid]
        snap = Snapshot(problem=p, row=p.row, assignments=assignments.get(pid, []))
        snap.pauses, snap.requests = pauses.get(pid, []), requests.get(pid, [])
        lead = snap.top_lead
        held_since = min((x.from_at for x in snap.pauses_of(lead) if x.to_at is None), default=None) if lead else None
        past = [(x.from_at, x.to_at) for x in snap.pauses_of(lead) if x.to_at is not None] if lead else []
        sees = sees_requester(actor, p)
        open_lead = lead is not None and lead.state in OPEN_ASSIGNMENT_STATES
        running = open_lead and lead is not None and lead.state != "pending_review" and held_since is None
        at = held_since or (now if running or lead is None else (lead.submitted_at or lead.ended_at or now))
        result.append(
            Line(
                id=pid,
                number=p.number,
                title=p.title if sees or not p.confidential else p.title_for_units,
                stage=stage(snap),
                tier=p.tier,
                channel=p.channel,
                urgency=p.urgency,
                place=places.get(p.division, ""),
                category=p.category.name if p.category else "",
                requester=(p.party.name if p.party else p.claimed_party) if sees and not p.confidential else "",
                party_kind=p.party_kind,
                confidential=p.confidential,
                lead=units.get(lead.unit_id, "") if lead else "",
                co=tuple(units.get(a.unit_id, "") for a in snap.open_assignments if a.role == "co"),
                registered_at=p.registered_at,
                raised_on=p.raised_on,
                due_at=lead.due_at if lead else None,
                remaining=calendar.remaining(at, lead.due_at) if lead else None,
                progress=calendar.progress(lead.dispatched_at, lead.due_at, at, past) if lead else None,
                running=running,
                standing=held_since is not None,
                marks=marks(snap),
                master=p.master.number if p.master else "",
                version=p.version,
            )
        )
    return result
