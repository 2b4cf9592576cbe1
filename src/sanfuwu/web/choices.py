"""Lists to choose from: units, places, categories, as of a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sanfuwu.counties.queries import county_code
from sanfuwu.problems.models import Category
from sanfuwu.problems.queries.categories import Tree, category_tree
from sanfuwu.territory import queries as territory
from sanfuwu.territory.models import OFFICERS, Post, Role, Unit
from sanfuwu.territory.queries import PostLine, divisions_below, in_town, unit_tree
from sanfuwu.territory.queries.units import UnitNode

from .acts.fields import Choices

UNIT_GROUPS: tuple[tuple[str, str | Promise], ...] = (
    (Unit.Kind.DEPARTMENT, _("Departments")),
    (Unit.Kind.PUBLIC_SERVICE, _("Public services")),
    (Unit.Kind.TOWN, _("Towns and streets")),
    (Unit.Kind.ZONE, _("Zones")),
    (Unit.Kind.STATE_FIRM, _("State firms")),
    (Unit.Kind.OFFICE, _("Offices")),
    (Unit.Kind.VILLAGE, _("Villages and communities")),
)


def _grouped(nodes: Iterable[UnitNode]) -> Choices:
    by_kind: dict[str, Choices] = {}
    for node in nodes:
        by_kind.setdefault(node.kind, []).append((str(node.id), node.name))
    return [(str(label), by_kind[kind]) for kind, label in UNIT_GROUPS if kind in by_kind]


def units(now: dt.datetime) -> Choices:
    """Active units that may be made responsible, grouped by kind; villages are reached through their town."""
    tree = unit_tree(timezone.localdate(now))
    return _grouped(n for n in tree if n.status == Unit.Status.ACTIVE and n.kind != Unit.Kind.VILLAGE)


def may_be_handed_to(unit_id: UUID | None, place: str, now: dt.datetime) -> Choices:
    """Units to which one unit may hand on what it holds about a place: below it, or serving the place."""
    if unit_id is None:
        return []
    today = timezone.localdate(now)
    allowed = territory.may_be_handed_to(unit_id, place, today)
    return _grouped(n for n in unit_tree(today) if n.id in allowed)


def places(now: dt.datetime) -> dict[str, str]:
    """{12-digit code: name} of the county's towns and villages; a village carries its town's name in front."""
    code = county_code()
    names = divisions_below(code.ljust(12, "0"), timezone.localdate(now))
    found = {}
    for division, name in names.items():
        if division[6:] == "000000":
            continue
        town = names.get(division[:9] + "000", "")
        found[division] = name if division.endswith("000") else in_town(name, town)
    return found


def places_to_tick(now: dt.datetime, chosen: Iterable[str]) -> Choices:
    """Towns and streets for a filter; below a town that is chosen, or one of whose villages is, its villages."""
    opened = {code[:9] for code in chosen}
    return [(code, name) for code, name in places(now).items() if code.endswith("000") or code[:9] in opened]


def leaders(now: dt.datetime) -> Choices:
    """Leaders in office, by name."""
    today = timezone.localdate(now)
    posts = Post.objects.filter(role=Role.LEADER, valid_from__lte=today).exclude(valid_to__lte=today)
    rows = posts.order_by("person__name_pinyin").values_list("pk", "title", "person__name")
    return [(str(pk), " ".join(part for part in (title, name) if part)) for pk, title, name in rows]


def categories(*, confirmed_only: bool) -> Choices:
    """The tree of categories; what has children is a group with itself first. Each says its whole path: of 审批 alone,
    in a list that is closed, nobody knows what is approved."""
    tree = category_tree()
    offered = {Category.Status.ACTIVE} if confirmed_only else {Category.Status.ACTIVE, Category.Status.PROPOSED}
    found: Choices = []
    for top in tree.children(None):
        if top.status not in offered:
            continue
        own = (str(top.pk), top.name)
        below = list(_below(tree, top.pk, offered))
        found.append((top.name, [own, *below]) if below else own)
    return found


def _below(tree: Tree, category_id: UUID, offered: set[Category.Status]) -> Iterable[tuple[str, str]]:
    for child in tree.children(category_id):
        if child.status in offered:
            yield str(child.pk), tree.full_name(child.pk)
            yield from _below(tree, child.pk, offered)


def flat(options: Choices) -> dict[str, str]:
    """{value: name} of choices with or without groups."""
    found: dict[str, str] = {}
    for value, name in options:
        if isinstance(name, list | tuple):
            found |= flat(list(name))
        else:
            found[str(value)] = str(name)
    return found


def superiors(now: dt.datetime) -> Choices:
    """Units that others may stand under: the county itself first, no villages."""
    tree = unit_tree(timezone.localdate(now))
    root = [(str(n.id), n.name) for n in tree if n.kind == Unit.Kind.COUNTY]
    return [*root, *_grouped(n for n in tree if n.status == Unit.Status.ACTIVE and n.kind != Unit.Kind.VILLAGE)]


def every_unit(now: dt.datetime) -> Choices:
    """All units somebody may serve in, the county itself and villages among them."""
    tree = unit_tree(timezone.localdate(now))
    root = [(str(n.id), n.name) for n in tree if n.kind == Unit.Kind.COUNTY]
    return [*root, *_grouped(n for n in tree if n.status == Unit.Status.ACTIVE)]


def successors(node: UnitNode, now: dt.datetime) -> Choices:
    """Active units that may take over from one: of its own kind first."""
    tree = [n for n in unit_tree(timezone.localdate(now)) if n.status == Unit.Status.ACTIVE and n.id != node.id]
    alike = [(str(n.id), n.name) for n in tree if n.kind == node.kind]
    others = [n for n in tree if n.kind not in (node.kind, Unit.Kind.COUNTY, Unit.Kind.VILLAGE)]
    return [*([(_("Of the same kind"), alike)] if alike else []), *_grouped(others)]


def posts(lines: Iterable[PostLine], *, first: UUID | None = None) -> Choices:
    """Posts grouped by unit, those of one unit before all others. Officers of the system are left out."""
    groups: dict[tuple[bool, str], Choices] = {}
    for line in lines:
        if line.role not in OFFICERS:
            label = f"{line.person} {line.title}".strip()
            groups.setdefault((line.unit_id != first, line.unit), []).append((str(line.id), label))
    return [(unit, groups[key]) for key in sorted(groups, key=lambda key: key[0]) for unit in (key[1],)]
