"""What a visit and a meeting have in common: a place, a time that has come, and those who were met."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence, Sized
from uuid import UUID

from django.utils.translation import gettext as _

from sanfuwu.counties.queries import division_exists
from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.errors import InvalidInput
from sanfuwu.parties.actions import RequesterInput, check_requester, resolve_parties
from sanfuwu.parties.models import Party
from sanfuwu.rules.identifiers import check_division

MOST_AT_ONCE = 500  # parties, visitors or problems of one occasion


def check_size(*given: Sized) -> None:
    """An occasion is one transaction, so each list of it has an end."""
    if any(len(one) > MOST_AT_ONCE for one in given):
        raise InvalidInput(_("At most 500 at a time."))


def check_place(division: str) -> str:
    """The 12-digit code of a place in this county, or an error at the field."""
    place = check_division(division)
    if not place.ok or not division_exists(place.value):
        raise InvalidInput(_("Choose the town or village where it was."), field="division")
    return place.value


def check_past(held_at: dt.datetime, now: dt.datetime) -> None:
    """An occasion is recorded when it has begun, not before."""
    if held_at > now:
        raise InvalidInput(_("It is recorded when it has taken place."), field="held_at")


def attendance(changes: Changes, given: Sequence[RequesterInput], now: dt.datetime) -> list[dict[str, object]]:
    """Field values of `Attendance` for those who were met; parties not known yet are planned into `changes`."""
    checked = [check_requester(one) for one in given]
    found = resolve_parties(changes, checked, now) if checked else []
    rows: list[dict[str, object]] = []
    seen: set[UUID] = set()
    for one, (party, contact) in zip(checked, found, strict=True):
        if party is not None and party.pk in seen:
            raise InvalidInput(_("The same party is named twice."), field="parties")
        if party is not None:
            seen.add(party.pk)
        name = "" if party is not None or one.kind == Party.Kind.RESIDENT else one.name
        rows.append({"party": party, "party_kind": one.kind, "claimed_party": name, "contact": contact})
    return rows
