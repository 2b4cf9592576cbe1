"""单位: the tree, one unit with its history, and what may be done to it."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from sanfuwu.counties.actions import ensure_divisions
from sanfuwu.ledger.errors import NotVisible
from sanfuwu.ledger.models import Event
from sanfuwu.territory import policies
from sanfuwu.territory.actions import create_unit
from sanfuwu.territory.actor import Actor
from sanfuwu.territory.models import Post, Role, Unit, UnitMerge, UnitVersion
from sanfuwu.territory.queries import PostLine, post_lines, unit_names, unit_tree
from sanfuwu.territory.queries.units import UnitNode
from sanfuwu.web import words
from sanfuwu.web.admin_forms.units import NewUnitForm
from sanfuwu.web.page import actor_of, for_post, now_of
from sanfuwu.web.pieces import Chip

from .deed import Deed, answer


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A line of the tree."""

    node: UnitNode
    kind: str
    chip: Chip
    posts: int
    villages: int
    indent: int


def may_see_units(actor: Actor) -> bool:
    """The three officers see the whole tree; the heads of units see their own unit on `own`."""
    return actor.is_officer and actor.on_behalf_of is None


def may_see_unit(actor: Actor, unit_id: UUID) -> bool:
    return may_see_units(actor) or (actor.role == Role.UNIT_HEAD and actor.unit_id == unit_id)


@require_GET
@for_post
def units(request: HttpRequest) -> HttpResponse:
    """GET q, kind, under (a town whose villages are asked for), closed=1."""
    actor, today = actor_of(request), timezone.localdate(now_of(request))
    if not may_see_units(actor):
        raise NotVisible("units")
    asked, kind = request.GET.get("q", "").strip()[:40], request.GET.get("kind", "")
    under, closed = request.GET.get("under", ""), request.GET.get("closed") == "1"
    tree = unit_tree(today)
    serving = Post.objects.filter(valid_from__lte=today).exclude(valid_to__lte=today)
    posts = Counter(serving.values_list("unit_id", flat=True))
    villages = Counter(n.parent_id for n in tree if n.kind == Unit.Kind.VILLAGE)
    shown = [n for n in tree if _wanted(n, asked, kind, under)]
    flat = bool(asked or kind or under)
    rows = [
        UnitRow(
            node,
            words.word(words.UNIT_KINDS, node.kind),
            words.chip(words.UNIT_STATES, node.status),
            posts[node.id],
            villages[node.id],
            0 if flat else min(node.depth, 4),
        )
        for node in shown
    ]
    context = {
        "rows": rows,
        "asked": asked,
        "kind": kind,
        "kinds": words.options(words.UNIT_KINDS),
        "proposed": sum(n.status == Unit.Status.PROPOSED for n in tree),
        "closed": _closed(today, asked) if closed else None,
        "may_change": policies.may_manage_units(actor),
        "total": len(tree),
        "flat": flat,
    }
    return render(request, "web/admin/units.html", context)


def _wanted(node: UnitNode, asked: str, kind: str, under: str) -> bool:
    if under:
        return str(node.parent_id) == under
    if kind == "proposed":
        return node.status == Unit.Status.PROPOSED
    if kind:
        return node.kind == kind and asked in node.name
    if asked:
        return asked in node.name or asked == node.code
    return node.kind != Unit.Kind.VILLAGE or node.status == Unit.Status.PROPOSED


@dataclass(frozen=True, slots=True)
class ClosedRow:
    id: UUID
    name: str
    until: dt.date | None
    into: str


def _closed(today: dt.date, asked: str) -> list[ClosedRow]:
    names = unit_names(today)
    merges = dict(UnitMerge.objects.filter(undone_at__isnull=True).values_list("from_unit_id", "into_unit_id"))
    until = dict(
        UnitVersion.objects.filter(unit__status=Unit.Status.CLOSED)
        .order_by(*UnitVersion.in_order)
        .values_list("unit_id", "valid_to")
    )
    rows = [
        ClosedRow(pk, names.get(pk, ""), until.get(pk), names.get(merges[pk], "") if pk in merges else "")
        for pk in Unit.objects.filter(status=Unit.Status.CLOSED).values_list("pk", flat=True)
    ]
    return sorted((r for r in rows if asked in r.name), key=lambda r: (r.until or today, r.name), reverse=True)


@dataclass(frozen=True, slots=True)
class Version:
    """One stretch of a unit's history."""

    valid_from: dt.date
    valid_to: dt.date | None
    name: str
    parent: str
    division: str


@dataclass(frozen=True, slots=True)
class Merge:
    id: UUID
    text: str
    undone_at: dt.datetime | None


@require_GET
@for_post
def own(request: HttpRequest) -> HttpResponse:
    """The unit of a head: who serves there as what."""
    actor = actor_of(request)
    if actor.role != Role.UNIT_HEAD or actor.unit_id is None:
        raise NotVisible("no head")
    return _page(request, actor, actor.unit_id)


@require_GET
@for_post
def unit(request: HttpRequest, unit_id: UUID) -> HttpResponse:
    return _page(request, actor_of(request), unit_id)


def _page(request: HttpRequest, actor: Actor, unit_id: UUID) -> HttpResponse:
    now = now_of(request)
    today = timezone.localdate(now)
    row = Unit.objects.filter(pk=unit_id).first()
    if row is None or not may_see_unit(actor, unit_id):
        raise NotVisible("unit")
    names = unit_names(today)
    posts = post_lines(Post.objects.filter(unit_id=unit_id), today)
    events = Event.objects.filter(stream_kind="unit", stream_id=unit_id, kind__in=list(words.UNIT_EVENTS))
    versions = _versions(unit_id)
    context = {
        "unit": row,
        "name": names.get(unit_id, ""),
        "kind": words.word(words.UNIT_KINDS, row.kind),
        "chip": words.chip(words.UNIT_STATES, row.status),
        "versions": versions,
        "today": today,
        "present": versions[0] if versions else None,
        "posts": in_words([p for p in posts if p.running]),
        "past_posts": in_words([p for p in posts if not p.running]),
        "merges": _merges(unit_id, names),
        "events": [(e.happened_at, words.word(words.UNIT_EVENTS, e.kind)) for e in events.order_by("-seq")[:50]],
        "may_change": policies.may_manage_units(actor),
        "may_see_people": may_see_units(actor),
        "acts": acts_on(row) if policies.may_manage_units(actor) else [],
    }
    return render(request, "web/admin/unit.html", context)


Deeds = Callable[[PostLine], list[tuple[str, str]]]


def in_words(posts: list[PostLine], deeds: Deeds = lambda post: []) -> list[tuple[PostLine, str, str, object]]:
    """(post, role, rank, what may be done to it) as the pages say them."""
    return [(p, words.word(words.ROLES, p.role), words.word(words.RANKS, p.rank), deeds(p)) for p in posts]


def _versions(unit_id: UUID) -> list[Version]:
    rows = list(UnitVersion.objects.filter(unit_id=unit_id).order_by(*UnitVersion.in_order).reverse())
    return [
        Version(
            v.valid_from,
            v.valid_to,
            v.name,
            unit_names(v.valid_from).get(v.parent_id, "") if v.parent_id else "",
            v.division_code,
        )
        for v in rows
    ]


def _merges(unit_id: UUID, names: object) -> list[Merge]:
    rows = UnitMerge.objects.filter(from_unit_id=unit_id) | UnitMerge.objects.filter(into_unit_id=unit_id)
    found = []
    for row in rows.order_by("-on_date"):
        said = {
            "gone": names.get(row.from_unit_id, ""),  # type: ignore[attr-defined]
            "into": names.get(row.into_unit_id, ""),  # type: ignore[attr-defined]
            "day": row.on_date.isoformat(),
        }
        text = (
            _("%(gone)s (a name of an import) was found to be %(into)s, from %(day)s")
            if row.of_proposed
            else _("%(gone)s went up in %(into)s on %(day)s")
        )
        found.append(Merge(row.pk, text % said, row.undone_at))
    return found


def acts_on(unit: Unit) -> list[tuple[str, str, str]]:
    """(name, label, icon) of what the system officer may do to a unit in its state."""
    if unit.status == Unit.Status.CLOSED:
        return []
    if unit.status == Unit.Status.PROPOSED:
        return [
            ("confirm", _("Confirm as a unit"), "check"),
            ("identify", _("It is another unit"), "arrows-exchange"),
            ("close", _("Close the unit"), "archive"),
        ]
    acts = [("change", _("Rename or move"), "pencil")]
    if unit.kind != Unit.Kind.COUNTY:
        acts += [("merge", _("Merge into another unit"), "git-merge"), ("close", _("Close the unit"), "archive")]
    return acts


@require_http_methods(["GET", "POST"])
@for_post
def new_unit(request: HttpRequest) -> HttpResponse:
    actor, now = actor_of(request), now_of(request)
    policies.require(policies.may_manage_units(actor))
    form = NewUnitForm(request.POST or None, now=now, today=timezone.localdate(now))

    def run(form: NewUnitForm) -> str:
        said = form.values()
        made = create_unit(**said, actor=actor, now=now)
        if made.kind in (Unit.Kind.TOWN, Unit.Kind.VILLAGE) and said["division_code"]:
            ensure_divisions([(said["division_code"], said["name"])], valid_from=said["valid_from"])
        return _("%(name)s was made. Problems can be sent to it from now on.") % {"name": said["name"]}

    back = reverse("web:admin_units")
    deed = Deed(
        title=_("New unit"),
        button=_("Make the unit"),
        icon="plus",
        consequence=_("It stands in every list of units from now on."),
        back_url=back,
        back=_("Units"),
        run=run,
        done_url=back,
    )
    return answer(request, deed, form)
