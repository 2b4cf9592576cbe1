"""Units are made, named, moved, confirmed and closed; their past names and places stay readable."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from sanfuwu.counties.queries import county_code
from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.commit import commit
from sanfuwu.ledger.errors import IllegalTransition, InvalidInput
from sanfuwu.ledger.fields import new_id
from sanfuwu.rules.identifiers import check_division
from sanfuwu.rules.text import content_key

from .. import policies
from ..actor import Actor
from ..models import Unit, UnitVersion
from ..naming import pinyin_key
from ..tree import Tree, load_tree


def plan_create_unit(
    changes: Changes,
    tree: Tree,
    *,
    code: str,
    kind: str,
    name: str,
    parent_id: UUID | None,
    valid_from: dt.date,
    division_code: str = "",
    proposed: bool = False,
    actor: Actor,
) -> Unit:
    """A new unit under `parent_id` (None only for the county itself). The caller settles the tree afterwards."""
    policies.require(policies.may_propose_units(actor) if proposed else policies.may_manage_units(actor))
    name = _clean_name(name)
    if not code.strip():
        raise InvalidInput(_("A unit needs a code."), field="code")
    if tree.by_code(code) is not None:
        raise InvalidInput(_("There is already a unit with the code %(code)s.") % {"code": code}, field="code")
    if (parent_id is None) != (kind == Unit.Kind.COUNTY):
        raise InvalidInput(_("Every unit but the county itself stands under another one."), field="parent")
    if parent_id is None and tree.root() is not None:
        raise InvalidInput(_("The county itself exists already."), field="kind")
    if parent_id is not None:
        _open(tree, parent_id, field="parent")
    status = Unit.Status.PROPOSED if proposed else Unit.Status.ACTIVE
    unit = changes.insert(Unit(id=new_id(), code=code, kind=kind, status=status))
    version = changes.insert(
        UnitVersion(
            id=new_id(),
            unit_id=unit.pk,
            valid_from=valid_from,
            name=name,
            name_pinyin=pinyin_key(name),
            parent_id=parent_id,
            division_code=division_code,
        )
    )
    tree.units[unit.pk] = unit
    tree.latest[unit.pk] = version
    changes.event(unit, "proposed" if proposed else "created")
    return unit


def plan_rename_unit(
    changes: Changes, tree: Tree, *, unit_id: UUID, name: str, valid_from: dt.date, today: dt.date, actor: Actor
) -> None:
    """Another name from a day on; `valid_from` may lie ahead. Earlier days keep the earlier name."""
    policies.require(policies.may_manage_units(actor))
    unit = _open(tree, unit_id)
    name = _clean_name(name)
    version = tree.latest[unit_id]
    _supersede(changes, version, valid_from, today)
    changes.update(version, name=name, name_pinyin=pinyin_key(name), valid_from=valid_from)
    changes.event(unit, "renamed")


def create_unit(
    *,
    code: str,
    kind: str,
    name: str,
    parent_id: UUID | None,
    valid_from: dt.date,
    division_code: str = "",
    proposed: bool = False,
    actor: Actor,
    now: dt.datetime,
) -> Unit:
    """Make a unit. `proposed` is for names met in an import: it is named, but nothing can be dispatched to it."""
    with transaction.atomic():
        changes, tree = Changes(), load_tree()
        unit = plan_create_unit(
            changes,
            tree,
            code=code,
            kind=kind,
            name=name,
            parent_id=parent_id,
            valid_from=valid_from,
            division_code=division_code,
            proposed=proposed,
            actor=actor,
        )
        tree.settle(changes)
        commit(changes, actor=actor, now=now)
    return unit


def propose_units(names: Iterable[str], *, actor: Actor, now: dt.datetime) -> dict[str, UUID]:
    """{name: unit} for names met in an import that no unit has: proposed ones under the county, to which nothing can be
    dispatched until the system officer confirms them. Proposing again makes nothing new: the code follows from
    the name.
    """
    found: dict[str, UUID] = {}
    wanted = {name: _clean_name(name) for name in names if name.strip()}
    if not wanted:
        return found
    with transaction.atomic():
        changes, tree = Changes(), load_tree()
        root = tree.root()
        for given, name in wanted.items():
            code = f"p-{content_key(name)[:24] or new_id().hex[:24]}"
            unit = tree.by_code(code)
            if unit is None:
                unit = plan_create_unit(
                    changes,
                    tree,
                    code=code,
                    kind=Unit.Kind.DEPARTMENT,
                    name=name,
                    parent_id=root.pk if root else None,
                    valid_from=timezone.localdate(now),
                    proposed=True,
                    actor=actor,
                )
            found[given] = unit.pk
        if changes.events:
            tree.settle(changes)
            commit(changes, actor=actor, now=now)
    return found


def rename_unit(unit_id: UUID, name: str, *, valid_from: dt.date, actor: Actor, now: dt.datetime) -> None:
    """Give a unit another name from a day on (崧厦镇 → 崧厦街道)."""
    change_unit(unit_id, name=name, valid_from=valid_from, actor=actor, now=now)


def move_unit(unit_id: UUID, parent_id: UUID, *, valid_from: dt.date, actor: Actor, now: dt.datetime) -> None:
    """Put a unit under another one."""
    change_unit(unit_id, parent_id=parent_id, valid_from=valid_from, actor=actor, now=now)


def change_unit(
    unit_id: UUID,
    *,
    name: str | None = None,
    parent_id: UUID | None = None,
    division_code: str | None = None,
    valid_from: dt.date,
    actor: Actor,
    now: dt.datetime,
) -> None:
    """Another name, superior or division from a day on, in one act; what is None or the same stays.

    Only a name may lie ahead: who sees a unit's records and whose place it is changes at once, also while another name
    is announced, which then begins at the new place.
    """
    with transaction.atomic():
        policies.require(policies.may_manage_units(actor))
        changes, tree, today = Changes(), load_tree(), timezone.localdate(now)
        unit = _open(tree, unit_id)
        latest = tree.latest[unit_id]
        stretches = _still_to_come(latest, today)
        version = latest if valid_from >= latest.valid_from else stretches[0]
        announced = [] if version is latest else stretches[1:]
        new_name = _clean_name(name) if name is not None else version.name
        moves = parent_id is not None and parent_id != latest.parent_id
        placed = division_code is not None and division_code != latest.division_code
        if moves:
            assert parent_id is not None
            _check_parent(tree, unit_id, parent_id)
        if placed:
            assert division_code is not None
            _check_division(division_code)
        # A unit that is still to begin is put right from its own first day.
        if (moves or placed) and valid_from > max(today, stretches[0].valid_from):
            said = _(
                "Superior and division change at once: enter %(today)s or an earlier day. Only a name may lie ahead."
            )
            raise InvalidInput(said % {"today": today}, field="valid_from")
        if announced and new_name != version.name:
            said = _(
                "Another name, %(name)s, is entered already from %(day)s on. Until then the name stays; superior and "
                "division can change now. To enter a different name, take %(day)s or a later day."
            )
            raise InvalidInput(said % {"name": latest.name, "day": latest.valid_from}, field="name")
        if not (moves or placed or new_name != version.name):
            raise InvalidInput(_("Nothing would change."))
        _supersede(changes, version, valid_from, today)
        changes.update(version, valid_from=valid_from)
        if new_name != version.name:
            changes.update(version, name=new_name, name_pinyin=pinyin_key(new_name))
            changes.event(unit, "renamed")
        if moves:
            for one in (version, *announced):
                changes.update(one, parent_id=parent_id)
            changes.event(unit, "moved")
        if placed:
            for one in (version, *announced):
                changes.update(one, division_code=division_code)
            changes.event(unit, "placed")
        tree.settle(changes)
        commit(changes, actor=actor, now=now)


def confirm_proposed_unit(
    unit_id: UUID,
    *,
    actor: Actor,
    now: dt.datetime,
    name: str | None = None,
    kind: str | None = None,
    parent_id: UUID | None = None,
) -> None:
    """Turn a unit met in an import into one that can be dispatched to, putting its name, kind and place right."""
    with transaction.atomic():
        policies.require(policies.may_manage_units(actor))
        changes, tree = Changes(), load_tree()
        unit = tree.unit(unit_id)
        if unit.status != Unit.Status.PROPOSED:
            raise IllegalTransition(_("Only a proposed unit can be confirmed."))
        version = tree.latest[unit_id]
        if name is not None:
            changes.update(version, name=_clean_name(name), name_pinyin=pinyin_key(name))
        if parent_id is not None and parent_id != version.parent_id:
            _check_parent(tree, unit_id, parent_id)
            changes.update(version, parent_id=parent_id)
        if kind is not None:
            if kind == Unit.Kind.COUNTY:
                raise InvalidInput(_("The county itself exists already."), field="kind")
            changes.update(unit, kind=kind)
        changes.update(unit, status=Unit.Status.ACTIVE)
        changes.event(unit, "confirmed")
        tree.settle(changes)
        commit(changes, actor=actor, now=now)


def close_unit(unit_id: UUID, *, on_date: dt.date, actor: Actor, now: dt.datetime) -> None:
    """Close a unit without a successor (`on_date` = first day without it). Its records stay where they were seen."""
    with transaction.atomic():
        policies.require(policies.may_manage_units(actor))
        changes, tree = Changes(), load_tree()
        unit = tree.unit(unit_id)
        version = tree.latest[unit_id]
        if unit.status == Unit.Status.CLOSED:
            raise IllegalTransition(_("This unit is closed already."))
        if version.parent_id is None:
            raise InvalidInput(_("The county itself cannot be closed."), field="unit")
        if any(v.parent_id == unit_id and tree.units[u].status != Unit.Status.CLOSED for u, v in tree.latest.items()):
            raise InvalidInput(_("Units still stand below this one: move or close them first."), field="unit")
        end_version(changes, version, on_date, now)
        changes.update(unit, status=Unit.Status.CLOSED)
        changes.event(unit, "closed")
        commit(changes, actor=actor, now=now)


def _check_parent(tree: Tree, unit_id: UUID, parent_id: UUID) -> None:
    _open(tree, parent_id, field="parent")
    if tree.latest[unit_id].parent_id is None:
        raise InvalidInput(_("The county itself cannot be moved."), field="unit")
    if tree.sees(unit_id, parent_id):
        raise InvalidInput(_("A unit cannot be put under itself or under a unit below it."), field="parent")


def _check_division(code: str) -> None:
    """Twelve digits of a division inside this county, or nothing at all."""
    if code and not (check_division(code).ok and len(code) == 12 and code.startswith(county_code())):
        raise InvalidInput(
            _("A division has twelve digits and begins with those of the county, %(code)s.") % {"code": county_code()},
            field="division_code",
        )


def end_version(changes: Changes, version: UnitVersion, on_date: dt.date, now: dt.datetime) -> None:
    """Let a unit's name and place end on a day that is not ahead and not before they began."""
    if on_date > timezone.localdate(now):
        raise InvalidInput(_("A unit cannot be closed ahead of time."), field="on_date")
    if version.valid_from > timezone.localdate(now):
        said = _("Another name, %(name)s, is entered from %(day)s on: the unit can be closed or merged once it holds.")
        raise InvalidInput(said % {"name": version.name, "day": version.valid_from}, field="on_date")
    if on_date < version.valid_from:
        raise InvalidInput(_("The unit did not exist yet on that day under its present name."), field="on_date")
    changes.update(version, valid_to=on_date)


def _still_to_come(latest: UnitVersion, today: dt.date) -> list[UnitVersion]:
    """The version of today and the announced ones after it, up to the latest. Mostly that is the latest alone; where
    the unit itself begins ahead, its first version stands in for today's."""
    if latest.valid_from <= today:
        return [latest]
    rows = UnitVersion.objects.filter(unit_id=latest.unit_id, valid_to__gt=today).exclude(valid_to=F("valid_from"))
    return [*rows.order_by(*UnitVersion.in_order), latest]


def _supersede(changes: Changes, version: UnitVersion, valid_from: dt.date, today: dt.date) -> None:
    """Copy `version` into the past, up to `valid_from`; the caller changes the row itself.

    The row keeps its id: writing inserts first and updates then, a new open row would for a moment stand beside the
    old one, and one open version a unit is what the database holds us to.

    A version that began today, or is still to begin, may be replaced from its own day on: what was entered wrongly is
    put right at once. Its copy then lasts no day, so that no day ever shows it, and nothing is lost (ADR 0029). One
    that began earlier stands: records were made under it.
    """
    first = version.valid_from if version.valid_from >= today else version.valid_from + dt.timedelta(1)
    if valid_from < first:
        raise InvalidInput(
            _("The present name and place hold since %(day)s: enter %(first)s or a later day.")
            % {"day": version.valid_from, "first": first},
            field="valid_from",
        )
    changes.insert(
        UnitVersion(
            id=new_id(),
            unit_id=version.unit_id,
            valid_from=version.valid_from,
            valid_to=valid_from,
            name=version.name,
            name_pinyin=version.name_pinyin,
            parent_id=version.parent_id,
            division_code=version.division_code,
        )
    )


def _open(tree: Tree, unit_id: UUID, field: str = "unit") -> Unit:
    unit = tree.unit(unit_id)
    if unit.status == Unit.Status.CLOSED:
        raise InvalidInput(_("This unit is closed."), field=field)
    return unit


def _clean_name(name: str) -> str:
    name = name.strip()
    if not name:
        raise InvalidInput(_("A unit needs a name."), field="name")
    limit = UnitVersion._meta.get_field("name").max_length or 0
    if len(name) > limit:
        raise InvalidInput(_("At most %(n)d characters.") % {"n": limit}, field="name")
    return name
