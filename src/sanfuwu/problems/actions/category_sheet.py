"""Categories from a workbook: one row each, 一级 / 二级 / 三级 and 编码. Looked at first, entered when confirmed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.errors import ActionError
from sanfuwu.reference.policies import may_set_lists, require
from sanfuwu.sheets import ERROR, NEW, SAME, Column, Line, Repeats, Report, Row, Table, Wrong, not_given
from sanfuwu.territory.actor import Actor

from ..queries.categories import Tree, read_tree
from .categories import _finish, plan_create

LEVELS = ("一级", "二级", "三级")
CODE = "编码"
_OTHERS = tuple(
    tuple(f"{level}{word}" for word in ("分类", "类别", "类目", "名称"))
    + tuple(f"{word}{'123'[n]}" for word in ("分类", "类别"))
    for n, level in enumerate(LEVELS)
)
CATEGORIES = Table(
    "问题分类",
    (
        Column(LEVELS[0], _OTHERS[0], True, notes=(gettext_lazy("One row is one category, at most three levels."),)),
        Column(LEVELS[1], _OTHERS[1], notes=(gettext_lazy("Empty in the row of a category of the first level."),)),
        Column(
            LEVELS[2],
            _OTHERS[2],
            notes=(gettext_lazy("The category above needs a row of its own, before this one."),),
        ),
        Column(
            CODE,
            ("分类编码", "分类代码", "类别编码", "类别代码", "代码", "编号"),
            True,
            notes=(
                gettext_lazy("Letters, digits, hyphens, at most 32 characters; once in the county, it never changes."),
            ),
        ),
    ),
    (
        ("公用事业", "", "", "gy"),
        ("公用事业", "供电", "", "gd"),
        ("公用事业", "供电", "线路与停电", "gd-xl"),
    ),
)


def preview_categories(rows: Sequence[Row], *, actor: Actor) -> Report[UUID]:
    """What the rows would make, what is there already, and what is wrong; nothing is written."""
    require(may_set_lists(actor))
    return _plan(rows, read_tree(), Changes())


def import_categories(rows: Sequence[Row], *, actor: Actor, now: dt.datetime) -> Report[UUID]:
    """Make what is missing. Rows known already are left alone, so that the same file adds nothing a second time."""
    require(may_set_lists(actor))
    with transaction.atomic():
        changes = Changes()
        done = _plan(rows, read_tree(lock=True), changes)
        if changes.events:
            _finish(changes, actor, now)
    return done


def _plan(rows: Sequence[Row], tree: Tree, changes: Changes) -> Report[UUID]:
    report: Report[UUID] = Report()
    names, codes = Repeats(), Repeats()
    for row in rows:
        what = " / ".join(row[level] for level in LEVELS if row[level])
        try:
            path = _path(row)
            names.check(tuple(path), row.number, LEVELS[len(path) - 1])
            made = _one(row, path, tree, changes, codes)
        except Wrong as wrong:
            report.lines.append(Line(row.number, what, ERROR, wrong.reason, wrong.heading))
        except ActionError as error:
            heading = CODE if error.field == "code" else LEVELS[len(path) - 1]
            report.lines.append(Line(row.number, what, ERROR, error.message, heading))
        else:
            report.lines.append(Line(row.number, what, NEW if made else SAME, item=made))
    return report


def _path(row: Row) -> list[str]:
    """The names from the first level down to the row's own. Raises `Wrong` at the level that is left out."""
    names = [row[level] for level in LEVELS]
    while names and not names[-1]:
        names.pop()
    if not names or not all(names):
        raise not_given(LEVELS[names.index("") if names else 0])
    return names


def _one(row: Row, path: Sequence[str], tree: Tree, changes: Changes, codes: Repeats) -> UUID | None:
    """The category that one row makes; None when it is there already."""
    name, code = path[-1], row[CODE]
    parent = None
    for level, upper in zip(LEVELS, path[:-1], strict=False):
        above = tree.named(parent, upper)
        if above is None:
            raise Wrong(level, _("“%(name)s” is not there; its own row must stand above this one.") % {"name": upper})
        parent = above.pk
    if not code:
        raise not_given(CODE)
    codes.check(code, row.number, CODE)
    present = tree.named(parent, name)
    if present is not None:
        if present.code == code:
            return None
        raise Wrong(CODE, _("“%(name)s” is there with the code %(code)s.") % {"name": name, "code": present.code})
    return plan_create(changes, tree, code=code, name=name, parent_id=parent).pk
