"""What the county's own apps ask of the shared tables. Mostly cached per process; see each function for how."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from sanfuwu.rules.worktime import DayKind, WorkCalendar

from .models import CalendarDay, CalendarYear, County, Division
from .schema import current_schema

KINDS = "区县市旗"


def county_code() -> str:
    """The six digits of the current county (GB/T 2260). Raises `County.DoesNotExist` in the public schema."""
    return _county(current_schema())[0]


def county_name() -> str:
    """The name of the current county as people say it: 上虞区."""
    return _county(current_schema())[1]


def county_kind() -> str:
    """What the county is, in one character as it stands at the end of its name: 区, 县, 市 or 旗; 县 for another."""
    last = county_name()[-1:]
    return last if last in KINDS else KINDS[1]


def county_schemas() -> list[str]:
    """The schema names of all counties, oldest first. Not cached: a new county must not be missed."""
    return list(County.objects.order_by("pk").values_list("schema_name", flat=True))


@lru_cache(maxsize=512)
def _county(schema_name: str) -> tuple[str, str]:
    # A county's code and name do not change while a program runs; a missing one raises and is not remembered.
    code, name = County.objects.values_list("code", "name").get(schema_name=schema_name)
    return code, name


def division_exists(code: str) -> bool:
    """Whether a 6-, 9- or 12-digit code names the current county or a place in it.

    Known codes are remembered, unknown ones asked again: a division added later is seen at once.
    """
    county = county_code()
    if len(code) not in (6, 9, 12) or not code.startswith(county):
        return False
    padded = code.ljust(12, "0")
    return padded in _known_divisions(county) or Division.objects.filter(pk=padded).exists()


@lru_cache(maxsize=128)
def _known_divisions(county: str) -> frozenset[str]:
    return frozenset(Division.objects.filter(pk__startswith=county).values_list("pk", flat=True))


def work_calendar() -> WorkCalendar:
    """The work calendar as it stands now, in Asia/Shanghai. One statement asks its version; built once for each."""
    with (
        connection.cursor() as cursor
    ):  # asked by every page: as text it costs a quarter of what Django's compiler does
        cursor.execute("SELECT coalesce(max(version), 0) FROM counties_calendaryear")
        return _calendar(cursor.fetchone()[0])


@lru_cache(maxsize=2)
def _calendar(_version: int) -> WorkCalendar:
    days = [(day, DayKind(kind)) for day, kind in CalendarDay.objects.values_list("date", "kind")]
    published = CalendarYear.objects.filter(published=True).values_list("year", flat=True)
    return WorkCalendar.build(days, list(published), tz=ZoneInfo(settings.TIME_ZONE))


def published_years() -> frozenset[int]:
    """The years whose notice is known."""
    return frozenset(CalendarYear.objects.filter(published=True).values_list("year", flat=True))


def forget() -> None:
    """Empty every cache of this module; for programs that rewrite the shared tables (seeding, tests)."""
    for cached in (_county, _known_divisions, _calendar):
        cached.cache_clear()


def counties_here() -> int:
    """How many counties this installation has: they share the working calendar and the user names."""
    return int(County.objects.count())
