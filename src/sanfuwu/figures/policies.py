"""Who sees figures: the dispatch office, supervision and leaders; a town's office for its own subtree.

Of problems a figure counts what `visible_to` shows to this post, so that a number and the list behind it are the same
for everybody. Visits, opinions and meetings are of the whole county, for a town those at its own place.
"""

from __future__ import annotations

from sanfuwu.territory.actor import Actor
from sanfuwu.territory.models import Role

_READERS = frozenset({Role.DISPATCHER, Role.SUPERVISOR, Role.LEADER})


def may_see_figures(actor: Actor) -> bool:
    """A town's office without a place has nothing to count."""
    if actor.is_system or actor.role in _READERS:
        return True
    return actor.role == Role.TOWN_DISPATCHER and bool(actor.place)


def place_of(actor: Actor) -> str:
    """The first digits of the codes of all places whose visits and meetings count for this post; "" = the county."""
    return actor.place[:9] if actor.role == Role.TOWN_DISPATCHER else ""


def sees_occasion(actor: Actor, division: str, unit_id: object, registered_by: object) -> bool:
    """Whoever sees figures of that place, and whoever held or wrote down the occasion with his colleagues."""
    if actor.is_officer:
        return False
    if may_see_figures(actor) and division.startswith(place_of(actor)):
        return True
    mine = registered_by is not None and actor.effective_post == registered_by
    return mine or (unit_id is not None and actor.unit_id == unit_id)
