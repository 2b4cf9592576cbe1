from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction

from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.commit import commit
from sanfuwu.ledger.fields import new_id
from sanfuwu.ledger.models import Event
from sanfuwu.parties.models import Contact, Party
from sanfuwu.parties.resolve import RequesterInput, resolve_parties
from sanfuwu.rules.samples import make_sample_uscc
from sanfuwu.territory.actor import SYSTEM, Actor

NOW = dt.datetime(2019, 2, 12, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))
FIRM_A, FIRM_B, FIRM_C = (make_sample_uscc(n) for n in (1, 2, 3))
VILLAGE = "330604104005"


def actor_in(role: str) -> Actor:
    return Actor(account_id=new_id(), post_id=new_id(), unit_id=new_id(), role=role)


def resolve(*given: RequesterInput) -> list[tuple[Party | None, Contact | None]]:
    """Resolve in a transaction of its own and write what is new, as a registration would."""
    with transaction.atomic():
        changes = Changes()
        resolved = resolve_parties(changes, list(given), NOW)
        commit(changes, actor=SYSTEM, now=NOW)
    return resolved


def firm(name: str = "浙江示例化工有限公司", uscc: str = FIRM_A, **more: str) -> RequesterInput:
    return RequesterInput(kind=Party.Kind.ENTERPRISE, name=name, uscc=uscc, **more)


def events_of(party_id: UUID) -> list[str]:
    return list(
        Event.objects.filter(stream_kind="party", stream_id=party_id).order_by("seq").values_list("kind", flat=True)
    )
