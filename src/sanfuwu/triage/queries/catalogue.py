"""The look-up of the catalogue: in memory, read again when an entry changes; a proposal costs no statement.

Most specific wins: first the nearest category (线路与停电 before 供电 before 公用事业), and of the same category an
entry for the town before one for the whole county.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sanfuwu.problems.models import Category
from sanfuwu.problems.queries.categories import Tree, category_tree
from sanfuwu.reference import stamps
from sanfuwu.rules.identifiers import DivisionLevel, division_at
from sanfuwu.territory.actor import active_on
from sanfuwu.territory.queries import division_name, unit_names

from ..models import CatalogueEntry

TOPIC = "catalogue"


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the catalogue, as the look-up needs it."""

    id: UUID
    category_id: UUID
    town: str
    lead: UUID
    co: tuple[UUID, ...]
    valid_from: dt.date
    valid_to: dt.date | None


@dataclass(frozen=True, slots=True)
class Proposed:
    """What the catalogue proposes, and by which line."""

    lead: UUID
    co: tuple[UUID, ...]
    category_id: UUID
    town: str


def propose(category_id: UUID | None, division: str, on: dt.date) -> Proposed | None:
    """The most specific entry that holds on a day for a category and a division (12 digits); None without one."""
    if category_id is None:
        return None
    entries = _entries()
    if not entries:
        return None
    town = (division_at(division, DivisionLevel.TOWN) or "") if division else ""
    for step in category_tree().path(category_id):
        for place in (town, "") if town else ("",):
            for entry in entries.get((step, place), ()):
                if active_on(entry.valid_from, entry.valid_to, on):
                    return Proposed(entry.lead, entry.co, entry.category_id, entry.town)
    return None


def proposed_unit(category_id: UUID | None, division: str, on: dt.date) -> UUID | None:
    """The lead alone, for whatever comes in. Whether it still exists is looked at when somebody dispatches."""
    found = propose(category_id, division, on)
    return found.lead if found else None


def reason(found: Proposed, on: dt.date) -> str:
    """供电 × 章镇镇 → 供电所: the line that was used, in words."""
    place = division_name(found.town, on) if found.town else ""
    category = category_tree().rows[found.category_id].name
    unit = unit_names(on).get(found.lead, "")
    return f"{category} × {place} → {unit}" if place else f"{category} → {unit}"


def entries_on(on: dt.date) -> list[CatalogueEntry]:
    """All entries that hold on a day or will, by category and town."""
    rows = CatalogueEntry.objects.select_related("category").exclude(valid_to__lte=on)
    return list(rows.order_by("category__code", "town", "valid_from"))


@dataclass(frozen=True, slots=True)
class Coverage:
    """One category in use: who is responsible where, or that nobody is."""

    category: Category
    depth: int
    everywhere: UUID | None  # the unit for the whole county, its own entry or one of a category above
    inherited: bool
    towns: Mapping[str, UUID]  # towns with an entry that differs

    @property
    def covered(self) -> bool:
        return self.everywhere is not None


def coverage(tree: Tree, towns: list[str], on: dt.date) -> list[Coverage]:
    """Every category in use, parents first; `towns` are divisions of twelve digits."""
    found: list[Coverage] = []

    def walk(parent: UUID | None, depth: int) -> None:
        for row in tree.children(parent):
            if row.status != Category.Status.ACTIVE:
                continue
            wide = propose(row.pk, "", on)
            everywhere = wide.lead if wide else None
            special = {town: one.lead for town in towns if (one := propose(row.pk, town, on)) and one.town}
            found.append(Coverage(row, depth, everywhere, wide is not None and wide.category_id != row.pk, special))
            walk(row.pk, depth + 1)

    walk(None, 0)
    return found


def _entries() -> Mapping[tuple[UUID, str], tuple[Entry, ...]]:
    return stamps.current(TOPIC, _read)


def _read() -> Mapping[tuple[UUID, str], tuple[Entry, ...]]:
    found: dict[tuple[UUID, str], tuple[Entry, ...]] = {}
    for e in CatalogueEntry.objects.order_by("valid_from"):
        entry = Entry(e.pk, e.category_id, e.town, e.lead_id, tuple(UUID(u) for u in e.co), e.valid_from, e.valid_to)
        found[e.category_id, e.town] = (*found.get((e.category_id, e.town), ()), entry)
    return found
