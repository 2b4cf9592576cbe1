"""A problem as one object: what plans, policies and pages look at, read in a handful of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from sanfuwu.ledger.errors import NotVisible
from sanfuwu.ledger.reader import Select, read
from sanfuwu.ledger.together import open_book
from sanfuwu.parties.models import Party
from sanfuwu.rules.lifecycle import OPEN_ASSIGNMENT_STATES

from .models import (
    Assignment,
    Callback,
    ClockPause,
    CoordinationItem,
    Deadline,
    ForeignNumber,
    Leadership,
    PlanStep,
    Problem,
    ProblemRow,
    Requirement,
    UnitRequest,
    VerificationCycle,
)


@dataclass(slots=True)
class Snapshot:
    """The problem with everything that rules depend on. Lists are in order of making (UUIDv7)."""

    problem: Problem
    row: ProblemRow
    assignments: list[Assignment] = field(default_factory=list)
    pauses: list[ClockPause] = field(default_factory=list)
    deadlines: list[Deadline] = field(default_factory=list)
    cycles: list[VerificationCycle] = field(default_factory=list)
    callbacks: list[Callback] = field(default_factory=list)
    leaderships: list[Leadership] = field(default_factory=list)
    coordination: list[CoordinationItem] = field(default_factory=list)
    plan_steps: list[PlanStep] = field(default_factory=list)
    requirements: list[Requirement] = field(default_factory=list)
    foreign: list[ForeignNumber] = field(default_factory=list)
    requests: list[UnitRequest] = field(default_factory=list)
    party_unit: UUID | None = None

    @property
    def open_assignments(self) -> list[Assignment]:
        return [a for a in self.assignments if a.state in OPEN_ASSIGNMENT_STATES]

    @property
    def top_lead(self) -> Assignment | None:
        """The lead of the newest cycle at the top of the hand-down: open, or the last one done."""
        leads = [a for a in self.assignments if a.parent_id is None and a.role == "lead"]
        open_ones = [a for a in leads if a.state in OPEN_ASSIGNMENT_STATES]
        if open_ones:
            return open_ones[-1]
        done = [a for a in leads if a.state == "done" and a.cycle_no == self.problem.cycle_no]
        return done[-1] if done else None

    @property
    def open_cycle(self) -> VerificationCycle | None:
        return next((c for c in self.cycles if c.state == "pending"), None)

    @property
    def last_cycle(self) -> VerificationCycle | None:
        return self.cycles[-1] if self.cycles else None

    @property
    def handled_by(self) -> set[UUID]:
        """Every unit ever assigned."""
        return {a.unit_id for a in self.assignments}

    @property
    def foreign_now(self) -> list[ForeignNumber]:
        """Its numbers in other systems, without those that were corrected."""
        return [n for n in self.foreign if n.ended_at is None]

    def assignment(self, assignment_id: UUID) -> Assignment | None:
        return next((a for a in self.assignments if a.pk == assignment_id), None)

    def children_of(self, assignment: Assignment) -> list[Assignment]:
        return [a for a in self.assignments if a.parent_id == assignment.pk]

    def pauses_of(self, assignment: Assignment) -> list[ClockPause]:
        return [p for p in self.pauses if p.assignment_id == assignment.pk]

    def open_request(self, assignment: Assignment, *kinds: str) -> UnitRequest | None:
        """What the unit asks for and nobody has decided yet."""
        found = (r for r in self.requests if r.assignment_id == assignment.pk and r.decided_at is None)
        return next((r for r in found if not kinds or r.kind in kinds), None)

    def deadlines_of(self, subject_id: UUID, *kinds: str) -> list[Deadline]:
        return [d for d in self.deadlines if d.subject_id == subject_id and (not kinds or d.kind in kinds)]


# Rows that hang on a problem, by the name they have in the snapshot.
_OF_PROBLEM: tuple[tuple[str, Any], ...] = (
    ("assignments", Assignment),
    ("deadlines", Deadline),
    ("cycles", VerificationCycle),
    ("callbacks", Callback),
    ("leaderships", Leadership),
    ("coordination", CoordinationItem),
    ("plan_steps", PlanStep),
    ("requirements", Requirement),
    ("foreign", ForeignNumber),
    ("requests", UnitRequest),
)
_OWN = "problem_id = ANY(%s)"
_SELECTS = (
    Select(ProblemRow, _OWN),
    Select(ClockPause, "assignment_id IN (SELECT id FROM problems_assignment WHERE problem_id = ANY(%s))"),
    Select(
        Party,
        "unit_id IS NOT NULL AND id IN (SELECT party_id FROM problems_problem WHERE id = ANY(%s))",
    ),
    *(Select(model, _OWN) for _name, model in _OF_PROBLEM),
)


def load(problem_id: UUID, *, lock: bool = False) -> Snapshot:
    """One snapshot; raises `NotVisible` when there is no such problem."""
    found = load_many([problem_id], lock=lock)
    if not found:
        raise NotVisible(_("There is no such problem, or it is not visible to you."))
    return found[0]


def load_many(problem_ids: Iterable[UUID], *, lock: bool = False) -> list[Snapshot]:
    """Snapshots in id order (so that two batches never wait for each other), locked when `lock`. Those that an open
    book keeps come from there: what the acts before planned may not be written yet."""
    book = open_book()
    if book is None or not lock:
        return _read(sorted(set(problem_ids)), lock=lock)
    ids = sorted(set(problem_ids))
    book.kept.update((snap.problem.pk, snap) for snap in _read([i for i in ids if i not in book.kept], lock=True))
    return [book.kept[i] for i in ids if i in book.kept]


def _read(ids: list[UUID], *, lock: bool) -> list[Snapshot]:
    if not ids:
        return []
    problems = Problem.objects.filter(pk__in=ids).order_by("pk")
    if lock:
        problems = problems.select_for_update(no_key=True)
    by_id = {p.pk: p for p in problems.select_related(None)}
    if not by_id:
        return []
    (rows, pauses, parties), parts = _split(read(_SELECTS, list(by_id)))
    grouped: dict[str, dict[UUID, list[Any]]] = {}
    for (name, _model), found in zip(_OF_PROBLEM, parts, strict=True):
        lists: dict[UUID, list[Any]] = defaultdict(list)
        for item in found:
            lists[item.problem_id].append(item)
        grouped[name] = lists
    prefetch_related_objects([i for items in grouped["coordination"].values() for i in items], "coordination")
    row_of = {row.pk: row for row in rows}
    party_units = {party.pk: party.unit_id for party in parties}
    snaps = []
    for pid, problem in by_id.items():
        own = {a.pk for a in grouped["assignments"][pid]}
        snaps.append(
            Snapshot(
                problem=problem,
                row=row_of[pid],
                pauses=[pause for pause in pauses if pause.assignment_id in own],
                party_unit=party_units.get(problem.party_id) if problem.party_id else None,
                **{name: grouped[name][pid] for name, _model in _OF_PROBLEM},
            )
        )
    return snaps


def _split(found: list[list[Any]]) -> tuple[list[list[Any]], list[list[Any]]]:
    """The three selects that stand before those of `_OF_PROBLEM`, and the rest."""
    return found[:3], found[3:]
