"""The county's own data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sanfuwu.counties.queries import county_name

from .. import stamps
from ..known import KNOWN
from ..models import SettingValue

TOPIC = "county"


@dataclass(frozen=True, slots=True)
class CountyData:
    """The values in force. `name` is never empty: without one of its own the installation's stands there."""

    name: str
    phone: str
    hours_text: str
    spot_sample: int  # percent
    slip_text: str
    privacy_notice: str
    training: bool


def county_data() -> CountyData:
    """The values that hold now."""
    values = dict(stamps.current(TOPIC, _read))
    values["name"] = values["name"] or county_name()
    return CountyData(**values)


def _read() -> Mapping[str, Any]:
    newest = SettingValue.objects.order_by("key", "-set_at", "-pk").distinct("key").values_list("key", "value")
    return {known.key: known.default for known in KNOWN} | dict(newest)


def history(key: str, most: int = 20) -> list[tuple[dt.datetime, UUID | None, Any]]:
    """(when, by which post, the value) of one key, newest first."""
    rows = SettingValue.objects.filter(key=key).order_by("-set_at", "-pk")
    return list(rows.values_list("set_at", "set_by", "value")[:most])
