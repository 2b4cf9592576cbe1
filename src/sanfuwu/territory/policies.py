"""Who may change the tree, the posts and who may enter: the three officers, each his own part (三员分立).

The system officer makes units and posts, the security officer lets accounts into posts, the audit officer watches both
and changes nothing. `SYSTEM` may do all of it, so that an installation can be started.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext as _

from sanfuwu.ledger.errors import NotAllowed

from .actor import Actor
from .models import OFFICERS, Post, Role


def may_manage_units(actor: Actor) -> bool:
    """Make, rename, move, close and merge units."""
    return actor.is_system or (actor.role == Role.SYSTEM_OFFICER and actor.on_behalf_of is None)


def may_propose_units(actor: Actor) -> bool:
    """Name a unit met in an import; nothing can be dispatched to it before the system officer confirms it."""
    return may_manage_units(actor) or actor.role in {Role.DISPATCHER, Role.TOWN_DISPATCHER}


def may_manage_posts(actor: Actor) -> bool:
    """Enter people and their posts, and end posts."""
    return may_manage_units(actor)


def may_grant_access(actor: Actor) -> bool:
    """Link accounts to posts, name who sees confidential requesters, issue tokens."""
    return actor.is_system or (actor.role == Role.SECURITY_OFFICER and actor.on_behalf_of is None)


def may_delegate(actor: Actor, post: Post) -> bool:
    """Let somebody stand in for `post`: its holder himself, whoever grants access, or who keeps the posts."""
    return (
        may_grant_access(actor)
        or may_manage_posts(actor)
        or (actor.post_id == post.pk and actor.on_behalf_of is None and not actor.is_officer)
    )


def may_keep_duty(actor: Actor) -> bool:
    """Keep the duty roster and the office phones of the phone book: the district's office (三服务办 …)."""
    return actor.is_system or (actor.role == Role.DISPATCHER and "duty" in (actor.acts_allowed or {"duty"}))


def may_read_phone_book(actor: Actor) -> bool:
    """The phone book is the county's own: whoever serves in a post reads it."""
    return actor.is_system or actor.post_id is not None


def require(allowed: bool) -> None:
    """Refuse what the policy does not allow."""
    if not allowed:
        raise NotAllowed(_("Your post does not allow this."))


def officer_conflict(role: str, others: Iterable[str]) -> bool:
    """Whether `role` may not be held beside `others`: an officer holds that one role and nothing else.

    A second post in the *same* officer role (in two units, or one after another) is no conflict.
    """
    return any(role != other and (role in OFFICERS or other in OFFICERS) for other in others)


def overlaps(a_from: dt.date, a_to: dt.date | None, b_from: dt.date, b_to: dt.date | None) -> bool:
    """Whether two validities (end exclusive, None = open) share a day."""
    return (b_to is None or a_from < b_to) and (a_to is None or b_from < a_to)


def refuse_officer_conflict(post: Post, others: Iterable[Post]) -> None:
    """Raise `NotAllowed` when `post` together with `others` (of one person or one account) breaks the separation."""
    beside = [
        o.role for o in others if o.pk != post.pk and overlaps(post.valid_from, post.valid_to, o.valid_from, o.valid_to)
    ]
    if officer_conflict(post.role, beside):
        raise NotAllowed(
            _("The system, security and audit officers are separate: each holds that one role and no other post."),
            code="officers_are_exclusive",
        )


def same_person(actor: Actor, account_id: UUID) -> bool:
    """Nobody lets himself in: the security officer's own account gets its posts from another security officer."""
    return actor.account_id is not None and actor.account_id == account_id
