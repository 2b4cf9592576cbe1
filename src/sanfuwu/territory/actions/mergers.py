"""Units go up in one another, and a merger can be undone. Territory's part only.

What the merger means for open assignments is the business of `problems`, which stands above this app: it passes
`extend`, a function that adds its own rows and events to the same changes, so that all of it is one act.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.commit import commit
from sanfuwu.ledger.errors import IllegalTransition, InvalidInput
from sanfuwu.ledger.fields import new_id

from .. import policies
from ..actor import Actor
from ..models import Unit, UnitMerge
from ..tree import Tree, load_tree
from .units import end_version


@dataclass(frozen=True, slots=True)
class MergePlan:
    """What a merger (or its undoing) does to the tree. `gained`: {scope: units whose records it now sees}."""

    merge: UnitMerge
    from_unit: Unit
    into_unit: Unit
    gained: dict[UUID, frozenset[UUID]]


Extend = Callable[[Changes, MergePlan], None]


def plan_merge_units(
    changes: Changes,
    tree: Tree,
    *,
    from_id: UUID,
    into_id: UUID,
    on_date: dt.date,
    actor: Actor,
    now: dt.datetime,
) -> MergePlan:
    """`from` closes and goes up in `into`, which from now on sees whatever `from` saw. Units below `from` stay below it
    on paper, and are thereby seen by `into`; `queries.unit_tree` shows them under the successor.

    A proposed unit (a name met in an import) that is another spelling of `into` takes the same way.
    """
    policies.require(policies.may_manage_units(actor))
    gone, into = tree.unit(from_id), tree.unit(into_id)
    if from_id == into_id:
        raise InvalidInput(_("A unit cannot be merged into itself."), field="into")
    if gone.status == Unit.Status.CLOSED:
        raise IllegalTransition(_("Only an active unit can be merged into another."))
    proposed = gone.status == Unit.Status.PROPOSED
    if into.status != Unit.Status.ACTIVE:
        raise InvalidInput(_("The successor must be an active unit."), field="into")
    if gone.kind == Unit.Kind.COUNTY:
        raise InvalidInput(_("The county itself cannot be merged."), field="unit")
    if tree.sees(from_id, into_id):
        raise InvalidInput(_("A unit cannot be merged into one below it: move that one first."), field="into")
    merge = changes.insert(
        UnitMerge(id=new_id(), from_unit_id=from_id, into_unit_id=into_id, on_date=on_date, of_proposed=proposed)
    )
    end_version(changes, tree.latest[from_id], on_date, now)
    changes.update(gone, status=Unit.Status.CLOSED)
    changes.event(
        gone, "identified" if proposed else "merged", data={"merge": merge.pk, "into": into_id, "on": on_date}
    )
    changes.event(into, "succeeded", data={"merge": merge.pk, "from": from_id, "on": on_date})
    tree.mergers[merge.pk] = merge
    return MergePlan(merge, gone, into, tree.settle(changes))


def plan_undo_merge(changes: Changes, tree: Tree, *, merge_id: UUID, actor: Actor, now: dt.datetime) -> MergePlan:
    """The unit is again what it was; the row of the merger stays, marked undone. Nobody gains, some no longer see."""
    policies.require(policies.may_manage_units(actor))
    merge = tree.mergers.pop(merge_id, None)
    if merge is None:
        raise IllegalTransition(_("This merger is undone already, or never was."))
    gone, into = tree.unit(merge.from_unit_id), tree.unit(merge.into_unit_id)
    changes.update(merge, undone_at=now)
    changes.update(tree.latest[gone.pk], valid_to=None)
    changes.update(gone, status=Unit.Status.PROPOSED if merge.of_proposed else Unit.Status.ACTIVE)
    changes.event(gone, "merge_undone", data={"merge": merge.pk, "into": into.pk})
    changes.event(into, "succession_undone", data={"merge": merge.pk, "from": gone.pk})
    return MergePlan(merge, gone, into, tree.settle(changes))


def merge_units(
    from_id: UUID,
    into_id: UUID,
    *,
    on_date: dt.date,
    actor: Actor,
    now: dt.datetime,
    extend: Extend | None = None,
) -> MergePlan:
    """Merge one unit into another in one act (`on_date` = first day of the successor).

    Call it through `problems.actions.units.succeed_unit`, which passes `extend`; alone it leaves assignments alone.
    """
    with transaction.atomic():
        changes, tree = Changes(), load_tree()
        plan = plan_merge_units(changes, tree, from_id=from_id, into_id=into_id, on_date=on_date, actor=actor, now=now)
        if extend is not None:
            extend(changes, plan)
        commit(changes, actor=actor, now=now)
    return plan


def undo_merge(merge_id: UUID, *, actor: Actor, now: dt.datetime, extend: Extend | None = None) -> MergePlan:
    """Undo a merger in one act. Problems dispatched to the successor meanwhile stay with it."""
    with transaction.atomic():
        changes, tree = Changes(), load_tree()
        plan = plan_undo_merge(changes, tree, merge_id=merge_id, actor=actor, now=now)
        if extend is not None:
            extend(changes, plan)
        commit(changes, actor=actor, now=now)
    return plan
