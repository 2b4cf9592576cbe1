"""Problems that hang together: those merged into one, and the parts of one that was split."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q

from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.together import open_book, settle
from sanfuwu.rules.lifecycle import CLOSED_PROBLEM_STATES, Machine, next_state

from ..models import Problem
from ..snapshot import Snapshot
from ._shell import Context

_KIN = ("master_id", "parent_id", "merged_count", "part_count")


def family(problem_id: UUID, cmd: Any = None) -> set[UUID]:
    """Its master and those that follow it, its parent, its parts and the parts beside it."""
    book = open_book()
    kept = book.kept.get(problem_id) if book is not None else None
    if kept is not None and not any(getattr(kept.problem, name) for name in _KIN):
        return set()
    settle()  # what hangs together may have been merged or split by an act that is not written yet
    own = Problem.objects.filter(pk=problem_id).values_list(*_KIN).first()
    if own is None or not any(own):
        return set()
    master_id, parent_id, _merged, _parts = own
    near = Q(master_id=problem_id) | Q(parent_id=problem_id)
    if parent_id is not None:
        near |= Q(parent_id=parent_id)
    found = set(Problem.objects.filter(near).values_list("pk", flat=True))
    return found | {pk for pk in (master_id, parent_id) if pk is not None}


def followers(snap: Snapshot, ctx: Context) -> list[Snapshot]:
    """Those merged into it, oldest first."""
    found = [s for s in ctx.others.values() if s.problem.master_id == snap.problem.pk]
    return sorted(found, key=lambda s: s.problem.pk)


def master_of(snap: Snapshot, ctx: Context) -> Snapshot | None:
    return ctx.others.get(snap.problem.master_id) if snap.problem.master_id else None


def part_closed(snap: Snapshot, ctx: Context, changes: Changes) -> None:
    """A part has ended: when no other is open any more, what was split is closed too (domain §2.2, 28)."""
    parent = _parent(snap, ctx)
    if parent is None or parent.problem.state != "in_progress":
        return
    parts = [s for s in ctx.others.values() if s.problem.parent_id == parent.problem.pk]
    if any(part.problem.state not in CLOSED_PROBLEM_STATES for part in parts):
        return
    at_closure = next_state(Machine.PROBLEM, "parts_closed", parent.problem.state)
    changes.update(
        parent.problem,
        state=next_state(Machine.PROBLEM, "strike_off", at_closure),
        close_basis=Problem.CloseBasis.PARTS_CLOSED.value,
        struck_off_at=ctx.now,
    )
    changes.event(parent.problem, "parts_closed", data={"last": snap.problem.pk, "number": snap.problem.number})
    changes.tell("struck_off", parent.problem.pk, ctx.now)


def part_opened(snap: Snapshot, ctx: Context, changes: Changes) -> None:
    """A part goes on that had ended: so does what was split."""
    parent = _parent(snap, ctx)
    if parent is None or parent.problem.state != "struck_off":
        return
    changes.update(
        parent.problem,
        state=next_state(Machine.PROBLEM, "redo", parent.problem.state),
        close_basis="",
        struck_off_at=None,
    )
    changes.event(parent.problem, "part_reopened", data={"part": snap.problem.pk, "number": snap.problem.number})


def _parent(snap: Snapshot, ctx: Context) -> Snapshot | None:
    return ctx.others.get(snap.problem.parent_id) if snap.problem.parent_id else None
