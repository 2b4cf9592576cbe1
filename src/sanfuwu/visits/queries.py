"""Reading visits: of a problem, and counted by window. Windows are local dates, the end inclusive (model.md)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet

from sanfuwu.parties.models import Party

from .models import Opinion, Visit, VisitParty


def visits_of(problem_id: UUID) -> QuerySet[Visit]:
    """The visits that had to do with a problem, oldest first. First ask `visible_to` for the problem."""
    return Visit.objects.filter(problems__problem_id=problem_id).distinct().order_by("held_at", "pk")


def visits_between(first: dt.date, last: dt.date, *, rank: str = "") -> QuerySet[Visit]:
    """Visits held on the days from `first` to `last`; with `rank` only those with a visitor of that rank then."""
    found = Visit.objects.filter(held_at__gte=_midnight(first), held_at__lt=_midnight(last + dt.timedelta(days=1)))
    return found.filter(visitors__rank_then=rank).distinct() if rank else found


@dataclass(frozen=True, slots=True)
class Coverage:
    """What visits came to: distinct villages and communities, firm × occasion, opinions."""

    visits: int
    villages: int
    enterprise_visits: int
    opinions: int


def coverage(first: dt.date, last: dt.date, *, rank: str = "") -> Coverage:
    """Counted from the records. A joint visit counts once, whoever went along."""
    visits = visits_between(first, last, rank=rank).values("pk")
    parties = VisitParty.objects.filter(visit__in=visits)
    return Coverage(
        visits=visits.count(),
        villages=parties.filter(party_kind=Party.Kind.VILLAGE).values("party").distinct().count(),
        enterprise_visits=parties.filter(party_kind=Party.Kind.ENTERPRISE).count(),
        opinions=Opinion.objects.filter(visit__in=visits).count(),
    )


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), ZoneInfo(settings.TIME_ZONE))
