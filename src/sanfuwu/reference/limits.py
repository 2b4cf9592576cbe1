"""Time limits and office hours as an office writes them, to the rules of the pure clock and back."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from sanfuwu.ledger.errors import InvalidInput
from sanfuwu.rules.deadlines import ByRole, DeadlineRules
from sanfuwu.rules.durations import Duration, Unit
from sanfuwu.rules.officehours import OfficeHours

# So much is a limit and not a slip of the pen; a petition has 60 days, a round table three months.
_MOST = {
    Unit.MINUTES: 24 * 60,
    Unit.HOURS: 240,
    Unit.WORKING_HOURS: 80,
    Unit.WORKING_DAYS: 250,
    Unit.CALENDAR_DAYS: 730,
}
# Lengths of an extension are counted in working days, and so is the day until which one is asked for.
_IN_WORKING_DAYS = frozenset({"ask_extension_before", "long_extension"})
HOUR_FIELDS = ("morning_from", "morning_to", "afternoon_from", "afternoon_to", "summer_afternoon_from")


def limit_names() -> Iterator[tuple[str, str | None]]:
    """(field of the rules, role or None) of every limit, in the rules' order: whatever the rules know can be set."""
    for item in dataclasses.fields(DeadlineRules):
        if item.name == "version":
            continue
        if isinstance(getattr(DeadlineRules(), item.name), ByRole):
            yield item.name, "lead"
            yield item.name, "co"
        else:
            yield item.name, None


def key_of(name: str, role: str | None) -> str:
    return f"{name}_{role}" if role else name


def limits_of(rules: DeadlineRules) -> dict[str, str]:
    """{key: "7wd"}."""
    found = {}
    for name, role in limit_names():
        value = getattr(rules, name)
        found[key_of(name, role)] = str(getattr(value, role) if role else value)
    return found


def rules_of(version: int, limits: Mapping[str, str]) -> DeadlineRules:
    """The rules of a stored version. A limit that it does not know yet keeps the program's value."""
    given: dict[str, Any] = {"version": version}
    base = DeadlineRules()
    for item in dataclasses.fields(DeadlineRules):
        own = getattr(base, item.name)
        if isinstance(own, ByRole):
            lead, co = (limits.get(key_of(item.name, role)) for role in ("lead", "co"))
            given[item.name] = ByRole(Duration.parse(lead) if lead else own.lead, Duration.parse(co) if co else own.co)
        elif item.name != "version" and limits.get(item.name):
            given[item.name] = Duration.parse(limits[item.name])
    return DeadlineRules(**given)


def checked_limits(limits: Mapping[str, str]) -> dict[str, str]:
    """Every limit, or an error at the first wrong one."""
    found = {}
    for name, role in limit_names():
        key = key_of(name, role)
        try:
            length = Duration.parse(limits.get(key, ""))
        except ValueError:
            raise InvalidInput(_("Give a number and a unit."), field=key) from None
        if name in _IN_WORKING_DAYS and length.unit is not Unit.WORKING_DAYS:
            raise InvalidInput(_("This is counted in working days."), field=key)
        if length.amount > _MOST[length.unit]:
            raise InvalidInput(_("This is longer than any known rule; check the number."), field=key)
        found[key] = str(length)
    for name, role in limit_names():
        if role == "co" and not _shorter(found[key_of(name, "co")], found[key_of(name, "lead")]):
            raise InvalidInput(
                _("A co-handler reports to the lead: his time is not longer than the lead's."), field=key_of(name, "co")
            )
    return found


def _shorter(co: str, lead: str) -> bool:
    """Whether the co-handler's length is at most the lead's; different units are compared at their usual length."""
    return _hours(Duration.parse(co)) <= _hours(Duration.parse(lead))


def _hours(length: Duration) -> float:
    each = {
        Unit.MINUTES: 1 / 60,
        Unit.HOURS: 1.0,
        Unit.WORKING_HOURS: 3.0,  # eight of them are a day
        Unit.WORKING_DAYS: 24 * 7 / 5,
        Unit.CALENDAR_DAYS: 24.0,
    }
    return length.amount * each[length.unit]


def hours_dict(hours: OfficeHours) -> dict[str, str]:
    """{"morning_from": "08:30", …}; "" for no summer opening."""
    found = {}
    for name in HOUR_FIELDS:
        at: dt.time | None = getattr(hours, name)
        found[name] = f"{at:%H:%M}" if at else ""
    return found


def hours_of(given: Mapping[str, str]) -> OfficeHours:
    """Office hours of a stored or typed version. Raises `InvalidInput` at the field."""
    times: dict[str, dt.time | None] = {}
    for name in HOUR_FIELDS:
        text = given.get(name, "").strip()
        if not text and name == "summer_afternoon_from":
            times[name] = None
            continue
        try:
            times[name] = dt.time.fromisoformat(text)
        except ValueError:
            raise InvalidInput(_("A time of day, as in 08:30."), field=name) from None
    try:
        return OfficeHours(**times)  # type: ignore[arg-type]
    except ValueError:
        raise InvalidInput(_("Morning, break and afternoon must follow one another."), field="afternoon_from") from None
