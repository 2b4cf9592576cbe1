"""Changes of the shared work calendar. It belongs to no county, so no event; each change grows its version."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

import chinese_calendar
from django.db import transaction
from django.db.models import Max

from sanfuwu.rules.identifiers import division_ancestors, division_level
from sanfuwu.rules.worktime import DayKind, days_of_years

from .models import CalendarDay, CalendarYear, Division, DivisionVersion
from .queries import forget

# The years whose notice of the State Council chinesecalendar knows. A later year stays unknown until it is published.
SEED_YEARS = range(2004, 2027)


def seed_calendar(years: Iterable[int] = SEED_YEARS) -> list[int]:
    """Publish the years not known yet from chinesecalendar; returns them. A year that is there is never touched.

    Raises ValueError for a year chinesecalendar does not know: a guess must not look like a notice.
    """
    with transaction.atomic():
        wanted = sorted(set(years) - set(CalendarYear.objects.filter(published=True).values_list("year", flat=True)))
        if unknown := set(wanted) - set(SEED_YEARS):
            raise ValueError(f"no notice is known for {sorted(unknown)}")
        if wanted:
            holidays, make_up = chinese_calendar.constants.holidays, chinese_calendar.constants.workdays
            names = {day: str(name) for day, name in {**holidays, **make_up}.items()}
            _write(wanted, dict(days_of_years(wanted, rest_days=holidays, make_up_workdays=make_up)), names)
    forget()
    return wanted


def ensure_divisions(named: Iterable[tuple[str, str]], *, valid_from: dt.date) -> int:
    """Make the divisions (12 digits, name) that are not known yet; returns how many. A known one keeps its name."""
    wanted = dict(named)
    known = set(Division.objects.filter(code__in=wanted).values_list("code", flat=True))
    new = [
        (code, name, division_level(code).value, (division_ancestors(code)[-2:-1] or ("",))[0])
        for code, name in wanted.items()
        if code not in known
    ]
    with transaction.atomic():
        Division.objects.bulk_create([Division(code=code, name=name, level=level) for code, name, level, _above in new])
        DivisionVersion.objects.bulk_create(
            [
                DivisionVersion(code=code, name=name, level=level, parent_code=above, valid_from=valid_from)
                for code, name, level, above in new
            ]
        )
    forget()
    return len(new)


def publish_calendar(
    year: int,
    *,
    rest_days: Iterable[dt.date],
    make_up_workdays: Iterable[dt.date],
    half_days: Mapping[dt.date, DayKind] | None = None,
    notes: Mapping[dt.date, str] | None = None,
) -> int:
    """Enter a year's notice, or enter it again after it was amended; returns the calendar's new version.

    Weekends need not be listed. Whoever calls this re-computes the deadlines that reach into the year. Raises
    ValueError for a day outside the year and for a day that is both a rest day and a make-up workday.
    """
    rest, make_up, halves = set(rest_days), set(make_up_workdays), dict(half_days or {})
    if outside := {day for day in (*rest, *make_up, *halves) if day.year != year}:
        raise ValueError(f"not in {year}: {min(outside).isoformat()}")
    days = dict(days_of_years([year], rest_days=rest, make_up_workdays=make_up)) | halves
    with transaction.atomic():
        CalendarDay.objects.filter(date__year=year).delete()
        version = _write([year], days, notes or {})
    forget()
    return version


def _write(years: Iterable[int], days: Mapping[dt.date, DayKind], notes: Mapping[dt.date, str]) -> int:
    """Insert the days and mark the years as published, all under one new version."""
    latest: int = CalendarYear.objects.aggregate(latest=Max("version"))["latest"] or 0
    CalendarDay.objects.bulk_create(
        [CalendarDay(date=day, kind=kind.value, note=notes.get(day, "")) for day, kind in days.items()],
        batch_size=2000,
    )
    CalendarYear.objects.bulk_create(
        [CalendarYear(year=year, published=True, version=latest + 1) for year in years],
        update_conflicts=True,
        unique_fields=["year"],
        update_fields=["published", "version"],
    )
    return latest + 1
