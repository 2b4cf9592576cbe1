"""Categories from a workbook: one row each, 一级 / 二级 / 三级 and 编码. Looked at first, entered when confirmed.

The usual layout has one row a lowest category, with the names above it merged or written once: an empty upper cell
means what stands above it, and an upper category that has no row of its own is made with its first one below.
"""

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
from sanfuwu.territory.naming import proposed_code

from ..queries.categories import Tree, read_tree
from .categories import _clean, _finish, _free_code, plan_create

LEVELS = ("一级", "二级", "三级")
CODE = "编码"
_OTHERS = tuple(
    tuple(f"{level}{word}" for word in ("分类", "类别", "类目", "名称"))
    + tuple(f"{word}{'123'[n]}" for word in ("分类", "类别"))
    + tuple(f"{'大中小'[n]}{word}" for word in ("类", "类名称", "类别"))
    + (f"第{level}",)
    for n, level in enumerate(LEVELS)
)
CATEGORIES = Table(
    "问题分类",
    (
        Column(
            LEVELS[0],
            _OTHERS[0],
            True,
            notes=(
                gettext_lazy("One row is one category, at most three levels."),
                gettext_lazy("A merged cell, or an empty one under a name, holds for the rows below it as well."),
            ),
        ),
        Column(LEVELS[1], _OTHERS[1], notes=(gettext_lazy("Empty in the row of a category of the first level."),)),
        Column(
            LEVELS[2],
            _OTHERS[2],
            notes=(gettext_lazy("A category above that has no row of its own is made with it."),),
        ),
        Column(
            CODE,
            ("分类编码", "分类代码", "类别编码", "类别代码", "代码", "编号"),
            notes=(
                gettext_lazy("Letters, digits, hyphens, at most 32 characters; once in the county, it never changes."),
                gettext_lazy("Empty: the initials of the name, as gd for 供电; the preview shows them."),
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
    report: Report[UUID] = Report(columns=(CODE,))
    names, codes = Repeats(), Repeats()
    paths = _paths(rows)
    own = {path for path in paths.values() if all(path)}
    taken = {c.code for c in tree.rows.values()} | {row[CODE] for row in rows}
    for row in rows:
        path = paths[row.number]
        what = " / ".join(name for name in path if name)
        try:
            if not path or not all(path):
                raise not_given(LEVELS[path.index("") if path else 0])
            names.check(path, row.number, LEVELS[len(path) - 1])
            made, code, notes = _one(row, path, tree, changes, codes, own, taken)
        except Wrong as wrong:
            report.lines.append(Line(row.number, what, ERROR, wrong.reason, wrong.heading, extra=(row[CODE],)))
        except ActionError as error:
            heading = CODE if error.field == "code" else LEVELS[len(path) - 1]
            report.lines.append(Line(row.number, what, ERROR, error.message, heading, extra=(row[CODE],)))
        else:
            state = NEW if made else SAME
            report.lines.append(Line(row.number, what, state, "".join(notes), item=made, extra=(code,)))
    return report


def _paths(rows: Sequence[Row]) -> dict[int, tuple[str, ...]]:
    """{row: the names from the first level down to its own}, with what an empty upper cell has above it. "" is left
    where nothing stands above, or something of another category."""
    found: dict[int, tuple[str, ...]] = {}
    above: tuple[str, ...] = ()
    for row in rows:
        names = [row[level] for level in LEVELS]
        while names and not names[-1]:
            names.pop()
        for at, name in enumerate(names[:-1]):
            if not name and tuple(names[:at]) == above[:at]:
                names[at] = above[at] if at < len(above) else ""
        found[row.number] = tuple(names)
        above = tuple(names) if names and all(names) else above
    return found


def _one(
    row: Row,
    path: tuple[str, ...],
    tree: Tree,
    changes: Changes,
    codes: Repeats,
    own: set[tuple[str, ...]],
    taken: set[str],
) -> tuple[UUID | None, str, list[str]]:
    """(the category that one row makes, None when it is there already; its code; what else its reader must know)."""
    notes: list[str] = []
    name, code = path[-1], row[CODE]
    parent: UUID | None = None
    wanted: list[str] = []  # upper categories to be made with this one: all below the first that is missing
    for level, upper in enumerate(path[:-1]):
        above = None if wanted else tree.named(parent, upper)
        if above is not None:
            parent = above.pk
        elif path[: level + 1] in own:
            raise Wrong(
                LEVELS[level], _("“%(name)s” is not there; its own row must stand above this one.") % {"name": upper}
            )
        else:
            wanted.append(upper)
    if code:
        codes.check(code, row.number, CODE)
    present = None if wanted else tree.named(parent, name)
    if present is not None:
        if code and present.code != code:
            raise Wrong(CODE, _("“%(name)s” is there with the code %(code)s.") % {"name": name, "code": present.code})
        return None, present.code, notes
    # All that could refuse this row comes before what it would make above itself.
    for word in (*wanted, name):
        _clean(word)
    if code:
        _free_code(tree, code)
    for upper in wanted:
        proposed = _proposed(upper, taken)
        parent = plan_create(changes, tree, code=proposed, name=upper, parent_id=parent).pk
        notes.append(_("Makes “%(name)s” above it, code %(code)s.") % {"name": upper, "code": proposed})
    if not code:
        code = _proposed(name, taken)
        notes.append(_("The code was proposed from the initials of the name."))
    return plan_create(changes, tree, code=code, name=name, parent_id=parent).pk, code, notes


def _proposed(name: str, taken: set[str]) -> str:
    code = proposed_code(name, taken)
    taken.add(code)
    return code
