"""Deadlines of an assignment as rows: written when it begins, met, moved and stopped only by actions."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from sanfuwu.ledger.changes import Changes
from sanfuwu.rules.deadlines import DeadlineKind, duration_of, fire_at, plan_deadlines, result_due, step_due
from sanfuwu.rules.durations import Duration, Pauses

from ..models import Assignment, ClockPause, Deadline, UnitRequest
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
    for kind, at, remind_at in steps:
        row = Deadline(
            subject_kind="assignment",
            subject_id=assignment.pk,
            problem=snap.problem,
            kind=kind,
            due_at=min(at, due),
            fire_at=min(remind_at, due),
        )
        snap.deadlines.append(changes.insert(row))
    if parent is not None and stands(snap, parent):
        stand(snap, ctx, changes, assignment)
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
    """An ended assignment has nothing left for the sweep to find, no clock that stands and nothing it asks for."""
    for deadline in snap.deadlines_of(assignment.pk):
        if deadline.met_at is None:
            changes.update(deadline, met_at=at)
    for pause in snap.pauses_of(assignment):
        if pause.to_at is None:
            changes.update(pause, to_at=at)
    lapse(snap, changes, assignment, at)


def lapse(snap: Snapshot, changes: Changes, assignment: Assignment, at: dt.datetime) -> None:
    """What the unit asked for has become pointless: nobody need decide it any more."""
    request = snap.open_request(assignment)
    if request is not None:
        changes.update(request, decided_at=at, decision=UnitRequest.Decision.LAPSED.value)
        meet(snap, changes, request.pk, "decision", at)


def await_decision(snap: Snapshot, ctx: Context, changes: Changes, request: UnitRequest) -> None:
    """A day for whoever decides on a request, found by the sweep."""
    due = step_due(ctx.rules, DeadlineKind.DECISION, start=ctx.now, calendar=ctx.calendar).at
    _insert_step(snap, ctx, changes, request.pk, DeadlineKind.DECISION, due)


def await_review(snap: Snapshot, ctx: Context, changes: Changes, request: UnitRequest, due: dt.datetime) -> None:
    """The day on which a hold is looked at again; an earlier day of the same hold is done with."""
    meet(snap, changes, request.pk, "review", ctx.now)
    _insert_step(snap, ctx, changes, request.pk, DeadlineKind.REVIEW, due)


def _insert_step(
    snap: Snapshot, ctx: Context, changes: Changes, request_id: UUID, kind: DeadlineKind, due: dt.datetime
) -> None:
    row = Deadline(
        subject_kind="request",
        subject_id=request_id,
        problem=snap.problem,
        kind=kind.value,
        due_at=due,
        fire_at=fire_at(ctx.rules, kind, due, start=ctx.now, calendar=ctx.calendar),
    )
    snap.deadlines.append(changes.insert(row))


def set_due(snap: Snapshot, ctx: Context, changes: Changes, assignment: Assignment, due_at: dt.datetime) -> None:
    """A later date, with its reminder; the clock of the result runs (again) unless it stands."""
    changes.update(assignment, due_at=due_at)
    urgency = snap.problem.urgency
    fire = fire_at(ctx.rules, "result", due_at, start=assignment.dispatched_at, calendar=ctx.calendar, urgency=urgency)
    met = ctx.now if stands(snap, assignment) else None
    for deadline in snap.deadlines_of(assignment.pk, "result"):
        changes.update(deadline, due_at=due_at, fire_at=fire, met_at=met)


def stands(snap: Snapshot, assignment: Assignment) -> bool:
    """Whether the clock stands now (挂账)."""
    return any(p.to_at is None for p in snap.pauses_of(assignment))


def stand(snap: Snapshot, ctx: Context, changes: Changes, assignment: Assignment) -> None:
    """The clock stands from now on: the sweep finds nothing of it until it goes on."""
    _pause(snap, changes, assignment, ClockPause.Kind.HOLD, ctx.now, None, "on_hold")
    for deadline in snap.deadlines_of(assignment.pk):
        if deadline.met_at is None:
            changes.update(deadline, met_at=ctx.now)


def go_on(snap: Snapshot, ctx: Context, changes: Changes, assignment: Assignment) -> None:
    """The clock goes on with what was left when it stopped; so do signing and the first contact if they are owed."""
    for pause in snap.pauses_of(assignment):
        if pause.to_at is None:
            changes.update(pause, to_at=ctx.now)
    if assignment.submitted_at is not None:
        return  # under review: the rest is counted when it is sent back
    spans = _spans(snap, ctx, assignment)
    set_due(snap, ctx, changes, assignment, _due(snap, ctx, assignment, spans))
    owed = {"sign": assignment.signed_at is None, "contact": assignment.contacted_at is None}
    for kind in (kind for kind, is_owed in owed.items() if is_owed):
        length = duration_of(ctx.rules, kind, urgency=snap.problem.urgency)
        due = min(ctx.calendar.add(assignment.dispatched_at, length, spans).at, assignment.due_at)
        fire = fire_at(
            ctx.rules,
            kind,
            due,
            start=assignment.dispatched_at,
            calendar=ctx.calendar,
            urgency=snap.problem.urgency,
        )
        for deadline in snap.deadlines_of(assignment.pk, kind):
            changes.update(deadline, due_at=due, fire_at=fire, met_at=None)


def stood(snap: Snapshot, ctx: Context, changes: Changes, a: Assignment, since: dt.datetime, reason: str) -> None:
    """The clock has stood since a moment in the past, and goes on now."""
    _pause(snap, changes, a, ClockPause.Kind.SUSPEND, since, ctx.now, reason)
    go_on(snap, ctx, changes, a)


def resume_after_review(snap: Snapshot, ctx: Context, changes: Changes, assignment: Assignment) -> None:
    """The clock stood still while the result was under review (domain §2.2, 21–22): the due date moves by that."""
    if assignment.submitted_at is None:
        return
    _pause(snap, changes, assignment, ClockPause.Kind.SUSPEND, assignment.submitted_at, ctx.now, "under_review")
    set_due(snap, ctx, changes, assignment, _due(snap, ctx, assignment, _spans(snap, ctx, assignment)))


def _pause(
    snap: Snapshot,
    changes: Changes,
    assignment: Assignment,
    kind: ClockPause.Kind,
    from_at: dt.datetime,
    to_at: dt.datetime | None,
    reason: str,
) -> None:
    row = ClockPause(assignment=assignment, kind=kind.value, from_at=from_at, to_at=to_at, reason_code=reason)
    snap.pauses.append(changes.insert(row))


def _spans(snap: Snapshot, ctx: Context, assignment: Assignment) -> Pauses:
    return [(p.from_at, p.to_at or ctx.now) for p in snap.pauses_of(assignment)]


def _due(snap: Snapshot, ctx: Context, a: Assignment, spans: Pauses) -> dt.datetime:
    """By the rule without what stood still; never earlier than before, never after the parent's."""
    rule = result_due(a.dispatched_at, Duration.parse(a.duration), a.extended_days, ctx.calendar, spans).at
    due = max(rule, a.due_at)
    parent = snap.assignment(a.parent_id) if a.parent_id else None
    return due if parent is None else min(due, parent.due_at)
