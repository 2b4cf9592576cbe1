"""What a unit asks and somebody above it decides: the part that return, extension and hold have in common."""

from __future__ import annotations

from typing import Any

from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.models import Note

from ..models import Assignment, UnitRequest
from ..snapshot import Snapshot
from . import _clock
from ._shell import Context, require_text


def ask(
    snap: Snapshot,
    ctx: Context,
    changes: Changes,
    a: Assignment,
    kind: UnitRequest.Kind,
    reason: str,
    *,
    basis: str = "",
    **more: Any,
) -> UnitRequest:
    """A new request with the day by which it is to be decided. `policies` has seen to it that none is open."""
    note = changes.note(require_text(reason, "reason", most=1000))
    row = UnitRequest(
        problem=snap.problem,
        assignment=a,
        kind=kind.value,
        unit_id=a.unit_id,
        asked_at=ctx.now,
        asked_by=ctx.actor.post_id,
        asked_person=ctx.actor.person_id,
        reason_note=note,
        basis_note=changes.note(basis) if basis else None,
        **more,
    )
    snap.requests.append(changes.insert(row))
    _clock.await_decision(snap, ctx, changes, row)
    return row


def settle(
    snap: Snapshot,
    ctx: Context,
    changes: Changes,
    a: Assignment,
    kind: UnitRequest.Kind,
    decision: UnitRequest.Decision,
    remark: str = "",
    field: str = "remark",
) -> tuple[UnitRequest, Note | None]:
    """The open request of this kind, decided; its remark as a note when there is one."""
    request = snap.open_request(a, kind.value)
    assert request is not None  # `policies` offers the decision only while one is open
    note = changes.note(require_text(remark, field, most=1000)) if remark.strip() else None
    changes.update(
        request,
        decision=decision.value,
        decided_at=ctx.now,
        decided_by=ctx.actor.post_id,
        decision_note_id=note.pk if note else None,
    )
    _clock.meet(snap, changes, request.pk, "decision", ctx.now)
    return request, note
