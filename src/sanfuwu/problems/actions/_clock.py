"""Deadlines of an assignment as rows: written when it begins, met, moved and stopped only by actions."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from sanfuwu.ledger.changes import Changes
from sanfuwu.rules.deadlines import duration_of, plan_deadlines
from sanfuwu.rules.durations import Duration

from ..models import Assignment, ClockPause, Deadline
from ..snapshot import Snapshot
from ._shell import Context


def begin(
    snap: Snapshot,
    ctx: Context,
    changes: Changes,
    *,
    unit_id: UUID,
    role: str,
    parent: Assignment | None = None,
    redo: bool = False,
    due_at: dt.datetime | None = None,
) -> Assignment:
    """A new assignment with its three sub-deadlines (sign, contact, result). A child is never due after its parent.

    `due_at` keeps a given due date (a successor unit after a merger) instead of the rule's.
    """
    problem = snap.problem
    tier = problem.tier or "limited"
    urgency, nature = problem.urgency, problem.nature
    planned = plan_deadlines(
        ctx.rules,
        start=ctx.now,
        calendar=ctx.calendar,
        parent_due=parent.due_at if parent else None,
        tier=tier,
        urgency=urgency,
        nature=nature,
        role=role,
        redo=redo,
    )
    due = due_at or planned.result_at
    assignment = changes.insert(
        Assignment(
            problem=snap.problem,
            cycle_no=snap.problem.cycle_no,
            parent=parent,
            depth=parent.depth + 1 if parent else 0,
            role=role,
            unit_id=unit_id,
            state="pending_sign",
            dispatched_by=ctx.actor.post_id,
            dispatching_unit=ctx.actor.unit_id,
            dispatched_at=ctx.now,
            duration=str(
                duration_of(ctx.rules, "result", tier=tier, urgency=urgency, nature=nature, role=role, redo=redo)
            ),
            due_original=due,
            due_at=due,
            rule_version=planned.rule_version,
            calendar_assumed=bool(planned.assumed_years),
        )
    )
    snap.assignments.append(assignment)
    steps = (
        ("sign", planned.sign_at, planned.sign_fire_at),
        ("contact", planned.contact_at, planned.contact_fire_at),
        ("result", due, planned.result_fire_at),
    )
    for kind, at, fire_at in steps:
        row = Deadline(
            subject_kind="assignment",
            subject_id=assignment.pk,
            problem=snap.problem,
            kind=kind,
            due_at=min(at, due),
            fire_at=min(fire_at, due),
        )
        snap.deadlines.append(changes.insert(row))
    return assignment


def move(snap: Snapshot, changes: Changes, assignment: Assignment, due_at: dt.datetime) -> None:
    """A new due date, and its row for the sweep; what was met stays met."""
    changes.update(assignment, due_at=due_at)
    for deadline in snap.deadlines_of(assignment.pk, "result"):
        changes.update(deadline, due_at=due_at)


def meet(snap: Snapshot, changes: Changes, subject_id: UUID, kind: str, at: dt.datetime) -> None:
    """The first time it is met counts."""
    for deadline in snap.deadlines_of(subject_id, kind):
        if deadline.met_at is None:
            changes.update(deadline, met_at=at)


def end(snap: Snapshot, changes: Changes, assignment: Assignment, at: dt.datetime) -> None:
    """An ended assignment has nothing left for the sweep to find."""
    for deadline in snap.deadlines_of(assignment.pk):
        if deadline.met_at is None:
            changes.update(deadline, met_at=at)


def resume_after_review(snap: Snapshot, ctx: Context, changes: Changes, assignment: Assignment) -> None:
    """The clock stood still while the result was under review (domain §2.2, 21–22): the due date moves by that."""
    if assignment.submitted_at is None:
        return
    pause = changes.insert(
        ClockPause(
            assignment=assignment,
            kind=ClockPause.Kind.SUSPEND,
            from_at=assignment.submitted_at,
            to_at=ctx.now,
            reason_code="under_review",
        )
    )
    snap.pauses.append(pause)
    spans = [(p.from_at, p.to_at or ctx.now) for p in snap.pauses_of(assignment)]
    due = ctx.calendar.add(assignment.dispatched_at, Duration.parse(assignment.duration), spans).at
    parent = snap.assignment(assignment.parent_id) if assignment.parent_id else None
    due = max(due, assignment.due_at)  # never shrinks by a pause
    if parent is not None:
        due = min(due, parent.due_at)
    changes.update(assignment, due_at=due)
    for deadline in snap.deadlines_of(assignment.pk, "result"):
        changes.update(deadline, due_at=due, met_at=None)
