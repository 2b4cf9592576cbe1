"""The tree of units and their names as of a day, and whose records a unit sees."""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from uuid import UUID

from django.db import connection

from sanfuwu.ledger.reader import ask
from sanfuwu.rules.identifiers import is_within

from ..actor import active_on
from ..models import Post, Unit, UnitMerge, UnitReach, UnitVersion

_KEPT_DAYS = 64


@dataclass(frozen=True, slots=True)
class _Known:
    """What stays as long as no unit changes: `stamp` is the fingerprint of all units when it was read."""

    stamp: int
    names: Mapping[UUID, str]
    towns: Mapping[str, UUID]


# By (schema, day); compared with the database at every use, so that another process's rename shows at once.
_known_days: OrderedDict[tuple[str, dt.date], _Known] = OrderedDict()


@dataclass(frozen=True, slots=True)
class UnitNode:
    """A unit as of a day. `depth` counts from the county (0); `parent_id` is a unit that existed on that day."""

    id: UUID
    code: str
    kind: str
    status: str
    name: str
    division_code: str
    parent_id: UUID | None
    depth: int


def unit_names(on: dt.date) -> Mapping[UUID, str]:
    """{unit: its name on a day}. A day before a unit's first name gets that one; after its end, its last one.

    One small statement when nothing has changed since the last time, otherwise one more that reads the versions.
    """
    return _known(on).names


def town_units(on: dt.date) -> Mapping[str, UUID]:
    """{division code (12 digits): unit of the town} on a day: whose place a problem's division is. Costs as above."""
    return _known(on).towns


def unit_name(unit_id: UUID, on: dt.date) -> str:
    """The name of a unit on a day (崧厦镇 in February 2019); empty for an unknown unit."""
    return unit_names(on).get(unit_id, "")


def unit_tree(on: dt.date) -> list[UnitNode]:
    """Units that existed on a day, parents before children, siblings by pinyin.

    A unit whose parent had gone up in another one by then stands under the successor.
    """
    versions: dict[UUID, UnitVersion] = {}
    for version in UnitVersion.objects.select_related("unit").order_by(*UnitVersion.in_order):
        if active_on(version.valid_from, version.valid_to, on):
            versions[version.unit_id] = version
    successor = dict(
        UnitMerge.objects.filter(undone_at__isnull=True, on_date__lte=on).values_list("from_unit_id", "into_unit_id")
    )
    root = next((u for u, v in versions.items() if v.unit.kind == Unit.Kind.COUNTY), None)
    children: dict[UUID | None, list[UnitVersion]] = defaultdict(list)
    parent_of: dict[UUID, UUID | None] = {}
    for unit_id, version in versions.items():
        parent = version.parent_id
        while parent is not None and parent not in versions:
            parent = successor.get(parent)
        if parent is None and unit_id != root:
            parent = root
        parent_of[unit_id] = parent
        children[parent].append(version)
    nodes: list[UnitNode] = []
    todo: list[tuple[UnitVersion, int]] = [(v, 0) for v in _by_name(children[None])]
    while todo:
        version, depth = todo.pop()
        unit = version.unit
        nodes.append(
            UnitNode(
                id=unit.pk,
                code=unit.code,
                kind=unit.kind,
                status=unit.status,
                name=version.name,
                division_code=version.division_code,
                parent_id=parent_of[unit.pk],
                depth=depth,
            )
        )
        todo.extend((v, depth + 1) for v in _by_name(children.get(unit.pk, [])))
    return nodes


def _by_name(versions: list[UnitVersion]) -> list[UnitVersion]:
    # reversed: the walk above takes from the end
    return sorted(versions, key=lambda v: (v.name_pinyin, v.name), reverse=True)


def reach_of(unit_id: UUID) -> frozenset[UUID]:
    """The units whose records this unit sees, itself among them."""
    return frozenset(UnitReach.objects.filter(scope_id=unit_id).values_list("unit_id", flat=True))


# Those who hold a place rather than a line of business: a public service of the place works for them.
_OF_A_PLACE = frozenset({Unit.Kind.TOWN, Unit.Kind.VILLAGE, Unit.Kind.ZONE})


def may_be_handed_to(unit_id: UUID, place: str, on: dt.date) -> frozenset[UUID]:
    """Active units to which a unit may hand on what it holds about `place` (12 digits), as of a day (ADR 0015).

    Whatever stands below it; for a town, village or zone also the public services that serve the place: those
    whose own place covers it, or that have none because they serve the whole county.
    """
    below = UnitReach.objects.filter(scope=unit_id, why=UnitReach.Why.DESCENDANT, unit__status=Unit.Status.ACTIVE)
    found = set(below.values_list("unit_id", flat=True))
    if Unit.objects.filter(pk=unit_id, kind__in=_OF_A_PLACE).exists():
        services = UnitVersion.objects.filter(
            unit__kind=Unit.Kind.PUBLIC_SERVICE, unit__status=Unit.Status.ACTIVE
        ).values_list("unit_id", "division_code", "valid_from", "valid_to")
        found |= {
            unit
            for unit, own, valid_from, valid_to in services
            if active_on(valid_from, valid_to, on) and (not own or is_within(place, own))
        }
    return frozenset(found - {unit_id})


def scopes_over(unit_ids: Collection[UUID]) -> dict[UUID, frozenset[UUID]]:
    """{unit: scopes that see its records}, one statement for all."""
    scopes: dict[UUID, set[UUID]] = {unit_id: set() for unit_id in unit_ids}
    for unit_id, scope_id in UnitReach.objects.filter(unit_id__in=scopes).values_list("unit_id", "scope_id"):
        scopes[unit_id].add(scope_id)
    return {unit_id: frozenset(found) for unit_id, found in scopes.items()}


def post_labels(post_ids: Collection[UUID], on: dt.date) -> dict[UUID, tuple[str, str, str]]:
    """{post: (unit's name on the day, title, person's name)} for timelines and responsibility cards."""
    names = unit_names(on)
    rows = Post.objects.filter(pk__in=set(post_ids)).values_list("pk", "unit_id", "title", "person__name")
    return {pk: (names.get(unit_id, ""), title, person) for pk, unit_id, title, person in rows}


def forget() -> None:
    """Drop what this process remembers of names: for tests, which roll back what it was read from."""
    _known_days.clear()


def _known(on: dt.date) -> _Known:
    key = (str(connection.schema_name), on)  # type: ignore[attr-defined]  # django-tenants adds it
    stamp = _fingerprint()
    kept = _known_days.get(key)
    if kept is None or kept.stamp != stamp:
        kept = _read(on, stamp)
        _known_days[key] = kept
    _known_days.move_to_end(key)
    while len(_known_days) > _KEPT_DAYS:
        _known_days.popitem(last=False)
    return kept


def _read(on: dt.date, stamp: int) -> _Known:
    names: dict[UUID, str] = {}
    towns: dict[str, UUID] = {}
    begins: dict[UUID, dt.date] = {}  # when the first name that lasted began
    versions = UnitVersion.objects.order_by(*UnitVersion.in_order).values_list(
        "unit_id", "unit__kind", "valid_from", "valid_to", "name", "division_code"
    )
    for unit_id, kind, valid_from, valid_to, name, place in versions:
        first = begins.setdefault(unit_id, valid_from)
        if valid_from <= on or valid_from == first:
            names[unit_id] = name
        if kind == Unit.Kind.TOWN and place and active_on(valid_from, valid_to, on):
            towns[place] = unit_id
    return _Known(stamp, MappingProxyType(names), MappingProxyType(towns))


def _fingerprint() -> int:
    """A number over the heads of all units' event chains: every act on any unit changes it."""
    [(said,)] = ask("SELECT coalesce(bit_xor(hashtextextended(encode(chain_head, 'hex'), 0)), 0) FROM territory_unit")
    return int(said)
