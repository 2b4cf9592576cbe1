"""领衔、协调、承诺、方案、待备资料: what lies over the states and is counted or asked for later."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.errors import InvalidInput
from sanfuwu.ledger.models import Note
from sanfuwu.ledger.together import once
from sanfuwu.rules.deadlines import DeadlineKind, fire_at, step_due
from sanfuwu.territory.models import Post, Role, Unit

from ..commands import (
    AddRequirement,
    AppointLeader,
    MeetRequirement,
    RecordCommitment,
    RecordCoordination,
    SetPlan,
)
from ..models import (
    Commitment,
    Coordination,
    CoordinationItem,
    Deadline,
    Leadership,
    PlanStep,
    Requirement,
)
from ..snapshot import Snapshot
from ._shell import Act, Context, require_choice, require_text


def _close_of(day: dt.date, ctx: Context) -> dt.datetime:
    """The close of business of a promised day; of a rest day 17:30, because it was said so."""
    closing = ctx.calendar.closing(day)
    return closing or dt.datetime.combine(day, dt.time(17, 30), ZoneInfo(settings.TIME_ZONE))


def plan_appoint_leader(snap: Snapshot, cmd: AppointLeader, ctx: Context, changes: Changes) -> None:
    """领衔督办 or 包案: from now on this leader; an earlier one of the same kind ends."""
    kind = require_choice(cmd.kind, Leadership.Kind.values, "kind")
    leaders = Post.objects.filter(pk=cmd.post_id, role=Role.LEADER)
    post = once(Post, ("leader", cmd.post_id), leaders.first)
    if post is None:
        raise InvalidInput(_("Choose a leader's post."), field="post_id")
    for unit_id in cmd.members:
        ctx.unit(unit_id, "members")
    for earlier in snap.leaderships:
        if earlier.kind == kind and earlier.to_at is None:
            changes.update(earlier, to_at=ctx.now)
    row = Leadership(
        problem=snap.problem,
        kind=kind,
        post_id=post.pk,
        from_at=ctx.now,
        members=[str(u) for u in cmd.members],
    )
    snap.leaderships.append(changes.insert(row))
    changes.event(snap.problem, "leader_appointed", data={"post": post.pk, "kind": kind, "members": cmd.members})


def plan_record_coordination(snap: Snapshot, cmd: RecordCoordination, ctx: Context, changes: Changes) -> None:
    """专题协调 with or without a decision on this problem; only a decision before the result counts for the level."""
    level = require_choice(cmd.level, Coordination.Level.values, "level")
    if cmd.held_at > ctx.now:
        raise InvalidInput(_("A co-ordination is recorded after it was held."), field="held_at")
    if not once(Post, cmd.chaired_by, Post.objects.filter(pk=cmd.chaired_by).exists):
        raise InvalidInput(_("There is no such post."), field="chaired_by")
    if once(Unit, cmd.units, Unit.objects.filter(pk__in=cmd.units).count) != len(set(cmd.units)):
        raise InvalidInput(_("There is no such unit."), field="units")
    held = changes.insert(
        Coordination(level=level, held_at=cmd.held_at, chaired_by=cmd.chaired_by, units=[str(u) for u in cmd.units])
    )
    note = changes.note(require_text(cmd.decision, "decision", most=2000)) if cmd.decision.strip() else None
    item = CoordinationItem(coordination=held, problem=snap.problem, decision_note=note, decided=note is not None)
    snap.coordination.append(changes.insert(item))
    changes.event(
        snap.problem,
        "coordinated",
        data={"level": level, "decided": note is not None, "note": note.pk if note else None, "units": cmd.units},
        happened_at=cmd.held_at,
    )


def plan_record_commitment(snap: Snapshot, cmd: RecordCommitment, ctx: Context, changes: Changes) -> None:
    """A promise is owned and dated at once; one without a date gets a day by which the date is named."""
    ctx.unit(cmd.unit_id, "unit_id")
    text = changes.note(require_text(cmd.text, "text", most=500), Note.Audience.REQUESTER)
    due = _close_of(cmd.due_on, ctx) if cmd.due_on else None
    if due is not None and due < ctx.now:
        raise InvalidInput(_("The promised day has passed already."), field="due_on")
    naming = None if due else step_due(ctx.rules, DeadlineKind.NAME_DATE, start=ctx.now, calendar=ctx.calendar).at
    row = changes.insert(
        Commitment(
            problem=snap.problem,
            unit_id=cmd.unit_id,
            text_note=text,
            promised_at=ctx.now,
            due_at=due,
            date_to_be_named_by=naming,
            visit_id=cmd.visit_id,
            meeting_id=cmd.meeting_id,
        )
    )
    at = due or naming
    assert at is not None
    deadline = Deadline(
        subject_kind="commitment",
        subject_id=row.pk,
        problem=snap.problem,
        kind="commitment" if due else "naming",
        due_at=at,
        fire_at=fire_at(ctx.rules, DeadlineKind.RESULT, at, start=ctx.now, calendar=ctx.calendar),
    )
    snap.deadlines.append(changes.insert(deadline))
    changes.event(
        snap.problem,
        "committed",
        data={"unit": cmd.unit_id, "due_at": due, "date_to_be_named_by": naming, "note": text.pk},
    )


def plan_set_plan(snap: Snapshot, cmd: SetPlan, ctx: Context, changes: Changes) -> None:
    """方案和落实路径: what, who, by when. New steps follow those already planned."""
    if not cmd.steps:
        raise InvalidInput(_("A plan has at least one step."), field="steps")
    order = max((s.order for s in snap.plan_steps), default=0)
    rows = []
    for step in cmd.steps:
        order += 1
        ctx.unit(step.unit_id, "steps")
        note = changes.note(require_text(step.text, "steps", most=500))
        rows.append(
            changes.insert(
                PlanStep(
                    problem=snap.problem,
                    order=order,
                    text_note=note,
                    unit_id=step.unit_id,
                    due_at=_close_of(step.due_on, ctx),
                )
            )
        )
    snap.plan_steps.extend(rows)
    changes.event(snap.problem, "planned", data={"steps": [r.pk for r in rows], "units": [r.unit_id for r in rows]})


def plan_add_requirement(snap: Snapshot, cmd: AddRequirement, ctx: Context, changes: Changes) -> None:
    """待备资料: what has to be prepared and who owes it."""
    if cmd.owed_by_unit is not None:
        ctx.unit(cmd.owed_by_unit, "owed_by_unit")
    note = changes.note(require_text(cmd.text, "text", most=500), Note.Audience.REQUESTER)
    row = changes.insert(
        Requirement(
            problem=snap.problem,
            text_note=note,
            owed_by_requester=cmd.owed_by_unit is None,
            owed_by_unit=cmd.owed_by_unit,
            due_on=cmd.due_on,
        )
    )
    snap.requirements.append(row)
    changes.event(
        snap.problem,
        "requirement_added",
        data={"requirement": row.pk, "owed_by_unit": cmd.owed_by_unit, "due_on": cmd.due_on, "note": note.pk},
    )


def plan_meet_requirement(snap: Snapshot, cmd: MeetRequirement, ctx: Context, changes: Changes) -> None:
    """One paper has come in."""
    row = next((r for r in snap.requirements if r.pk == cmd.requirement_id), None)
    if row is None:
        raise InvalidInput(_("This item does not belong to the problem."), field="requirement_id")
    if row.done_at is not None:
        raise InvalidInput(_("This item is already there."), field="requirement_id")
    changes.update(row, done_at=ctx.now)
    changes.event(snap.problem, "requirement_met", data={"requirement": row.pk})


appoint_leader = Act("appoint_leader", AppointLeader, plan_appoint_leader)
record_coordination = Act("record_coordination", RecordCoordination, plan_record_coordination)
record_commitment = Act("record_commitment", RecordCommitment, plan_record_commitment)
set_plan = Act("set_plan", SetPlan, plan_set_plan)
add_requirement = Act("add_requirement", AddRequirement, plan_add_requirement)
meet_requirement = Act("meet_requirement", MeetRequirement, plan_meet_requirement)
