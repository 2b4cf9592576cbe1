"""单位表: 编码、名称、类型、上级、区划. Rows may stand in any order; a superior may stand in the same workbook.

A row without a code is known by its name and place, and a new one gets a code from the initials of its name.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext as _

from sanfuwu.counties.actions import ensure_divisions
from sanfuwu.counties.queries import county_code
from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.commit import commit
from sanfuwu.ledger.errors import ActionError
from sanfuwu.rules.identifiers import check_division
from sanfuwu.sheets import (
    DIFFERS,
    ERROR,
    NEW,
    SAME,
    Line,
    Repeats,
    Report,
    Row,
    Wrong,
    not_given,
    unknown_unit,
)
from sanfuwu.territory import policies
from sanfuwu.territory.actions import plan_create_unit
from sanfuwu.territory.actor import Actor
from sanfuwu.territory.tree import Tree, load_tree

from .unit_known import Known, Standing, looked_at, standing, with_codes
from .unit_table import ABOVE, CODE, KIND, KINDS, NAME, PLACE, PLACED, UNITS, NewUnit


def plan_units(rows: Sequence[Row], *, today: dt.date) -> Report[NewUnit]:
    """What each row is. Reads only."""
    known = standing(today)
    rows, proposed = with_codes(rows, known)
    by_name = {name: list(codes) for name, codes in known.by_name.items()}
    for row in rows:
        if row[CODE] not in known.units:
            by_name.setdefault(row[NAME], []).append(row[CODE])
    codes = known.units.keys() | {row[CODE] for row in rows}
    report: Report[NewUnit] = Report(columns=(CODE, KIND, ABOVE, PLACE))
    repeats = Repeats()
    for row in rows:
        said = (row[CODE], row[KIND], row[ABOVE], row[PLACE])
        try:
            new = _new_unit(row, codes, by_name, known.root, row.number in proposed)
            repeats.check(new.code, row.number, CODE)
            if (there := known.units.get(new.code)) is not None:
                report.lines.append(_there(row, new, there, known, said))
            else:
                report.lines.append(Line(row.number, new.name, NEW, item=new, extra=said))
        except Wrong as wrong:
            report.lines.append(
                Line(row.number, row[NAME] or row[CODE], ERROR, wrong.reason, wrong.heading, extra=said)
            )
    return looked_at(_without_lost_parents(report, known.units.keys()), known)


def _there(row: Row, new: NewUnit, there: Standing, known: Known, said: tuple[str, ...]) -> Line[NewUnit]:
    """A unit that is there already. What differs is said: an import changes no unit."""
    if (there.name, there.kind) != (new.name, new.kind):
        raise Wrong(
            CODE, _("The code is that of %(name)s already: change that unit on its own page.") % {"name": there.name}
        )
    differs = []
    # An empty cell says nothing about what is there.
    if row[ABOVE] and (new.above or known.root) != there.above:
        wanted = known.units.get(new.above)
        words = {"row": wanted.name if wanted else row[ABOVE], "there": known.name_of(there.above)}
        differs.append(_("the superior is another one: %(row)s here, %(there)s in the system") % words)
    if new.division and new.division != there.division:
        words = {"row": new.division, "there": there.division or _("none")}
        differs.append(_("the division is another one: %(row)s here, %(there)s in the system") % words)
    if not differs:
        return Line(row.number, new.name, SAME, extra=said)
    reason = _("There already, but %(what)s. An import changes no unit: open the unit and choose “Rename or move”.")
    return Line(row.number, new.name, DIFFERS, reason % {"what": _("; ").join(differs)}, extra=said, warns=True)


def _new_unit(row: Row, codes: Collection[str], by_name: dict[str, list[str]], root: str, proposed: bool) -> NewUnit:
    code, name = row[CODE], row[NAME]
    if not name:
        raise not_given(NAME)
    if len(code) > 32:
        raise Wrong(CODE, _("At most %(n)d characters.") % {"n": 32})
    if len(name) > 80:
        raise Wrong(NAME, _("At most %(n)d characters.") % {"n": 80})
    if not row[KIND]:
        raise not_given(KIND, UNITS.offered(KIND))
    kind = KINDS.get(row[KIND], "")
    if not kind:
        raise Wrong(
            KIND,
            _("“%(kind)s” is no kind of unit. Kinds are: %(all)s.")
            % {"kind": row[KIND], "all": "、".join(UNITS.offered(KIND))},
        )
    division = row[PLACE]
    if division:
        checked = check_division(division)
        if not checked.ok or not checked.value.startswith(county_code()):
            raise Wrong(
                PLACE,
                _("A division has twelve digits and begins with those of the county, %(code)s.")
                % {"code": county_code()},
            )
        division = checked.value
    elif kind in PLACED:
        raise Wrong(PLACE, _("A town or a village needs the twelve digits of its division."))
    return NewUnit(code, name, kind, _above(row, codes, by_name, root), division, proposed)


def _above(row: Row, known: Collection[str], by_name: dict[str, list[str]], root: str) -> str:
    said = row[ABOVE]
    if not said:
        return ""
    if said in known:
        code = said
    else:
        codes = by_name.get(said, [])
        if not codes:
            county = {name for name, there in by_name.items() if root in there}
            raise unknown_unit(said, by_name, ABOVE, never=county)
        if len(codes) > 1:
            raise Wrong(ABOVE, _("Several units have this name: give the code instead."))
        code = codes[0]
    if code == row[CODE]:
        raise Wrong(ABOVE, _("A unit cannot stand under itself."))
    return code


def _without_lost_parents(report: Report[NewUnit], there: object) -> Report[NewUnit]:
    """A row under a wrong row, or in a circle, cannot be taken either."""
    standing = set(there)  # type: ignore[call-overload]
    waiting = {line.item.code: line for line in report.new if line.item}
    order: list[str] = []
    while ready := [
        c for c, line in waiting.items() if line.item and (not line.item.above or line.item.above in standing)
    ]:
        for code in ready:
            standing.add(code)
            order.append(code)
            del waiting[code]
    lost = {line.row for line in waiting.values()}
    reason = _("The unit above is not in order: put that row right first.")
    lines = [
        replace(line, state=ERROR, reason=reason, heading=ABOVE, item=None) if line.row in lost else line
        for line in report.lines
    ]
    return Report(lines, report.columns)


def import_units(report: Report[NewUnit], *, valid_from: dt.date, actor: Actor, now: dt.datetime) -> int:
    """Make the new units of a report in one act, parents first; returns how many. Towns and villages also become
    divisions, so that problems can be registered there."""
    policies.require(policies.may_manage_units(actor))
    items = {item.code: item for item in report.items}
    with transaction.atomic():
        changes, tree = Changes(), load_tree()
        root = tree.root()
        for code in list(items):
            _make(changes, tree, items, code, root.code if root else "", valid_from, actor)
        if changes.events:
            tree.settle(changes)
            commit(changes, actor=actor, now=now)
        ensure_divisions(
            [(i.division, i.name) for i in report.items if i.kind in PLACED and i.division], valid_from=valid_from
        )
    return len(report.items)


def _make(
    changes: Changes,
    tree: Tree,
    items: dict[str, NewUnit],
    code: str,
    root: str,
    valid_from: dt.date,
    actor: Actor,
) -> None:
    """The unit and, before it, whatever stands above it in the workbook."""
    if tree.by_code(code) is not None:
        return
    item = items[code]
    above = item.above or root
    if above in items:
        _make(changes, tree, items, above, root, valid_from, actor)
    parent = tree.by_code(above)
    if parent is None:
        raise ActionError(_("First enter the county itself as a unit."))
    plan_create_unit(
        changes,
        tree,
        code=item.code,
        kind=item.kind,
        name=item.name,
        parent_id=parent.pk,
        valid_from=valid_from,
        division_code=item.division,
        actor=actor,
    )
