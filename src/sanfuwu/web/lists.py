"""The filters of the 问题清单 as they stand in the address, and back: a filter can be sent to a colleague."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from sanfuwu.problems.models import SavedView
from sanfuwu.problems.queries import FACET_FILTERS, SORTS, Duty, Filters, Moments
from sanfuwu.problems.queries.duties import FINISHED_DAYS, NUMBERS
from sanfuwu.reference.queries import calendar_at
from sanfuwu.rules.identifiers import check_division, is_within
from sanfuwu.territory.actor import Actor

from . import columns
from .pieces import Tab

_NUMBER = re.compile(r"\d{6}-\d{4}-\d{1,9}")
# Windows of local days, both ends inclusive: name in the address → (from, until) of it.
WINDOWS = {
    "registered": ("from", "until"),
    "raised": ("raised_from", "raised_until"),
    "due": ("due_from", "due_until"),
    "struck": ("struck_from", "struck_until"),
}
FLAGS = ("open", "overdue", "soon")
# What is no filter: where one is in the list, which tab one came by, what stands open beside it.
_PASSING = ("cursor", "view", "columns")
ALL = "all"  # `view=all`: the list as it is without the view that one has chosen to open it with


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for. `view` is the saved view whose tab it came by, if any."""

    filters: Filters
    sort: str
    cursor: str
    query: QueryDict
    columns: tuple[str, ...] = ()  # named in the address; none = the post's own
    view: UUID | None = None

    def url(self, **change: Any) -> str:
        """The same list with a change (None takes a filter away); always from its first page."""
        values = {k: v for k, v in self.query.lists() if k not in ("cursor", "columns") and any(v)}
        for name, value in change.items():
            if value is None:
                values.pop(name, None)
            else:
                values[name] = value if isinstance(value, list) else [value]
        if not values:
            values = {"view": [ALL]}
        return "?" + urlencode(values, doseq=True)

    def without(self, name: str, value: str) -> str:
        """The same list without one value of a filter."""
        # A place may be written short: 330604007 is 330604007000.
        rest = [v for v in self.query.getlist(name) if v and value not in (v, v.ljust(12, "0"))]
        return self.url(**{name: rest or None})


def essence(query: QueryDict) -> str:
    """What a saved view keeps of an address: filters, order and columns, always written in the same way."""
    kept = {
        name: sorted({value for value in values if value})
        for name, values in query.lists()
        if name not in _PASSING and any(values)
    }
    return urlencode(sorted(kept.items()), doseq=True)


def clean(query: QueryDict) -> str:
    """The same address without the fields left open, short enough to be sent to a colleague."""
    kept = {name: found for name, values in query.lists() if (found := [value for value in values if value])}
    return "?" + urlencode(kept or {"view": ALL}, doseq=True)


def number_in(text: str) -> str:
    """A whole problem number when that is all the search says, else ""."""
    return text.strip() if _NUMBER.fullmatch(text.strip()) else ""


_ELSEWHERE = re.compile(r"(?=.*\d)\S{3,80}")


def elsewhere_in(text: str) -> str:
    """What could be a number of another system or county: one word with a digit in it; else ""."""
    return text.strip() if _ELSEWHERE.fullmatch(text.strip()) else ""


def read(query: QueryDict, now: dt.datetime, actor: Actor) -> Asked:
    """Filters from an address. What is not understood is left out, so an old link still shows a list."""
    facets = {
        name: tuple(value for value in query.getlist(name) if value)
        for name in FACET_FILTERS
        if any(query.getlist(name))
    }
    if "place" in facets:
        facets["place"] = _places(facets["place"])
    if query.get("my") == "1" and actor.unit_id is not None:
        facets["handled"] = (str(actor.unit_id),)  # relative: a shared view is everybody's own
    at = moments(now)
    sort = query.get("sort", "newest")
    soon = query.get("soon") == "1"
    due_from, due_until = (_midnight(query.get(name, ""), days=n) for n, name in enumerate(WINDOWS["due"]))
    registered, raised, struck = (
        tuple(_midnight(query.get(name, ""), days=n) for n, name in enumerate(WINDOWS[what]))
        for what in ("registered", "raised", "struck")
    )
    return Asked(
        filters=Filters(
            facets=facets,
            words=query.get("q", "").strip()[:40],
            foreign_number=query.get("number", "").strip()[:80],
            open_only={"1": True, "0": False}.get(query.get("open", "")),
            overdue_at=now if query.get("overdue") == "1" else None,
            due_from=max((t for t in (due_from, now if soon else None) if t), default=None),
            due_before=min((t for t in (due_until, at.soon if soon else None) if t), default=None),
            registered_from=registered[0],
            registered_until=registered[1],
            raised_from=raised[0],
            raised_until=raised[1],
            struck_from=struck[0],
            struck_until=struck[1],
            duty=_duty(query, at),
        ),
        sort=sort if sort in SORTS else "newest",
        cursor=query.get("cursor", ""),
        query=query,
        columns=columns.known(said.split(",")) if (said := query.get("cols", "")) else (),
        view=uuid_or_none(query.get("view", "")),
    )


def moments(now: dt.datetime) -> Moments:
    """Close of business two working days on, as on the desk; and the day since when something is "lately" finished."""
    calendar = calendar_at(now)
    today = timezone.localdate(now)
    lately = timezone.make_aware(dt.datetime.combine(today - dt.timedelta(days=FINISHED_DAYS - 1), dt.time()))
    return Moments(now, calendar.closing(calendar.shift(today, 2)) or now, lately)


def _duty(query: QueryDict, at: Moments) -> Duty | None:
    unit, number = uuid_or_none(query.get("duty", "")), query.get("duty_is", "in_hand")
    return Duty(unit, number, at) if unit and number in NUMBERS else None


def _places(codes: Sequence[str]) -> tuple[str, ...]:
    """Codes of twelve digits. Of a town and one of its villages only the village is meant: that was the way to it."""
    found = [checked.value.ljust(12, "0") for code in codes if (checked := check_division(code)).ok]
    return tuple(p for p in found if not any(is_within(q, p) for q in found if q != p))


def uuid_or_none(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _midnight(text: str, *, days: int = 0) -> dt.datetime | None:
    """A local day, end inclusive when `days` is 1; None when it is not a day."""
    try:
        day = dt.date.fromisoformat(text)
        return timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=days), dt.time()))
    except (ValueError, OverflowError):
        return None


def flags(query: QueryDict) -> dict[str, str]:
    """Those of open, overdue, soon that are on."""
    return {name: value for name in FLAGS if (value := query.get(name, ""))}


def own_tabs() -> list[tuple[str, dict[str, str]]]:
    """Views that everybody needs: (label, what the address says)."""
    return [
        (_("Open"), {"open": "1"}),
        (_("Overdue"), {"overdue": "1", "sort": "due"}),
        (_("Due soon"), {"soon": "1", "sort": "due"}),
        (_("Closed"), {"open": "0"}),
        (_("All"), {}),
    ]


def tabs(asked: Asked, count: int, capped: bool, views: Sequence[SavedView] = ()) -> list[Tab]:
    """The views that everybody needs, then the saved ones; the present one carries its count."""
    present = next((view for view in views if view.pk == asked.view), None)
    on = flags(asked.query)
    found = []
    for label, wanted in own_tabs():
        current = present is None and on == {k: v for k, v in wanted.items() if k != "sort"}
        if current:
            url = asked.url()
        elif present is not None:
            url = "?" + urlencode(wanted or {"view": ALL})
        else:
            url = asked.url(**({"open": None, "overdue": None, "soon": None, "sort": None, "view": None} | wanted))
        found.append(Tab(label, url, current, count if current else None, capped))
    for view in views:
        current = view == present
        found.append(Tab(view.name, view_url(view), current, count if current else None, capped))
    return found


def view_url(view: SavedView) -> str:
    """The address of a saved view; it says which one it is, so that a change can be kept in it."""
    return "?" + "&".join(part for part in (view.query, f"view={view.pk}") if part)
