"""The tree of categories, whole: a county has some hundred of them."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Count
from django.utils.translation import gettext as _

from sanfuwu.ledger.errors import NotVisible
from sanfuwu.reference import stamps

from ..models import Category, Problem

TOPIC = "categories"
MOST_LEVELS = 3


class Tree:
    """All categories with their places. Not shared between threads: `category_tree` gives each caller the same one
    to read only; actions read their own."""

    def __init__(self, rows: Iterable[Category]) -> None:
        self.rows: dict[UUID, Category] = {}
        self._children: dict[UUID | None, list[Category]] = {}
        self._codes: dict[str, Category] = {}
        for row in rows:
            self.add(row)

    def add(self, row: Category) -> None:
        self.rows[row.pk] = row
        self._children.setdefault(row.parent_id, []).append(row)
        self._codes[row.code] = row

    def row(self, category_id: UUID) -> Category:
        """Raises `NotVisible` for one that does not exist."""
        try:
            return self.rows[category_id]
        except KeyError:
            raise NotVisible(_("There is no such category.")) from None

    def by_code(self, code: str) -> Category | None:
        return self._codes.get(code)

    def children(self, category_id: UUID | None) -> list[Category]:
        return self._children.get(category_id, [])

    def named(self, parent_id: UUID | None, name: str) -> Category | None:
        return next((c for c in self.children(parent_id) if c.name == name), None)

    def path(self, category_id: UUID | None) -> tuple[UUID, ...]:
        """The category and its ancestors, itself first; empty for None and for an unknown one."""
        found: list[UUID] = []
        while category_id is not None and category_id in self.rows and category_id not in found:
            found.append(category_id)
            category_id = self.rows[category_id].parent_id
        return tuple(found)

    def below(self, category_id: UUID) -> list[UUID]:
        """The category and everything below it."""
        found = [category_id]
        for pk in found:
            found += [child.pk for child in self.children(pk)]
        return found

    def height(self, category_id: UUID) -> int:
        """Levels from the category down to its lowest descendant, itself counted."""
        return 1 + max((self.height(child.pk) for child in self.children(category_id)), default=0)

    def full_name(self, category_id: UUID) -> str:
        """公用事业 / 供电."""
        return " / ".join(self.rows[pk].name for pk in reversed(self.path(category_id)))

    def names(self, category_id: UUID | None) -> tuple[str, str]:
        """(供电, 公用事业 / 供电) for a page; both empty for None."""
        row = self.rows.get(category_id) if category_id is not None else None
        return (row.name, self.full_name(row.pk)) if row is not None else ("", "")


def category_tree() -> Tree:
    """Remembered until a category changes; only to be read."""
    return stamps.current(TOPIC, read_tree)


def read_tree(*, lock: bool = False) -> Tree:
    """Read now. Parents come in any order; siblings by code."""
    rows = Category.objects.order_by("code")
    return Tree(rows.select_for_update() if lock else rows)


def problems_filed() -> dict[UUID, int]:
    """{category: problems filed or, before acceptance, proposed under it}; training is not counted."""
    real = Problem.objects.exclude(origin="training")
    found: dict[UUID, int] = {}
    for name in ("category_id", "proposed_category_id"):
        rows = real if name == "category_id" else real.filter(category_id__isnull=True)
        for pk, n in rows.filter(**{f"{name}__isnull": False}).values_list(name).annotate(n=Count("pk")):
            found[pk] = found.get(pk, 0) + n
    return found
