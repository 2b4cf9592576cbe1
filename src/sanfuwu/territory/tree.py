"""The whole tree of units in memory: what the plans of `actions` read, change and settle into `UnitReach`.

A county has some hundred units and changes them some times a year, so an action reads the tree whole and writes the
difference of the reach; that is simpler than to patch rows one by one, and a lock on the root lets one at a time in.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.errors import NotVisible

from .models import Unit, UnitMerge, UnitReach, UnitVersion
from .reach import Reach, compute_reach

_DELETE_AT_ONCE = 500


@dataclass(slots=True)
class Tree:
    """Units, the latest version of each, the mergers that stand, and the reach as the table has it."""

    units: dict[UUID, Unit] = field(default_factory=dict)
    latest: dict[UUID, UnitVersion] = field(default_factory=dict)
    mergers: dict[UUID, UnitMerge] = field(default_factory=dict)
    reach: Reach = field(default_factory=dict)

    def unit(self, unit_id: UUID) -> Unit:
        """The unit; `NotVisible` when there is none."""
        try:
            return self.units[unit_id]
        except KeyError:
            raise NotVisible(_("There is no such unit.")) from None

    def root(self) -> Unit | None:
        """The county itself; None before the first unit is made."""
        return next((u for u in self.units.values() if u.kind == Unit.Kind.COUNTY), None)

    def by_code(self, code: str) -> Unit | None:
        return next((u for u in self.units.values() if u.code == code), None)

    def sees(self, scope_id: UUID, unit_id: UUID) -> bool:
        """Whether `scope` sees the records of `unit`, with what this plan has changed so far."""
        return (scope_id, unit_id) in self.reach_now()

    def reach_now(self) -> Reach:
        """The reach as it follows from the tree in memory."""
        parents = {unit_id: version.parent_id for unit_id, version in self.latest.items()}
        return compute_reach(parents, [(m.from_unit_id, m.into_unit_id) for m in self.mergers.values()])

    def settle(self, changes: Changes) -> dict[UUID, frozenset[UUID]]:
        """Have `changes` bring `UnitReach` up to the tree. Returns what each scope gained: {scope: units}."""
        now = self.reach_now()
        gone = [pair for pair, why in self.reach.items() if now.get(pair) != why]
        come = [(pair, why) for pair, why in now.items() if self.reach.get(pair) != why]
        if gone or come:
            changes.after_write.append(partial(_write_reach, gone, come))
        gained: dict[UUID, set[UUID]] = {}
        for (scope, unit), _why in come:
            if (scope, unit) not in self.reach:
                gained.setdefault(scope, set()).add(unit)
        self.reach = now
        return {scope: frozenset(units) for scope, units in gained.items()}


def load_tree() -> Tree:
    """Read the tree inside the act's transaction and hold off other acts on it until the end of that transaction.

    The lock is on the root alone, and of the kind that foreign keys do not wait for: registering goes on meanwhile.
    """
    list(Unit.objects.select_for_update(no_key=True).filter(kind=Unit.Kind.COUNTY).values_list("pk"))
    tree = Tree(units=Unit.objects.in_bulk())
    for version in UnitVersion.objects.order_by(*UnitVersion.in_order):
        tree.latest[version.unit_id] = version
    tree.mergers = {m.pk: m for m in UnitMerge.objects.filter(undone_at__isnull=True)}
    tree.reach = {
        (scope, unit): why for scope, unit, why in UnitReach.objects.values_list("scope_id", "unit_id", "why")
    }
    return tree


def _write_reach(gone: list[tuple[UUID, UUID]], come: Iterable[tuple[tuple[UUID, UUID], str]]) -> None:
    for start in range(0, len(gone), _DELETE_AT_ONCE):
        pairs = Q()
        for scope, unit in gone[start : start + _DELETE_AT_ONCE]:
            pairs |= Q(scope_id=scope, unit_id=unit)
        UnitReach.objects.filter(pairs).delete()
    UnitReach.objects.bulk_create(
        [UnitReach(scope_id=scope, unit_id=unit, why=why) for (scope, unit), why in come], batch_size=1000
    )
