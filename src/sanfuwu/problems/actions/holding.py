"""挂账: what has to wait for a season, a policy, money or works. The unit asks, a leader or the supervision decides;
the clock stands, and a day is named on which it is looked at again (domain §2.2, 16)."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.errors import InvalidInput
from sanfuwu.rules.lifecycle import Machine, next_state

from ..commands import HOLD_CONDITIONS, Hold, RefuseHold, RenewHold, RequestHold, Unhold
from ..models import Assignment, UnitRequest
from ..snapshot import Snapshot
from . import _clock, _requests
from ._shell import Act, Context, require_choice, require_text
from .extending import promise_not_before

_HOLD = UnitRequest.Kind.HOLD


def _subject(ctx: Context) -> Assignment:
    assert ctx.subject is not None  # `policies.authorise` gives every act on an assignment its subject
    return ctx.subject


def _review(day: dt.date, ctx: Context) -> dt.datetime:
    """The close of business of the review's day, in the future."""
    closing = ctx.calendar.closing(day)
    if closing is None:
        raise InvalidInput(_("This is a rest day; choose a working day."), field="review_on")
    if closing <= ctx.now:
        raise InvalidInput(_("The day of the review lies in the future."), field="review_on")
    return closing


def plan_request_hold(snap: Snapshot, cmd: RequestHold, ctx: Context, changes: Changes) -> None:
    """申请挂账: by the lead, for what is waited for and until when. The clock keeps running until it is granted."""
    a = _subject(ctx)
    next_state(Machine.ASSIGNMENT, "request_hold", a.state)
    condition = require_choice(cmd.condition, HOLD_CONDITIONS, "condition")
    _review(cmd.review_on, ctx)
    request = _requests.ask(
        snap, ctx, changes, a, _HOLD, cmd.reason, condition=condition, review_on=cmd.review_on, needs_approver=True
    )
    changes.event(
        snap.problem,
        "hold_requested",
        data={
            "unit": a.unit_id,
            "condition": condition,
            "review_on": cmd.review_on,
            "note": request.reason_note_id,
        },
        assignment_id=a.pk,
    )


def plan_hold(snap: Snapshot, cmd: Hold, ctx: Context, changes: Changes) -> None:
    """同意挂账: the clocks of the lead, of its co-handlers and of what was handed down stand together."""
    a = _subject(ctx)
    request, note = _requests.settle(snap, ctx, changes, a, _HOLD, UnitRequest.Decision.GRANTED, cmd.remark)
    condition = require_choice(cmd.condition or request.condition, HOLD_CONDITIONS, "condition")
    review_on = cmd.review_on or request.review_on
    assert review_on is not None
    due = _review(review_on, ctx)
    changes.update(request, condition=condition, review_on=review_on)
    for one in snap.open_assignments:
        _clock.stand(snap, ctx, changes, one)
    changes.update(a, state=next_state(Machine.ASSIGNMENT, "hold", a.state))
    _clock.await_review(snap, ctx, changes, request, due)
    changes.event(
        snap.problem,
        "held",
        data={
            "unit": a.unit_id,
            "condition": condition,
            "review_on": review_on,
            "note": note.pk if note else None,
        },
        assignment_id=a.pk,
    )


def plan_refuse_hold(snap: Snapshot, cmd: RefuseHold, ctx: Context, changes: Changes) -> None:
    """不同意挂账: the clock has run all the time."""
    a = _subject(ctx)
    next_state(Machine.ASSIGNMENT, "refuse_hold", a.state)
    require_text(cmd.reason, "reason")
    _request, note = _requests.settle(
        snap, ctx, changes, a, _HOLD, UnitRequest.Decision.REFUSED, cmd.reason, field="reason"
    )
    changes.event(
        snap.problem,
        "hold_refused",
        data={"unit": a.unit_id, "note": note.pk if note else None},
        assignment_id=a.pk,
    )


def plan_renew_hold(snap: Snapshot, cmd: RenewHold, ctx: Context, changes: Changes) -> None:
    """继续挂账: looked at, the condition lasts; the next day of review."""
    a = _subject(ctx)
    next_state(Machine.ASSIGNMENT, "renew_hold", a.state)
    due = _review(cmd.review_on, ctx)
    note = changes.note(require_text(cmd.reason, "reason", most=1000))
    request = _granted(snap, a)
    changes.update(request, review_on=cmd.review_on)
    _clock.await_review(snap, ctx, changes, request, due)
    changes.event(
        snap.problem,
        "hold_renewed",
        data={"unit": a.unit_id, "review_on": cmd.review_on, "note": note.pk},
        assignment_id=a.pk,
    )


def plan_unhold(snap: Snapshot, cmd: Unhold, ctx: Context, changes: Changes) -> None:
    """恢复办理: all clocks go on with the time that was left; the requester's date moves along."""
    a = _subject(ctx)
    note = changes.note(require_text(cmd.remark, "remark", most=1000)) if cmd.remark.strip() else None
    end_hold(snap, ctx, changes, a)
    changes.update(a, state=next_state(Machine.ASSIGNMENT, "unhold", a.state))
    promise_not_before(snap, changes, a)
    changes.event(
        snap.problem,
        "unheld",
        data={"unit": a.unit_id, "due_at": a.due_at, "note": note.pk if note else None},
        assignment_id=a.pk,
    )


def end_hold(snap: Snapshot, ctx: Context, changes: Changes, a: Assignment) -> None:
    """The clocks of the whole problem go on, parents first: a parent's date caps its children's."""
    for one in sorted(snap.open_assignments, key=lambda x: x.depth):
        if _clock.stands(snap, one):
            _clock.go_on(snap, ctx, changes, one)
    _clock.meet(snap, changes, _granted(snap, a).pk, "review", ctx.now)


def _granted(snap: Snapshot, a: Assignment) -> UnitRequest:
    return next(
        r for r in reversed(snap.requests) if r.assignment_id == a.pk and r.decision == "granted" and r.kind == "hold"
    )


request_hold = Act("request_hold", RequestHold, plan_request_hold)
hold = Act("hold", Hold, plan_hold)
refuse_hold = Act("refuse_hold", RefuseHold, plan_refuse_hold)
renew_hold = Act("renew_hold", RenewHold, plan_renew_hold)
unhold = Act("unhold", Unhold, plan_unhold)
