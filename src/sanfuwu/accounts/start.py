"""Letting the first people in, with random passwords that are returned once and stored nowhere.

A fresh installation has no account at all. The three officers are made by a command, and from then on they make the
others; the demonstration uses the same functions for one person of each role.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from sanfuwu.counties.actions import ensure_divisions
from sanfuwu.counties.schema import current_schema
from sanfuwu.ledger.errors import IllegalTransition, InvalidInput
from sanfuwu.territory.actions import (
    create_person,
    create_post,
    create_unit,
    link_account,
    name_confidential_officer,
)
from sanfuwu.territory.actor import SYSTEM
from sanfuwu.territory.models import OFFICERS, Post, Rank, Role, Unit

from .actions import create_account
from .models import Account
from .passwords import random_password
from .people import FIRST_PASSWORD_DAYS, print_slips, reset_second_factor
from .queries import second_factors

ORDER = (Role.SYSTEM_OFFICER, Role.SECURITY_OFFICER, Role.AUDIT_OFFICER)


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


def let_in(newcomer: Newcomer, *, valid_from: dt.date, now: dt.datetime, first: bool = False) -> Opened:
    """Person, post, account and link in one transaction, as the system. `first`: the password is good for a week and
    only for choosing an own one."""
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
        if first:
            account.first_password_until = now + dt.timedelta(days=FIRST_PASSWORD_DAYS)
            account.save(update_fields=["first_password_until"])
        if newcomer.sees_confidential:
            name_confidential_officer(post.pk, True, actor=SYSTEM, now=now)
    return Opened(newcomer.username, post.pk, account.pk, newcomer.role, password)


def begin_county(code: str, name: str, *, today: dt.date, now: dt.datetime) -> list[Opened]:
    """The county itself as a place and as the first unit, and its three officers; in the county's own schema."""
    whole = code.ljust(12, "0")
    ensure_divisions([(whole, name)], valid_from=today)
    if not Unit.objects.filter(kind=Unit.Kind.COUNTY).exists():
        create_unit(
            code=whole,
            kind=Unit.Kind.COUNTY,
            name=name,
            parent_id=None,
            valid_from=today,
            division_code=whole,
            actor=SYSTEM,
            now=now,
        )
    return let_officers_in(valid_from=today, now=now)


def let_officers_in(*, valid_from: dt.date, now: dt.datetime) -> list[Opened]:
    """The three officers of an installation that has none; refused when it has one, since officers make officers.

    User names are shared by all counties: those of a second one carry its schema in front (`zhuji-system`).
    """
    with transaction.atomic():
        if Post.objects.filter(role__in=OFFICERS).exists():
            raise IllegalTransition(
                _(
                    "There are officers already: they make the other accounts. If their first passwords were lost "
                    "before the first log-in, `sanfuwu officers --county %(schema)s --again` makes new ones."
                )
                % {"schema": current_schema()}
            )
        root = Unit.objects.filter(kind=Unit.Kind.COUNTY).first()
        if root is None:
            raise InvalidInput(_("First enter the county itself as a unit."), field="unit")
        prefix = f"{current_schema()}-" if Account.objects.filter(username="system").exists() else ""
        with translation.override(settings.LANGUAGE_CODE):  # names that are kept, whatever the terminal speaks
            names = [_("System officer"), _("Security officer"), _("Audit officer")]
        officers = [
            Newcomer(f"{prefix}{word}", name, root.pk, role, name)
            for word, name, role in zip(("system", "security", "audit"), names, ORDER, strict=True)
        ]
        return [let_in(officer, valid_from=valid_from, now=now, first=True) for officer in officers]


def renew_first_passwords(*, now: dt.datetime) -> list[Opened]:
    """New first passwords for the officers who have never logged in; the lost ones are worth nothing any more.

    Refused when all have: from then on the security officer mends the others' log-ins.
    """
    posts = Post.objects.filter(role__in=OFFICERS, valid_to__isnull=True).exclude(account_id=None)
    found = {post.account_id: post for post in posts if post.account_id is not None}
    waiting = dict(Account.objects.filter(pk__in=found, last_login=None, is_active=True).values_list("username", "pk"))
    if not waiting:
        raise IllegalTransition(
            _(
                "Every officer has logged in already: the security officer prints a new first password for the others. "
                "If he has forgotten his own: `sanfuwu officers --county %(schema)s --again --officer security`."
            )
            % {"schema": current_schema()}
        )
    slips = print_slips([found[pk].person_id for pk in waiting.values()], actor=SYSTEM, now=now)
    opened = [(found[waiting[slip.username]], slip) for slip in slips]
    opened.sort(key=lambda one: ORDER.index(Role(one[0].role)))
    return [Opened(slip.username, post.pk, waiting[slip.username], post.role, slip.password) for post, slip in opened]


def renew_officer(role: str, username: str, *, today: dt.date, now: dt.datetime) -> Opened:
    """Let one officer in again who has forgotten his password, by whoever administers the machine.

    In the pages the security officer does this for everybody else, and nobody for the security officer. The old
    password and all sessions end. Second factors are taken off as well: whoever lost both is otherwise let in by
    nobody, since only the security officer takes them off, and not his own; who may read the database could remove
    them anyway, but not with a line in the access log. An account that was shut stays shut: somebody meant it.

    Raises `InvalidInput` when it is not clear whose account is meant, `IllegalTransition` when there is none or it is
    shut.
    """
    with transaction.atomic():
        rows = Post.objects.filter(role=role, valid_from__lte=today, account_id__isnull=False)
        holding = rows.exclude(valid_to__lte=today).order_by("pk")
        posts = {post.account_id: post for post in holding if post.account_id is not None}
        names = dict(Account.objects.filter(pk__in=posts).order_by("username").values_list("username", "pk"))
        if not names:
            raise IllegalTransition(_("No account is let into this post: there is nobody to let in again."))
        if username and username not in names:
            told = _("%(name)s does not hold this post; it is held by: %(names)s.")
            raise InvalidInput(told % {"name": username, "names": _(", ").join(names)}, field="username")
        if not username and len(names) > 1:
            told = _("Several people hold this post: say whose account is meant by --account: %(names)s.")
            raise InvalidInput(told % {"names": _(", ").join(names)}, field="username")
        account_id = names[username] if username else next(iter(names.values()))
        post = posts[account_id]
        (slip,) = print_slips([post.person_id], actor=SYSTEM, now=now)
        if second_factors(account_id):
            reset_second_factor(post.person_id, actor=SYSTEM, now=now)
    return Opened(slip.username, post.pk, account_id, role, slip.password)
