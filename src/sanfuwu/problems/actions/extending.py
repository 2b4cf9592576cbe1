"""延期: an overlay. The unit asks in time; the office decides, a leader or the supervision when it is long or the
second one (domain §2.2, 15)."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.errors import IllegalTransition, InvalidInput
from sanfuwu.rules.deadlines import extension_days, extension_until
from sanfuwu.rules.lifecycle import Machine, next_state

from ..commands import DecideExtension, RequestExtension
from ..models import Assignment, UnitRequest
from ..snapshot import Snapshot
from . import _clock, _requests
from ._shell import Act, Context, require_text

_EXTENSION = UnitRequest.Kind.EXTENSION


def _subject(ctx: Context) -> Assignment:
    assert ctx.subject is not None  # `policies.authorise` gives every act on an assignment its subject
    return ctx.subject


def plan_request_extension(snap: Snapshot, cmd: RequestExtension, ctx: Context, changes: Changes) -> None:
    """申请延期, a working day before the date at the latest. The clock keeps running until it is granted."""
    a = _subject(ctx)
    next_state(Machine.ASSIGNMENT, "request_extension", a.state)
    if ctx.now > extension_until(ctx.rules, a.due_at, ctx.calendar):
        raise IllegalTransition(
            _("An extension is asked for at least %(n)d working day before the date.")
            % {"n": ctx.rules.ask_extension_before.amount},
            code="too_late",
        )
    wanted = _wanted(snap, cmd.due_on, ctx, a)
    days = extension_days(a.due_at, wanted, ctx.calendar)
    if days < 1:
        raise InvalidInput(_("The new date lies after the present one."), field="due_on")
    request = _requests.ask(
        snap,
        ctx,
        changes,
        a,
        _EXTENSION,
        cmd.reason,
        due_from=a.due_at,
        due_wanted=wanted,
        needs_approver=days > ctx.rules.long_extension.amount or a.extended_days > 0,
    )
    changes.event(
        snap.problem,
        "extension_requested",
        data={"unit": a.unit_id, "from": a.due_at, "to": wanted, "days": days, "note": request.reason_note_id},
        assignment_id=a.pk,
    )


def _wanted(snap: Snapshot, day: dt.date, ctx: Context, a: Assignment) -> dt.datetime:
    closing = ctx.calendar.closing(day)
    if closing is None:
        raise InvalidInput(_("This is a rest day; choose a working day."), field="due_on")
    parent = snap.assignment(a.parent_id) if a.parent_id else None
    if parent is not None and closing > parent.due_at:
        raise InvalidInput(_("It would be later than the unit above is due; that one asks first."), field="due_on")
    return closing


def plan_decide_extension(snap: Snapshot, cmd: DecideExtension, ctx: Context, changes: Changes) -> None:
    """审批延期. Granted, the date moves and stays an event; the requester's date moves along where it would be earlier.
    What was handed down keeps its own date."""
    a = _subject(ctx)
    next_state(Machine.ASSIGNMENT, "decide_extension", a.state)
    if not cmd.granted:
        require_text(cmd.remark, "remark")
    decision = UnitRequest.Decision.GRANTED if cmd.granted else UnitRequest.Decision.REFUSED
    request, note = _requests.settle(snap, ctx, changes, a, _EXTENSION, decision, cmd.remark)
    said: dict[str, object] = {"unit": a.unit_id, "note": note.pk if note else None}
    if not cmd.granted:
        changes.event(snap.problem, "extension_refused", data=said, assignment_id=a.pk)
        return
    before, wanted = a.due_at, request.due_wanted
    assert wanted is not None
    if wanted <= before:  # a calendar was published meanwhile
        raise InvalidInput(_("The date has moved beyond the one asked for already: refuse it."), field="granted")
    changes.update(a, extended_days=a.extended_days + extension_days(before, wanted, ctx.calendar))
    _clock.set_due(snap, ctx, changes, a, wanted)
    promise_not_before(snap, changes, a)
    changes.event(snap.problem, "extension_granted", data=said | {"from": before, "to": wanted}, assignment_id=a.pk)
    changes.tell("extended", snap.problem.pk, ctx.now)


def promise_not_before(snap: Snapshot, changes: Changes, a: Assignment) -> None:
    """A later date that was granted to the lead is the requester's date too: he is told the truth."""
    promised = snap.problem.promised_due
    if a.parent_id is None and a.role == "lead" and (promised is None or promised < a.due_at):
        changes.update(snap.problem, promised_due=a.due_at)


request_extension = Act("request_extension", RequestExtension, plan_request_extension)
decide_extension = Act("decide_extension", DecideExtension, plan_decide_extension)
