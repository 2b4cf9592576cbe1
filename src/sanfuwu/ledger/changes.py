"""What an act wants to write: rows, present values and events, planned without touching the database.

A plan calls `insert` and `update` for rows and then `event`; each event takes with it, as its payload's `set`, every
replayed field that changed since the event before. Present rows and events can therefore not drift apart: replaying
the events gives the rows (house rule 4).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from operator import attrgetter
from typing import Any, TypeVar

from django.db import models

from .chain import plain
from .crypto import current_key_id, encrypt
from .fields import new_id
from .models import Note, OutboxMessage, Stream
from .rows import fresh

M = TypeVar("M", bound=models.Model)


@dataclass(slots=True)
class EventDraft:
    """An event before it has a place in its chain."""

    owner: Stream
    kind: str
    payload: dict[str, Any]
    happened_at: dt.datetime | None
    assignment_id: uuid.UUID | None = None
    corrects_seq: int | None = None
    origin: str = "live"
    request_id: str = ""


@dataclass(slots=True)
class Changes:
    """The whole of what one act (or one batch of acts) writes."""

    inserts: list[models.Model] = field(default_factory=list)
    updates: dict[int, tuple[models.Model, set[str]]] = field(default_factory=dict)
    events: list[EventDraft] = field(default_factory=list)
    after_write: list[Callable[[], None]] = field(default_factory=list)  # still inside the act's transaction
    request_id: str = ""  # of what is planned now, where several requests are written together
    _new: set[int] = field(default_factory=set)
    _set: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    _notes: dict[str, str] = field(default_factory=dict)

    def insert(self, row: M) -> M:
        """A new row. Its replayed fields go into the next event."""
        self.inserts.append(row)
        self._new.add(id(row))
        model = type(row)
        if hasattr(model, "replayed"):
            said = self._set.setdefault(model._meta.model_name or "", {}).setdefault(str(row.pk), {})
            names, defaults, values_of = _replayed(model)
            # What a new row has by default need not be told: `replay` starts from the same defaults.
            values = zip(names, defaults, values_of(row), strict=True)
            said |= {
                name: v if type(v) is str else plain(v)
                for name, default, v in values
                if v is not default and (default is None or v != default)
            }
        return row

    def update(self, row: models.Model, **values: Any) -> None:
        """New present values of a row; what does not change is not written."""
        for name, value in values.items():
            attname = _attname(type(row), name)
            if isinstance(value, models.Model):
                value = value.pk
            if getattr(row, attname) == value:
                continue
            setattr(row, attname, value)
            if id(row) not in self._new:
                self.updates.setdefault(id(row), (row, set()))[1].add(attname)
            if attname in getattr(row, "replayed", ()):
                self._remember(row, attname)

    def note(self, text: str, audience: str = Note.Audience.HANDLING) -> Note:
        """Free text, encrypted; the next event carries only its salted hash."""
        salt = os.urandom(16)
        note_id = new_id()
        key_id = current_key_id()
        row = fresh(
            Note, id=note_id, salt=salt, text_enc=encrypt(text, note_id, key_id), key_id=key_id, audience=audience
        )
        self.inserts.append(row)
        self._new.add(id(row))
        self._notes[str(note_id)] = note_hash(salt, text)
        return row

    def event(
        self,
        owner: Stream,
        kind: str,
        *,
        data: dict[str, Any] | None = None,
        happened_at: dt.datetime | None = None,
        assignment_id: uuid.UUID | None = None,
        corrects_seq: int | None = None,
        origin: str = "live",
    ) -> None:
        """Append one event to the stream of `owner`; `data` holds ids, codes and dates only."""
        payload: dict[str, Any] = {}
        if data:
            payload["data"] = plain(data)
        if self._set:
            payload["set"] = self._set
            self._set = {}
        if self._notes:
            payload["notes"] = self._notes
            self._notes = {}
        self.events.append(
            EventDraft(owner, kind, payload, happened_at, assignment_id, corrects_seq, origin, self.request_id)
        )

    def tell(self, topic: str, subject_id: uuid.UUID, now: dt.datetime, **payload: Any) -> None:
        """Something to be told outside, sent by a job after the commit (`ledger.tasks.send_outbox`)."""
        self.inserts.append(OutboxMessage(topic=topic, subject_id=subject_id, payload=plain(payload), created_at=now))

    def tell_all(self, row: models.Model) -> None:
        """Say every replayed value again: the first event of a row that is older than its stream."""
        for name in type(row).replayed:  # type: ignore[attr-defined]
            self._remember(row, name)

    def absorb(self, other: Changes) -> None:
        """Take over what was planned apart from these changes and is complete: every value has its event."""
        if other.unrecorded():
            raise RuntimeError("what is taken over must have its events")
        self.inserts += other.inserts
        self._new |= other._new
        for key, (row, names) in other.updates.items():
            self.updates.setdefault(key, (row, set()))[1].update(names)
        self.events += other.events
        self.after_write += other.after_write

    def is_new(self, row: models.Model) -> bool:
        """Whether the row is inserted by these changes."""
        return id(row) in self._new

    def unrecorded(self) -> dict[str, dict[str, dict[str, Any]]]:
        """Replayed values that no event has taken yet: must be empty at commit."""
        return self._set

    def _remember(self, row: models.Model, attname: str) -> None:
        rows = self._set.setdefault(row._meta.model_name or "", {})
        rows.setdefault(str(row.pk), {})[attname] = plain(getattr(row, attname))


@lru_cache(maxsize=512)
def _attname(model: type[models.Model], name: str) -> str:
    """The attribute that holds a field's value: `party` and `party_id` both are `party_id`."""
    return next(f.attname for f in model._meta.concrete_fields if name in (f.name, f.attname))


@lru_cache(maxsize=512)
def default_of(model: type[models.Model], attname: str) -> Any:
    """The value a field has when nobody says anything."""
    field_ = next(f for f in model._meta.concrete_fields if f.attname == attname)
    value = field_.get_default()
    return tuple(value) if isinstance(value, list) else value


@lru_cache(maxsize=128)
def _replayed(model: type[models.Model]) -> tuple[tuple[str, ...], tuple[Any, ...], Callable[[Any], tuple[Any, ...]]]:
    """(replayed fields, their defaults, what reads them), worked out once for each model."""
    names: tuple[str, ...] = tuple(model.replayed)  # type: ignore[attr-defined]
    if len(names) < 2:  # attrgetter gives a tuple of two and more only
        return names, tuple(default_of(model, n) for n in names), lambda row: tuple(getattr(row, n) for n in names)
    return names, tuple(default_of(model, name) for name in names), attrgetter(*names)


def note_hash(salt: bytes, text: str) -> str:
    """sha256(salt‖text) in hex: all that an event keeps of a text."""
    return hashlib.sha256(salt + text.encode()).hexdigest()
