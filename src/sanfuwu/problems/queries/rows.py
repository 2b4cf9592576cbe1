"""The lines of a list: what a page of ids says on screen and by API, in a fixed number of queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import TypeVar
from uuid import UUID

from django.utils import timezone

from sanfuwu.ledger.reader import Select, read
from sanfuwu.parties.models import Party
from sanfuwu.reference.queries import calendar_at
from sanfuwu.rules.lifecycle import OPEN_ASSIGNMENT_STATES
from sanfuwu.rules.worktime import Progress, Remaining
from sanfuwu.territory.actor import Actor
from sanfuwu.territory.queries import places_named, post_labels, unit_names

from ..chip import Mark, Stage, marks, stage
from ..models import Assignment, Callback, ClockPause, Leadership, Problem, ProblemRow, UnitRequest
from ..snapshot import Snapshot
from .categories import category_tree
from .scope import sees_requester

T = TypeVar("T")


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
    place_full: str = ""  # a village with its town
    category_full: str = ""  # from the top of the tree
    nature: str = ""
    origin: str = "live"
    on_spot: bool = False
    result_kind: str = ""
    resolution_level: str = ""
    close_basis: str = ""
    solved_at: dt.datetime | None = None
    struck_off_at: dt.datetime | None = None
    rework_count: int = 0
    leaders: tuple[str, ...] = ()  # only with `more`: names of those who lead it now
    satisfied: str = ""  # only with `more`: what the requester said last


_OWN = "problem_id = ANY(%s)"
_SELECTS = (
    Select(Problem, "id = ANY(%s)"),
    Select(Party, "id IN (SELECT party_id FROM problems_problem WHERE id = ANY(%s))"),
    Select(Assignment, _OWN),
    Select(ClockPause, "assignment_id IN (SELECT id FROM problems_assignment WHERE problem_id = ANY(%s))"),
    Select(UnitRequest, f"{_OWN} AND decided_at IS NULL"),
)
_NO_ROW = ProblemRow()  # what a line says is not in the narrow row
MORE = frozenset({"leaders", "satisfied"})  # parts of a line that cost a statement each


def lines(actor: Actor, ids: Sequence[UUID], *, now: dt.datetime, more: Collection[str] = frozenset()) -> list[Line]:
    """Lines in the order of `ids`, which must be visible to the actor already.

    One round trip for the problems and what hangs on them, a few small statements for names, for any number of lines;
    and one or two for each of `more` (of `MORE`).
    """
    if not ids:
        return []
    today = timezone.localdate(now)
    read_problems, parties, read_assignments, read_pauses, read_requests = read(_SELECTS, ids)
    problems: dict[UUID, Problem] = {p.pk: p for p in read_problems}
    party_names: dict[UUID, str] = {party.pk: party.name for party in parties}
    masters = _numbers({p.master_id for p in problems.values() if p.master_id})
    assignments: dict[UUID, list[Assignment]] = _by(read_assignments, attrgetter("problem_id"))
    problem_of = {a.pk: a.problem_id for a in read_assignments}
    pauses: dict[UUID, list[ClockPause]] = _by(read_pauses, lambda pause: problem_of[pause.assignment_id])
    requests: dict[UUID, list[UnitRequest]] = _by(read_requests, attrgetter("problem_id"))
    categories = category_tree()
    units = unit_names(today)
    places = places_named({p.division for p in problems.values()}, today)
    calendar = calendar_at(now)
    leaders = _leaders(ids, today) if "leaders" in more else {}
    satisfied = _satisfied(ids) if "satisfied" in more else {}
    result = []
    for pid in ids:
        p = problems[pid]
        place, place_full = places.get(p.division, ("", ""))
        category, category_full = categories.names(p.category_id)
        snap = Snapshot(p, _NO_ROW, assignments.get(pid, []), pauses.get(pid, []), requests=requests.get(pid, []))
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
                place=place,
                place_full=place_full,
                category=category,
                category_full=category_full,
                requester=(party_names[p.party_id] if p.party_id else p.claimed_party)
                if sees and not p.confidential
                else "",
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
                master=masters[p.master_id] if p.master_id else "",
                version=p.version,
                nature=p.nature,
                origin=p.origin,
                on_spot=p.on_spot,
                result_kind=p.result_kind or (lead.result_kind if lead else ""),
                resolution_level=p.resolution_level,
                close_basis=p.close_basis,
                solved_at=p.solved_at,
                struck_off_at=p.struck_off_at,
                rework_count=sum(a.rework_count for a in snap.assignments),
                leaders=leaders.get(pid, ()),
                satisfied=satisfied.get(pid, ""),
            )
        )
    return result


def _by(rows: Iterable[T], key: Callable[[T], UUID]) -> dict[UUID, list[T]]:
    found: dict[UUID, list[T]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return found


def _numbers(ids: Collection[UUID]) -> dict[UUID, str]:
    return dict(Problem.objects.filter(pk__in=ids).values_list("pk", "number")) if ids else {}


def _leaders(ids: Sequence[UUID], today: dt.date) -> dict[UUID, tuple[str, ...]]:
    """{problem: "区委区政府 孙区长" …} of those who lead it now."""
    rows = list(
        Leadership.objects.filter(problem__in=ids, to_at=None).order_by("pk").values_list("problem_id", "post_id")
    )
    labels = post_labels({post for _problem, post in rows}, today) if rows else {}
    found: dict[UUID, tuple[str, ...]] = {}
    for problem, post in rows:
        unit, title, person = labels.get(post, ("", "", ""))
        found[problem] = (*found.get(problem, ()), " ".join(part for part in (title or unit, person) if part))
    return found


def _satisfied(ids: Sequence[UUID]) -> dict[UUID, str]:
    """{problem: the last valid answer of its requester}."""
    said = Callback.objects.filter(problem__in=ids, valid=True, satisfied__isnull=False).order_by("pk")
    return {problem: str(answer) for problem, answer in said.values_list("problem_id", "satisfied")}
