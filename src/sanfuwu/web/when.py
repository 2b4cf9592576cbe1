"""Dates and working time in words. `now` is always given: a page reads the clock once."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext, pgettext


def full_day(value: dt.date) -> str:
    """2019年2月12日, or 12 February 2019."""
    if (get_language() or "").startswith("zh"):
        return f"{value.year}年{value.month}月{value.day}日"
    return f"{value.day} {value:%B} {value.year}"


def day(value: dt.date | dt.datetime, now: dt.datetime) -> str:
    """The day without its year when it is this year's."""
    if isinstance(value, dt.datetime):
        value = timezone.localtime(value).date()
    if value.year != timezone.localtime(now).year:
        return full_day(value)
    if (get_language() or "").startswith("zh"):
        return f"{value.month}月{value.day}日"
    return f"{value.day} {value:%b}"


def when(value: dt.datetime, now: dt.datetime) -> str:
    """Day and minute: 今天, 昨天, 前天, 明天, 后天; otherwise the day, with its year when it is not this year's."""
    local, today = timezone.localtime(value), timezone.localtime(now).date()
    near = {
        0: gettext("today"),
        -1: gettext("yesterday"),
        -2: gettext("the day before yesterday"),
        1: gettext("tomorrow"),
        2: gettext("the day after tomorrow"),
    }.get((local.date() - today).days)
    return f"{near or day(local, now)} {local:%H:%M}"


def working_time(days: int, minutes: int) -> str:
    """Working days and the rest in hours: "2 个工作日 3 小时", "40 分钟", or "1 个工作日"."""
    parts = []
    if days:
        parts.append(ngettext("%(n)d working day", "%(n)d working days", days) % {"n": days})
    hours, rest = divmod(minutes, 60)
    if hours:
        parts.append(ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours})
    if (rest and not days and not hours) or not parts:
        parts.append(ngettext("%(n)d minute", "%(n)d minutes", rest) % {"n": rest})
    return " ".join(parts)


def capped_count(value: int) -> str:
    """ "1 万+" for a count that stopped at 10,000; "2,000+" for another limit."""
    if value % 10_000 == 0 and value and (get_language() or "").startswith("zh"):
        return f"{value // 10_000} " + pgettext("ten thousands, after a number", "0,000") + "+"
    return f"{value:,}+"
