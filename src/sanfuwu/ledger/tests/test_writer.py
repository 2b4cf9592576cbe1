"""COPY and statements write the same rows; a value that does not fit fails aloud."""

from __future__ import annotations

import copy
import datetime as dt
import os
import uuid
from collections.abc import Sequence
from typing import Any

import pytest
from django.db import DatabaseError, connection, models, transaction

from sanfuwu.ledger import writer
from sanfuwu.ledger.fields import new_id
from sanfuwu.ledger.models import Event, IdempotencyKey, Note, OutboxMessage
from sanfuwu.territory.models import Unit, UnitMerge, UnitVersion

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2019, 2, 12, 10, 30, 0, 123456, tzinfo=dt.timezone(dt.timedelta(hours=8)))
AWKWARD = ["", "制表\t符", "换\n行\r", "\\N", "\\.", "反斜杠\\", "引号\"'", "😀𠮷", "{1,2}", "NULL", " "]


def rows() -> list[models.Model]:
    """Rows of the usual kinds of column: text and choices, JSON, bytes, numbers, days, moments, truth, ids, nulls.
    (Arrays: `problems.tests.test_arrays`.)"""
    found: list[models.Model] = []
    for n, text in enumerate(AWKWARD):
        payload = {"text": text, "list": [text, None, n, True], "nested": {text: {}}}
        found += [
            Event(
                stream_kind="unit",
                stream_id=uuid.UUID(int=n),
                seq=1,
                kind=text[:40] or "x",
                happened_at=NOW,
                recorded_at=NOW + dt.timedelta(microseconds=n),
                actor_post=None if n % 2 else uuid.UUID(int=n),
                payload=payload,
                prev_hash=bytes(32),
                hash=os.urandom(32),
                request_id=text,
            ),
            Note(id=new_id(), salt=os.urandom(16), text_enc=text.encode(), key_id="k", audience=Note.Audience.OFFICE),
            OutboxMessage(topic="t", subject_id=uuid.UUID(int=n), payload=payload, created_at=NOW),
            UnitMerge(
                id=new_id(),
                from_unit_id=uuid.UUID(int=n),
                into_unit_id=uuid.UUID(int=n),
                on_date=dt.date(2019, 2, 1 + n),
                undone_at=NOW if n % 3 else None,
                of_proposed=bool(n % 2),
            ),
            OutboxMessage(topic="n", subject_id=uuid.UUID(int=n), payload=n, attempts=32_767 - n, created_at=NOW),
            Note(id=new_id(), salt=memoryview(b"salt"), text_enc=bytearray(b"\0\xff"), key_id="k", audience="office"),
            IdempotencyKey(principal=uuid.UUID(int=n), key=text, body_hash=b"\x00\xff", answer=text, created_at=NOW),
        ]
    return found


class _Undone(Exception):
    pass


def written(copy_from: int, batch: Sequence[models.Model], monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What stands in the tables after writing the batch with COPY from so many rows on; then undone."""
    monkeypatch.setattr(writer, "COPY_FROM", copy_from)
    found: list[Any] = []
    try:
        with transaction.atomic():
            writer.write([copy.copy(row) for row in batch], [])
            with connection.cursor() as cursor:
                for model in (Event, Note, OutboxMessage, UnitMerge, IdempotencyKey):
                    cursor.execute(f"SELECT t::text FROM {model._meta.db_table} t ORDER BY 1")
                    found.append(cursor.fetchall())
            raise _Undone
    except _Undone:
        return found


def test_copy_writes_what_statements_write(monkeypatch: pytest.MonkeyPatch) -> None:
    batch = rows()
    by_copy, by_statement = written(1, batch, monkeypatch), written(10_000, batch, monkeypatch)
    assert by_copy == by_statement
    assert len(by_copy[1]) >= len(AWKWARD)


def test_what_was_written_reads_back_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    batch = rows()
    for copy_from in (1, 10_000):
        monkeypatch.setattr(writer, "COPY_FROM", copy_from)
        with transaction.atomic():
            writer.write(batch, [])
            for row in batch:
                again = type(row).objects.get(pk=row.pk)  # type: ignore[attr-defined]
                for field in row._meta.concrete_fields:
                    was, now = getattr(row, field.attname), getattr(again, field.attname)
                    assert (bytes(now) if isinstance(now, memoryview) else now) == was, field.attname
            transaction.set_rollback(True)


@pytest.mark.parametrize("copy_from", [1, 10_000])
def test_what_is_too_long_fails_aloud_and_is_never_cut(copy_from: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "COPY_FROM", copy_from)
    row = OutboxMessage(topic="t" * 33, subject_id=uuid.UUID(int=1), payload={}, created_at=NOW)
    with pytest.raises(DatabaseError), transaction.atomic():
        writer.write([row], [])


@pytest.mark.parametrize("copy_from", [1, 10_000])
@pytest.mark.parametrize(
    "wrong",
    [
        {"attempts": 32_768},
        {"attempts": 65_543},
        {"attempts": "x"},
        {"subject_id": "no id"},
        {"created_at": "no moment"},
    ],
    ids=str,
)
def test_what_no_column_holds_fails_aloud(
    wrong: dict[str, Any], copy_from: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "COPY_FROM", copy_from)
    said = {"topic": "t", "subject_id": uuid.UUID(int=1), "payload": {}, "created_at": NOW, "attempts": 0} | wrong
    with pytest.raises(DatabaseError), transaction.atomic():
        writer.write([OutboxMessage(**said)], [])


def test_updates_say_how_many_rows_they_met() -> None:
    unit, gone = Unit.objects.get(code="zlsgs"), Unit(id=new_id(), code="x", kind="office")
    unit.status = "closed"
    met = writer.write(
        [], [(unit, ["status"], unit.version), (unit, ["status"], unit.version + 1), (gone, ["status"], None)]
    )
    assert met == [1, 0, 0]
    assert Unit.objects.get(pk=unit.pk).status == "closed"


def test_nulls_are_written_as_nulls() -> None:
    version = UnitVersion.objects.filter(valid_to__isnull=True)[0]
    version.valid_to = dt.date(2020, 1, 1)
    writer.write([], [(version, ["valid_to"], None)])
    version.valid_to = None
    writer.write([], [(version, ["valid_to"], None)])
    assert UnitVersion.objects.get(pk=version.pk).valid_to is None
