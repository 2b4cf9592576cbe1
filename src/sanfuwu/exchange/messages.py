"""What one ledger says to another, put into the outbox in the act's own transaction; a job carries it afterwards."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any
from uuid import UUID

from django.db import transaction

from sanfuwu.config.jobs import defer_in_county
from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.crypto import current_key_id, decrypt, encrypt

from .models import LedgerMessage


def post(
    changes: Changes, kind: str, transfer_id: UUID, partner: str, body: dict[str, Any], *, now: dt.datetime
) -> LedgerMessage:
    """Write a message to a partner; its job is deferred in the same transaction and rolled back with it."""
    message = LedgerMessage(
        direction=LedgerMessage.Direction.OUT,
        kind=kind,
        transfer_id=transfer_id,
        partner_code=partner,
        key_id=current_key_id(),
        created_at=now,
    )
    message.body_enc = encrypt(json.dumps(body, ensure_ascii=False), message.pk, message.key_id)
    changes.insert(message)
    changes.after_write.append(lambda: _defer(message.pk))
    return message


def taken(changes: Changes, message: LedgerMessage, sender: str, now: dt.datetime) -> None:
    """The inbox row of a message that is being taken: its id can stand there once only."""
    changes.insert(
        LedgerMessage(
            pk=message.pk,
            direction=LedgerMessage.Direction.IN,
            kind=message.kind,
            transfer_id=message.transfer_id,
            partner_code=sender,
            created_at=message.created_at,
            sent_at=now,
        )
    )


def body_of(message: LedgerMessage) -> dict[str, Any]:
    """What a message says; it must not have arrived yet."""
    said: dict[str, Any] = json.loads(decrypt(message.body_enc, message.pk, message.key_id))
    return said


def _defer(message_id: UUID) -> None:
    from .tasks import carry_message

    assert transaction.get_connection().in_atomic_block
    defer_in_county(carry_message, message_id=str(message_id))
