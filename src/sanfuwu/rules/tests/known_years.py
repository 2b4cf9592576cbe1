"""The calendar as published for 2004 to 2026, and moments in local time."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import chinese_calendar.constants as notices

from sanfuwu.rules.worktime import DayKind, OfficeHours, WorkCalendar, days_of_years

TZ = ZoneInfo("Asia/Shanghai")
KNOWN = range(2004, 2027)


def build(*told: tuple[date, DayKind], years: range = KNOWN, office: OfficeHours | None = None) -> WorkCalendar:
    days = dict(days_of_years(years, rest_days=notices.holidays, make_up_workdays=notices.workdays))
    return WorkCalendar.build((days | dict(told)).items(), years, tz=TZ, hours=office)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TZ)
