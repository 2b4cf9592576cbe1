"""The window of a figure: local dates, the end inclusive (model.md)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from sanfuwu.ledger.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Window:
    """From the first day's midnight to the midnight after the last day."""

    first: dt.date
    last: dt.date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise InvalidInput(_("The last day lies before the first one."), field="to")

    @property
    def start(self) -> dt.datetime:
        """The first moment inside."""
        return _midnight(self.first)

    @property
    def end(self) -> dt.datetime:
        """The first moment outside."""
        return _midnight(self.last + dt.timedelta(days=1))


def this_month(today: dt.date) -> Window:
    """From the first of the month until today."""
    return Window(today.replace(day=1), today)


def last_month(today: dt.date) -> Window:
    """The whole month before."""
    last = today.replace(day=1) - dt.timedelta(days=1)
    return Window(last.replace(day=1), last)


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), ZoneInfo(settings.TIME_ZONE))
