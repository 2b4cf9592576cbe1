"""A problem begins anew: what overturned its result takes the result out of the counts."""

from __future__ import annotations

from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.models import Event
from sanfuwu.ledger.together import settle
from sanfuwu.territory.models import Unit

from ..models import Assignment, Problem
from ..snapshot import Snapshot
from . import _clock
from ._shell import Context


def no_result(problem: Problem, changes: Changes) -> None:
    """Whatever said that it was solved, and how, is taken back; the level is derived anew from the next result."""
    changes.update(
        problem,
        result_kind="",
        resolution_level="",
        solved_at=None,
        on_spot=False,
        close_basis="",
        struck_off_at=None,
    )


def lead_again(snap: Snapshot, ctx: Context, changes: Changes, *, redo: bool) -> Assignment | None:
    """The unit that led before leads again; None when none did or it is there no longer: the office dispatches."""
    last = next((a for a in reversed(snap.assignments) if a.parent_id is None and a.role == "lead"), None)
    if last is None or not Unit.objects.filter(pk=last.unit_id, status=Unit.Status.ACTIVE).exists():
        return None
    again = _clock.begin(snap, ctx, changes, unit_id=last.unit_id, role="lead", redo=redo)
    changes.update(again, dispatching_unit=last.dispatching_unit)
    return again


def event_of_result(snap: Snapshot) -> int | None:
    """The event that a correction of the result names: the last one that said it was solved."""
    settle()
    return (
        Event.objects.filter(
            stream_kind="problem", stream_id=snap.problem.pk, kind__in=("solved_on_spot", "result_accepted")
        )
        .order_by("-seq")
        .values_list("seq", flat=True)
        .first()
    )
