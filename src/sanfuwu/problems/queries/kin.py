"""What units ask about a problem, and the problems that hang together with it, as one reader sees them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from sanfuwu.territory.actor import Actor

from ..chip import Stage, stage
from ..models import UnitRequest
from ..snapshot import Snapshot, load_many
from .scope import sees_requester, visible_to


@dataclass(frozen=True, slots=True)
class Asked:
    """What a unit asks of those above it, and what became of it."""

    request: UnitRequest
    unit: str
    reason: str
    basis: str
    proposed_unit: str
    remark: str


@dataclass(frozen=True, slots=True)
class Kin:
    """A problem that hangs together with this one, as far as the reader sees it: master, follower, part or whole."""

    relation: str
    number: str
    title: str
    stage: Stage


def asked_of(snap: Snapshot, names: Mapping[UUID, str], notes: Mapping[UUID, str]) -> tuple[Asked, ...]:
    """The requests with names and those texts that this reader may read."""
    return tuple(
        Asked(
            request=r,
            unit=names.get(r.unit_id, ""),
            reason=notes.get(r.reason_note_id, ""),
            basis=notes.get(r.basis_note_id, "") if r.basis_note_id else "",
            proposed_unit=names.get(r.proposed_unit, "") if r.proposed_unit else "",
            remark=notes.get(r.decision_note_id, "") if r.decision_note_id else "",
        )
        for r in snap.requests
    )


MOST_KIN = 50


def kin_of(actor: Actor, snap: Snapshot) -> tuple[Kin, ...]:
    """Its master, what follows it, its parts, its whole: those that this reader sees."""
    p = snap.problem
    if not (p.master_id or p.parent_id or p.merged_count or p.part_count):
        return ()
    near = Q(problem__master=p) | Q(problem__parent=p) | Q(pk__in=[x for x in (p.master_id, p.parent_id) if x])
    rows = visible_to(actor).filter(near).order_by("pk")[:MOST_KIN]
    found = []
    for other in load_many([row.pk for row in rows]):
        o = other.problem
        relation = {p.master_id: "master", p.parent_id: "whole"}.get(
            o.pk, "part" if o.parent_id == p.pk else "follower"
        )
        title = o.title if sees_requester(actor, o) or not o.confidential else o.title_for_units
        found.append(Kin(relation, o.number, title, stage(other)))
    return tuple(found)
