"""退回 and its ruling: once for a unit, binding, and the promise to the requester stays (model.md)."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.errors import IllegalTransition, InvalidInput
from sanfuwu.rules.deadlines import return_until
from sanfuwu.rules.lifecycle import Machine, next_state

from ..commands import Return, RuleReassign, RuleUphold
from ..models import Assignment, UnitRequest
from ..snapshot import Snapshot
from . import _clock, _requests
from ._shell import Act, Context, require_text
from .reaching import require_below_or_serving

_RETURN = UnitRequest.Kind.RETURN


def _subject(ctx: Context) -> Assignment:
    assert ctx.subject is not None  # `policies.authorise` gives every act on an assignment its subject
    return ctx.subject


def plan_return(snap: Snapshot, cmd: Return, ctx: Context, changes: Changes) -> None:
    """退回: the head says why it is not his unit's, by which provision, and whose it is. The clock keeps running."""
    a = _subject(ctx)
    if ctx.now > return_until(ctx.rules, a.dispatched_at, ctx.calendar):
        raise IllegalTransition(
            _("It can be returned within %(n)d working days of the dispatch only; ask the dispatching office.")
            % {"n": ctx.rules.return_within.amount},
            code="too_late",
        )
    if any(c.ended_at is None for c in snap.children_of(a)):
        raise IllegalTransition(_("It has been handed down: recall that first."))
    ctx.unit(cmd.proposed_unit, "proposed_unit")
    if cmd.proposed_unit == a.unit_id:
        raise InvalidInput(_("Propose another unit than your own."), field="proposed_unit")
    basis = require_text(cmd.basis, "basis", most=1000)
    request = _requests.ask(snap, ctx, changes, a, _RETURN, cmd.reason, basis=basis, proposed_unit=cmd.proposed_unit)
    changes.update(a, state=next_state(Machine.ASSIGNMENT, "return", a.state))
    _clock.meet(snap, changes, a.pk, "sign", ctx.now)  # the unit has answered
    changes.event(
        snap.problem,
        "returned",
        data={
            "unit": a.unit_id,
            "proposed_unit": cmd.proposed_unit,
            "note": request.reason_note_id,
            "basis_note": request.basis_note_id,
        },
        assignment_id=a.pk,
    )


def plan_rule_uphold(snap: Snapshot, cmd: RuleUphold, ctx: Context, changes: Changes) -> None:
    """裁定维持: the unit keeps it and may not return it again; the ruling counts as its signature."""
    a = _subject(ctx)
    require_text(cmd.reason, "reason")
    _request, note = _requests.settle(
        snap, ctx, changes, a, _RETURN, UnitRequest.Decision.UPHELD, cmd.reason, field="reason"
    )
    changes.update(a, state=next_state(Machine.ASSIGNMENT, "rule_uphold", a.state), signed_at=a.signed_at or ctx.now)
    changes.event(
        snap.problem,
        "return_upheld",
        data={"unit": a.unit_id, "note": note.pk if note else None},
        assignment_id=a.pk,
    )


def plan_rule_reassign(snap: Snapshot, cmd: RuleReassign, ctx: Context, changes: Changes) -> None:
    """裁定改派: the new unit gets its own full time; the date promised to the requester stays."""
    a = _subject(ctx)
    _check_new(snap, ctx, a, cmd.unit)
    _request, note = _requests.settle(
        snap, ctx, changes, a, _RETURN, UnitRequest.Decision.REASSIGNED, cmd.reason, field="reason"
    )
    changes.update(
        a,
        state=next_state(Machine.ASSIGNMENT, "rule_reassign", a.state),
        ended_at=ctx.now,
        end_reason="reassigned",
    )
    _clock.end(snap, changes, a, ctx.now)
    helper = next((x for x in snap.open_assignments if x.unit_id == cmd.unit), None)
    if helper is not None:  # a co-handler beside it becomes the lead
        call_off(snap, ctx, changes, helper, "became_lead")
    parent = snap.assignment(a.parent_id) if a.parent_id else None
    new = _clock.begin(snap, ctx, changes, unit_id=cmd.unit, role=a.role, parent=parent)
    changes.update(new, dispatching_unit=a.dispatching_unit)
    changes.event(
        snap.problem,
        "return_reassigned",
        data={"from": a.unit_id, "to": new.unit_id, "due_at": new.due_at, "note": note.pk if note else None},
        assignment_id=new.pk,
    )


def _check_new(snap: Snapshot, ctx: Context, a: Assignment, unit_id: UUID) -> None:
    ctx.unit(unit_id, "unit")
    if unit_id == a.unit_id:
        raise InvalidInput(_("This is the unit that returned it; choose another, or uphold."), field="unit")
    busy = [x for x in snap.open_assignments if x.unit_id == unit_id]
    beside = [x for x in busy if x.role == "co" and a.role == "lead" and x.parent_id == a.parent_id]
    if busy and not beside:
        raise InvalidInput(_("This unit already has an open assignment on the problem."), field="unit")
    parent = snap.assignment(a.parent_id) if a.parent_id else None
    if parent is not None:
        require_below_or_serving(snap, ctx, parent, {"unit": (unit_id,)})


def call_off(snap: Snapshot, ctx: Context, changes: Changes, a: Assignment, reason: str) -> None:
    """随同收回: it ends because what it belonged to ended, and everything handed down from it with it."""
    for child in snap.children_of(a):
        if child.ended_at is None:
            call_off(snap, ctx, changes, child, reason)
    changes.update(a, state=next_state(Machine.ASSIGNMENT, "call_off", a.state), ended_at=ctx.now, end_reason=reason)
    _clock.end(snap, changes, a, ctx.now)


give_back = Act("return", Return, plan_return)
rule_uphold = Act("rule_uphold", RuleUphold, plan_rule_uphold)
rule_reassign = Act("rule_reassign", RuleReassign, plan_rule_reassign)
