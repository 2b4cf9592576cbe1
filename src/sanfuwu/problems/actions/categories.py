"""分类: entered by the office, or proposed by an import and confirmed by a person before anything is filed under it.

A category has events since it became a stream; one that is older tells all of its values with its first event.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.commit import commit
from sanfuwu.ledger.errors import IllegalTransition, InvalidInput, NotAllowed, NotVisible
from sanfuwu.reference import stamps
from sanfuwu.reference.policies import may_set_lists
from sanfuwu.rules.text import content_key
from sanfuwu.territory.actor import Actor
from sanfuwu.territory.models import Role

from ..models import Category, Problem
from ..queries.categories import MOST_LEVELS, TOPIC, Tree, read_tree
from ..snapshot import load_many
from ._shell import Context, finish

NAME_LENGTH = 60
_BATCH = 500
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._\-]{0,31}", re.ASCII)


def create_category(code: str, name: str, *, parent_id: UUID | None = None, actor: Actor, now: dt.datetime) -> Category:
    """A category in use, at most three levels deep. Names are unique below one parent, codes everywhere."""
    _require_office(actor)
    with transaction.atomic():
        changes, tree = Changes(), _locked_tree()
        row = plan_create(changes, tree, code=code, name=name, parent_id=parent_id)
        _finish(changes, actor, now)
    return row


def plan_create(changes: Changes, tree: Tree, *, code: str, name: str, parent_id: UUID | None) -> Category:
    """The same into `changes`; the new one is in `tree` for those that follow."""
    name = _clean(name)
    _fit_below(tree, parent_id, levels=1)
    _free_code(tree, code)
    _free_name(tree, parent_id, name)
    row = changes.insert(Category(code=code, name=name, parent_id=parent_id, status=Category.Status.ACTIVE))
    changes.event(row, "created", data={"name": _digest(name)})
    tree.add(row)
    return row


def rename_category(category_id: UUID, name: str, *, actor: Actor, now: dt.datetime) -> Category:
    """Another name; what is filed under it stays there."""
    _require_office(actor)
    name = _clean(name)
    with transaction.atomic():
        changes, tree = Changes(), _locked_tree()
        row = _usable(tree, category_id)
        if row.name == name:
            raise InvalidInput(_("Nothing would change."), field="name")
        _free_name(tree, row.parent_id, name)
        _tell_older(changes, row)
        changes.update(row, name=name)
        changes.event(row, "renamed", data={"name": _digest(name)})
        _finish(changes, actor, now)
    return row


def move_category(category_id: UUID, parent_id: UUID | None, *, actor: Actor, now: dt.datetime) -> Category:
    """Under another one, with all below it. Lists filtered by the upper levels follow at once."""
    _require_office(actor)
    with transaction.atomic():
        changes, tree = Changes(), _locked_tree()
        row = _usable(tree, category_id)
        if row.parent_id == parent_id:
            raise InvalidInput(_("Nothing would change."), field="parent_id")
        if parent_id is not None and category_id in tree.path(parent_id):
            raise InvalidInput(_("A category cannot stand below itself."), field="parent_id")
        _fit_below(tree, parent_id, levels=tree.height(category_id))
        _free_name(tree, parent_id, row.name)
        _tell_older(changes, row)
        changes.update(row, parent_id=parent_id)
        changes.event(row, "moved")
        _finish(changes, actor, now)
        _refile(tree.below(category_id), actor, now)
    return row


def close_category(category_id: UUID, *, actor: Actor, now: dt.datetime) -> Category:
    """No longer offered; what is filed under it stays there. First the ones below it."""
    _require_office(actor)
    with transaction.atomic():
        changes, tree = Changes(), _locked_tree()
        row = tree.row(category_id)
        if row.status == Category.Status.CLOSED:
            raise IllegalTransition(_("This category is closed already."))
        if any(child.status == Category.Status.ACTIVE for child in tree.children(category_id)):
            raise InvalidInput(_("There are categories in use below it: close or move them first."))
        _tell_older(changes, row)
        changes.update(row, status=Category.Status.CLOSED)
        changes.event(row, "closed")
        _finish(changes, actor, now)
    return row


def propose_categories(names: Iterable[str], *, actor: Actor, now: dt.datetime) -> dict[str, UUID]:
    """{name: category} for headings met in an import: one in use where the name is known, otherwise a proposed one.

    Proposing again makes nothing new: the code of a proposed category follows from its name. One that was merged
    into another stands for that one.
    """
    _require_importer(actor)
    wanted = {name: _clean(name) for name in names if name.strip()}
    with transaction.atomic():
        changes, tree = Changes(), _locked_tree()
        known = _by_name(tree, wanted.values())
        for name in sorted(set(wanted.values()) - known.keys()):
            code = f"p-{content_key(name)[:24]}"
            row = tree.by_code(code)
            if row is None:
                row = changes.insert(Category(code=code, name=name, status=Category.Status.PROPOSED))
                changes.event(row, "proposed", data={"name": _digest(name)})
                tree.add(row)
            known[name] = _standing(tree, row).pk
        if changes.events:
            _finish(changes, actor, now)
    return {given: known[name] for given, name in wanted.items()}


def confirm_category(
    category_id: UUID, *, parent_id: UUID | None = None, code: str = "", actor: Actor, now: dt.datetime
) -> Category:
    """A person has looked at a proposed category and takes it into use, below another one if he says so."""
    _require_office(actor)
    with transaction.atomic():
        changes, tree = Changes(), _locked_tree()
        row = tree.row(category_id)
        if row.status != Category.Status.PROPOSED:
            raise IllegalTransition(_("This category is not waiting to be confirmed."))
        _fit_below(tree, parent_id, levels=1)
        _free_name(tree, parent_id, row.name, but=row)
        if code:
            _free_code(tree, code, but=row)
        _tell_older(changes, row)
        changes.update(row, status=Category.Status.ACTIVE, parent_id=parent_id, code=code or row.code)
        changes.event(row, "confirmed")
        _finish(changes, actor, now)
        _refile([category_id], actor, now)
    return row


def merge_category(category_id: UUID, into_id: UUID, *, actor: Actor, now: dt.datetime) -> int:
    """Close a category in favour of another one in use; returns how many problems follow, each with an event."""
    _require_office(actor)
    with transaction.atomic():
        changes, tree = Changes(), _locked_tree()
        row, into = tree.row(category_id), _usable(tree, into_id)
        if row.status == Category.Status.CLOSED:
            raise IllegalTransition(_("This category is closed already."))
        if into_id in tree.below(category_id):
            raise InvalidInput(_("Choose a category outside the one that is merged."), field="into")
        if any(child.status != Category.Status.CLOSED for child in tree.children(category_id)):
            raise InvalidInput(_("There are categories in use below it: close or move them first."))
        _tell_older(changes, row)
        changes.update(row, status=Category.Status.CLOSED, merged_into_id=into.pk)
        changes.event(row, "merged", data={"into": into.pk})
        _finish(changes, actor, now)
        return _follow(row, into, actor, now)


def _follow(row: Category, into: Category, actor: Actor, now: dt.datetime) -> int:
    """Problems filed or proposed under `row`, in batches by id."""
    filed = Problem.objects.filter(Q(category_id=row.pk) | Q(proposed_category_id=row.pk))
    ids = sorted(filed.values_list("pk", flat=True))
    for start in range(0, len(ids), _BATCH):
        changes, pairs = Changes(), []
        for snap in load_many(ids[start : start + _BATCH], lock=True):
            problem = snap.problem
            moved = {
                name: into.pk for name in ("category_id", "proposed_category_id") if getattr(problem, name) == row.pk
            }
            changes.update(problem, **moved)
            changes.event(problem, "category_merged", data={"from": row.pk, "into": into.pk, "fields": sorted(moved)})
            pairs.append((snap, Context(actor=actor, now=now)))
        finish(pairs, changes)
        commit(changes, actor=actor, now=now)
    return len(ids)


def _refile(category_ids: Iterable[UUID], actor: Actor, now: dt.datetime) -> None:
    """The narrow rows of what is filed there get the new upper levels; the problems themselves do not change."""
    ids = sorted(Problem.objects.filter(category_id__in=list(category_ids)).values_list("pk", flat=True))
    for start in range(0, len(ids), _BATCH):
        changes = Changes()
        snaps = load_many(ids[start : start + _BATCH], lock=True)
        finish([(snap, Context(actor=actor, now=now)) for snap in snaps], changes)
        commit(changes, actor=actor, now=now)


def _locked_tree() -> Tree:
    """All categories, locked: two people who move things at once must not make a circle of them."""
    return read_tree(lock=True)


def _finish(changes: Changes, actor: Actor, now: dt.datetime) -> None:
    stamps.touch(changes, TOPIC)
    commit(changes, actor=actor, now=now)


def _tell_older(changes: Changes, row: Category) -> None:
    if row.event_seq == 0:
        changes.tell_all(row)
        changes.event(row, "taken_over")


def _usable(tree: Tree, category_id: UUID) -> Category:
    row = tree.row(category_id)
    if row.status != Category.Status.ACTIVE:
        raise InvalidInput(_("Choose a category of the list."), field="category_id")
    return row


def _fit_below(tree: Tree, parent_id: UUID | None, *, levels: int) -> None:
    if parent_id is None:
        return
    parent = tree.rows.get(parent_id)
    if parent is None:
        raise NotVisible(_("There is no such category."))
    if parent.status != Category.Status.ACTIVE:
        raise InvalidInput(_("Choose a category of the list."), field="parent_id")
    if len(tree.path(parent_id)) + levels > MOST_LEVELS:
        raise InvalidInput(_("Categories have at most three levels."), field="parent_id")


def _free_name(tree: Tree, parent_id: UUID | None, name: str, *, but: Category | None = None) -> None:
    if any(child.name == name and child is not but for child in tree.children(parent_id)):
        raise InvalidInput(_("There is a category of this name already."), field="name")


def _free_code(tree: Tree, code: str, *, but: Category | None = None) -> None:
    if not _CODE.fullmatch(code):
        raise InvalidInput(
            _("A code has letters, digits, “.”, “-” and “_” only, at most 32, and begins with a letter or digit."),
            field="code",
        )
    there = tree.by_code(code)
    if there is not None and there is not but:
        raise InvalidInput(
            _("“%(code)s” is the code of “%(name)s”.") % {"code": code, "name": tree.full_name(there.pk)}, field="code"
        )


def _by_name(tree: Tree, names: Iterable[str]) -> dict[str, UUID]:
    """Categories in use before proposed ones; of the same name the higher one."""
    wanted = set(names)
    rows = [r for r in tree.rows.values() if r.name in wanted and r.status != Category.Status.CLOSED]
    found: dict[str, UUID] = {}
    for row in sorted(rows, key=lambda c: (c.status != Category.Status.ACTIVE, c.parent_id is not None, c.pk)):
        found.setdefault(row.name, row.pk)
    return found


def _standing(tree: Tree, row: Category) -> Category:
    """The category that a merged one has become."""
    while row.merged_into_id is not None:
        row = tree.rows[row.merged_into_id]
    return row


def _require_office(actor: Actor) -> None:
    if not may_set_lists(actor):
        raise NotAllowed(_("Categories are kept by the dispatch office."))


def _require_importer(actor: Actor) -> None:
    """The towns' offices may propose as well, as they may propose units; only the district's confirms."""
    if not (actor.is_system or actor.role in (Role.DISPATCHER, Role.TOWN_DISPATCHER)):
        raise NotAllowed(_("Categories are kept by the dispatch office."))


def _clean(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > NAME_LENGTH:
        raise InvalidInput(_("Between 1 and %(most)d characters.") % {"most": NAME_LENGTH}, field="name")
    return name


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()
