"""A person's log-in: opened, printed, opened anew, taken away. Each is an event of the person and a line in the log.

Who does what is apart (三员分立): the system officer makes the account and prints its first password; the security
officer lets it into posts, and mends the log-in of whoever has entered already. Nobody does it for himself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.commit import commit
from sanfuwu.ledger.errors import IllegalTransition, InvalidInput, NotAllowed, NotVisible
from sanfuwu.ledger.fields import new_id
from sanfuwu.ledger.models import AccessLog
from sanfuwu.territory import policies
from sanfuwu.territory.actions import link_account
from sanfuwu.territory.actor import Actor
from sanfuwu.territory.models import Person, Post

from .models import Account
from .passwords import random_password
from .queries import serves_elsewhere

FIRST_PASSWORD_DAYS = 7
SLIPS_AT_ONCE = 40  # a password takes some 60 ms to hash


@dataclass(frozen=True, slots=True)
class Slip:
    """What is handed over on paper. The password is shown once, stored nowhere and hidden from `repr`."""

    person_id: UUID
    name: str
    username: str
    until: dt.datetime
    password: str = field(repr=False)


def open_account(person_id: UUID, username: str, *, actor: Actor, now: dt.datetime) -> Account:
    """An account for a person, with no password yet: `print_slips` gives the first one."""
    policies.require(policies.may_manage_posts(actor))
    with transaction.atomic():
        changes = Changes()
        person = _person(person_id)
        if person.account_id is not None:
            raise IllegalTransition(_("This person has an account already."))
        account = new_account(username, now=now)
        account.save(force_insert=True)
        changes.update(person, account_id=account.pk)
        changes.event(person, "account_opened")
        commit(changes, actor=actor, now=now)
        log("account_created", account.pk, actor, now)
    return account


def new_account(username: str, *, now: dt.datetime) -> Account:
    """An account that nobody can log in to yet. Refused at the field `username`."""
    username = clean_username(username)
    if Account.objects.filter(username__iexact=username).exists():
        raise InvalidInput(why_taken(username), field="username")
    return Account(id=new_id(), username=username, created_at=now, password=make_password(None))


def why_taken(username: str) -> str:
    """Why a name cannot be had. Whose it is stays unsaid: it may be another county's."""
    said = _("The account “%(name)s” is taken (all counties of this system share account names): choose another one.")
    return said % {"name": username}


def clean_username(username: str) -> str:
    """The name as it is stored, or a refusal at the field `username`."""
    username = Account.normalize_username(username.strip())
    try:
        if not username.isascii():  # nobody should need an input method to log in
            raise ValidationError("not ASCII")
        return str(Account._meta.get_field("username").clean(username, None))
    except ValidationError as error:
        raise InvalidInput(
            _("A user name has Latin letters, digits and @ . + - _ only: no Chinese characters and no blanks."),
            field="username",
        ) from error


def may_print_slip(actor: Actor, account: Account) -> bool:
    """The first password: the system officer until its holder has entered once; afterwards the security officer."""
    if policies.same_person(actor, account.pk):
        return False
    if account.last_login is None and policies.may_manage_posts(actor):
        return True
    return policies.may_grant_access(actor)


def print_slips(person_ids: Collection[UUID], *, actor: Actor, now: dt.datetime) -> list[Slip]:
    """A random first password each, good for seven days and only for choosing an own one. Older ones and all sessions
    end. At most 40 at a time."""
    if len(person_ids) > SLIPS_AT_ONCE:
        raise InvalidInput(_("At most %(n)d slips at a time.") % {"n": SLIPS_AT_ONCE})
    until = now + dt.timedelta(days=FIRST_PASSWORD_DAYS)
    slips = []
    with transaction.atomic():
        changes = Changes()
        for person in Person.objects.select_for_update(no_key=True).filter(pk__in=person_ids).order_by("name_pinyin"):
            account = _account_of(person)
            if not may_print_slip(actor, account):
                raise NotAllowed(_("Your post does not allow this."))
            if not account.is_active:
                raise IllegalTransition(_("The account of %(name)s is shut.") % {"name": person.name})
            password = random_password()
            account.set_password(password)
            account.first_password_until = until
            account.save(update_fields=["password", "first_password_until"])
            changes.event(person, "first_password_printed")
            log("first_password_printed", account.pk, actor, now)
            slips.append(Slip(person.pk, person.name, account.username, until, password))
        if slips:
            commit(changes, actor=actor, now=now)
    return slips


def reset_second_factor(person_id: UUID, *, actor: Actor, now: dt.datetime) -> int:
    """Take every second factor off (a lost telephone) and end all sessions; returns how many there were."""
    policies.require(policies.may_grant_access(actor))
    with transaction.atomic():
        changes = Changes()
        person = _person(person_id)
        account = _account_of(person)
        if policies.same_person(actor, account.pk):
            raise NotAllowed(_("Nobody does this for himself."))
        count = Authenticator.objects.filter(user_id=account.pk).delete()[0]
        if not count:
            raise IllegalTransition(_("This account has no second factor."))
        _end_sessions(account)
        changes.event(person, "second_factor_reset")
        commit(changes, actor=actor, now=now)
        log("second_factor_reset", account.pk, actor, now)
    return count


def shut_account(person_id: UUID, *, actor: Actor, now: dt.datetime) -> None:
    """No log-in any more; running sessions end with their next request."""
    _set_active(person_id, False, "account_shut", "account_deactivated", actor, now)


def reopen_account(person_id: UUID, *, actor: Actor, now: dt.datetime) -> None:
    """Log-in is possible again."""
    _set_active(person_id, True, "account_reopened", "account_reactivated", actor, now)


def _set_active(person_id: UUID, active: bool, kind: str, logged: str, actor: Actor, now: dt.datetime) -> None:
    policies.require(policies.may_grant_access(actor))
    with transaction.atomic():
        changes = Changes()
        person = _person(person_id)
        account = _account_of(person)
        if policies.same_person(actor, account.pk):
            raise NotAllowed(_("Nobody does this for himself."))
        if account.is_active == active:
            raise IllegalTransition(_("It is so already."))
        account.is_active = active
        account.save(update_fields=["is_active"])
        _end_sessions(account)
        changes.event(person, kind)
        commit(changes, actor=actor, now=now)
        log(logged, account.pk, actor, now)


def give_access(post_ids: Collection[UUID], *, actor: Actor, now: dt.datetime) -> int:
    """Let the accounts of the posts' holders into these posts, all or none; returns how many."""
    policies.require(policies.may_grant_access(actor))
    with transaction.atomic():
        rows = list(Post.objects.filter(pk__in=post_ids).order_by("pk").values_list("pk", "person__account_id"))
        for post_id, account_id in rows:
            if account_id is None:
                raise InvalidInput(_("This person has no account yet: the system officer makes it."))
            link_account(post_id, account_id, actor=actor, now=now)
    return len(rows)


def withdraw_access(post_id: UUID, *, actor: Actor, now: dt.datetime) -> None:
    """Take the account out of a post; its sessions end, so that nothing open stays on a screen."""
    with transaction.atomic():
        account_id = Post.objects.filter(pk=post_id).values_list("account_id", flat=True).first()
        link_account(post_id, None, actor=actor, now=now)
        if account_id is not None:
            end_sessions(account_id)
            log("access_withdrawn", account_id, actor, now)


def end_sessions(account_id: UUID) -> None:
    """Whoever is logged in with this account is asked to log in again."""
    account = Account.objects.select_for_update(no_key=True).filter(pk=account_id).first()
    if account is not None:
        _end_sessions(account)


def leave(person_id: UUID, account_id: UUID, *, actor: Actor, now: dt.datetime) -> None:
    """After a post ended: sessions end; an account without any post left, here or elsewhere, is shut."""
    day = timezone.localdate(now)
    end_sessions(account_id)
    here = Post.objects.filter(account_id=account_id).exclude(valid_to__lte=day) | Post.objects.filter(
        person_id=person_id
    ).exclude(valid_to__lte=day)
    if here.exists() or serves_elsewhere(account_id, day):
        return
    Account.objects.filter(pk=account_id).update(is_active=False)
    log("account_deactivated", account_id, actor, now)


def _end_sessions(account: Account) -> None:
    account.session_epoch += 1
    account.save(update_fields=["session_epoch"])


def _person(person_id: UUID) -> Person:
    person = Person.objects.select_for_update(no_key=True).filter(pk=person_id).first()
    if person is None:
        raise NotVisible(_("There is no such person."))
    return person


def _account_of(person: Person) -> Account:
    rows = Account.objects.select_for_update(no_key=True)
    account = rows.filter(pk=person.account_id).first() if person.account_id else None
    if account is None:
        raise IllegalTransition(_("This person has no account yet: the system officer makes it."))
    return account


def log(what: str, account_id: UUID, actor: Actor, now: dt.datetime) -> None:
    """A line of the county's access log about an account."""
    AccessLog.objects.create(
        at=now,
        post_id=actor.post_id,
        account_id=actor.account_id,
        what=what,
        subject_kind="account",
        subject_id=account_id,
    )
