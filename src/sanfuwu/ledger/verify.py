"""Verifying the ledger: every event's hash and link, gaps, the owners' present heads, notes, checkpoints.

Events are read in key order in batches, so that memory does not grow with the ledger.
"""

from __future__ import annotations

import hmac
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby, islice
from typing import Any

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
    heads = _verify_events(report)
    _verify_heads(report, heads)
    _verify_checkpoints(report, county)
    return report


def _verify_events(report: Report) -> dict[tuple[str, uuid.UUID], tuple[int, bytes]]:
    """Walks all chains; returns the last (seq, hash) of each stream."""
    heads: dict[tuple[str, uuid.UUID], tuple[int, bytes]] = {}
    ordered = Event.objects.order_by("stream_kind", "stream_id", "seq").iterator(chunk_size=_BATCH)
    told: dict[str, str] = {}
    for key, events in groupby(ordered, key=lambda e: (e.stream_kind, e.stream_id)):
        report.streams += 1
        place, previous = 0, chain.GENESIS
        for event in events:
            report.events += 1
            name = f"{event.stream_kind} {event.stream_id} event {event.seq}"
            if event.seq != place + 1:
                report.broken(f"{name}: {event.seq - place - 1} events are missing before it")
            elif bytes(event.prev_hash) != previous:
                report.broken(f"{name}: does not follow from the event before it")
            if link_of(event) != bytes(event.hash):
                report.broken(f"{name}: its content was changed")
            place, previous = event.seq, bytes(event.hash)
            told.update(event.payload.get("notes", {}))
        heads[key] = (place, previous)
        if len(told) >= _BATCH:
            _verify_notes(report, told)
            told = {}
    _verify_notes(report, told)
    return heads


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
    """Each owner's present row must stand at the last event of its stream, and each stream must have its owner."""
    for model in checkpoints.stream_models():
        kind = str(model.stream_kind)  # type: ignore[attr-defined]
        rows = model.objects.values_list("pk", "event_seq", "chain_head")  # type: ignore[attr-defined]
        for pk, seq, head in rows.iterator(chunk_size=_BATCH):
            last = heads.pop((kind, pk), None)
            if last is None:
                if seq:
                    report.broken(f"{kind} {pk}: all {seq} events are missing")
            elif last[0] != seq:
                report.broken(f"{kind} {pk}: its row stands at event {seq}, its last event is {last[0]}")
            elif last[1] != bytes(head):
                report.broken(f"{kind} {pk}: its row does not hold the hash of its last event")
    for kind, stream_id in heads:
        report.broken(f"{kind} {stream_id}: has events but no row")


def _verify_notes(report: Report, told: dict[str, str]) -> None:
    """Texts against the salted hashes that events hold; an erased one has nothing left to compare."""
    for batch in _batches(told.items(), _BATCH):
        wanted = dict(batch)
        rows = {str(note.pk): note for note in Note.objects.filter(pk__in=wanted)}
        for note_id, digest in wanted.items():
            note = rows.get(note_id)
            report.notes += 1
            if note is None:
                report.broken(f"note {note_id}: is missing")
            elif note.erased_at is not None:
                report.erased_notes += 1
            else:
                try:
                    text = decrypt(note.text_enc, note.pk, note.key_id)
                except Undecryptable as error:
                    report.broken(f"note {note_id}: cannot be read ({error})")
                    continue
                if not hmac.compare_digest(note_hash(bytes(note.salt), text), digest):
                    report.broken(f"note {note_id}: its text was changed")


def _verify_checkpoints(report: Report, county: str) -> None:
    """Roots computed again from the events, against the table and against what was exported."""
    written = checkpoints.exported(county)
    for row in Checkpoint.objects.order_by("day"):
        report.checkpoints += 1
        stored = bytes(row.merkle_root).hex()
        streams, root = checkpoints.root_at(checkpoints.end_of(row.day))
        if (streams, root) != (row.streams, bytes(row.merkle_root)):
            report.broken(
                f"checkpoint {row.day}: held {row.streams} streams with root {stored[:16]}…, "
                f"now {streams} with {root.hex()[:16]}…"
            )
        if (outside := written.pop(row.day, None)) is not None and outside != stored:
            report.broken(f"checkpoint {row.day}: differs from the exported one")
    for day in sorted(written):
        report.broken(f"checkpoint {day}: was exported and is missing from the database")


def _batches(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch
