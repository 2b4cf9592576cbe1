"""责任清单: what each unit has in hand, what is late; each number is its list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from sanfuwu.ledger.errors import NotVisible
from sanfuwu.problems.queries import UnitDuties, duties, may_see_duties
from sanfuwu.problems.queries.duties import NUMBERS, units_seen
from sanfuwu.territory.models import Unit
from sanfuwu.territory.queries import unit_names, unit_tree
from sanfuwu.territory.queries.units import UnitNode
from sanfuwu.web import choices, lists
from sanfuwu.web.filters import duty_head
from sanfuwu.web.page import actor_of, for_post, now_of
from sanfuwu.web.when import day

_TONES = {"overdue": "red", "soon": "amber", "returned": "amber"}


@dataclass(frozen=True, slots=True)
class Number:
    """One number with the list behind it; none for nothing."""

    name: str
    value: int
    url: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class UnitLine:
    name: str
    numbers: tuple[Number, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Units of one kind: those with work, what is late first, their sum, and how many have none."""

    label: str
    lines: tuple[UnitLine, ...]
    totals: tuple[Number, ...]
    idle: tuple[str, ...]


@require_GET
@for_post
def duties_page(request: HttpRequest) -> HttpResponse:
    actor, now = actor_of(request), now_of(request)
    if not may_see_duties(actor):
        raise NotVisible("no duties")
    at = lists.moments(now)
    counted = {row.unit_id: row for row in duties(actor, at)}
    seen = units_seen(actor)
    today = timezone.localdate(now)
    tree = [node for node in unit_tree(today) if seen is None or node.id in seen]
    groups = [g for kind, label in choices.UNIT_GROUPS if (g := _group(str(label), kind, tree, counted))]
    if gone := sorted(counted.keys() - {node.id for node in tree}):
        # Units that have gone up in others: what they finished lately stays theirs.
        names = unit_names(today)
        lines = tuple(_line(names.get(unit_id, ""), counted[unit_id]) for unit_id in gone)
        groups.append(Group(_("Units that exist no longer"), lines, _totals(counted[u] for u in gone), ()))
    return render(
        request,
        "web/pages/duties.html",
        {
            "groups": groups,
            "heads": [duty_head(name) for name in NUMBERS],
            "totals": _totals(counted.values()),
            "soon_day": day(at.soon, now),
            "list_url": reverse("web:problems"),
        },
    )


def _group(label: str, kind: str, tree: list[UnitNode], counted: dict[UUID, UnitDuties]) -> Group | None:
    nodes = [node for node in tree if node.kind == kind]
    busy = sorted((node for node in nodes if node.id in counted), key=lambda n: _urgency(counted[n.id]))
    idle = tuple(n.name for n in nodes if n.id not in counted and n.status == Unit.Status.ACTIVE)
    if kind == Unit.Kind.VILLAGE:
        idle = ()  # some hundred of them, and most never have any
    if not busy and not idle:
        return None
    lines = tuple(_line(node.name, counted[node.id]) for node in busy)
    return Group(label, lines, _totals(counted[node.id] for node in busy), idle)


def _urgency(row: UnitDuties) -> tuple[int, int, int, int]:
    return -row.overdue, -row.soon, -row.to_sign, -row.in_hand


def _line(name: str, row: UnitDuties) -> UnitLine:
    return UnitLine(name, tuple(_number(number, getattr(row, number), row.unit_id) for number in NUMBERS))


def _number(name: str, value: int, unit_id: UUID) -> Number:
    # Newest first: "due first" shows only problems whose lead's clock runs, and this is the unit's own.
    url = f"{reverse('web:problems')}?{urlencode({'duty': unit_id, 'duty_is': name})}" if value else ""
    return Number(name, value, url, _TONES.get(name, "") if value else "")


def _totals(rows: Iterable[UnitDuties]) -> tuple[Number, ...]:
    """Sums over units; a problem that several units have in hand counts in each of them, so they have no list."""
    found = list(rows)
    return tuple(Number(name, sum(getattr(row, name) for row in found), "", "") for name in NUMBERS)
