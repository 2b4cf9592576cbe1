"""The filters of the 问题清单 as they stand in the address, and back: a filter can be sent to a colleague."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from sanfuwu.counties.queries import work_calendar
from sanfuwu.problems.queries import FACET_FILTERS, Filters

from . import words
from .acts.fields import Choices
from .pieces import FilterChip, Tab
from .when import full_day

_NUMBER = re.compile(r"\d{6}-\d{4}-\d{1,9}")
SORTS = ("newest", "due")
# Filters that a person sets in the form; the others of the queries come with links (a desk's number, a party's card).
SHOWN = ("stage", "place", "lead", "category", "tier", "channel", "served", "foreign", "waiting")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for."""

    filters: Filters
    sort: str
    cursor: str
    query: QueryDict

    def url(self, **change: Any) -> str:
        """The same list with a change (None takes a filter away); always from its first page."""
        values = {k: v for k, v in self.query.lists() if k != "cursor" and any(v)}
        for name, value in change.items():
            if value is None:
                values.pop(name, None)
            else:
                values[name] = value if isinstance(value, list) else [value]
        return "?" + urlencode(values, doseq=True)


def clean(query: QueryDict) -> str:
    """The same address without the fields left open, short enough to be sent to a colleague."""
    kept = {name: found for name, values in query.lists() if (found := [value for value in values if value])}
    return "?" + urlencode(kept, doseq=True)


def number_in(text: str) -> str:
    """A whole problem number when that is all the search says, else ""."""
    return text.strip() if _NUMBER.fullmatch(text.strip()) else ""


_ELSEWHERE = re.compile(r"(?=.*\d)\S{3,80}")


def elsewhere_in(text: str) -> str:
    """What could be a number of another system or county: one word with a digit in it; else ""."""
    return text.strip() if _ELSEWHERE.fullmatch(text.strip()) else ""


def read(query: QueryDict, now: dt.datetime) -> Asked:
    """Filters from an address. What is not understood is left out, so an old link still shows a list."""
    facets = {
        name: tuple(value for value in query.getlist(name) if value)
        for name in FACET_FILTERS
        if any(query.getlist(name))
    }
    open_only = {"1": True, "0": False}.get(query.get("open", ""))
    sort = query.get("sort", "newest")
    return Asked(
        filters=Filters(
            facets=facets,
            words=query.get("q", "").strip()[:40],
            foreign_number=query.get("number", "").strip()[:80],
            open_only=open_only,
            overdue_at=now if query.get("overdue") == "1" else None,
            due_before=_soon(now) if query.get("soon") == "1" else None,
            registered_from=_midnight(query.get("from", "")),
            registered_until=_midnight(query.get("until", ""), days=1),
        ),
        sort=sort if sort in SORTS else "newest",
        cursor=query.get("cursor", ""),
        query=query,
    )


def _soon(now: dt.datetime) -> dt.datetime:
    """Close of business two working days on, as on the desk."""
    calendar = work_calendar()
    return calendar.closing(calendar.shift(timezone.localdate(now), 2)) or now


def _midnight(text: str, *, days: int = 0) -> dt.datetime | None:
    """A local day, end inclusive when `days` is 1; None when it is not a day."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=days), dt.time()))


def tabs(asked: Asked, count: int, capped: bool) -> list[Tab]:
    """Views that everybody needs; the present one carries its count."""
    views: list[tuple[str, dict[str, str]]] = [
        (_("Open"), {"open": "1"}),
        (_("Overdue"), {"overdue": "1", "sort": "due"}),
        (_("Due soon"), {"soon": "1", "sort": "due"}),
        (_("Closed"), {"open": "0"}),
        (_("All"), {}),
    ]
    flags = {name: asked.query.get(name) for name in ("open", "overdue", "soon") if asked.query.get(name)}
    found = []
    for label, wanted in views:
        current = flags == {k: v for k, v in wanted.items() if k != "sort"}
        if current:
            url = asked.url()
        else:
            url = asked.url(**({"open": None, "overdue": None, "soon": None, "sort": None} | wanted))
        found.append(Tab(label, url, current, count if current else None, capped))
    return found


def chips(asked: Asked, names: dict[str, dict[str, str]]) -> list[FilterChip]:
    """One chip per value that is on; its link is the list without it."""
    found = []
    if asked.filters.words:
        found.append(FilterChip(_("Search: %(words)s") % {"words": asked.filters.words}, asked.url(q=None)))
    if asked.filters.foreign_number:
        label = _("Number elsewhere: %(number)s") % {"number": asked.filters.foreign_number}
        found.append(FilterChip(label, asked.url(number=None)))
    for name, values in asked.filters.facets.items():
        for value in values:
            rest = [v for v in values if v != value]
            label = _("%(filter)s: %(value)s") % {
                "filter": filter_label(name),
                "value": names.get(name, {}).get(value, value),
            }
            found.append(FilterChip(label, asked.url(**{name: rest or None})))
    for name, day in (("from", asked.filters.registered_from), ("until", asked.filters.registered_until)):
        if day is not None:
            shown = full_day(timezone.localdate(day) - dt.timedelta(days=name == "until"))
            label = _("registered from %(day)s") if name == "from" else _("registered until %(day)s")
            found.append(FilterChip(label % {"day": shown}, asked.url(**{name: None})))
    return found


_LABELS = {
    "stage": lambda: _("State"),
    "state": lambda: _("State"),
    "tier": lambda: _("Tier"),
    "channel": lambda: _("Channel"),
    "served": lambda: _("Requester"),
    "category": lambda: _("Category"),
    "place": lambda: _("Place"),
    "lead": lambda: _("Lead unit"),
    "co": lambda: _("Co-handling unit"),
    "unit": lambda: _("Unit"),
    "leader": lambda: _("Lead leader"),
    "result": lambda: _("Result"),
    "level": lambda: _("Level of resolution"),
    "urgency": lambda: _("Urgency"),
    "origin": lambda: _("Origin"),
    "registered_by": lambda: _("Registered by"),
    "party": lambda: _("Requester"),
    "foreign": lambda: _("Number in"),
    "waiting": lambda: _("Waiting for"),
}


def filter_label(name: str) -> str:
    return _LABELS[name]() if name in _LABELS else name


class FilterForm(forms.Form):
    """The sheet behind 筛选: one value each; several come by link. Flags of the present view ride along hidden."""

    def __init__(self, asked: Asked, *, places: Choices, units: Choices, categories: Choices, systems: Choices) -> None:
        query = asked.query
        super().__init__(initial={name: query.get(name, "") for name in (*SHOWN, "from", "until")}, auto_id="flt_%s")
        for name, options in (
            ("stage", words.stages()),
            ("place", places),
            ("lead", units),
            ("category", categories),
            ("tier", words.options(words.TIERS)),
            ("channel", words.options(words.CHANNELS)),
            ("served", words.options(words.PARTY_KINDS)),
            ("foreign", systems),
            ("waiting", words.options(words.WAITING_ON)),
        ):
            self.fields[name] = forms.ChoiceField(
                label=filter_label(name), choices=[("", _("any")), *options], required=False
            )
        for name, label in (("from", _("Registered from")), ("until", _("Registered until"))):
            self.fields[name] = forms.DateField(
                label=label, required=False, widget=forms.DateInput(attrs={"type": "date"})
            )
        for name in ("q", "number", "open", "overdue", "soon", "sort"):
            if query.get(name):
                self.fields[name] = forms.CharField(widget=forms.HiddenInput, initial=query[name])
