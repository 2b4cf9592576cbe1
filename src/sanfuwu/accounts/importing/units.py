"""单位表: 编码、名称、类型、上级、区划. Rows may stand in any order; a superior may stand in the same workbook."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanfuwu.counties.actions import ensure_divisions
from sanfuwu.counties.queries import county_code
from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.commit import commit
from sanfuwu.ledger.errors import ActionError
from sanfuwu.rules.identifiers import check_division
from sanfuwu.sheets import ERROR, NEW, SAME, Column, Line, Repeats, Report, Row, Table, Wrong, not_given, unknown_unit
from sanfuwu.territory import policies
from sanfuwu.territory.actions import plan_create_unit
from sanfuwu.territory.actor import Actor
from sanfuwu.territory.models import Unit
from sanfuwu.territory.queries import unit_names
from sanfuwu.territory.tree import Tree, load_tree

CODE, NAME, KIND, ABOVE, PLACE = "编码", "名称", "类型", "上级", "区划"

_K = Unit.Kind
KINDS: dict[str, str] = {
    "办公室": _K.OFFICE,
    "综合办事机构": _K.OFFICE,
    "党政机关": _K.OFFICE,
    "部门": _K.DEPARTMENT,
    "机关部门": _K.DEPARTMENT,
    "镇街": _K.TOWN,
    "乡镇": _K.TOWN,
    "街道": _K.TOWN,
    "镇": _K.TOWN,
    "乡": _K.TOWN,
    "乡镇街道": _K.TOWN,
    "村社": _K.VILLAGE,
    "村": _K.VILLAGE,
    "社区": _K.VILLAGE,
    "公共服务单位": _K.PUBLIC_SERVICE,
    "公用事业": _K.PUBLIC_SERVICE,
    "开发区": _K.ZONE,
    "园区": _K.ZONE,
    "国有企业": _K.STATE_FIRM,
}
_PLACED = (_K.TOWN, _K.VILLAGE)


def _first_digits() -> str:
    return _("Twelve digits that begin with those of the county, %(code)s.") % {"code": county_code()}


UNITS = Table(
    "单位",
    (
        Column(
            CODE,
            ("单位编码", "单位编号", "单位代码", "机构编码", "机构代码", "编号", "代码"),
            True,
            notes=(gettext_lazy("Short, of letters, digits and hyphens, once in the county; it never changes."),),
        ),
        Column(
            NAME,
            ("单位名称", "机构名称", "部门名称", "单位", "全称"),
            True,
            notes=(
                gettext_lazy("The full name that people know."),
                gettext_lazy(
                    "A village by its own name, with its town in 上级: lists of places put the town before it."
                ),
            ),
        ),
        Column(KIND, ("单位类型", "单位类别", "单位性质", "机构类型", "类别", "性质"), True, words=lambda: KINDS),
        Column(
            ABOVE,
            ("上级单位", "主管单位", "上级编码", "所属单位", "隶属"),
            notes=(
                gettext_lazy("Name or code of a unit, of this workbook too."),
                gettext_lazy("Empty: the county itself."),
            ),
        ),
        Column(
            PLACE,
            ("行政区划代码", "区划代码", "行政区划", "区划编码"),
            notes=(
                gettext_lazy("Required for towns and villages: problems are registered there."),
                _first_digits,
            ),
        ),
    ),
    (
        ("sfwb", "三服务办", "办公室", "", ""),
        ("zjj", "住房和城乡建设局", "部门", "", ""),
        ("cgz", "城关镇", "镇街", "", "（十二位，末三位 000）"),
        ("cgz-dm", "东门社区", "村社", "城关镇", "（十二位）"),
    ),
)


@dataclass(frozen=True, slots=True)
class NewUnit:
    """A unit of the workbook; `above` is a code, of the tree or of the workbook, "" = the county."""

    code: str
    name: str
    kind: str
    above: str
    division: str


def plan_units(rows: Sequence[Row], *, today: dt.date) -> Report[NewUnit]:
    """What each row is. Reads only."""
    units = {unit.code: unit for unit in Unit.objects.all()}
    names = unit_names(today)
    by_name: dict[str, list[str]] = {}
    for unit in units.values():
        if unit.status != Unit.Status.CLOSED:
            by_name.setdefault(names.get(unit.pk, ""), []).append(unit.code)
    for row in rows:
        if row[CODE] and row[CODE] not in units:
            by_name.setdefault(row[NAME], []).append(row[CODE])
    known = {**{code: unit.kind for code, unit in units.items()}, **{row[CODE]: "" for row in rows}}
    report: Report[NewUnit] = Report()
    repeats = Repeats()
    for row in rows:
        try:
            new = _new_unit(row, known, by_name)
            repeats.check(new.code, row.number, CODE)
            if (there := units.get(new.code)) is not None:
                report.lines.append(_there(row, new, there, names.get(there.pk, "")))
            else:
                report.lines.append(Line(row.number, new.name, NEW, item=new))
        except Wrong as wrong:
            report.lines.append(Line(row.number, row[NAME] or row[CODE], ERROR, wrong.reason, wrong.heading))
    return _without_lost_parents(report, units.keys())


def _there(row: Row, new: NewUnit, there: Unit, name: str) -> Line[NewUnit]:
    if name == new.name and there.kind == new.kind:
        return Line(row.number, new.name, SAME)
    raise Wrong(CODE, _("The code is that of %(name)s already: change that unit on its own page.") % {"name": name})


def _new_unit(row: Row, known: dict[str, str], by_name: dict[str, list[str]]) -> NewUnit:
    code, name = row[CODE], row[NAME]
    if not code:
        raise not_given(CODE)
    if len(code) > 32:
        raise Wrong(CODE, _("At most %(n)d characters.") % {"n": 32})
    if not name:
        raise not_given(NAME)
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
    elif kind in _PLACED:
        raise Wrong(PLACE, _("A town or a village needs the twelve digits of its division."))
    return NewUnit(code, name, kind, _above(row, known, by_name), division)


def _above(row: Row, known: dict[str, str], by_name: dict[str, list[str]]) -> str:
    said = row[ABOVE]
    if not said:
        return ""
    if said in known:
        code = said
    else:
        codes = by_name.get(said, [])
        if not codes:
            raise unknown_unit(said, by_name, ABOVE)
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
    lines = [
        Line(line.row, line.what, ERROR, _("The unit above is not in order: put that row right first."), ABOVE)
        if line.row in lost
        else line
        for line in report.lines
    ]
    return Report(lines)


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
            [(i.division, i.name) for i in report.items if i.kind in _PLACED and i.division], valid_from=valid_from
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
