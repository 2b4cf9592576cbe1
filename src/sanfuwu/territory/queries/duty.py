"""值班表: who is on duty when, by day and unit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from ..models import DutyShift
from .units import unit_names

_ORDER = {"all_day": 0, "day": 1, "night": 2}


@dataclass(frozen=True, slots=True)
class DutyLine:
    """One post on duty, in words."""

    id: UUID
    day: dt.date
    shift: str
    unit: str
    title: str
    person: str
    office_phone: str
    leads: bool


def duty_between(first: dt.date, last: dt.date, *, units: Collection[UUID] | None = None) -> list[DutyLine]:
    """The roster from a day to a day, both included; by day, shift and unit, who leads first."""
    rows = DutyShift.objects.filter(day__range=(first, last), removed_at__isnull=True).select_related("post__person")
    if units is not None:
        rows = rows.filter(unit_id__in=units)
    names = unit_names(first)
    lines = [
        DutyLine(
            id=row.pk,
            day=row.day,
            shift=row.shift,
            unit=names.get(row.unit_id, ""),
            title=row.post.title,
            person=row.post.person.name,
            office_phone=row.post.person.office_phone,
            leads=row.leads,
        )
        for row in rows.order_by("pk")
    ]
    return sorted(lines, key=lambda x: (x.day, _ORDER.get(x.shift, 9), x.unit, not x.leads))
