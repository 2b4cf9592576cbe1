"""Who exchanges with others: the district's dispatch office, and nobody else."""

from __future__ import annotations

from django.utils.translation import gettext as _

from sanfuwu.ledger.errors import NotAllowed, NotVisible
from sanfuwu.territory.actor import Actor
from sanfuwu.territory.models import Role


def may_exchange(actor: Actor) -> bool:
    """Workbooks, the list of systems and partners, the list of what was sent and received; never in training."""
    return actor.is_system or (actor.role == Role.DISPATCHER and actor.acts_allowed is None and not actor.training)


def require_exchange(actor: Actor) -> None:
    """Raises `NotAllowed`."""
    if not may_exchange(actor):
        raise NotAllowed(_("Only the district's dispatch office exchanges with other systems and counties."))


def hide_unless_exchange(actor: Actor) -> None:
    """Raises `NotVisible`: to others the pages do not exist."""
    if not may_exchange(actor):
        raise NotVisible("exchange")
