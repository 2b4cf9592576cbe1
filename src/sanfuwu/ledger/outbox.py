"""Sending the outbox: each message at least once, with a stable id by which the receiver knows a repetition.

A message is claimed by a conditional UPDATE that sets `sending_at`; whoever changed the row sends it. A crash between
sending and marking leaves `sending_at` set and `sent_at` empty: "maybe sent twice". It is sent again after CLAIM.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import urllib.error
import urllib.request
from typing import Any

from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone

from .models import OutboxMessage

log = logging.getLogger("sanfuwu.jobs")

CLAIM = dt.timedelta(minutes=10)  # after this long a claim is taken to be a dead sender's
MAX_ATTEMPTS = 20
BATCH = 200
_TIMEOUT_S = 10


def waiting(now: dt.datetime) -> list[Any]:
    """Ids of what may be sent now, oldest first: never claimed, or claimed so long ago that the sender must be dead."""
    return list(
        OutboxMessage.objects.filter(sent_at__isnull=True, attempts__lt=MAX_ATTEMPTS)
        .filter(Q(sending_at__isnull=True) | Q(sending_at__lt=now - CLAIM))
        .order_by("created_at")
        .values_list("pk", flat=True)[:BATCH]
    )


def claim(message_id: Any, now: dt.datetime) -> OutboxMessage | None:
    """Take a message to send it; None when another sender has it."""
    taken = (
        OutboxMessage.objects.filter(pk=message_id, sent_at__isnull=True)
        .filter(Q(sending_at__isnull=True) | Q(sending_at__lt=now - CLAIM))
        .update(sending_at=now, attempts=F("attempts") + 1)
    )
    return OutboxMessage.objects.get(pk=message_id) if taken else None


def send_waiting(*, now: dt.datetime) -> int:
    """Send what waits; returns how many were sent. A message that cannot be delivered stays for a later sweep."""
    sent = 0
    for message_id in waiting(now):
        message = claim(message_id, now)
        if message is None:
            continue
        try:
            for address in settings.SANFUWU_WEBHOOKS:
                post(address, message)
        except (OSError, urllib.error.URLError) as error:
            # The claim stays: the message is tried again after CLAIM, and again, MAX_ATTEMPTS times in all.
            log.warning("message %s (%s) not delivered: %s", message.pk, message.topic, type(error).__name__)
            continue
        OutboxMessage.objects.filter(pk=message.pk).update(sent_at=timezone.now())
        sent += 1
    return sent


def post(address: str, message: OutboxMessage) -> None:
    """One JSON POST. Raises URLError or OSError when it is not answered with 2xx."""
    if not address.startswith(("https://", "http://")):
        raise OSError("a webhook's address begins with https://")
    body = {
        "id": str(message.pk),
        "topic": message.topic,
        "subject": str(message.subject_id),
        "created_at": message.created_at.astimezone(dt.UTC).isoformat(),
        "payload": message.payload,
    }
    request = urllib.request.Request(  # noqa: S310 — the scheme has just been looked at
        address,
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json", "Idempotency-Key": str(message.pk)},
        method="POST",
    )
    with urllib.request.urlopen(request, timeout=_TIMEOUT_S):  # noqa: S310
        pass  # an answer other than 2xx has raised HTTPError, a URLError
