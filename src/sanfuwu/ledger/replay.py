"""Events → present values. Replaying a stream gives what the rows must say (house rule 4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db import models

from .chain import plain
from .changes import default_of
from .models import Event

Present = dict[tuple[str, str], dict[str, Any]]  # (model name, id) → attribute → plain value


def replay(events: Iterable[Event], *, known_at: dt.datetime | None = None) -> Present:
    """Fold events in order of `seq`; `known_at` leaves out what was recorded later ("as known at T")."""
    present: Present = {}
    for event in sorted(events, key=lambda e: e.seq):
        if known_at is not None and event.recorded_at > known_at:
            continue
        for model_name, rows in event.payload.get("set", {}).items():
            for row_id, values in rows.items():
                present.setdefault((model_name, row_id), {}).update(values)
    return present


def spoken(row: models.Model) -> dict[str, Any]:
    """A present row as its events would say it."""
    return {name: plain(getattr(row, name)) for name in type(row).replayed}  # type: ignore[attr-defined]


def differences(present: Present, app_label: str) -> list[str]:
    """Where the replayed values and the rows of one app differ: `model id field: row ≠ replayed`. Empty = faithful."""
    found = []
    for (model_name, row_id), values in present.items():
        model: type[models.Model] = apps.get_model(app_label, model_name)
        row = model._default_manager.filter(pk=row_id).first()
        if row is None:
            found.append(f"{model_name} {row_id}: the row is missing")
            continue
        for name, said in spoken(row).items():
            told = values[name] if name in values else plain(default_of(model, name))
            if told != said:
                found.append(f"{model_name} {row_id} {name}: {said!r} ≠ {told!r}")
    return found
