"""Who keeps the register of the served."""

from __future__ import annotations

from sanfuwu.territory.actor import Actor
from sanfuwu.territory.models import Role

_KEEPERS = frozenset({Role.DISPATCHER, Role.TOWN_DISPATCHER})


def may_keep_parties(actor: Actor) -> bool:
    """Enter, verify, merge and un-merge parties: the dispatch offices, who decide about likenesses anyway."""
    return actor.is_system or actor.role in _KEEPERS


def may_erase(actor: Actor) -> bool:
    """Erase a person's name and phone by law: the district's dispatch office, or the security officer."""
    return actor.is_system or actor.role in {Role.DISPATCHER, Role.SECURITY_OFFICER}
