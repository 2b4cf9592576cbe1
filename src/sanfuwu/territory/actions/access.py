"""Who may enter and act: accounts in posts, deputies (AB角) and secretaries, API tokens."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.commit import commit
from sanfuwu.ledger.errors import IllegalTransition, InvalidInput, NotAllowed, NotVisible
from sanfuwu.ledger.fields import new_id

from .. import policies
from ..actor import Actor, active_on
from ..models import OFFICERS, ApiToken, Delegation, Person, Post
from ..tree import load_tree

TOKEN_PREFIX = "sfw_"  # noqa: S105 - lets a scanner for leaked secrets recognise one


def token_digest(token: str) -> bytes:
    """What is stored of a token: its SHA-256. A token has 256 random bits, so no salt and no slow hash is needed."""
    return hashlib.sha256(token.encode()).digest()


def link_account(post_id: UUID, account_id: UUID | None, *, actor: Actor, now: dt.datetime) -> None:
    """Let an account act in a post; None takes the access away.

    Raises `NotAllowed` when one account would hold an officer's role beside another role, or when a security officer
    means himself.
    """
    policies.require(policies.may_grant_access(actor))
    if account_id is not None and policies.same_person(actor, account_id):
        raise NotAllowed(_("Nobody grants access to himself."))
    with transaction.atomic():
        changes = Changes()
        load_tree()  # its lock makes two links of one account take turns, so that the check below holds
        post = _post(post_id)
        if account_id is not None:
            policies.refuse_officer_conflict(post, Post.objects.filter(account_id=account_id))
            _belongs(changes, post, account_id)
        changes.update(post, account_id=account_id)
        changes.event(post, "account_unlinked" if account_id is None else "account_linked")
        commit(changes, actor=actor, now=now)


def _belongs(changes: Changes, post: Post, account_id: UUID) -> None:
    """The first account that lets a person into a post is his, unless it is somebody else's."""
    person = Person.objects.select_for_update(no_key=True).get(pk=post.person_id)
    if person.account_id is None and not Person.objects.filter(account_id=account_id).exists():
        changes.update(person, account_id=account_id)
        changes.event(person, "account_opened")


def name_confidential_officer(post_id: UUID, named: bool, *, actor: Actor, now: dt.datetime) -> None:
    """Name (or no longer) the post as one that sees who stands behind a confidential problem."""
    policies.require(policies.may_grant_access(actor))
    with transaction.atomic():
        changes = Changes()
        post = _post(post_id)
        if post.role in OFFICERS:
            raise NotAllowed(_("An officer sees no problems."), code="officers_are_exclusive")
        changes.update(post, confidential_officer=named)
        changes.event(post, "confidential_named" if named else "confidential_unnamed")
        commit(changes, actor=actor, now=now)


def delegate(
    post_id: UUID,
    to_post_id: UUID,
    *,
    valid_from: dt.date,
    valid_to: dt.date | None = None,
    acts: Collection[str] = (),
    actor: Actor,
    now: dt.datetime,
) -> Delegation:
    """`to_post` may act for `post` from a day on, in the acts named (none named = all). Every act says for whom."""
    if valid_to is not None and valid_to <= valid_from:
        raise InvalidInput(_("A delegation must last at least one day."), field="valid_to")
    with transaction.atomic():
        changes = Changes()
        post, to_post = _post(post_id), _post(to_post_id)
        policies.require(policies.may_delegate(actor, post))
        if OFFICERS & {post.role, to_post.role}:
            raise NotAllowed(
                _("An officer neither stands in for others nor is stood in for."), code="officers_are_exclusive"
            )
        if post.person_id == to_post.person_id:
            raise InvalidInput(_("Nobody stands in for himself."), field="to_post")
        row = changes.insert(
            Delegation(
                id=new_id(),
                post_id=post_id,
                to_post_id=to_post_id,
                valid_from=valid_from,
                valid_to=valid_to,
                acts=sorted(acts),
            )
        )
        changes.event(post, "delegated")
        commit(changes, actor=actor, now=now)
    return row


def end_delegation(delegation_id: UUID, *, valid_to: dt.date, actor: Actor, now: dt.datetime) -> None:
    """Let a delegation end (`valid_to` = first day without it)."""
    with transaction.atomic():
        changes = Changes()
        row = Delegation.objects.select_related("post").filter(pk=delegation_id).first()
        if row is None:
            raise NotVisible(_("There is no such delegation."))
        policies.require(policies.may_delegate(actor, row.post))
        changes.update(row, valid_to=max(valid_to, row.valid_from))
        changes.event(row.post, "delegation_ended")
        commit(changes, actor=actor, now=now)


def issue_token(
    post_id: UUID, name: str, *, expires_at: dt.datetime | None = None, actor: Actor, now: dt.datetime
) -> tuple[ApiToken, str]:
    """A token that acts as the post. The text returned beside the row is shown once and stored nowhere."""
    policies.require(policies.may_grant_access(actor))
    if not name.strip():
        raise InvalidInput(_("Say what the token is for."), field="name")
    if expires_at is not None and expires_at <= now:
        raise InvalidInput(_("The token would have expired already."), field="expires_at")
    with transaction.atomic():
        changes = Changes()
        post = _post(post_id)
        if post.role in OFFICERS:
            raise NotAllowed(_("An officer's post gets no token."), code="officers_are_exclusive")
        if not active_on(post.valid_from, post.valid_to, timezone.localdate(now)):
            raise InvalidInput(_("This post is not served in today."), field="post")
        text = TOKEN_PREFIX + secrets.token_urlsafe(32)
        row = changes.insert(
            ApiToken(
                id=new_id(),
                post_id=post_id,
                token_hash=token_digest(text),
                name=name.strip(),
                created_at=now,
                expires_at=expires_at,
            )
        )
        changes.event(post, "token_issued", data={"token": row.pk, "expires_at": expires_at})
        commit(changes, actor=actor, now=now)
    return row, text


def revoke_token(token_id: UUID, *, actor: Actor, now: dt.datetime) -> None:
    """From now on the token is worth nothing."""
    policies.require(policies.may_grant_access(actor))
    with transaction.atomic():
        changes = Changes()
        row = ApiToken.objects.select_related("post").filter(pk=token_id).first()
        if row is None:
            raise NotVisible(_("There is no such token."))
        if row.revoked_at is not None:
            raise IllegalTransition(_("This token is revoked already."))
        changes.update(row, revoked_at=now)
        changes.event(row.post, "token_revoked", data={"token": row.pk})
        commit(changes, actor=actor, now=now)


def _post(post_id: UUID) -> Post:
    post = Post.objects.select_for_update(no_key=True).filter(pk=post_id).first()
    if post is None:
        raise NotVisible(_("There is no such post."))
    return post
