"""Who may take out ledgers, issue papers, and set how both look."""

from __future__ import annotations

from collections.abc import Iterable

from sanfuwu.problems.models import Assignment
from sanfuwu.territory.actor import Actor
from sanfuwu.territory.models import Role
from sanfuwu.territory.queries import reach_of

_OFFICES = frozenset({Role.DISPATCHER, Role.TOWN_DISPATCHER, Role.SUPERVISOR})


def may_export(actor: Actor) -> bool:
    """Whoever sees problems takes out what he sees; a stand-in only where the delegation names it."""
    return not actor.is_officer and (actor.acts_allowed is None or "export" in actor.acts_allowed)


def may_set_columns(actor: Actor) -> bool:
    """The dispatch office keeps the county's ledgers."""
    return actor.is_system or (actor.role == Role.DISPATCHER and actor.on_behalf_of is None)


def may_set_papers(actor: Actor) -> bool:
    """Letterhead and templates: the same office, and the supervision office as the second pair of eyes."""
    return may_set_columns(actor) or (actor.role == Role.SUPERVISOR and actor.on_behalf_of is None)


def may_issue(actor: Actor, assignments: Iterable[Assignment]) -> bool:
    """An office, or a unit that has to do with it. The paper itself shows no more than the handling unit may see."""
    if actor.is_officer or (actor.acts_allowed is not None and "issue_document" not in actor.acts_allowed):
        return False
    if actor.is_system or actor.role in _OFFICES:
        return True
    if actor.role not in (Role.HANDLER, Role.UNIT_HEAD) or actor.unit_id is None:
        return False
    reach = reach_of(actor.unit_id)
    taken_away = ("recalled", "reassigned")
    return any(a.unit_id in reach and a.end_reason not in taken_away for a in assignments)
