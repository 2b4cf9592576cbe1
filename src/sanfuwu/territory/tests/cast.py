"""The cast of the tests: a day in February 2019, a small district, and people in posts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from uuid import UUID

from sanfuwu.ledger.fields import new_id
from sanfuwu.ledger.models import Event, Stream
from sanfuwu.territory.actions import create_unit, link_account
from sanfuwu.territory.actor import SYSTEM, Actor
from sanfuwu.territory.models import Post, Rank, Role, Unit
from sanfuwu.testing.people import enter

SHANGHAI = dt.timezone(dt.timedelta(hours=8))
NOW = dt.datetime(2019, 2, 12, 9, 0, tzinfo=SHANGHAI)
TODAY = NOW.date()
SINCE = dt.date(2018, 1, 1)


def unit(code: str, kind: str, name: str, parent: Unit | None, **more: str) -> Unit:
    """A unit made by the system since the start of 2018."""
    return create_unit(
        code=code,
        kind=kind,
        name=name,
        parent_id=parent.pk if parent else None,
        valid_from=SINCE,
        actor=SYSTEM,
        now=NOW,
        **more,
    )


def post_in(
    place: Unit, role: str = Role.HANDLER, *, name: str = "张三", account: UUID | None = None, **more: object
) -> Post:
    """Somebody new serving in a unit, with an account linked when one is given."""
    given: dict[str, object] = {"title": "经办", "valid_from": SINCE} | more
    post = enter(name, place.pk, role=role, now=NOW, **given)  # type: ignore[arg-type]
    if account is not None:
        link_account(post.pk, account, actor=SYSTEM, now=NOW)
        post.refresh_from_db()
    return post


def actor_in(role: str, **more: object) -> Actor:
    """An actor as policies see him, without any row behind."""
    plain = Actor(account_id=new_id(), post_id=new_id(), unit_id=new_id(), role=role, rank=Rank.STAFF)
    return replace(plain, **more)  # type: ignore[arg-type]


def events_of(owner: Stream) -> list[str]:
    """The kinds of all events of a stream, oldest first."""
    return list(
        Event.objects.filter(stream_kind=type(owner).stream_kind, stream_id=owner.pk)  # type: ignore[attr-defined]
        .order_by("seq")
        .values_list("kind", flat=True)
    )


@dataclass
class District:
    county: Unit
    town: Unit
    village: Unit
    bureau: Unit
    zone_a: Unit
    zone_b: Unit
