"""The sheet behind 筛选 and the chips of what is on: every filter of the list, several values each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from sanfuwu.problems.queries.categories import category_tree
from sanfuwu.problems.queries.foreign import system_names
from sanfuwu.territory.queries import post_labels, unit_names

from . import choices, words
from .acts.fields import Choices
from .lists import WINDOWS, Asked, flags, own_tabs
from .pieces import FilterChip
from .when import full_day

_LABELS = {
    "stage": lambda: _("State"),
    "state": lambda: _("State"),
    "tier": lambda: _("Tier"),
    "nature": lambda: _("Nature"),
    "channel": lambda: _("Channel"),
    "served": lambda: _("Requester"),
    "category": lambda: _("Category"),
    "place": lambda: _("Place"),
    "lead": lambda: _("Lead unit"),
    "co": lambda: _("Co-handling unit"),
    "unit": lambda: _("Unit"),
    "handled": lambda: _("Handled by"),
    "leader": lambda: _("Lead leader"),
    "result": lambda: _("Result"),
    "level": lambda: _("Level of resolution"),
    "basis": lambda: _("Basis of striking off"),
    "urgency": lambda: _("Urgency"),
    "origin": lambda: _("Origin"),
    "campaign": lambda: _("Campaign"),
    "confidential": lambda: _("Identity of the requester"),
    "on_spot": lambda: _("Solved on the spot"),
    "registered_by": lambda: _("Registered by"),
    "party": lambda: _("Requester"),
    "asks": lambda: _("Asked by a unit"),
    "waits": lambda: _("Waits for"),
    "foreign": lambda: _("Number in"),
    "waiting": lambda: _("Waiting for"),
}
_WINDOW_LABELS = {
    "registered": (lambda: _("Registered from"), lambda: _("Registered until")),
    "raised": (lambda: _("Raised from"), lambda: _("Raised until")),
    "due": (lambda: _("Due from"), lambda: _("Due until")),
    "struck": (lambda: _("Struck off from"), lambda: _("Struck off until")),
}
_DUTIES = {
    "in_hand": lambda: _("in hand"),
    "to_sign": lambda: _("to sign for"),
    "overdue": lambda: _("overdue"),
    "soon": lambda: _("due soon"),
    "returned": lambda: _("returned, awaiting a ruling"),
    "finished": lambda: _("finished in the last 30 days"),
}


def filter_label(name: str) -> str:
    return _LABELS[name]() if name in _LABELS else name


_DUTY_HEADS = {
    "in_hand": lambda: pgettext("duties", "In hand"),
    "to_sign": lambda: _("To sign for"),
    "overdue": lambda: _("Overdue"),
    "soon": lambda: _("Due soon"),
    "returned": lambda: _("Returned"),
    "finished": lambda: _("Finished, 30 days"),
}


def duty_head(number: str) -> str:
    """The same at the head of a column."""
    return _DUTY_HEADS[number]()


def duty_label(number: str) -> str:
    return _DUTIES[number]()


# Facets whose values are codes: their words need no look-up.
_WORDS: dict[str, Callable[[], Choices]] = {
    "stage": words.stages,
    "tier": lambda: words.options(words.TIERS),
    "nature": lambda: words.options(words.NATURES),
    "channel": lambda: words.options(words.CHANNELS),
    "served": lambda: words.options(words.PARTY_KINDS),
    "urgency": lambda: words.options(words.URGENCIES),
    "result": lambda: words.options(words.RESULT_KINDS),
    "level": lambda: words.options(words.RESOLUTION_LEVELS),
    "basis": lambda: words.options(words.CLOSE_BASES),
    "origin": lambda: words.options(words.ORIGINS),
    "confidential": lambda: [("yes", _("confidential"))],
    "on_spot": lambda: [("yes", _("Yes"))],
    "asks": lambda: words.options(words.REQUEST_KINDS),
    "waiting": lambda: words.options(words.WAITING_ON),
}


def _names(name: str, values: Iterable[str], now: dt.datetime) -> dict[str, str]:
    """{value: its name} of the values of one filter that are on; nothing is asked for a filter that is off."""
    today = timezone.localdate(now)
    if name in _WORDS:
        return dict(_WORDS[name]())
    ids = [UUID(value) for value in values if _is_uuid(value)]
    match name:
        case "lead" | "co" | "unit" | "handled":
            return {str(pk): label for pk, label in unit_names(today).items()}
        case "category":
            tree = category_tree()
            return {str(pk): tree.full_name(pk) for pk in ids if pk in tree.rows}
        case "place":
            return choices.places(now)
        case "leader" | "registered_by":
            return {str(pk): " ".join(filter(None, said)) for pk, said in post_labels(ids, today).items()}
        case "party":
            return dict.fromkeys(values, _("this requester"))
        case "waits":
            return {value: words.duty(value) for value in values}
        case "campaign":
            return dict.fromkeys(values, _("this campaign"))
        case "foreign":
            return system_names()
    return {}


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def chips(asked: Asked, now: dt.datetime, *, flags_too: bool = False) -> list[FilterChip]:
    """One chip per value that is on; its link is the list without it. Flags have their tabs, unless `flags_too`."""
    found = []
    query = asked.query
    if asked.filters.words:
        found.append(FilterChip(_("Search: %(words)s") % {"words": asked.filters.words}, asked.url(q=None)))
    if asked.filters.foreign_number:
        label = _("Number elsewhere: %(number)s") % {"number": asked.filters.foreign_number}
        found.append(FilterChip(label, asked.url(number=None)))
    on = flags(query)
    if flags_too or on not in [{k: v for k, v in said.items() if k != "sort"} for _label, said in own_tabs()]:
        found += [FilterChip(_flag(name, value), asked.url(**{name: None})) for name, value in on.items()]
    if query.get("my") == "1":
        found.append(FilterChip(_("my unit"), asked.url(my=None)))
    if (duty := asked.filters.duty) is not None:
        unit = unit_names(timezone.localdate(now)).get(duty.unit_id, "")
        label = _("%(filter)s: %(value)s") % {"filter": unit, "value": duty_label(duty.number)}
        found.append(FilterChip(label, asked.url(duty=None, duty_is=None)))
    for name, values in asked.filters.facets.items():
        if name == "handled" and query.get("my") == "1":
            continue
        names = _names(name, values, now)
        for value in values:
            label = _("%(filter)s: %(value)s") % {"filter": filter_label(name), "value": names.get(value, value)}
            found.append(FilterChip(label, asked.without(name, value)))
    return found + _window_chips(asked)


def _flag(name: str, value: str) -> str:
    said = {
        ("open", "1"): _("Open"),
        ("open", "0"): _("Closed"),
        ("overdue", "1"): _("Overdue"),
        ("soon", "1"): _("Due soon"),
    }
    return said.get((name, value), value)


def _window_chips(asked: Asked) -> list[FilterChip]:
    found = []
    for what, ends in WINDOWS.items():
        for name, label in zip(ends, _WINDOW_LABELS[what], strict=True):
            try:
                day = dt.date.fromisoformat(asked.query.get(name, ""))
            except ValueError:
                continue
            text = _("%(filter)s: %(value)s") % {"filter": label(), "value": full_day(day)}
            found.append(FilterChip(text, asked.url(**{name: None})))
    return found


class FilterForm(forms.Form):
    """The sheet. What it does not show (flags of the present tab, order, columns, a link's own filters) rides along."""

    TICKED = ("stage", "place", "lead", "co", "category", "tier", "urgency", "channel", "served", "nature", "leader",
              "result", "level", "basis", "origin", "asks", "foreign", "waiting")  # fmt: skip
    SINGLE = ("my", "confidential", "on_spot")

    def __init__(self, query: QueryDict, now: dt.datetime) -> None:
        initial: dict[str, object] = {name: query.getlist(name) for name in self.TICKED}
        initial |= {name: query.get(name, "") for ends in WINDOWS.values() for name in ends}
        initial |= {name: bool(query.get(name)) for name in self.SINGLE}
        super().__init__(initial=initial, auto_id="flt_%s")
        units = choices.units(now)
        lists: dict[str, Choices] = {
            "place": choices.places_to_tick(now, query.getlist("place")),
            "lead": units,
            "co": units,
            "category": choices.categories(confirmed_only=False),
            "leader": choices.leaders(now),
            "foreign": list(system_names().items()),
        } | {name: make() for name, make in _WORDS.items() if name in self.TICKED}
        for name in self.TICKED:
            self.fields[name] = forms.MultipleChoiceField(
                label=filter_label(name),
                choices=_flat(lists[name]),
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )
        for name, value, label in (
            ("my", "1", _("Handled by my unit")),
            ("confidential", "yes", _("Requester confidential")),
            ("on_spot", "yes", _("Solved on the spot")),
        ):
            # A browser sends the value of a tick; it is what the address says.
            self.fields[name] = forms.BooleanField(
                label=label, required=False, widget=forms.CheckboxInput(attrs={"value": value})
            )
        for what, ends in WINDOWS.items():
            for name, label_of in zip(ends, _WINDOW_LABELS[what], strict=True):
                self.fields[name] = forms.DateField(
                    label=label_of(), required=False, widget=forms.DateInput(attrs={"type": "date"})
                )
        shown = {*self.fields, "cursor"}
        self.rides = [(name, value) for name, values in query.lists() if name not in shown for value in values if value]

    def groups(self) -> list[tuple[forms.BoundField, int]]:
        """The ticked filters, each with how many of its values are on."""
        return [(self[name], len([v for v in self.initial[name] if v])) for name in self.TICKED]

    def singles(self) -> list[forms.BoundField]:
        return [self[name] for name in self.SINGLE]

    def windows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[begin], self[end]) for begin, end in WINDOWS.values()]


def _flat(options: Choices) -> list[tuple[str, str]]:
    return list(choices.flat(options).items())
