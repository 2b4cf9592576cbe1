"""回访: what the requester says, asked by somebody outside every handling unit. Never a default "satisfied"."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.errors import InvalidInput, NotAllowed
from sanfuwu.ledger.models import Event, Note
from sanfuwu.ledger.together import settle
from sanfuwu.rules.lifecycle import Machine, next_state

from ..commands import RecordCallback
from ..models import Assignment, Callback, VerificationCycle
from ..snapshot import Snapshot
from . import _clock
from ._shell import Act, Context, require_choice, require_text

# Unreachable (model.md, close_basis): three attempts, on two days, over two channels.
UNREACHED_ATTEMPTS, UNREACHED_DAYS, UNREACHED_CHANNELS = 3, 2, 2
OUTCOMES = ("confirmed", "dissatisfied", "redo", "anonymous")


def plan_record_callback(snap: Snapshot, cmd: RecordCallback, ctx: Context, changes: Changes) -> None:
    """One attempt; with an outcome it concludes the cycle, and the third vain one over two days does too."""
    cycle = snap.open_cycle
    assert cycle is not None  # `policies` offers the act only while a cycle is open
    if ctx.actor.post_id is None:
        raise NotAllowed(_("A call-back is made by a person."))
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
    if outcome == "redo":
        _redo(snap, ctx, changes, cycle)
    elif outcome:
        _conclude(snap, ctx, changes, cycle, outcome)


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
    cycle = snap.open_cycle
    if cmd.outcome == "dissatisfied" and cycle is not None and cycle.why == VerificationCycle.Why.SAMPLE:
        raise InvalidInput(_("What was solved on the spot is confirmed, or it is done again."), field="outcome")
    if cmd.outcome in ("redo", "dissatisfied"):
        if good:
            raise InvalidInput(_("He is satisfied: there is no ground for this outcome."), field="outcome")
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
    if cycle.why == VerificationCycle.Why.RESULT:
        changes.update(snap.problem, state=next_state(Machine.PROBLEM, "verified", snap.problem.state))
    changes.event(snap.problem, "callback_concluded", data={"conclusion": conclusion})


def _redo(snap: Snapshot, ctx: Context, changes: Changes, cycle: VerificationCycle) -> None:
    """重办: a new cycle. The same lead does it again; what was "solved on the spot" goes back to the office."""
    problem = snap.problem
    corrects = _spot_event(snap) if problem.on_spot else None
    changes.update(
        cycle,
        state=next_state(Machine.VERIFICATION, "call_for_redo", cycle.state),
        conclusion="redo",
        concluded_at=ctx.now,
        concluded_by=ctx.actor.post_id,
    )
    last = next((a for a in reversed(snap.assignments) if a.parent_id is None and a.role == "lead"), None)
    changes.update(
        problem,
        state=next_state(Machine.PROBLEM, "redo", problem.state),
        cycle_no=problem.cycle_no + 1,
        result_kind="",
        resolution_level="",
        solved_at=None,
        on_spot=False,
        close_basis="",
        struck_off_at=None,
        tier=problem.tier if last else "limited",
    )
    again: Assignment | None = None
    if last is not None:
        again = _clock.begin(snap, ctx, changes, unit_id=last.unit_id, role="lead", redo=True)
        changes.update(again, dispatching_unit=last.dispatching_unit)
    changes.event(
        problem,
        "redo_ordered",
        data={"cycle_no": problem.cycle_no, "unit": again.unit_id if again else None},
        assignment_id=again.pk if again else None,
        corrects_seq=corrects,
    )
    changes.tell("redo", problem.pk, ctx.now)


def _spot_event(snap: Snapshot) -> int | None:
    settle()
    return (
        Event.objects.filter(stream_kind="problem", stream_id=snap.problem.pk, kind="solved_on_spot")
        .order_by("-seq")
        .values_list("seq", flat=True)
        .first()
    )


record_callback = Act("record_callback", RecordCallback, plan_record_callback)
