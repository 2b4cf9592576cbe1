"""From an account or a token to the actor. These run at every request: plain SQL, no objects in between."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from sanfuwu.ledger.errors import NotAllowed
from sanfuwu.ledger.reader import ask

from ..actor import ActivePost, Actor, active_on
from ..models import Delegation, Post, Unit
from .units import post_labels

_SERVING = """
SELECT p.id, p.person_id, p.account_id, p.unit_id, p.role, p.rank, p.confidential_officer, p.portfolio,
       CASE WHEN u.kind = %(town)s THEN v.division_code ELSE '' END
  FROM territory_post p
  JOIN territory_unit u ON u.id = p.unit_id
  LEFT JOIN territory_unitversion v ON v.unit_id = u.id AND v.valid_to IS NULL
 WHERE p.valid_from <= %(day)s AND (p.valid_to IS NULL OR %(day)s < p.valid_to)"""
_BY_POST = _SERVING + " AND p.id = ANY(%(posts)s)"
_BY_TOKEN = f"""
SELECT serving.* FROM territory_apitoken t JOIN ({_SERVING}) serving ON serving.id = t.post_id
 WHERE t.token_hash = %(digest)s AND t.revoked_at IS NULL
   AND (t.expires_at IS NULL OR %(now)s < t.expires_at)"""  # noqa: S608 - constants only; every value is a parameter


def actor_of_token(token: str, now: dt.datetime) -> Actor | None:
    """The actor a token stands for, in one statement; None when it is unknown, revoked, expired or its post ended."""
    params: dict[str, Any] = {
        "digest": hashlib.sha256(token.encode()).digest(),
        "now": now,
        "day": timezone.localdate(now),
        "town": Unit.Kind.TOWN.value,
    }
    rows = ask(_BY_TOKEN, params)
    return _actor(tuple(rows[0])) if rows else None


def load_actor(post_id: UUID, *, account_id: UUID | None, now: dt.datetime, on_behalf_of: UUID | None = None) -> Actor:
    """The actor of an account in one of its posts, or in a post it stands in for today.

    Raises `NotAllowed` when the account does not hold the post, the post is not served in today, or no delegation to
    it runs today. Standing in gives the rights of the other post except to see confidential requesters: those
    officers are named in person.
    """
    day = timezone.localdate(now)
    wanted = [post_id] if on_behalf_of is None else [post_id, on_behalf_of]
    rows = {row[0]: row for row in ask(_BY_POST, {"posts": wanted, "day": day, "town": Unit.Kind.TOWN.value})}
    own = rows.get(post_id)
    if own is None or account_id is None or own[2] != account_id:
        raise NotAllowed(_("This is not one of your posts today."), code="not_your_post")
    if on_behalf_of is None:
        return _actor(own)
    acts = _delegated_acts(on_behalf_of, post_id, day)
    if on_behalf_of not in rows or acts is None:
        raise NotAllowed(_("You do not stand in for this post today."), code="not_your_post")
    other = _actor(rows[on_behalf_of])
    return Actor(
        account_id=account_id,
        post_id=post_id,
        unit_id=other.unit_id,
        role=other.role,
        person_id=own[1],
        rank=other.rank,
        on_behalf_of=on_behalf_of,
        place=other.place,
        portfolio=other.portfolio,
        confidential_officer=False,
        acts_allowed=frozenset(acts) or None,
    )


def posts_of(account_id: UUID, day: dt.date) -> list[ActivePost]:
    """What an account may act as on a day: its own posts, oldest first, then those it stands in for."""
    own = {
        pk: role
        for pk, role, start, end in Post.objects.filter(account_id=account_id)
        .order_by("valid_from", "pk")
        .values_list("pk", "role", "valid_from", "valid_to")
        if active_on(start, end, day)
    }
    if not own:
        return []
    running = (Q(valid_to__isnull=True) | Q(valid_to__gt=day)) & Q(valid_from__lte=day)
    stands_in = [
        (to_post, post, role)
        for to_post, post, role, start, end in Delegation.objects.filter(running, to_post_id__in=own)
        .order_by("valid_from", "pk")
        .values_list("to_post_id", "post_id", "post__role", "post__valid_from", "post__valid_to")
        if active_on(start, end, day)
    ]
    labels = post_labels([*own, *(post for _to, post, _role in stands_in)], day)
    menu = [ActivePost(pk, _label(labels[pk]), role=role, person=labels[pk][2]) for pk, role in own.items()]
    for to_post, post, role in dict.fromkeys(stands_in):
        said = _("%(post)s, for %(person)s") % {"post": _label(labels[post]), "person": labels[post][2]}
        menu.append(ActivePost(to_post, said, on_behalf_of=post, role=role, person=labels[to_post][2]))
    return menu


def _label(parts: tuple[str, str, str]) -> str:
    unit, title, _person = parts
    return f"{unit} · {title}" if title else unit


def _delegated_acts(post_id: UUID, to_post_id: UUID, day: dt.date) -> list[str] | None:
    """Acts that `to_post` may take for `post` today; an empty list means all, None that no delegation runs."""
    rows = [
        acts
        for acts, start, end in Delegation.objects.filter(post_id=post_id, to_post_id=to_post_id).values_list(
            "acts", "valid_from", "valid_to"
        )
        if active_on(start, end, day)
    ]
    if not rows:
        return None
    return [] if any(not acts for acts in rows) else sorted({act for acts in rows for act in acts})


def _actor(row: tuple[Any, ...]) -> Actor:
    post_id, person_id, account_id, unit_id, role, rank, confidential, portfolio, place = row
    if isinstance(portfolio, str):  # Django leaves jsonb of raw statements as text
        portfolio = json.loads(portfolio)
    return Actor(
        account_id=account_id,
        post_id=post_id,
        unit_id=unit_id,
        role=role,
        person_id=person_id,
        rank=rank,
        place=place or "",
        portfolio=frozenset(UUID(unit) for unit in portfolio or ()),
        confidential_officer=confidential,
    )
