"""Idempotency keys end after a week."""

from __future__ import annotations

import datetime as dt

from sanfuwu.ledger.fields import new_id
from sanfuwu.ledger.models import IdempotencyKey
from sanfuwu.ledger.tasks import forget_idempotency_keys

NOW = dt.datetime(2026, 3, 9, 16, 50, tzinfo=dt.UTC)


def test_a_key_older_than_a_week_is_forgotten_and_a_younger_one_kept(committed_db: str) -> None:
    for days in (6, 8):
        IdempotencyKey.objects.create(
            principal=new_id(),
            key=f"{days} days",
            body_hash=b"\0" * 32,
            answer={},
            created_at=NOW - dt.timedelta(days=days),
        )
    forget_idempotency_keys(timestamp=int(NOW.timestamp()))
    assert list(IdempotencyKey.objects.values_list("key", flat=True)) == ["6 days"]
