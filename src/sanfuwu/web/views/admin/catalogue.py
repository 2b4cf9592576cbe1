"""派单目录: its lines, what is not covered, and the workbook it comes from."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from sanfuwu.counties.wording import local
from sanfuwu.ledger.errors import ActionError
from sanfuwu.problems.queries.categories import read_tree
from sanfuwu.reference.policies import may_set_lists, require
from sanfuwu.territory.actor import active_on
from sanfuwu.territory.models import Unit
from sanfuwu.territory.queries import unit_names
from sanfuwu.triage import actions as act
from sanfuwu.triage.actions.entries import EntryInput
from sanfuwu.triage.models import CatalogueEntry
from sanfuwu.triage.queries import coverage, entries_on
from sanfuwu.web import choices
from sanfuwu.web.page import actor_of, for_post, now_of

from ._pages import day, refuse, sent


class EntryForm(forms.Form):
    def __init__(self, now: dt.datetime, data: Any = None, initial: dict[str, str] | None = None) -> None:
        super().__init__(data, initial=initial, auto_id="f_%s")
        units = choices.units(now)
        flat = list(choices.flat(units).items())
        places = [(code, name) for code, name in choices.places(now).items() if code.endswith("000")]
        self.fields |= {
            "category_id": forms.ChoiceField(
                label=_("Category"), choices=[("", "—"), *choices.categories(confirmed_only=True)]
            ),
            "town": forms.ChoiceField(
                label=_("Place"), required=False, choices=[("", local(_("the whole %(county)s"))), *places]
            ),
            "lead": forms.ChoiceField(label=_("Lead unit"), choices=[("", "—"), *units]),
            "co": forms.MultipleChoiceField(
                label=_("Co-handling units"), required=False, choices=flat, widget=forms.CheckboxSelectMultiple
            ),
            "valid_from": day(label=_("From"), initial=timezone.localdate(now)),
            "valid_to": day(label=_("Last day"), required=False, help_text=_("Left empty: until it is ended.")),
        }

    def entry(self) -> EntryInput:
        said = self.cleaned_data
        return EntryInput(
            category_id=UUID(said["category_id"]),
            town=said["town"],
            lead=UUID(said["lead"]),
            co=tuple(UUID(unit) for unit in said["co"]),
            valid_from=said["valid_from"],
            valid_to=said["valid_to"],
        )


@dataclass(frozen=True, slots=True)
class Shown:
    """One line in words."""

    entry: CatalogueEntry
    category: str
    place: str
    lead: str
    co: str
    last_day: dt.date | None
    runs: bool
    gone: bool  # a unit of it can no longer be dispatched to


@dataclass(frozen=True, slots=True)
class Covered:
    """A category in use and who is responsible for it; `missing` counts towns without anybody."""

    name: str
    id: UUID
    depth: int
    everywhere: str
    inherited: bool
    towns: list[tuple[str, str]]
    missing: int


@require_http_methods(["GET", "POST"])
@for_post
def catalogue(request: HttpRequest) -> HttpResponse:
    """The lines that hold or will; POST adds one or ends one."""
    actor, now = actor_of(request), now_of(request)
    require(may_set_lists(actor))
    today = timezone.localdate(now)
    ending = request.POST.get("do") == "end"
    given = None if ending else sent(request)
    form = EntryForm(now, given, {"category_id": request.GET.get("category", "")})
    if request.method == "POST" and (ending or form.is_valid()):
        try:
            if ending:
                act.end_entry(_uuid(request.POST.get("entry")), last_day=today, actor=actor, now=now)
                messages.success(request, _("The line holds until tonight."))
            else:
                act.add_entry(form.entry(), actor=actor, now=now)
                messages.success(request, _("The line was added."))
        except ActionError as error:
            if ending:
                messages.warning(request, error.message)
                return HttpResponseRedirect(reverse("web:admin_catalogue"))
            refuse(form, error)
        else:
            return HttpResponseRedirect(reverse("web:admin_catalogue"))
    context = {"form": form, "lines": _lines(today, now), "tab": "lines"}
    return render(request, "web/admin/catalogue.html", context, status=422 if form.errors else 200)


@require_GET
@for_post
def catalogue_coverage(request: HttpRequest) -> HttpResponse:
    """Which categories have no unit, and where."""
    actor, now = actor_of(request), now_of(request)
    require(may_set_lists(actor))
    today = timezone.localdate(now)
    towns = {code: name for code, name in choices.places(now).items() if code.endswith("000")}
    names = unit_names(today)
    rows = [
        Covered(
            name=one.category.name,
            id=one.category.pk,
            depth=one.depth,
            everywhere=names.get(one.everywhere, "") if one.everywhere else "",
            inherited=one.inherited,
            towns=[(towns[code], names.get(unit, "")) for code, unit in one.towns.items()],
            missing=0 if one.covered else len(towns) - len(one.towns),
        )
        for one in coverage(read_tree(), list(towns), today)
    ]
    context = {
        "rows": rows,
        "towns": len(towns),
        "uncovered": sum(1 for row in rows if row.missing == len(towns)),
        "partly": sum(1 for row in rows if 0 < row.missing < len(towns)),
        "tab": "coverage",
    }
    return render(request, "web/admin/catalogue_coverage.html", context)


def _lines(today: dt.date, now: dt.datetime) -> list[Shown]:
    names, tree = unit_names(today), read_tree()
    places = choices.places(now)
    active = set(Unit.objects.filter(status=Unit.Status.ACTIVE).values_list("pk", flat=True))
    found = []
    for e in entries_on(today):
        co = [UUID(unit) for unit in e.co]
        found.append(
            Shown(
                entry=e,
                category=tree.full_name(e.category_id),
                place=places.get(e.town, e.town) if e.town else str(local(_("the whole %(county)s"))),
                lead=names.get(e.lead_id, ""),
                co=_(", ").join(names.get(unit, "") for unit in co),
                last_day=e.valid_to - dt.timedelta(days=1) if e.valid_to else None,
                runs=active_on(e.valid_from, e.valid_to, today),
                gone=not active.issuperset({e.lead_id, *co}),
            )
        )
    return found


def _uuid(text: str | None) -> UUID:
    try:
        return UUID(text or "")
    except ValueError:
        return UUID(int=0)  # of nothing: the action answers that there is no such line
