"""A proposal's way: proposed by the office, approved or refused by supervision, or taken back."""

from __future__ import annotations

import datetime as dt
from typing import TypeVar
from uuid import UUID

from django.utils.translation import gettext as _

from sanfuwu.ledger.errors import IllegalTransition, NotAllowed, NotVisible
from sanfuwu.territory.actor import Actor

from .. import policies
from ..models import Proposal

P = TypeVar("P", bound=Proposal)


def open_one(model: type[P], proposal_id: UUID) -> P:
    """The proposal, locked, while it waits for a decision."""
    row: P | None = model._default_manager.select_for_update().filter(pk=proposal_id).first()
    if row is None:
        raise NotVisible(_("There is no such proposal."))
    if row.status != Proposal.Status.PROPOSED:
        raise IllegalTransition(_("This proposal has been decided already."))
    return row


def require_decider(actor: Actor, proposal: Proposal) -> None:
    """Supervision in person, and never whoever proposed it."""
    policies.require(policies.may_approve(actor))
    if not policies.may_decide(actor, proposal):
        raise NotAllowed(_("Whoever proposed it cannot approve it too."), code="same_person")


def proposed_by(actor: Actor, now: dt.datetime) -> dict[str, object]:
    return {"proposed_by": actor.effective_post, "proposed_person": actor.person_id, "proposed_at": now}


def decided(status: str, actor: Actor, now: dt.datetime) -> dict[str, object]:
    return {"status": status, "decided_by": actor.post_id, "decided_at": now}
