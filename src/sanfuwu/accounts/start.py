"""Letting the first people in, with random passwords that are returned once and stored nowhere.

A fresh installation has no account at all. The three officers are made by a command, and from then on they make the
others; the demonstration uses the same functions for one person of each role.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from sanfuwu.ledger.errors import IllegalTransition, InvalidInput
from sanfuwu.territory.actions import create_person, create_post, link_account, name_confidential_officer
from sanfuwu.territory.actor import SYSTEM
from sanfuwu.territory.models import OFFICERS, Post, Rank, Role, Unit

from .actions import create_account
from .passwords import random_password


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Who is to be let in, and into which post."""

    username: str
    person: str
    unit_id: UUID
    role: str
    title: str
    rank: str = Rank.STAFF
    portfolio: Collection[UUID] = ()
    sees_confidential: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """What to hand over on paper. The password is hidden from `repr`, so that no log takes it along."""

    username: str
    post_id: UUID
    account_id: UUID
    role: str
    password: str = field(repr=False)


def let_in(newcomer: Newcomer, *, valid_from: dt.date, now: dt.datetime) -> Opened:
    """Person, post, account and link in one transaction, as the system."""
    password = random_password()
    with transaction.atomic():
        person = create_person(newcomer.person, actor=SYSTEM, now=now)
        post = create_post(
            person.pk,
            newcomer.unit_id,
            role=newcomer.role,
            title=newcomer.title,
            rank=newcomer.rank,
            portfolio=newcomer.portfolio,
            valid_from=valid_from,
            actor=SYSTEM,
            now=now,
        )
        account = create_account(newcomer.username, password, actor=SYSTEM, now=now)
        link_account(post.pk, account.pk, actor=SYSTEM, now=now)
        if newcomer.sees_confidential:
            name_confidential_officer(post.pk, True, actor=SYSTEM, now=now)
    return Opened(newcomer.username, post.pk, account.pk, newcomer.role, password)


def let_officers_in(*, valid_from: dt.date, now: dt.datetime) -> list[Opened]:
    """The three officers of an installation that has none; refused when it has one, since officers make officers."""
    with transaction.atomic():
        if Post.objects.filter(role__in=OFFICERS).exists():
            raise IllegalTransition(_("There are officers already: they make the other accounts."))
        root = Unit.objects.filter(kind=Unit.Kind.COUNTY).first()
        if root is None:
            raise InvalidInput(_("First enter the county itself as a unit."), field="unit")
        officers = (
            Newcomer("system", _("System officer"), root.pk, Role.SYSTEM_OFFICER, _("System officer")),
            Newcomer("security", _("Security officer"), root.pk, Role.SECURITY_OFFICER, _("Security officer")),
            Newcomer("audit", _("Audit officer"), root.pk, Role.AUDIT_OFFICER, _("Audit officer")),
        )
        return [let_in(officer, valid_from=valid_from, now=now) for officer in officers]
