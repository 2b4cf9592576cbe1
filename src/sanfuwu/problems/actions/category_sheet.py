"""Categories from a workbook: one row each, 一级 / 二级 / 三级 and 编码. Looked at first, entered when confirmed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.errors import ActionError, InvalidInput
from sanfuwu.reference.policies import may_set_lists, require
from sanfuwu.reference.sheets import Fault, Preview, Row
from sanfuwu.territory.actor import Actor

from ..queries.categories import Tree, read_tree
from .categories import _finish, plan_create

LEVELS = ("一级", "二级", "三级")
CODE = "编码"
HEADINGS = (*LEVELS, CODE)
REQUIRED = ("一级", CODE)
_HEADING_OF = {"code": CODE, "name": LEVELS[-1], "parent_id": LEVELS[0]}


def preview_categories(rows: Sequence[Row], *, actor: Actor) -> Preview:
    """What the rows would make, what is there already, and what is wrong; nothing is written."""
    require(may_set_lists(actor))
    return _plan(rows, read_tree(), Changes())


def import_categories(rows: Sequence[Row], *, actor: Actor, now: dt.datetime) -> Preview:
    """Make what is missing. Rows known already are left alone, so that the same file adds nothing a second time."""
    require(may_set_lists(actor))
    with transaction.atomic():
        changes = Changes()
        done = _plan(rows, read_tree(lock=True), changes)
        if changes.events:
            _finish(changes, actor, now)
    return done


def _plan(rows: Sequence[Row], tree: Tree, changes: Changes) -> Preview:
    preview = Preview()
    for row in rows:
        try:
            made = _one(row, tree, changes)
        except ActionError as error:
            preview.faults.append(Fault(row.number, _HEADING_OF.get(error.field or "", ""), error.message))
        else:
            if made:
                preview.new.append((row.number, made))
            else:
                preview.known += 1
    return preview


def _one(row: Row, tree: Tree, changes: Changes) -> str:
    """The full name of what one row makes; "" when it is there already."""
    names = [row.cells.get(level, "") for level in LEVELS]
    while names and not names[-1]:
        names.pop()
    if not names or not all(names):
        raise InvalidInput(_("A level above is empty."), field="parent_id")
    code = row.cells.get(CODE, "")
    parent = None
    for name in names[:-1]:
        above = tree.named(parent, name)
        if above is None:
            raise InvalidInput(
                _("“%(name)s” is not there; its own row must stand above this one.") % {"name": name},
                field="parent_id",
            )
        parent = above.pk
    present = tree.named(parent, names[-1])
    if present is not None:
        if present.code == code:
            return ""
        raise InvalidInput(
            _("“%(name)s” is there with the code %(code)s.") % {"name": names[-1], "code": present.code}, field="code"
        )
    return tree.full_name(plan_create(changes, tree, code=code, name=names[-1], parent_id=parent).pk)
