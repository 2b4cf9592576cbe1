"""查看号码: the requester's name and telephone unmasked for one reader, with a reason that stays."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from sanfuwu.ledger.errors import InvalidInput, NotAllowed, NotVisible
from sanfuwu.ledger.models import AccessLog
from sanfuwu.parties.queries import PlainContact, open_contact
from sanfuwu.territory.actor import Actor

from ..models import Problem
from ..queries.scope import sees_requester, visible_to

REASONS = ("handle", "verify", "call_back")


def reveal_contact(problem_id: UUID, reason: str, *, actor: Actor, now: dt.datetime) -> PlainContact:
    """The contact in clear. The look is logged before it is shown; without the log nothing is shown.

    `reason` is one of `REASONS`. Raises `NotVisible`, or `NotAllowed` for a confidential requester.
    """
    if reason not in REASONS:
        raise InvalidInput(_("Say what you need the number for."), field="reason")
    if not visible_to(actor).filter(pk=problem_id).exists():
        raise NotVisible(_("There is no such problem, or it is not visible to you."))
    problem = Problem.objects.select_related("contact").get(pk=problem_id)
    if not sees_requester(actor, problem):
        raise NotAllowed(_("The identity of the requester is confidential."))
    if problem.contact is None:
        raise NotVisible(_("No contact was given."))
    with transaction.atomic():
        AccessLog.objects.create(
            at=now,
            post_id=actor.post_id,
            account_id=actor.account_id,
            what="unmask_contact",
            subject_kind="problem",
            subject_id=problem.pk,
            reason=reason,
        )
    return open_contact(problem.contact)
