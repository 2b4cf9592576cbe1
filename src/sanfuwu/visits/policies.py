"""Who may record visits and what was heard there."""

from __future__ import annotations

from sanfuwu.problems.policies import BUSINESS_ROLES
from sanfuwu.territory.actor import Actor

from .models import Visit


def may_record(actor: Actor) -> bool:
    """Any business post goes on visits and writes them down; the three officers do not."""
    return actor.is_system or actor.role in BUSINESS_ROLES


def may_add_to(actor: Actor, visit: Visit) -> bool:
    """Whoever recorded the visit, and his colleagues of the unit whose visit it was."""
    if actor.is_system:
        return True
    return may_record(actor) and (
        actor.effective_post == visit.registered_by or (visit.unit_id is not None and actor.unit_id == visit.unit_id)
    )
