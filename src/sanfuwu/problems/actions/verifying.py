"""回访: what the requester says, asked by somebody outside every handling unit. Never a default "satisfied"."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.errors import InvalidInput, NotAllowed
from sanfuwu.ledger.models import Note
from sanfuwu.rules.lifecycle import Machine, next_state

from ..commands import RecordCallback
from ..models import Callback, VerificationCycle
from ..snapshot import Snapshot
from . import _again, _family
from ._shell import Act, Context, require_choice, require_text
from .merging import let_go, separate
from .reopening import undo_withdrawal

# Unreachable (model.md, close_basis): three attempts, on two days, over two channels.
UNREACHED_ATTEMPTS, UNREACHED_DAYS, UNREACHED_CHANNELS = 3, 2, 2
OUTCOMES = ("confirmed", "dissatisfied", "redo", "anonymous")


def plan_record_callback(snap: Snapshot, cmd: RecordCallback, ctx: Context, changes: Changes) -> None:
    """One attempt; with an outcome it concludes the cycle, and the third vain one over two days does too."""
    cycle = snap.open_cycle
    assert cycle is not None  # `policies` offers the act only while a cycle is open
    if ctx.actor.post_id is None:
        raise NotAllowed(_("A call-back is made by a person."))
    _nobody_verifies_his_own(snap, ctx)
    _check(snap, cmd)
    # The handling unit does not learn what was said of it to the call-back officer (domain §3.3): office only.
    words = require_text(cmd.words, "words", most=2000) if cmd.words.strip() else ""
    note = changes.note(words, Note.Audience.OFFICE) if words else None
    attempt = changes.insert(
        Callback(
            problem=snap.problem,
            cycle=cycle,
            attempt=1 + sum(c.cycle_id == cycle.pk for c in snap.callbacks),
            by_post=ctx.actor.post_id,
            at=ctx.now,
            channel=cmd.channel,
            reached=cmd.reached,
            contacted=cmd.contacted if cmd.reached else None,
            solved=cmd.solved if cmd.reached else None,
            satisfied=cmd.satisfied if cmd.reached else None,
            valid=cmd.reached,
            proof=Callback.Proof.PHONE if cmd.channel == "phone" else Callback.Proof.UNVERIFIED,
            words_note=note,
        )
    )
    snap.callbacks.append(attempt)
    data = {"attempt": attempt.attempt, "channel": cmd.channel, "reached": cmd.reached, "outcome": cmd.outcome}
    changes.event(snap.problem, "callback_recorded", data=data)
    outcome = cmd.outcome or ("unreachable" if _unreachable(snap, cycle) else "")
    if outcome == "redo" and cycle.why == VerificationCycle.Why.WITHDRAWAL:
        _close_cycle(ctx, changes, cycle)
        undo_withdrawal(snap, ctx, changes)
    elif outcome == "redo":
        _redo(snap, ctx, changes, cycle)
    elif outcome:
        _conclude(snap, ctx, changes, cycle, outcome)


def _nobody_verifies_his_own(snap: Snapshot, ctx: Context) -> None:
    """Beyond what `policies` sees of one problem: what was merged was handled by its master's units."""
    master = _family.master_of(snap, ctx)
    if master is not None and ctx.actor.unit_id in master.handled_by:
        raise NotAllowed(_("Your unit handled it: somebody else calls back."))


def _check(snap: Snapshot, cmd: RecordCallback) -> None:
    require_choice(cmd.channel, Callback.Channel.values, "channel")
    if cmd.outcome:
        require_choice(cmd.outcome, OUTCOMES, "outcome")
    if cmd.outcome == "anonymous":
        if not snap.problem.anonymous:
            raise InvalidInput(_("The requester is known: ask him."), field="outcome")
        require_text(cmd.words, "words")  # where the result was published
        return
    if snap.problem.anonymous:
        raise InvalidInput(_("The requester is anonymous: say where the result was published."), field="outcome")
    if not cmd.reached:
        if cmd.outcome:
            raise InvalidInput(_("Nobody was reached, so there is no outcome yet."), field="outcome")
        return
    if not cmd.outcome:
        raise InvalidInput(_("Say what follows from the conversation."), field="outcome")
    cycle = snap.open_cycle
    if cycle is not None and cycle.why == VerificationCycle.Why.WITHDRAWAL:
        _check_withdrawal(cmd)
        return
    if cmd.contacted is None:
        raise InvalidInput(_("Ask whether the unit had been in contact."), field="contacted")
    if cmd.solved is None:
        raise InvalidInput(_("Ask whether it was solved."), field="solved")
    if cmd.satisfied is None:
        raise InvalidInput(_("Ask whether he is satisfied; there is no default."), field="satisfied")
    require_choice(cmd.satisfied, Callback.Satisfied.values, "satisfied")
    good = cmd.satisfied != "no" and (cmd.solved or snap.problem.result_kind != "solved")
    if cmd.outcome == "confirmed" and not good:
        raise InvalidInput(_("What is not solved or not satisfactory cannot count as confirmed."), field="outcome")
    if cmd.outcome == "dissatisfied" and cycle is not None and cycle.why == VerificationCycle.Why.SAMPLE:
        raise InvalidInput(_("What was solved on the spot is confirmed, or it is done again."), field="outcome")
    if cmd.outcome in ("redo", "dissatisfied"):
        if good:
            raise InvalidInput(_("He is satisfied: there is no ground for this outcome."), field="outcome")
        require_text(cmd.words, "words")


def _check_withdrawal(cmd: RecordCallback) -> None:
    """Asked is only whether he withdrew it of his own will: `satisfied` yes or no."""
    if cmd.satisfied not in ("yes", "no"):
        raise InvalidInput(_("Ask whether he withdrew it of his own will."), field="satisfied")
    if cmd.outcome != ("confirmed" if cmd.satisfied == "yes" else "redo"):
        raise InvalidInput(_("A withdrawal is confirmed, or the problem is taken up again."), field="outcome")
    if cmd.satisfied == "no":
        require_text(cmd.words, "words")


def _unreachable(snap: Snapshot, cycle: VerificationCycle) -> bool:
    vain = [c for c in snap.callbacks if c.cycle_id == cycle.pk and not c.reached]
    days = {timezone.localdate(c.at) for c in vain}
    return (
        len(vain) >= UNREACHED_ATTEMPTS
        and len(days) >= UNREACHED_DAYS
        and len({c.channel for c in vain}) >= UNREACHED_CHANNELS
    )


def _conclude(snap: Snapshot, ctx: Context, changes: Changes, cycle: VerificationCycle, conclusion: str) -> None:
    changes.update(
        cycle,
        state=next_state(Machine.VERIFICATION, "conclude", cycle.state),
        conclusion=conclusion,
        concluded_at=ctx.now,
        concluded_by=ctx.actor.post_id,
    )
    # What was merged stays merged: its requester is heard, and it goes on following the other one.
    if cycle.why == VerificationCycle.Why.RESULT and snap.problem.state != "merged":
        changes.update(snap.problem, state=next_state(Machine.PROBLEM, "verified", snap.problem.state))
    changes.event(snap.problem, "callback_concluded", data={"conclusion": conclusion})


def _close_cycle(ctx: Context, changes: Changes, cycle: VerificationCycle) -> None:
    changes.update(
        cycle,
        state=next_state(Machine.VERIFICATION, "call_for_redo", cycle.state),
        conclusion="redo",
        concluded_at=ctx.now,
        concluded_by=ctx.actor.post_id,
    )


def _redo(snap: Snapshot, ctx: Context, changes: Changes, cycle: VerificationCycle) -> None:
    """重办: a new cycle. The same lead does it again; what was "solved on the spot" goes back to the office, and so
    does what had been merged and never was with a unit."""
    problem = snap.problem
    corrects = _again.event_of_result(snap) if problem.on_spot else None
    _close_cycle(ctx, changes, cycle)
    master = separate(snap, ctx, changes) if problem.state == "merged" else None
    if master is None:
        changes.update(problem, state=next_state(Machine.PROBLEM, "redo", problem.state))
    led = any(a.parent_id is None and a.role == "lead" for a in snap.assignments)
    changes.update(problem, cycle_no=problem.cycle_no + 1, tier=problem.tier if led or master else "limited")
    _again.no_result(problem, changes)
    again = _again.lead_again(snap, ctx, changes, redo=True) if problem.state == "in_progress" else None
    changes.event(
        problem,
        "redo_ordered",
        data={"cycle_no": problem.cycle_no, "unit": again.unit_id if again else None},
        assignment_id=again.pk if again else None,
        corrects_seq=corrects,
    )
    changes.tell("redo", problem.pk, ctx.now)
    let_go(snap, master, changes)
    _family.part_opened(snap, ctx, changes)


record_callback = Act("record_callback", RecordCallback, plan_record_callback, _family.family)
