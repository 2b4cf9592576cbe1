"""The posts of a merged unit go on in its successor, and come back when the merger is undone.

A person keeps his role, his access and whatever hangs on his post; only the unit is another one. It is a new post, so
that past records go on saying where he served when he acted.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.utils import timezone

from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.commit import commit
from sanfuwu.ledger.fields import new_id

from .. import policies
from ..actor import Actor, active_on
from ..models import ApiToken, Post
from .handover import Handover, parts

_NOT_MOVED = frozenset({"access", "tokens", "portfolio"})  # carried by the new post itself


def continue_posts(from_id: UUID, into_id: UUID, *, actor: Actor, now: dt.datetime) -> int:
    """Every post served in today goes on in `into_id`; returns how many. Part of the merger's transaction."""
    policies.require(policies.may_manage_units(actor))
    day = timezone.localdate(now)
    rows = _running(Post.objects.filter(unit_id=from_id), day)
    for old in rows:
        new = Post(
            id=new_id(),
            person_id=old.person_id,
            account_id=old.account_id,
            unit_id=into_id,
            role=old.role,
            rank=old.rank,
            title=old.title,
            valid_from=day,
            valid_to=old.valid_to,
            confidential_officer=old.confidential_officer,
            portfolio=old.portfolio,
            continues=old.pk,
        )
        changes = Changes()
        changes.insert(new)
        changes.event(new, "created", data={"continues": old.pk})
        _carry(changes, old, new, day, actor, now)
    return len(rows)


def take_posts_back(from_id: UUID, into_id: UUID, *, actor: Actor, now: dt.datetime) -> int:
    """What went on in `into_id` is served in `from_id` again; returns how many. Posts that ended meanwhile stay so."""
    policies.require(policies.may_manage_units(actor))
    day = timezone.localdate(now)
    olds = Post.objects.filter(unit_id=from_id).in_bulk()
    rows = _running(Post.objects.filter(unit_id=into_id, continues__in=olds), day)
    for new in rows:
        assert new.continues is not None
        old = olds[new.continues]
        changes = Changes()
        changes.update(
            old,
            valid_to=new.valid_to,
            account_id=new.account_id,
            portfolio=new.portfolio,
            confidential_officer=new.confidential_officer,
        )
        changes.event(old, "served_again", data={"from": new.pk})
        _carry(changes, new, old, day, actor, now)
    return len(rows)


def _running(posts: object, day: dt.date) -> list[Post]:
    rows = posts.select_for_update(no_key=True).order_by("pk")  # type: ignore[attr-defined]
    return [post for post in rows if active_on(post.valid_from, post.valid_to, day)]


def _carry(changes: Changes, old: Post, new: Post, day: dt.date, actor: Actor, now: dt.datetime) -> None:
    handover = Handover(old, day, actor, now, posts={old.pk: old, new.pk: new})
    for part in parts():
        if part.code not in _NOT_MOVED and part.count(old, day):
            handover.moved[part.code] = part.move(changes, handover, new)
    for token in ApiToken.objects.filter(post=old, revoked_at__isnull=True):
        changes.update(token, post_id=new.pk)
    changes.update(old, valid_to=day)
    changes.event(old, "continued", data={"in": new.pk, "moved": handover.moved})
    commit(changes, actor=actor, now=now)
