"""重新打开 and 撤回: both on the requester's word, written down by somebody who did not handle it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.errors import InvalidInput
from sanfuwu.ledger.models import Note
from sanfuwu.rules.lifecycle import Machine, next_state

from ..commands import Reopen, Withdraw
from ..models import VerificationCycle
from ..snapshot import Snapshot
from . import _again, _family
from ._shell import Act, Context, require_choice, require_text
from .returning import call_off

WAYS = ("phone", "visit", "sms")


def plan_reopen(snap: Snapshot, cmd: Reopen, ctx: Context, changes: Changes) -> None:
    """重新打开: a new cycle for the unit that led before, with its full time; the result leaves the counts."""
    problem = snap.problem
    how = require_choice(cmd.how, WAYS, "how")
    note = changes.note(require_text(cmd.reason, "reason", most=2000))
    corrects = _again.event_of_result(snap)
    if cycle := snap.open_cycle:  # the sample call-back of what was solved on the spot
        changes.update(
            cycle,
            state=next_state(Machine.VERIFICATION, "call_for_redo", cycle.state),
            conclusion=VerificationCycle.Conclusion.REDO.value,
            concluded_at=ctx.now,
            concluded_by=ctx.actor.post_id,
        )
    before = problem.cycle_no
    changes.update(
        problem,
        state=next_state(Machine.PROBLEM, "reopen", problem.state),
        cycle_no=before + 1,
        tier="limited" if problem.tier in ("", "on_spot") else problem.tier,
        promised_due=None,
    )
    _again.no_result(problem, changes)
    again = _again.lead_again(snap, ctx, changes, redo=False)
    if again is not None:
        changes.update(problem, promised_due=again.due_at)
    changes.event(
        problem,
        "reopened",
        data={
            "how": how,
            "cycle_no": problem.cycle_no,
            "previous_cycle": before,
            "unit": again.unit_id if again else None,
            "note": note.pk,
        },
        assignment_id=again.pk if again else None,
        corrects_seq=corrects,
    )
    changes.tell("reopened", problem.pk, ctx.now)
    _family.part_opened(snap, ctx, changes)


def plan_withdraw(snap: Snapshot, cmd: Withdraw, ctx: Context, changes: Changes) -> None:
    """撤回: every one is asked about by a call-back officer, so that nobody is talked out of his problem."""
    problem = snap.problem
    how = require_choice(cmd.how, WAYS, "how")
    if problem.anonymous:
        raise InvalidInput(_("The requester is anonymous: nobody can say that he withdrew it."))
    reason = changes.note(require_text(cmd.reason, "reason", most=1000), Note.Audience.OFFICE)
    proof = changes.note(require_text(cmd.proof, "proof", most=1000), Note.Audience.OFFICE)
    corrects = _again.event_of_result(snap) if problem.result_kind else None
    for a in [a for a in snap.open_assignments if a.parent_id is None]:
        call_off(snap, ctx, changes, a, "withdrawn")
    changes.update(problem, state=next_state(Machine.PROBLEM, "withdraw", problem.state))
    _again.no_result(problem, changes)
    why = VerificationCycle.Why.WITHDRAWAL.value
    if cycle := snap.open_cycle:  # he is asked about this now, not about the result
        changes.update(cycle, why=why, opened_by=ctx.actor.post_id)
    else:
        cycle = VerificationCycle(
            problem=problem,
            cycle_no=problem.cycle_no,
            why=why,
            state=next_state(Machine.VERIFICATION, "open_callback", None),
            opened_at=ctx.now,
            opened_by=ctx.actor.post_id,
        )
        snap.cycles.append(changes.insert(cycle))
    changes.event(
        problem,
        "withdrawn",
        data={"how": how, "note": reason.pk, "proof_note": proof.pk},
        corrects_seq=corrects,
    )
    changes.tell("withdrawn", problem.pk, ctx.now)
    _family.part_closed(snap, ctx, changes)


def undo_withdrawal(snap: Snapshot, ctx: Context, changes: Changes) -> None:
    """撤回不实: he did not withdraw it himself. The office takes it up again, whatever had become of it."""
    problem = snap.problem
    changes.update(problem, state=next_state(Machine.PROBLEM, "undo_withdrawal", problem.state), tier="")
    changes.event(problem, "withdrawal_denied")
    changes.tell("redo", problem.pk, ctx.now)
    _family.part_opened(snap, ctx, changes)


reopen = Act("reopen", Reopen, plan_reopen, _family.family)
withdraw = Act("withdraw", Withdraw, plan_withdraw, _family.family)
