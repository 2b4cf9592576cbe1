"""Whether what a registration points at is there. Categories are remembered until one changes; only an unknown one is
asked for again. Units cost one statement where a batch names any."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from sanfuwu.ledger.errors import InvalidInput
from sanfuwu.ledger.together import once
from sanfuwu.territory.models import Unit

from ..commands import Registration
from ..models import Category
from ..queries.categories import category_tree


def broken_references(regs: Sequence[Registration]) -> list[InvalidInput | None]:
    """What is wrong with the category or the unit proposed in each registration; None where nothing is."""
    categories = {reg.category_id for reg in regs if reg.category_id is not None}
    if categories:
        known = category_tree().rows
        categories = {c for c in categories if c not in known or known[c].status == Category.Status.CLOSED}
    units = {reg.proposed_unit for reg in regs if reg.proposed_unit is not None}
    if categories:
        in_use = Category.objects.exclude(status=Category.Status.CLOSED).filter(pk__in=categories)
        categories -= once(Category, frozenset(categories), lambda: set(in_use.values_list("pk", flat=True)))
    if units:
        there = Unit.objects.filter(pk__in=units)
        units -= once(Unit, frozenset(units), lambda: set(there.values_list("pk", flat=True)))
    faults: list[InvalidInput | None] = []
    for reg in regs:
        if reg.category_id in categories:
            faults.append(InvalidInput(_("There is no such category."), field="category_id"))
        elif reg.proposed_unit in units:
            faults.append(InvalidInput(_("There is no such unit."), field="proposed_unit"))
        else:
            faults.append(None)
    return faults
