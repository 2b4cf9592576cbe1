"""Daily checkpoints: one Merkle root over the chain heads of all streams of a county.

A hash chain shows a change inside a stream. It cannot show that a whole stream was deleted or that its newest events
were cut off together with the owner's row; a root that was written down elsewhere can. Therefore each checkpoint is
also appended to `checkpoints/<county>.jsonl` in the data directory, to be copied off the machine.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import uuid
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from .chain import merkle_root
from .models import Checkpoint, Event, Stream


def stream_models() -> list[type[Stream]]:
    """Every model that owns an event stream, by its `stream_kind`."""
    found = [m for m in apps.get_models() if issubclass(m, Stream) and hasattr(m, "stream_kind")]
    return sorted(found, key=lambda m: str(m.stream_kind))


def heads_until(recorded_before: dt.datetime) -> Iterator[tuple[str, uuid.UUID, int, bytes]]:
    """(kind, id, seq, hash) of the last event of each stream recorded before an instant; streamed, in key order.

    Read from the events and not from the present rows, so that the same day gives the same root at any later time.
    """
    rows = (
        Event.objects.filter(recorded_at__lt=recorded_before)
        .order_by("stream_kind", "stream_id", "-seq")
        .distinct("stream_kind", "stream_id")
        .values_list("stream_kind", "stream_id", "seq", "hash")
    )
    for kind, stream_id, seq, digest in rows.iterator(chunk_size=5000):
        yield kind, stream_id, seq, bytes(digest)


def leaf(kind: str, stream_id: uuid.UUID, seq: int, digest: bytes) -> bytes:
    """32 bytes that stand for one stream's state."""
    return hashlib.sha256(f"{kind}:{stream_id}:{seq}:".encode() + digest).digest()


def root_at(recorded_before: dt.datetime) -> tuple[int, bytes]:
    """(number of streams, Merkle root) of everything recorded before an instant."""
    leaves = [leaf(*head) for head in heads_until(recorded_before)]
    return len(leaves), merkle_root(leaves)


def end_of(day: dt.date) -> dt.datetime:
    """The instant at which a local day is over."""
    return timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time()))


def make(day: dt.date, *, county: str, now: dt.datetime) -> Checkpoint | None:
    """The checkpoint of a local day that is over; None when it is there already.

    Raises ValueError before the day's end, and StillWriting while an act that began in that day has not committed: it
    would be recorded inside the day but be missing from the root.
    """
    end = end_of(day)
    if now < end:
        raise ValueError(f"{day} is not over")
    if Checkpoint.objects.filter(day=day).exists():
        return None
    _refuse_unfinished(end)
    streams, root = root_at(end)
    row = Checkpoint(day=day, streams=streams, merkle_root=root, made_at=now)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:  # another worker was first
        return None
    export(row, county)
    return row


class StillWriting(RuntimeError):
    """A transaction from inside the day is still open; the job tries again."""


def _refuse_unfinished(end: dt.datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_xid IS NOT NULL AND xact_start < %s",
            [end],
        )
        (open_ones,) = cursor.fetchone()
    if open_ones:
        raise StillWriting(f"{open_ones} transactions are still open")


def export_file(county: str) -> Path:
    """Where a county's roots are written down outside the database."""
    return Path(settings.SANFUWU_DATA_DIR) / "checkpoints" / f"{county}.jsonl"


def export(row: Checkpoint, county: str) -> None:
    """Append one line to the county's file, on the disk when this returns."""
    path = export_file(county)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    line = {
        "county": county,
        "day": row.day.isoformat(),
        "streams": row.streams,
        "merkle_root": bytes(row.merkle_root).hex(),
        "made_at": row.made_at.astimezone(dt.UTC).isoformat(),
    }
    # O_APPEND: two workers cannot write into each other's line.
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "w", encoding="utf-8") as out:
        out.write(json.dumps(line) + "\n")
        out.flush()
        os.fsync(out.fileno())


def exported(county: str) -> dict[dt.date, str]:
    """Day → root in hex as written down; the first line of a day counts, a later one cannot replace it."""
    path = export_file(county)
    known: dict[dt.date, str] = {}
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            said = json.loads(line)
            known.setdefault(dt.date.fromisoformat(said["day"]), str(said["merkle_root"]))
    return known
