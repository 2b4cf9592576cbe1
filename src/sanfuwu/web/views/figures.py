"""数据: the figures of a window of days, each with its definition and the list of records behind it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from sanfuwu.counties.wording import local
from sanfuwu.figures.definitions import BY_NAME, FIGURES, Figure
from sanfuwu.figures.occasions import meeting_view, opinion_text, visit_view
from sanfuwu.figures.queries import Cell, records, report
from sanfuwu.figures.windows import Window, last_month, this_month
from sanfuwu.ledger.errors import InvalidInput
from sanfuwu.problems.queries import lines
from sanfuwu.territory.queries import division_names, unit_names
from sanfuwu.web import words
from sanfuwu.web.page import actor_of, for_post, now_of
from sanfuwu.web.pieces import Pager, Tab
from sanfuwu.web.rows import row
from sanfuwu.web.when import full_day

PAGE = 50
GROUPS: tuple[tuple[str, str | Promise], ...] = (
    ("solved", gettext_lazy("What was solved")),
    ("visited", local(gettext_lazy("Visits by %(county)s leaders"))),
    ("met", gettext_lazy("Meetings")),
    ("flow", gettext_lazy("The ledger as a whole")),
)


@dataclass(frozen=True, slots=True)
class Number:
    """One figure on the page."""

    label: str
    definition: str
    value: int
    url: str


@dataclass(frozen=True, slots=True)
class BarLine:
    """One line of a break-down; `width` is in percent of the largest."""

    label: str
    value: int
    width: str
    url: str


@dataclass(frozen=True, slots=True)
class Asked:
    """The window of the address, and how the address says it."""

    window: Window
    chosen: str
    refused: str = ""

    @property
    def query(self) -> str:
        return urlencode({"from": self.window.first.isoformat(), "to": self.window.last.isoformat()})

    @property
    def words(self) -> str:
        return _("%(first)s to %(last)s") % {
            "first": full_day(self.window.first),
            "last": full_day(self.window.last),
        }


def _asked(request: HttpRequest, now: dt.datetime) -> Asked:
    """this, last, or two days; what is not understood gives this month and says so."""
    today = timezone.localdate(now)
    given = request.GET.get("from", ""), request.GET.get("to", "")
    if not any(given):
        if request.GET.get("window") == "last":
            return Asked(last_month(today), "last")
        return Asked(this_month(today), "this")
    try:
        window = Window(dt.date.fromisoformat(given[0]), dt.date.fromisoformat(given[1]))
    except ValueError:
        return Asked(this_month(today), "this", _("Give both days."))
    except InvalidInput as error:
        return Asked(this_month(today), "this", error.message)
    named = {last_month(today): "last", this_month(today): "this"}
    return Asked(window, named.get(window, "own"))


@require_GET
@for_post
def figures(request: HttpRequest) -> HttpResponse:
    """All figures of one window."""
    actor, now = actor_of(request), now_of(request)
    asked = _asked(request, now)
    found = report(actor, asked.window)
    numbers = {
        key: [
            Number(str(f.label), str(f.definition), found.numbers[f.name], _records_url(f.name, asked))
            for f in FIGURES
            if f.group == key
        ]
        for key, _title in GROUPS
    }
    context = {
        "asked": asked,
        "groups": [(key, title, numbers[key]) for key, title in GROUPS],
        "by_category": _bars(found.by_category, "solved_by_district_coordination", asked, lambda cell: cell.name),
        "by_channel": _bars(
            found.by_channel, "problems_registered", asked, lambda cell: words.word(words.CHANNELS, cell.key)
        ),
        "tabs": [
            Tab(_("This month"), "?window=this", asked.chosen == "this"),
            Tab(_("Last month"), "?window=last", asked.chosen == "last"),
        ],
    }
    return render(request, "web/pages/figures.html", context, status=422 if asked.refused else 200)


def _records_url(name: str, asked: Asked, **more: str) -> str:
    return reverse("web:figure", args=[name]) + f"?{asked.query}" + (f"&{urlencode(more)}" if more else "")


def _bars(cells: Iterable[Cell], name: str, asked: Asked, label: Callable[[Cell], str]) -> list[BarLine]:
    cells = list(cells)
    largest = max((cell.count for cell in cells), default=1)
    return [
        BarLine(label(cell), cell.count, f"{cell.count / largest * 100:.1f}", _cell_url(name, asked, cell))
        for cell in cells
    ]


def _cell_url(name: str, asked: Asked, cell: Cell) -> str:
    return _records_url(name, asked, of=cell.key) if cell.key else ""


@require_GET
@for_post
def figure(request: HttpRequest, name: str) -> HttpResponse:
    """The records that one number counts."""
    actor, now = actor_of(request), now_of(request)
    asked = _asked(request, now)
    narrowed = request.GET.get("of", "")
    start = _start(request)
    found = records(name, actor, asked.window, start=start, limit=PAGE, narrowed=narrowed)

    def page(at: int) -> str:
        return "?" + urlencode({k: v for k, v in request.GET.items() if k != "start"} | {"start": at})

    context: dict[str, Any] = {
        "asked": asked,
        "figure": found.figure,
        "count": found.count,
        "narrowed": bool(narrowed),
        "whole_url": _records_url(name, asked),
        "back_url": reverse("web:figures") + f"?{asked.query}",
        "others": [Tab(str(f.label), _records_url(f.name, asked), f.name == name) for f in _group_of(found.figure)],
        "pager": Pager(
            prev_url=page(max(0, start - PAGE)) if start else "",
            next_url=page(start + PAGE) if start + PAGE < found.count else "",
        ),
        "start": start,
    }
    if found.figure.of == "problems":
        context["rows"] = [row(line) for line in lines(actor, [p.pk for p in found.page], now=now)]
    else:
        context["records"] = _shown(found.figure, found.page, asked)
    return render(request, "web/pages/figure.html", context)


def _group_of(figure: Figure) -> list[Figure]:
    return [other for other in BY_NAME.values() if other.group == figure.group]


def _start(request: HttpRequest) -> int:
    try:
        return max(0, int(request.GET.get("start", "0")))
    except ValueError:
        return 0


@dataclass(frozen=True, slots=True)
class Record:
    """One line of a list that is not of problems: its title leads on, `second` says more."""

    title: str
    url: str = ""
    second: str = ""
    at: dt.datetime | None = None


def _shown(figure: Figure, page: list[Any], asked: Asked) -> list[Record]:
    on = asked.window.last
    match figure.of:
        case "villages":
            codes = {party.division_code[:9].ljust(12, "0") for party in page if party.division_code}
            towns = division_names(codes, on)
            return [Record(party.name, second=towns.get(party.division_code[:9].ljust(12, "0"), "")) for party in page]
        case "visits":
            places = division_names({r.visit.division for r in page}, on)
            return [
                Record(
                    r.party.name if r.party else r.claimed_party,
                    reverse("web:visit", args=[r.visit_id]),
                    places.get(r.visit.division, ""),
                    r.visit.held_at,
                )
                for r in page
            ]
        case "opinions":
            places = division_names({o.visit.division for o in page}, on)
            return [
                Record(
                    opinion_text(o),
                    reverse("web:visit", args=[o.visit_id]),
                    places.get(o.visit.division, ""),
                    o.heard_at,
                )
                for o in page
            ]
        case "items":
            return [
                Record(
                    f"{i.order}. {i.problem.title_for_units if i.problem.confidential else i.problem.title}",
                    reverse("web:problem", args=[i.problem.number]),
                    i.meeting.title,
                    i.meeting.held_at,
                )
                for i in page
            ]
        case _:
            return [
                Record(
                    a.party.name if a.party else a.claimed_party,
                    reverse("web:meeting", args=[a.meeting_id]),
                    a.meeting.title,
                    a.meeting.held_at,
                )
                for a in page
            ]


@require_GET
@for_post
def visit(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """One visit: who went, whom they met, what was said and found."""
    view = visit_view(visit_id, actor_of(request))
    unit = unit_names(timezone.localdate(view.visit.held_at)).get(view.visit.unit_id, "") if view.visit.unit_id else ""
    context = {
        "view": view,
        "unit": unit,
        "met": [(met.name, words.word(words.PARTY_KINDS, met.kind)) for met in view.met],
        "problems": [(p, words.word(words.VISIT_ROLES, p.role)) for p in view.problems],
        "pairing": words.word(words.PAIRINGS, view.visit.pairing) if view.visit.pairing else "",
    }
    return render(request, "web/pages/visit.html", context)


@require_GET
@for_post
def meeting(request: HttpRequest, meeting_id: UUID) -> HttpResponse:
    """One meeting: who came, every item with what became of it, its plan and its promises."""
    view = meeting_view(meeting_id, actor_of(request))
    context = {
        "view": view,
        "met": [(met.name, words.word(words.PARTY_KINDS, met.kind)) for met in view.met],
        "items": [(item, words.word(words.OUTCOMES, item.role)) for item in view.items],
    }
    return render(request, "web/pages/meeting.html", context)
