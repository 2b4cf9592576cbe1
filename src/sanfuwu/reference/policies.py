"""Who may set what. Nobody changes how long others have, or which days count, without a second pair of eyes.

| What                                                             | Proposes or sets      | Approves    |
|------------------------------------------------------------------|-----------------------|-------------|
| categories, responsible-unit catalogue, reasons, the county's words | district office    | nobody      |
| time limits and office hours, calendar of a year                 | district office       | supervision |
| a unit's words                                                   | its head, its town's office | nobody |
| one's own words                                                  | every business post   | nobody      |
| the county's data, notices, training mode                        | system officer        | nobody      |

The district office is a dispatcher whose unit is an office. Whoever stands in for a post acts for it only with a
delegation for all acts, and never approves: an approval is given in person.
"""

from __future__ import annotations

from functools import lru_cache
from uuid import UUID

from django.utils.translation import gettext as _

from sanfuwu.ledger.errors import NotAllowed
from sanfuwu.territory.actor import Actor
from sanfuwu.territory.models import OFFICERS, Role, Unit

from .models import Phrase, Proposal

_MAIN_OFFICE = frozenset({Role.DISPATCHER})
_UNIT_WORDS = frozenset({Role.UNIT_HEAD, Role.TOWN_DISPATCHER})


@lru_cache(maxsize=2048)
def _kind_of(unit_id: UUID) -> str:
    # A unit's kind never changes and its id is never used again; a missing one raises and is not remembered.
    return str(Unit.objects.values_list("kind", flat=True).get(pk=unit_id))


def is_district_office(actor: Actor) -> bool:
    """A dispatcher whose unit is an office of the district."""
    return (
        actor.role in _MAIN_OFFICE
        and actor.acts_allowed is None
        and actor.unit_id is not None
        and _kind_of(actor.unit_id) == Unit.Kind.OFFICE
    )


def may_set_lists(actor: Actor) -> bool:
    """Categories, catalogue, reasons, words of the county."""
    return actor.is_system or is_district_office(actor)


def may_propose_rules(actor: Actor) -> bool:
    """A version of the time limits, or the calendar of a year."""
    return actor.is_system or is_district_office(actor)


def may_approve(actor: Actor) -> bool:
    """Whether this post approves proposals at all: supervision, in person."""
    return actor.role == Role.SUPERVISOR and actor.on_behalf_of is None


def may_decide(actor: Actor, proposal: Proposal) -> bool:
    """Approve or refuse this one: never whoever proposed it, in whatever post."""
    return (
        may_approve(actor)
        and actor.post_id != proposal.proposed_by
        and (proposal.proposed_person is None or actor.person_id != proposal.proposed_person)
    )


def may_see_rules(actor: Actor) -> bool:
    """Time limits and calendar are no secret to those who set or approve them."""
    return may_propose_rules(actor) or may_approve(actor)


def may_set_county(actor: Actor) -> bool:
    """The county's own data, notices, training mode."""
    return actor.is_system or (actor.role == Role.SYSTEM_OFFICER and actor.on_behalf_of is None)


def may_have_phrases(actor: Actor) -> bool:
    """Words of one's own: whoever fills forms."""
    return actor.post_id is not None and actor.role not in OFFICERS


def phrase_scopes(actor: Actor) -> tuple[str, ...]:
    """The kinds of words this post may keep, its own first."""
    found: list[str] = []
    if may_have_phrases(actor):
        found.append(Phrase.Scope.PERSONAL)
        if actor.role in _UNIT_WORDS and actor.acts_allowed is None:
            found.append(Phrase.Scope.UNIT)
    if may_set_lists(actor):
        found.append(Phrase.Scope.COUNTY)
    return tuple(found)


def may_edit_phrase(actor: Actor, phrase: Phrase) -> bool:
    if phrase.scope not in phrase_scopes(actor):
        return False
    if phrase.scope == Phrase.Scope.PERSONAL:
        return phrase.post_id == actor.effective_post
    return phrase.scope == Phrase.Scope.COUNTY or phrase.unit_id == actor.unit_id


def require(allowed: bool) -> None:
    """Refuse what the policy does not allow."""
    if not allowed:
        raise NotAllowed(_("Your post does not allow this."))
