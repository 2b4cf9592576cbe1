"""What a unit's row is compared with: the units there are, the codes of rows that have none, and what looks wrong."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from sanfuwu.rules.identifiers import check_division
from sanfuwu.sheets import NEW, Line, Report, Row
from sanfuwu.territory.models import Unit
from sanfuwu.territory.naming import proposed_code
from sanfuwu.territory.queries import unit_names, unit_tree

from .unit_table import ABOVE, CODE, KIND, KINDS, NAME, PLACE, NewUnit

_TOWN = 9  # digits that a village's division has in common with its town's
_HOLDS_VILLAGES = (Unit.Kind.TOWN, Unit.Kind.ZONE)


@dataclass(frozen=True, slots=True)
class Standing:
    """A unit that is there; `above` is the code of its superior, "" for the county itself."""

    code: str
    name: str
    kind: str
    above: str
    division: str


@dataclass(frozen=True, slots=True)
class Known:
    """All units by code, closed ones too, the codes of each name in use, and the code of the county itself."""

    units: Mapping[str, Standing]
    by_name: Mapping[str, Sequence[str]]
    root: str

    def name_of(self, code: str) -> str:
        return self.units[code].name if code in self.units else ""


def standing(today: dt.date) -> Known:
    """The units as of today; a closed one, and one that begins later, by the name it has."""
    nodes = unit_tree(today)
    codes = {node.id: node.code for node in nodes}
    names = unit_names(today)
    everyone = Unit.objects.values_list("pk", "code", "kind")
    units = {code: Standing(code, names.get(pk, ""), kind, "", "") for pk, code, kind in everyone}
    by_name: dict[str, list[str]] = defaultdict(list)
    for node in nodes:
        above = codes[node.parent_id] if node.parent_id else ""
        units[node.code] = Standing(node.code, node.name, node.kind, above, node.division_code)
        by_name[node.name].append(node.code)
    root = next((node.code for node in nodes if node.kind == Unit.Kind.COUNTY), "")
    return Known(units, by_name, root)


def with_codes(rows: Sequence[Row], known: Known) -> tuple[list[Row], frozenset[int]]:
    """The rows, each with a code, and the numbers of those for which one was proposed.

    A row without a code is the unit of its name, kind and place if there is one, so that the same workbook a second
    time adds nothing; otherwise it gets the initials of its name.
    """
    taken = {*known.units, *(row[CODE] for row in rows if row[CODE])}
    found: list[Row] = []
    proposed = set()
    for row in rows:
        if row[CODE] or not row[NAME]:
            found.append(row)
            continue
        code = _same(row, known)
        if not code:
            code = proposed_code(row[NAME], taken)
            taken.add(code)
            proposed.add(row.number)
        found.append(replace(row, cells={**row.cells, CODE: code}))
    return found, frozenset(proposed)


def _same(row: Row, known: Known) -> str:
    """The code of the unit that a row without one means, "" for a new one. Villages share names: the place decides."""
    division = check_division(row[PLACE])
    there = [
        unit
        for code in known.by_name.get(row[NAME], ())
        if (unit := known.units[code]).kind == KINDS.get(row[KIND])
        and not (division.ok and unit.division and unit.division != division.value)
    ]
    if len(there) > 1:
        there = [unit for unit in there if row[ABOVE] in (unit.above, known.name_of(unit.above))]
    return there[0].code if len(there) == 1 else ""


def looked_at(report: Report[NewUnit], known: Known) -> Report[NewUnit]:
    """The report with what its reader should look at: villages that stand under no town or another one than their
    division says, and codes that were proposed."""
    items = {item.code: item for item in report.items}
    units: dict[str, Standing | NewUnit] = {**known.units, **items}
    towns = {u.division[:_TOWN]: u.name for u in units.values() if u.kind == Unit.Kind.TOWN and u.division}
    lines = []
    for line in report.lines:
        if line.state == NEW and line.item is not None:
            warning = _doubt(line.item, units, towns, known)
            note = _("The code was proposed from the initials of the name.") if line.item.proposed else ""
            heading, extra = ABOVE if warning else "", (line.item.code, *_shown(line, known))
            line = replace(line, reason=warning + note, warns=bool(warning), heading=heading, extra=extra)
        lines.append(line)
    return Report(lines, report.columns)


def _shown(line: Line[NewUnit], known: Known) -> tuple[str, ...]:
    """Kind, superior, division: where the unit will stand, the county itself where the row names nothing."""
    kind, above, division = line.extra[1:]
    return kind, above or known.name_of(known.root), division


def _doubt(item: NewUnit, units: Mapping[str, Standing | NewUnit], towns: Mapping[str, str], known: Known) -> str:
    """What looks wrong about where a village stands, "" where nothing does."""
    if item.kind != Unit.Kind.VILLAGE:
        return ""
    town = towns.get(item.division[:_TOWN], "")
    meant = _("By its division it belongs to %(town)s.") % {"town": town} if town else ""
    above = units.get(item.above)
    if above is None or item.above == known.root:
        return (
            _("No town above it: it would stand directly under %(county)s.") % {"county": known.name_of(known.root)}
            + meant
        )
    if above.kind not in _HOLDS_VILLAGES:
        return _("%(above)s is no town.") % {"above": above.name} + meant
    if above.kind == Unit.Kind.TOWN and above.division and above.division[:_TOWN] != item.division[:_TOWN]:
        return _("Its division is not one of %(above)s.") % {"above": above.name} + meant
    return ""
