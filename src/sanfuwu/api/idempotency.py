"""The same write sent twice happens once: a key kept in the act's own transaction (`ledger.IdempotencyKey`)."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from sanfuwu.ledger.errors import IdempotencyConflict
from sanfuwu.ledger.models import IdempotencyKey
from sanfuwu.ledger.rows import fresh


@dataclass(frozen=True, slots=True)
class Sent:
    """A key as one post sent it with one body. Two posts may use the same key without meeting."""

    principal: UUID
    key: str
    body_hash: bytes

    @classmethod
    def of(cls, principal: UUID | None, key: str | None, path: str, body: bytes) -> Sent | None:
        """None without a key, or without a post to whom it could belong."""
        if principal is None or key is None:
            return None
        return cls(principal, key, hashlib.sha256(path.encode() + b"\n" + body).digest())

    def row(self, answer: dict[str, Any], now: dt.datetime) -> IdempotencyKey:
        """What is written beside the act. Unique by (post, key): of two at once one fails, and its act with it."""
        return fresh(
            IdempotencyKey,
            principal=self.principal,
            key=self.key,
            body_hash=self.body_hash,
            answer=answer,
            created_at=now,
        )

    def answered(self) -> dict[str, Any] | None:
        """The answer given before; None when the key is new. Raises `IdempotencyConflict` for another body."""
        kept = (
            IdempotencyKey.objects.filter(principal=self.principal, key=self.key)
            .values_list("body_hash", "answer")
            .first()
        )
        if kept is None:
            return None
        body_hash, answer = kept
        if bytes(body_hash) != self.body_hash:
            raise IdempotencyConflict(
                _("This idempotency key was used for another request. Take a new key."), field="Idempotency-Key"
            )
        return dict(answer)
