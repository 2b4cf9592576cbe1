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
from django.utils.translation import gettext_lazy

from sanfuwu.counties.queries import KINDS as COUNTY_KINDS
from sanfuwu.counties.queries import county_code, county_kind
from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.commit import commit
from sanfuwu.ledger.errors import ActionError, InvalidInput
from sanfuwu.problems.models import Category
from sanfuwu.problems.queries.categories import Tree, read_tree
from sanfuwu.reference import stamps
from sanfuwu.reference.policies import may_set_lists, require
from sanfuwu.sheets import ERROR, NEW, SAME, Column, Line, Repeats, Report, Row, Table, Wrong, not_given, unknown_unit
from sanfuwu.territory.actor import Actor
from sanfuwu.territory.models import Unit
from sanfuwu.territory.queries import divisions_below, unit_names

from ..queries import TOPIC
from .entries import Book, EntryInput, plan_add, read_book

CATEGORY, TOWN, LEAD, CO, FROM, UNTIL = "分类", "镇街", "主办单位", "协办单位", "起始日期", "截止日期"
_A_DAY = gettext_lazy("As 2026-01-31 or 2026年1月31日.")


def _whole() -> str:
    return _("Name of a town. Empty or %(whole)s: everywhere.") % {"whole": f"全{county_kind()}"}


CATALOGUE = Table(
    "派单目录",
    (
        Column(
            CATEGORY,
            ("问题分类", "问题类别", "类别", "分类名称", "分类编码"),
            True,
            notes=(gettext_lazy("Code, full name as 公用事业/供电, or a name that only one category has."),),
        ),
        Column(TOWN, ("乡镇街道", "乡镇", "街道", "属地", "所属镇街", "地点"), notes=(_whole,)),
        Column(
            LEAD,
            ("主办", "责任单位", "牵头单位", "承办单位"),
            True,
            notes=(gettext_lazy("Name or code of a unit."),),
        ),
        Column(
            CO,
            ("协办", "配合单位", "协同单位"),
            notes=(gettext_lazy("Names or codes, several with 、 between them."),),
        ),
        Column(FROM, ("开始日期", "生效日期"), notes=(_A_DAY, gettext_lazy("Empty: from today."))),
        Column(
            UNTIL, ("结束日期", "失效日期"), notes=(_A_DAY, gettext_lazy("The last day; empty: until it is ended."))
        ),
    ),
    (
        ("公用事业/供电", "城关镇", "城关供电所", "供电公司", "2026-01-01", ""),
        ("gd", "", "供电公司", "", "", ""),
    ),
)
_HEADING_OF = {
    "category_id": CATEGORY,
    "town": TOWN,
    "lead": LEAD,
    "co": CO,
    "valid_from": FROM,
    "valid_to": UNTIL,
}
_SEVERAL = re.compile(r"[、，,;；]")
_WHOLE = frozenset({"", *(f"全{kind}" for kind in COUNTY_KINDS)})


@dataclass(frozen=True, slots=True)
class _Names:
    """What the words of a row may mean."""

    tree: Tree
    towns: Mapping[str, str]  # name → division
    units: Mapping[str, list[UUID]]  # name or code → active units


def preview_entries(rows: Sequence[Row], *, actor: Actor, now: dt.datetime) -> Report[UUID]:
    """What the rows would add, what is there already, and what is wrong; nothing is written."""
    require(may_set_lists(actor))
    return _plan(rows, read_book(), Changes(), now)


def import_entries(rows: Sequence[Row], *, actor: Actor, now: dt.datetime) -> Report[UUID]:
    """Add what is missing; the same file adds nothing a second time."""
    require(may_set_lists(actor))
    with transaction.atomic():
        changes = Changes()
        done = _plan(rows, read_book(lock=True), changes, now)
        if changes.events:
            stamps.touch(changes, TOPIC)
            commit(changes, actor=actor, now=now)
    return done


def _plan(rows: Sequence[Row], book: Book, changes: Changes, now: dt.datetime) -> Report[UUID]:
    today = timezone.localdate(now)
    names = _names(today)
    report: Report[UUID] = Report()
    repeats = Repeats()
    for row in rows:
        place = "" if row[TOWN] in _WHOLE else row[TOWN]
        what = f"{row[CATEGORY]} × {place or f'全{county_kind()}'} → {row[LEAD]}"
        try:
            given = _given(row, names, today)
            repeats.check((given.category_id, given.town, given.valid_from), row.number, CATEGORY)
            if _is_there(book, given):
                report.lines.append(Line(row.number, what, SAME))
                continue
            made = plan_add(changes, book, given)
        except Wrong as wrong:
            report.lines.append(Line(row.number, what, ERROR, wrong.reason, wrong.heading))
        except ActionError as error:
            report.lines.append(
                Line(row.number, what, ERROR, error.message, _HEADING_OF.get(error.field or "", CATEGORY))
            )
        else:
            report.lines.append(Line(row.number, what, NEW, item=made.pk))
    return report


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
    if empty := next((heading for heading in CATALOGUE.required if not row[heading]), ""):
        raise not_given(empty)
    town = row[TOWN]
    if town not in _WHOLE and town not in names.towns:
        raise InvalidInput(_("There is no town “%(name)s”.") % {"name": town}, field="town")
    others = [part.strip() for part in _SEVERAL.split(row[CO]) if part.strip()]
    return EntryInput(
        category_id=_category(row[CATEGORY], names.tree),
        town="" if town in _WHOLE else names.towns[town],
        lead=_unit(row[LEAD], names, LEAD),
        co=tuple(_unit(word, names, CO) for word in others),
        valid_from=_day(row[FROM], "valid_from") or today,
        valid_to=_day(row[UNTIL], "valid_to"),
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


def _unit(word: str, names: _Names, heading: str) -> UUID:
    found = names.units.get(word, [])
    if not found:
        raise unknown_unit(word, names.units, heading)
    if len(found) > 1:
        raise Wrong(heading, _("Several units are named “%(name)s”.") % {"name": word})
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
