"""The catalogue from a workbook: 分类, 镇街 (empty: the whole county), 主办单位, 协办单位, 起始日期, 截止日期."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from sanfuwu.counties.queries import county_code
from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.commit import commit
from sanfuwu.ledger.errors import ActionError, InvalidInput
from sanfuwu.problems.models import Category
from sanfuwu.problems.queries.categories import Tree, read_tree
from sanfuwu.reference import stamps
from sanfuwu.reference.policies import may_set_lists, require
from sanfuwu.reference.sheets import Fault, Preview, Row
from sanfuwu.territory.actor import Actor
from sanfuwu.territory.models import Unit
from sanfuwu.territory.queries import divisions_below, unit_names

from ..queries import TOPIC
from .entries import Book, EntryInput, plan_add, read_book

CATEGORY, TOWN, LEAD, CO, FROM, UNTIL = "分类", "镇街", "主办单位", "协办单位", "起始日期", "截止日期"
HEADINGS = (CATEGORY, TOWN, LEAD, CO, FROM, UNTIL)
REQUIRED = (CATEGORY, LEAD)
_HEADING_OF = {
    "category_id": CATEGORY,
    "town": TOWN,
    "lead": LEAD,
    "co": CO,
    "valid_from": FROM,
    "valid_to": UNTIL,
}
_SEVERAL = re.compile(r"[、，,;；]")
_WHOLE = frozenset({"", "全区", "全县", "全市"})


@dataclass(frozen=True, slots=True)
class _Names:
    """What the words of a row may mean."""

    tree: Tree
    towns: Mapping[str, str]  # name → division
    units: Mapping[str, list[UUID]]  # name or code → active units


def preview_entries(rows: Sequence[Row], *, actor: Actor, now: dt.datetime) -> Preview:
    """What the rows would add, what is there already, and what is wrong; nothing is written."""
    require(may_set_lists(actor))
    return _plan(rows, read_book(), Changes(), now)


def import_entries(rows: Sequence[Row], *, actor: Actor, now: dt.datetime) -> Preview:
    """Add what is missing; the same file adds nothing a second time."""
    require(may_set_lists(actor))
    with transaction.atomic():
        changes = Changes()
        done = _plan(rows, read_book(lock=True), changes, now)
        if changes.events:
            stamps.touch(changes, TOPIC)
            commit(changes, actor=actor, now=now)
    return done


def _plan(rows: Sequence[Row], book: Book, changes: Changes, now: dt.datetime) -> Preview:
    today = timezone.localdate(now)
    names = _names(today)
    preview = Preview()
    for row in rows:
        try:
            given = _given(row, names, today)
            if _is_there(book, given):
                preview.known += 1
                continue
            plan_add(changes, book, given)
        except ActionError as error:
            preview.faults.append(Fault(row.number, _HEADING_OF.get(error.field or "", ""), error.message))
        else:
            place = row.cells.get(TOWN, "") or _("the whole county")
            preview.new.append((row.number, f"{row.cells[CATEGORY]} × {place} → {row.cells[LEAD]}"))
    return preview


def _names(today: dt.date) -> _Names:
    places = divisions_below(county_code().ljust(12, "0"), today)
    towns = {name: code for code, name in places.items() if code.endswith("000") and code[6:9] != "000"}
    units: dict[str, list[UUID]] = {}
    named = unit_names(today)
    for pk, code in Unit.objects.filter(status=Unit.Status.ACTIVE).values_list("pk", "code"):
        for word in {code, named.get(pk, "")} - {""}:
            units.setdefault(word, []).append(pk)
    return _Names(read_tree(), towns, units)


def _given(row: Row, names: _Names, today: dt.date) -> EntryInput:
    town = row.cells.get(TOWN, "")
    if town not in _WHOLE and town not in names.towns:
        raise InvalidInput(_("There is no town “%(name)s”.") % {"name": town}, field="town")
    others = [part.strip() for part in _SEVERAL.split(row.cells.get(CO, "")) if part.strip()]
    return EntryInput(
        category_id=_category(row.cells.get(CATEGORY, ""), names.tree),
        town="" if town in _WHOLE else names.towns[town],
        lead=_unit(row.cells.get(LEAD, ""), names, "lead"),
        co=tuple(_unit(word, names, "co") for word in others),
        valid_from=_day(row.cells.get(FROM, ""), "valid_from") or today,
        valid_to=_day(row.cells.get(UNTIL, ""), "valid_to"),
    )


def _category(word: str, tree: Tree) -> UUID:
    """By code, by 公用事业/供电, or by a name that only one category in use has."""
    if (by_code := tree.by_code(word)) is not None:
        return by_code.pk
    parts = [part.strip() for part in word.split("/") if part.strip()]
    parent: UUID | None = None
    for part in parts if len(parts) > 1 else []:
        step = tree.named(parent, part)
        if step is None:
            break
        parent = step.pk
    else:
        if parent is not None:
            return parent
    found = [c.pk for c in tree.rows.values() if c.name == word and c.status == Category.Status.ACTIVE]
    if len(found) != 1:
        sentence = _("There is no category “%(name)s”.") if not found else _("Several categories are named “%(name)s”.")
        raise InvalidInput(sentence % {"name": word}, field="category_id")
    return found[0]


def _unit(word: str, names: _Names, field: str) -> UUID:
    found = names.units.get(word, [])
    if len(found) != 1:
        sentence = _("There is no unit “%(name)s”.") if not found else _("Several units are named “%(name)s”.")
        raise InvalidInput(sentence % {"name": word}, field=field)
    return found[0]


def _day(text: str, field: str) -> dt.date | None:
    if not text:
        return None
    digits = re.findall(r"\d+", text)
    try:
        return dt.date(*(int(part) for part in digits[:3]))
    except (TypeError, ValueError):
        raise InvalidInput(_("A day, as in 2026-01-31."), field=field) from None


def _is_there(book: Book, given: EntryInput) -> bool:
    """The same units for the same category and place, in force on the row's first day."""
    for entry in book.entries.get((given.category_id, given.town), []):
        same = entry.lead_id == given.lead and [str(unit) for unit in given.co] == list(entry.co)
        begun = entry.valid_from <= given.valid_from
        if same and begun and (entry.valid_to is None or given.valid_from < entry.valid_to):
            return True
    return False
