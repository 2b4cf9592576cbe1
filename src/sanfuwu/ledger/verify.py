"""Verifying the ledger: every event's hash and link, gaps, the owners' present heads, notes, checkpoints.

Events are read in key order in batches, so that memory does not grow with the ledger.
"""

from __future__ import annotations

import contextlib
import hmac
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby, islice
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from . import chain, checkpoints
from .changes import note_hash
from .crypto import Undecryptable, decrypt
from .models import Checkpoint, Event, Note

_BATCH = 2000
_SHOWN = 200  # breaks kept in words; beyond that only counted


@dataclass(slots=True)
class Report:
    """What was looked at and what is broken, in words that hold ids only."""

    events: int = 0
    streams: int = 0
    notes: int = 0
    erased_notes: int = 0
    checkpoints: int = 0
    breaks: int = 0
    shown: list[str] = field(default_factory=list)

    def broken(self, line: str) -> None:
        self.breaks += 1
        if len(self.shown) < _SHOWN:
            self.shown.append(line)


def verify(county: str) -> Report:
    """Verify the ledger of the current county; `county` is its schema, under which roots were exported."""
    report = Report()
    with _snapshot():
        _verify_events(report)
        _verify_owners(report)
        _verify_checkpoints(report, county)
    return report


@contextlib.contextmanager
def _snapshot() -> Iterator[None]:
    """Everything is read as of one instant: acts that commit meanwhile must not look like breaks."""
    nested = connection.in_atomic_block
    with transaction.atomic():
        if not nested:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _verify_events(report: Report) -> None:
    """Walks all chains in key order; what it knows of rows and texts is compared and forgotten batch by batch."""
    ordered = Event.objects.order_by("stream_kind", "stream_id", "seq").iterator(chunk_size=_BATCH)
    heads: dict[tuple[str, uuid.UUID], tuple[int, bytes]] = {}
    told: dict[str, str] = {}
    for key, events in groupby(ordered, key=lambda e: (e.stream_kind, e.stream_id)):
        report.streams += 1
        place, previous = 0, chain.GENESIS
        for event in events:
            report.events += 1
            if event.seq != place + 1:
                report.broken(
                    _("%(name)s: %(count)d events are missing before it")
                    % {"name": _name(event), "count": event.seq - place - 1}
                )
            elif bytes(event.prev_hash) != previous:
                report.broken(_("%(name)s: does not follow from the event before it") % {"name": _name(event)})
            if link_of(event) != bytes(event.hash):
                report.broken(_("%(name)s: its content was changed") % {"name": _name(event)})
            place, previous = event.seq, bytes(event.hash)
            told.update(event.payload.get("notes", {}))
        heads[key] = (place, previous)
        if len(heads) >= _BATCH:
            _verify_heads(report, heads)
            heads = {}
        if len(told) >= _BATCH:
            _verify_notes(report, told)
            told = {}
    _verify_heads(report, heads)
    _verify_notes(report, told)


def _name(event: Event) -> str:
    return _("%(stream)s event %(seq)d") % {"stream": f"{event.stream_kind} {event.stream_id}", "seq": event.seq}


def link_of(event: Event) -> bytes:
    """The hash that an event must have, by what it says."""
    return chain.link(
        prev_hash=bytes(event.prev_hash),
        stream_kind=event.stream_kind,
        stream_id=event.stream_id,
        seq=event.seq,
        kind=event.kind,
        schema_v=event.schema_v,
        happened_at=event.happened_at,
        recorded_at=event.recorded_at,
        actor_post=event.actor_post,
        on_behalf_of=event.on_behalf_of,
        assignment_id=event.assignment_id,
        payload=event.payload,
        corrects_seq=event.corrects_seq,
        origin=event.origin,
        request_id=event.request_id,
    )


def _verify_heads(report: Report, heads: dict[tuple[str, uuid.UUID], tuple[int, bytes]]) -> None:
    """Each stream must have its owner, whose present row stands at the stream's last event."""
    models: dict[str, Any] = {str(m.stream_kind): m for m in checkpoints.stream_models()}
    for kind, keys in groupby(sorted(heads), key=lambda key: key[0]):
        ids = [stream_id for _kind, stream_id in keys]
        rows: dict[uuid.UUID, tuple[int, bytes]] = {}
        if kind in models:
            found = models[kind].objects.filter(pk__in=ids).values_list("pk", "event_seq", "chain_head")
            rows = {pk: (seq, bytes(head)) for pk, seq, head in found}
        for stream_id in ids:
            last, row = heads[kind, stream_id], rows.get(stream_id)
            if row is None:
                report.broken(_("%(name)s: has events but no row") % {"name": f"{kind} {stream_id}"})
            elif row[0] != last[0]:
                told = _("%(name)s: its row stands at event %(row)d, its last event is %(last)d")
                report.broken(told % {"name": f"{kind} {stream_id}", "row": row[0], "last": last[0]})
            elif row[1] != last[1]:
                told = _("%(name)s: its row does not hold the hash of its last event")
                report.broken(told % {"name": f"{kind} {stream_id}"})


def _verify_owners(report: Report) -> None:
    """Rows that have had events and have none now."""
    for model in checkpoints.stream_models():
        kind = str(model.stream_kind)
        events = Event.objects.filter(stream_kind=kind, stream_id=OuterRef("pk"))
        rows: Any = model.objects.filter(~Exists(events), event_seq__gt=0)  # type: ignore[attr-defined]
        for pk, seq in rows.values_list("pk", "event_seq").iterator(chunk_size=_BATCH):
            report.broken(_("%(name)s: all %(count)d events are missing") % {"name": f"{kind} {pk}", "count": seq})


def _verify_notes(report: Report, told: dict[str, str]) -> None:
    """Texts against the salted hashes that events hold; an erased one has nothing left to compare."""
    for batch in _batches(told.items(), _BATCH):
        wanted = dict(batch)
        rows = {str(note.pk): note for note in Note.objects.filter(pk__in=wanted)}
        for note_id, digest in wanted.items():
            note = rows.get(note_id)
            report.notes += 1
            if note is None:
                report.broken(_("note %(id)s: is missing") % {"id": note_id})
            elif note.erased_at is not None:
                report.erased_notes += 1
            else:
                try:
                    text = decrypt(note.text_enc, note.pk, note.key_id)
                except Undecryptable as error:
                    report.broken(_("note %(id)s: cannot be read (%(error)s)") % {"id": note_id, "error": error})
                    continue
                if not hmac.compare_digest(note_hash(bytes(note.salt), text), digest):
                    report.broken(_("note %(id)s: its text was changed") % {"id": note_id})


def _verify_checkpoints(report: Report, county: str) -> None:
    """Roots computed again from the events, against the table and against what was exported."""
    written = checkpoints.exported(county)
    for row in Checkpoint.objects.order_by("day"):
        report.checkpoints += 1
        stored = bytes(row.merkle_root).hex()
        streams, root = checkpoints.root_at(checkpoints.end_of(row.day))
        if (streams, root) != (row.streams, bytes(row.merkle_root)):
            report.broken(
                _("checkpoint %(day)s: held %(held)d streams with root %(root)s…, now %(now)d with %(found)s…")
                % {
                    "day": row.day,
                    "held": row.streams,
                    "root": stored[:16],
                    "now": streams,
                    "found": root.hex()[:16],
                }
            )
        if (outside := written.pop(row.day, None)) is not None and outside != stored:
            report.broken(_("checkpoint %(day)s: differs from the exported one") % {"day": row.day})
    for day in sorted(written):
        report.broken(_("checkpoint %(day)s: was exported and is missing from the database") % {"day": day})


def _batches(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch
