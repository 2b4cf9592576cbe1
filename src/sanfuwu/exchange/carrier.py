"""Carrying a message from one county's outbox into the other's ledger: the only code that enters two counties.

It takes an opened message out of the one schema and gives it to the other's own actions; no statement ever names two
schemas. A crash at any point leaves the message in the outbox, and the receiver knows its id.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
from typing import Any
from uuid import UUID, uuid5

from django.db import DatabaseError
from django.db.models import F, Q
from django_tenants.utils import schema_context

from sanfuwu.counties.models import County
from sanfuwu.counties.queries import county_code
from sanfuwu.ledger.errors import ActionError
from sanfuwu.territory.actor import SYSTEM

from .actions.taking import TakeAnswer, TakenBefore, take_answer
from .messages import body_of
from .models import LedgerMessage, Partner, Transfer
from .receiving import NotAdmitted, receive_offer

log = logging.getLogger("sanfuwu.jobs")
CLAIM = dt.timedelta(minutes=10)  # after this long a claim is taken to be a dead carrier's
BATCH = 200


def waiting(now: dt.datetime) -> list[UUID]:
    """Messages of the current county that may be carried now, oldest first."""
    return list(
        LedgerMessage.objects.filter(direction="out", sent_at__isnull=True)
        .filter(Q(sending_at__isnull=True) | Q(sending_at__lt=now - CLAIM))
        .order_by("created_at", "pk")
        .values_list("pk", flat=True)[:BATCH]
    )


def carry(message_id: UUID, *, now: dt.datetime) -> bool:
    """Carry one message of the current county; whether it has arrived. May be called any number of times."""
    claimed = (
        LedgerMessage.objects.filter(pk=message_id, direction="out", sent_at__isnull=True)
        .filter(Q(sending_at__isnull=True) | Q(sending_at__lt=now - CLAIM))
        .update(sending_at=now, attempts=F("attempts") + 1)
    )
    if not claimed:
        return False
    message = LedgerMessage.objects.get(pk=message_id)
    sender, body = county_code(), body_of(message)
    try:
        deliver(message, sender, body, now=now)
    except NotAdmitted as refusal:
        log.warning("message %s (%s) refused: %s", message.pk, message.kind, refusal.code)
        if message.kind != LedgerMessage.Kind.OFFER:
            LedgerMessage.objects.filter(pk=message.pk).update(fault=refusal.code)
            return False
        _returned(message, refusal.code, now)
    except (ActionError, DatabaseError) as error:
        # The claim stays: it is tried again after CLAIM, and stands as not delivered in the list until then.
        log.warning("message %s (%s) not taken: %s", message.pk, message.kind, type(error).__name__)
        LedgerMessage.objects.filter(pk=message.pk).update(fault=type(error).__name__[:40])
        return False
    mark_sent(message.pk, now)
    return True


def deliver(message: LedgerMessage, sender: str, body: dict[str, Any], *, now: dt.datetime) -> None:
    """Into the receiving county, by its own actions; a repetition changes nothing. Raises `NotAdmitted`."""
    partner = Partner.objects.filter(code=message.partner_code).first()
    schema = County.objects.filter(code=message.partner_code).values_list("schema_name", flat=True).first()
    if schema is None or partner is None:
        raise NotAdmitted("no_such_county")
    with schema_context(schema):
        # An offer needs both sides' consent; an answer goes to whoever once sent the problem.
        if message.kind == LedgerMessage.Kind.OFFER:
            if not partner.active:
                raise NotAdmitted("not_a_partner")
            receive_offer(message, sender, body, now=now)
        else:
            _receive_answer(message, sender, body, now)


def _receive_answer(message: LedgerMessage, sender: str, body: dict[str, Any], now: dt.datetime) -> None:
    problem = Transfer.objects.filter(pk=message.transfer_id, direction="out", partner_code=sender).values_list(
        "problem_id", flat=True
    )
    if not problem:
        raise NotAdmitted("no_such_transfer")
    with contextlib.suppress(TakenBefore):
        take_answer(problem[0], TakeAnswer(message=message, sender=sender, body=body), actor=SYSTEM, now=now)


def mark_sent(message_id: UUID, now: dt.datetime) -> None:
    """It has arrived: its words are not kept in two places."""
    LedgerMessage.objects.filter(pk=message_id).update(sent_at=now, body_enc=b"", fault="")


def _returned(message: LedgerMessage, code: str, now: dt.datetime) -> None:
    """Nobody there takes the offer: it comes back as declined, once, under an id that follows from its own."""
    problem = Transfer.objects.values_list("problem_id", flat=True).get(pk=message.transfer_id)
    refusal = LedgerMessage(
        pk=uuid5(message.pk, "returned"),
        kind=LedgerMessage.Kind.DECLINED,
        transfer_id=message.transfer_id,
        created_at=now,
    )
    said = TakeAnswer(message=refusal, sender=message.partner_code, body={"reason_code": code})
    with contextlib.suppress(TakenBefore):
        take_answer(problem, said, actor=SYSTEM, now=now)
