"""The reasons in use, built-in and the office's own, in the office's order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.utils.functional import Promise

from .. import stamps
from ..models import ReasonCode
from ..reasons import BUILT_IN, KINDS

TOPIC = "reasons"


@dataclass(frozen=True, slots=True)
class Reason:
    """`row_id` None: as the program has it. Labels of built-in ones follow the reader's language."""

    kind: str
    code: str
    label: str | Promise
    where_to_go: str | Promise
    place: int
    active: bool
    built_in: bool
    row_id: UUID | None = None
    version: int = 0


def reasons(kind: str, *, also_closed: bool = False) -> list[Reason]:
    """Those that an act may name now, in order. KeyError for a kind that does not exist."""
    return [one for one in _all()[kind] if one.active or also_closed]


def reason(kind: str, code: str) -> Reason | None:
    """One reason, also one that is no longer in use: old records must stay readable."""
    return next((one for one in _all().get(kind, ()) if one.code == code), None)


def _all() -> Mapping[str, tuple[Reason, ...]]:
    return stamps.current(TOPIC, _read)


def _read() -> Mapping[str, tuple[Reason, ...]]:
    rows: dict[str, dict[str, ReasonCode]] = {kind: {} for kind in KINDS}
    for row in ReasonCode.objects.all():
        rows.setdefault(row.kind, {})[row.code] = row
    return {kind: tuple(_of_kind(kind, rows[kind])) for kind in KINDS}


def _of_kind(kind: str, rows: Mapping[str, ReasonCode]) -> list[Reason]:
    found = [
        Reason(kind, one.code, one.label, one.where_to_go, 10 * n, True, True)
        for n, one in enumerate(BUILT_IN[kind], start=1)
        if one.code not in rows
    ]
    built_in = {one.code for one in BUILT_IN[kind]}
    found += [
        Reason(
            kind, row.code, row.label, row.where_to_go, row.place, row.active, row.code in built_in, row.pk, row.version
        )
        for row in rows.values()
    ]
    return sorted(found, key=lambda one: (one.place, one.code))
