"""Numbers of other systems: which problem has one, and which of a problem's a reader may see."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sanfuwu.rules.text import reference_key

from ..models import ForeignNumber, ForeignSystem
from ..snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class NumberElsewhere:
    """One number with the system's name, for people and programs."""

    id: UUID
    system: str
    name: str
    number: str
    told_to_requester: bool


def holders(number: str) -> list[UUID]:
    """Problems that have this number in any system now; at most one for each system."""
    key = reference_key(number)
    rows = ForeignNumber.objects.filter(key=key, ended_at__isnull=True)
    return list(rows.order_by("pk").values_list("problem_id", flat=True))


def system_names(*, active_only: bool = False) -> dict[str, str]:
    """{code: name} of the systems that this county knows, by name."""
    rows = ForeignSystem.objects.filter(active=True) if active_only else ForeignSystem.objects.all()
    return dict(rows.order_by("name").values_list("code", "name"))


def numbers_of(snap: Snapshot) -> tuple[NumberElsewhere, ...]:
    """Its present numbers. No query for a problem without any."""
    if not snap.foreign_now:
        return ()
    systems = {row.code: row for row in ForeignSystem.objects.filter(code__in=[n.system_id for n in snap.foreign_now])}
    return tuple(
        NumberElsewhere(n.pk, n.system_id, systems[n.system_id].name, n.number, systems[n.system_id].told_to_requester)
        for n in snap.foreign_now
    )
