"""Remembering what rarely changes, in every process, without ever serving what another process has replaced.

Each topic has one random mark in a table of a handful of rows. An action that changes the topic writes a new mark in
its own transaction; a reader compares the mark it remembers with the table's and reads again when they differ. The
table is looked at once per web request, and at each use outside of one (imports, jobs, commands): a change made in one
process is therefore seen by the next request of every other one, and a page is never put together of two states.
A random mark, not a counter: what a rolled-back transaction wrote can never come back under the same mark.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from threading import local
from typing import Any, TypeVar
from uuid import UUID, uuid4

from django.core.signals import request_finished, request_started

from sanfuwu.counties.schema import current_schema
from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.reader import ask
from sanfuwu.ledger.together import once

from .models import Stamp

T = TypeVar("T")

_kept: dict[tuple[str, str], tuple[UUID | None, Any]] = {}


class _Here(local):
    """The marks as this thread's request found them, by county; None outside of a request."""

    marks: dict[str, dict[str, UUID]] | None = None


_here = _Here()


def current(topic: str, read: Callable[[], T]) -> T:
    """What `read` gives, remembered until the topic changes. `read` must depend on the county and the topic alone."""
    schema = current_schema()
    mark = _marks(schema).get(topic)
    known = _kept.get((schema, topic))
    if known is None or known[0] != mark:
        known = (mark, read())
        _kept[schema, topic] = known
    value: T = known[1]
    return value


def touch(changes: Changes, topic: str) -> None:
    """Give the topic a new mark in the act's transaction; the row is made at the first change."""

    def write() -> None:
        Stamp.objects.update_or_create(topic=topic, defaults={"stamp": uuid4()})
        if _here.marks is not None:
            _here.marks.pop(current_schema(), None)

    changes.after_write.append(write)


def forget() -> None:
    """Empty the process's memory, and this thread's of a request that began and never ended (tests)."""
    _kept.clear()
    _here.marks = None


def _marks(schema: str) -> dict[str, UUID]:
    seen = _here.marks
    if seen is not None and schema in seen:
        return seen[schema]
    found = once(Stamp, schema, _ask)  # acts that are written together look at them once, too
    if seen is not None:
        seen[schema] = found
    return found


def _ask() -> dict[str, UUID]:
    return dict(ask("SELECT topic, stamp FROM reference_stamp"))


@contextlib.contextmanager
def looked_at_once() -> Iterator[None]:
    """The table is looked at once for all that happens inside: a batch outside of a request."""
    if _here.marks is not None:
        yield
        return
    _here.marks = {}
    try:
        yield
    finally:
        _here.marks = None


def _begin(**_said: object) -> None:
    _here.marks = {}


def _end(**_said: object) -> None:
    _here.marks = None


request_started.connect(_begin, dispatch_uid="reference.stamps.begin")
request_finished.connect(_end, dispatch_uid="reference.stamps.end")
