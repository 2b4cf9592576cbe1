"""销号、归档. `strike_off` is the only closer of what was handled; its basis follows from the call-back."""

from __future__ import annotations

from django.utils.translation import gettext as _

from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.errors import IllegalTransition
from sanfuwu.rules.lifecycle import Machine, next_state

from ..commands import Archive, StrikeOff
from ..models import Problem
from ..snapshot import Snapshot
from . import _family
from ._shell import Act, Context, require_text

BASIS = {
    "confirmed": Problem.CloseBasis.CONFIRMED,
    "dissatisfied": Problem.CloseBasis.DISSATISFIED_REVIEWED,
    "unreachable": Problem.CloseBasis.UNREACHABLE,
    "anonymous": Problem.CloseBasis.ANONYMOUS_PUBLISHED,
}


def plan_strike_off(snap: Snapshot, cmd: StrikeOff, ctx: Context, changes: Changes) -> None:
    """待销号 → 已销号, only with the requester's side: a concluded cycle. The second approver of a dissatisfied one
    is checked by `policies`."""
    cycle = snap.last_cycle
    if cycle is None or cycle.conclusion not in BASIS:
        raise IllegalTransition(_("The requester has not been heard yet."))
    basis = BASIS[cycle.conclusion]
    changes.update(
        snap.problem,
        state=next_state(Machine.PROBLEM, "strike_off", snap.problem.state),
        close_basis=basis.value,
        struck_off_at=ctx.now,
    )
    data: dict[str, object] = {"basis": basis.value}
    if cmd.remark.strip():
        data["note"] = changes.note(require_text(cmd.remark, "remark", most=500)).pk
    changes.event(snap.problem, "struck_off", data=data)
    changes.tell("struck_off", snap.problem.pk, ctx.now)
    _family.part_closed(snap, ctx, changes)


def plan_archive(snap: Snapshot, cmd: Archive, ctx: Context, changes: Changes) -> None:
    """归档: what is closed and not under call-back any more."""
    if snap.open_cycle is not None:
        raise IllegalTransition(_("A call-back is still open."))
    changes.update(snap.problem, state=next_state(Machine.PROBLEM, "archive", snap.problem.state))
    changes.event(snap.problem, "archived")


strike_off = Act("strike_off", StrikeOff, plan_strike_off, _family.family)
archive = Act("archive", Archive, plan_archive)
