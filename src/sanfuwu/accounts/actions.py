"""Accounts are made, get another password, and are shut. Each leaves a line in the county's access log.

Accounts live in the shared schema and have no event stream of their own; the access log is the county's (the actor's),
append-only by privilege as well. Nothing here says who a person is: that is the post's affair.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from sanfuwu.ledger.errors import InvalidInput, NotVisible
from sanfuwu.ledger.fields import new_id
from sanfuwu.ledger.models import AccessLog
from sanfuwu.territory.actor import Actor
from sanfuwu.territory.policies import may_grant_access, may_manage_posts, require

from .models import Account
from .people import why_taken


def create_account(username: str, password: str, *, actor: Actor, now: dt.datetime) -> Account:
    """Make an account that nobody has linked to a post yet, so that it can log in and do nothing."""
    require(may_manage_posts(actor))
    account = Account(id=new_id(), username=Account.normalize_username(username.strip()), created_at=now)
    _set_password(account, password)
    try:
        account.clean_fields()
    except ValidationError as error:
        raise InvalidInput(_("This cannot be a user name."), field="username") from error
    with transaction.atomic():
        if Account.objects.filter(username__iexact=account.username).exists():
            raise InvalidInput(why_taken(account.username), field="username")
        account.save(force_insert=True)
        _log("account_created", account, actor, now)
    return account


def set_password(account_id: UUID, password: str, *, actor: Actor, now: dt.datetime) -> None:
    """Give an account another password (its holder forgot it). Its sessions end with the old one."""
    require(may_grant_access(actor))
    with transaction.atomic():
        account = _account(account_id)
        _set_password(account, password)
        account.save(update_fields=["password"])
        _log("account_password_set", account, actor, now)


def deactivate(account_id: UUID, *, actor: Actor, now: dt.datetime) -> None:
    """Shut an account: no login, and running sessions end with their next request."""
    require(may_grant_access(actor))
    with transaction.atomic():
        account = _account(account_id)
        account.is_active = False
        account.save(update_fields=["is_active"])
        _log("account_deactivated", account, actor, now)


def _set_password(account: Account, password: str) -> None:
    try:
        validate_password(password, account)
    except ValidationError as error:
        raise InvalidInput(" ".join(error.messages), field="password") from error
    account.set_password(password)


def _account(account_id: UUID) -> Account:
    account = Account.objects.select_for_update(no_key=True).filter(pk=account_id).first()
    if account is None:
        raise NotVisible(_("There is no such account."))
    return account


def _log(what: str, account: Account, actor: Actor, now: dt.datetime) -> None:
    AccessLog.objects.create(
        at=now,
        post_id=actor.post_id,
        account_id=actor.account_id,
        what=what,
        subject_kind="account",
        subject_id=account.pk,
    )
