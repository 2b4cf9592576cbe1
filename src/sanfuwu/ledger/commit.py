"""`commit`: the one place where planned changes become rows and events, inside one transaction."""

from __future__ import annotations

import datetime as dt
from typing import Any, Protocol
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from . import chain
from .changes import Changes, EventDraft
from .errors import NotAllowed
from .models import Event, OutboxMessage, Stream
from .rows import fresh
from .together import Book, open_book

TRAINING = "training"  # origin of a stream that never counts, and of each of its events


class ActsAs(Protocol):
    """What the ledger needs to know of an actor (`territory.actor.Actor`)."""

    @property
    def post_id(self) -> UUID | None: ...
    @property
    def on_behalf_of(self) -> UUID | None: ...


def commit(changes: Changes, *, actor: ActsAs, now: dt.datetime, request_id: str = "") -> list[Event]:
    """Write rows, append events to their chains, bump versions. Must run inside `transaction.atomic()`.

    With an open book (`ledger.together`) the writing waits until the book is written.

    Raises `StaleVersion` when somebody else changed an owner since it was read. Returns the events written.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("commit() needs the act's transaction")
    if changes.unrecorded():
        raise RuntimeError(f"no event records {sorted(changes.unrecorded())}")
    if getattr(actor, "training", False):
        _keep_apart(changes)
    read_version = {id(d.owner): d.owner.version for d in changes.events}
    events = [_append(draft, actor, now, request_id) for draft in changes.events]
    owners: dict[int, Stream] = {id(d.owner): d.owner for d in changes.events}
    for key, owner in owners.items():
        owner.version += 1
        if not changes.is_new(owner):
            _row, names = changes.updates.setdefault(key, (owner, set()))
            names |= {"version", "event_seq", "chain_head"}
    book = open_book()
    if book is not None:  # several acts are written together
        book.enter(changes, events, read_version)
    else:
        book = Book()
        book.enter(changes, events, read_version)
        book.write()
    return events


def _keep_apart(changes: Changes) -> None:
    """Training touches only what was registered in training, and tells nobody outside."""
    if any(getattr(draft.owner, "origin", "") != TRAINING for draft in changes.events):
        raise NotAllowed(_("This is not possible in training: it would change real records."), code="training")
    changes.inserts = [row for row in changes.inserts if not isinstance(row, OutboxMessage)]


def _append(draft: EventDraft, actor: ActsAs, now: dt.datetime, request_id: str) -> Event:
    owner = draft.owner
    owner.event_seq += 1
    stream_kind = type(owner).stream_kind
    said: dict[str, Any] = {
        "stream_kind": stream_kind,
        "stream_id": owner.pk,
        "seq": owner.event_seq,
        "kind": draft.kind,
        "schema_v": 1,
        "happened_at": draft.happened_at or now,
        "recorded_at": now,
        "actor_post": actor.post_id,
        "on_behalf_of": actor.on_behalf_of,
        "assignment_id": draft.assignment_id,
        "payload": draft.payload,
        "corrects_seq": draft.corrects_seq,
        "origin": TRAINING if getattr(owner, "origin", "") == TRAINING else draft.origin,
        "request_id": draft.request_id or request_id,
    }
    prev = bytes(owner.chain_head) or chain.GENESIS
    digest = chain.link(prev_hash=prev, **said)
    owner.chain_head = digest
    return fresh(Event, **said, prev_hash=prev, hash=digest)
