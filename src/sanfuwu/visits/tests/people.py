"""People of 上虞 to act in tests of visits and meetings, and what they need to say."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from sanfuwu.ledger.models import Event, Stream
from sanfuwu.parties.actions import RequesterInput
from sanfuwu.problems.commands import Registration
from sanfuwu.rules.samples import make_sample_uscc
from sanfuwu.territory.actor import Actor
from sanfuwu.territory.models import Unit, UnitVersion
from sanfuwu.testing.people import enter

CHINA = dt.timezone(dt.timedelta(hours=8))
NOW = dt.datetime(2019, 2, 12, 15, 30, tzinfo=CHINA)
HELD = dt.datetime(2019, 2, 12, 9, 0, tzinfo=CHINA)
SONGXIA = "330604007000"
SINCE = dt.date(2018, 1, 1)


def unit(code: str) -> Unit:
    return Unit.objects.get(code=code)


def act_as(unit_code: str, role: str, *, rank: str = "staff", name: str = "周明", place: str = "") -> Actor:
    """Somebody serving in a seeded unit since 2018, ready to act."""
    post = enter(name, unit(unit_code).pk, role=role, title="经办", rank=rank, valid_from=SINCE, now=NOW)
    if not place and role == "town_dispatcher":
        place = UnitVersion.objects.filter(unit__code=unit_code).values_list("division_code", flat=True)[0]
    return Actor(
        account_id=None,
        post_id=post.pk,
        unit_id=post.unit_id,
        role=role,
        person_id=post.person_id,
        rank=rank,
        place=place,
    )


def firm(serial: int, name: str = "") -> RequesterInput:
    return RequesterInput("enterprise", name or f"上虞样例{serial}号有限公司", uscc=make_sample_uscc(serial))


def told(text: str, requester: RequesterInput | None = None, **more: object) -> Registration:
    given: dict[str, object] = {"division": SONGXIA, "channel": "visit"} | more
    return Registration(text=text, requester=requester or firm(1), **given)  # type: ignore[arg-type]


def events_of(owner: Stream | UUID) -> list[str]:
    """The kinds of all events of a stream, oldest first."""
    stream_id = owner if isinstance(owner, UUID) else owner.pk
    return list(Event.objects.filter(stream_id=stream_id).order_by("seq").values_list("kind", flat=True))
