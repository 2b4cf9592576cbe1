"""机构合并: a successor takes over what a merged unit holds; history and figures stay (model.md, "Tables")."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.together import settle
from sanfuwu.rules.lifecycle import OPEN_ASSIGNMENT_STATES, Machine, next_state
from sanfuwu.territory.actions import continue_posts, merge_units, take_posts_back, undo_merge
from sanfuwu.territory.actions.mergers import MergePlan
from sanfuwu.territory.actor import Actor
from sanfuwu.territory.queries import scopes_over

from .. import facets
from ..models import Assignment, ProblemRow
from ..snapshot import Snapshot, load_many
from . import _clock
from ._shell import Context, finish
from .holding import end_hold

_BATCH = 500


def succeed_unit(from_id: UUID, into_id: UUID, *, on_date: dt.date, actor: Actor, now: dt.datetime) -> MergePlan:
    """Merge one unit into another with everything it holds, in one act.

    Each open assignment of the merged unit goes 已改派, and the successor gets one of its own at the same due date, to
    be signed anew. Whatever the merged unit ever saw, the successor sees from now on; its posts go on there.
    """

    def take_over(changes: Changes, plan: MergePlan) -> None:
        settle()
        open_ones = Assignment.objects.filter(state__in=[str(s) for s in OPEN_ASSIGNMENT_STATES])
        held = open_ones.filter(Q(unit=from_id) | Q(dispatching_unit=from_id)).values_list("problem_id", flat=True)
        pairs = []
        for snap in load_many(set(held), lock=True):
            ctx = Context(actor=actor, now=now)
            _take_over(snap, plan, ctx, changes)
            pairs.append((snap, ctx))
        finish(pairs, changes)

    with transaction.atomic():
        plan = merge_units(from_id, into_id, on_date=on_date, actor=actor, now=now, extend=take_over)
        settle()
        _append_scopes(plan.gained)
        continue_posts(from_id, into_id, actor=actor, now=now)
    return plan


def undo_succession(merge_id: UUID, *, actor: Actor, now: dt.datetime) -> MergePlan:
    """Undo a merger. What the successor took over stays with it; its people and the view of its own records go back."""
    with transaction.atomic():
        plan = undo_merge(merge_id, actor=actor, now=now)
        take_posts_back(plan.from_unit.pk, plan.into_unit.pk, actor=actor, now=now)
        handled = facets.known_ids([("handled", str(plan.from_unit.pk))])
        rows = ProblemRow.objects.filter(facets__overlap=list(handled.values()))
        _recompute_scopes(list(rows.values_list("pk", flat=True)) if handled else [])
    return plan


def _take_over(snap: Snapshot, plan: MergePlan, ctx: Context, changes: Changes) -> None:
    gone, into = plan.from_unit.pk, plan.into_unit.pk
    for a in snap.open_assignments:
        if a.dispatching_unit == gone:
            changes.update(a, dispatching_unit=into)
    new: Assignment | None = None
    for a in [x for x in snap.open_assignments if x.unit_id == gone]:
        new = _replace(snap, a, into, ctx, changes)
    changes.event(
        snap.problem,
        "unit_succeeded",
        data={"from": gone, "to": into, "merge": plan.merge.pk},
        assignment_id=new.pk if new else None,
    )


def _replace(snap: Snapshot, a: Assignment, into: UUID, ctx: Context, changes: Changes) -> Assignment | None:
    """The successor's assignment; None where the successor already leads (or helps) on this problem itself."""
    if a.state == "pending_review":
        _clock.resume_after_review(snap, ctx, changes, a)
    if a.state == "on_hold":
        end_hold(snap, ctx, changes, a)  # who takes it over asks anew if the condition lasts
    own = next((x for x in snap.open_assignments if x.unit_id == into), None)
    _end(snap, a, ctx, changes)
    if own is not None and (own.role == "lead" or a.role == "co"):
        return None
    if own is not None:
        _end(snap, own, ctx, changes)  # the helper becomes the lead
    parent = snap.assignment(a.parent_id) if a.parent_id else None
    new = _clock.begin(snap, ctx, changes, unit_id=into, role=a.role, parent=parent, due_at=a.due_at)
    changes.update(
        new,
        dispatching_unit=a.dispatching_unit,
        contacted_at=a.contacted_at,
        due_original=a.due_original,
        duration=a.duration,
    )
    for child in snap.children_of(a):
        if child.ended_at is None:
            changes.update(child, parent_id=new.pk)
    return new


def _end(snap: Snapshot, a: Assignment, ctx: Context, changes: Changes) -> None:
    changes.update(
        a, state=next_state(Machine.ASSIGNMENT, "succeed", a.state), ended_at=ctx.now, end_reason="succeeded"
    )
    _clock.end(snap, changes, a, ctx.now)


def _append_scopes(gained: Mapping[UUID, Iterable[UUID]]) -> None:
    """Append a scope's token to every row handled by a unit whose records it now sees: one statement a scope."""
    for scope, units in gained.items():
        token = ("scope", str(scope))
        number = facets.ids_of([token])[token]
        handled = list(facets.known_ids([("handled", str(u)) for u in units]).values())
        if not handled:
            continue
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE problems_problemrow SET facets = facets || %s::int4"
                " WHERE facets && %s::int4[] AND NOT facets @> ARRAY[%s]::int4[]",
                [number, handled, number],
            )


def _recompute_scopes(problem_ids: list[UUID]) -> None:
    """Scope tokens from the present reach, leaving every other facet as it is."""
    for start in range(0, len(problem_ids), _BATCH):
        snaps = load_many(problem_ids[start : start + _BATCH], lock=True)
        scopes = scopes_over({a.unit_id for s in snaps for a in s.assignments})
        seen = {s.problem.pk: {("scope", str(x)) for a in s.assignments for x in scopes[a.unit_id]} for s in snaps}
        numbers = facets.ids_of({t for tokens in seen.values() for t in tokens})
        every_scope = facets.numbers_of_kind("scope")
        for snap in snaps:
            kept = set(snap.row.facets) - every_scope
            snap.row.facets = sorted(kept | {numbers[t] for t in seen[snap.problem.pk]})
        ProblemRow.objects.bulk_update([s.row for s in snaps], ["facets"])
