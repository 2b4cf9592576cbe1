"""Many acts written in one transaction: `with together():` (ADR 0022).

Inside it every act is asked, planned and chained as always, by its own actor at its own moment; only the writing waits
until `settle()` or the end. The rows are then written once, in their last state, by COPY. For programs that replay a
long course of work (the demonstration, a migration of records); a page and the API never use it, since nobody may be
told that something is done before it is written.

What is not written yet cannot be read from the database. Whatever an action reads of what acts before it may have
written therefore goes through `unwritten` (rows of one model), the snapshots that `problems.snapshot` keeps, or calls
`settle()` first; a test plays the same course both ways and compares them, event for event.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from django.db import models, transaction
from django.utils.translation import gettext as _

from . import writer
from .changes import Changes
from .errors import StaleVersion
from .models import Event

M = TypeVar("M", bound=models.Model)
T = TypeVar("T")


@dataclass(slots=True)
class Book:
    """What acts want to write. One act alone has a book of its own that is written at once (`commit`)."""

    inserts: list[models.Model] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    updates: dict[int, tuple[models.Model, set[str], int | None]] = field(default_factory=dict)
    after_write: list[Callable[[], None]] = field(default_factory=list)
    before_write: dict[str, Callable[[Changes], None]] = field(default_factory=dict)  # planned once, by name
    kept: dict[UUID, Any] = field(default_factory=dict)  # snapshots, as the acts before left them
    known: dict[type[models.Model], dict[Any, Any]] = field(default_factory=dict)  # read once (`once`)
    drawn: dict[str, list[int]] = field(default_factory=dict)  # numbers of sequences, not used yet
    spoiled: bool = False  # an act failed half-way: what is in memory is no longer what was asked for
    _new: set[int] = field(default_factory=set)
    _waiting: dict[type[models.Model], list[Any]] = field(default_factory=dict)

    def enter(self, changes: Changes, events: list[Event], guards: dict[int, int]) -> None:
        """Take over what one act planned. `guards`: the version a changed owner (by `id`) must still have."""
        self.inserts += changes.inserts
        for row in changes.inserts:
            self._waiting.setdefault(type(row), []).append(row)
        self._new |= {id(row) for row in changes.inserts}
        self.events += events
        for key, (row, names) in changes.updates.items():
            if key in self._new:
                continue  # it is inserted as it is by now
            _row, known, guard = self.updates.get(key, (row, set(), guards.get(key)))
            self.updates[key] = (row, known | names, guard)
        self.after_write += changes.after_write
        for changed, _names in changes.updates.values():
            self.known.pop(type(changed), None)

    def write(self) -> None:
        """Everything entered so far; inside the caller's transaction."""
        if self.spoiled:
            raise RuntimeError("an act of this book failed: nothing of it can be written")
        planned, self.before_write = self.before_write, {}
        for plan in planned.values():
            changes = Changes()
            plan(changes)
            self.enter(changes, [], {})
        updates = list(self.updates.values())
        met = writer.write([*self.inserts, *self.events], updates)
        for (_row, _names, version), count in zip(updates, met, strict=True):
            if version is not None and count != 1:
                raise StaleVersion(
                    _("Somebody else acted on this at the same moment. Reload and look at what changed.")
                )
        steps = self.after_write
        self.inserts, self.events, self.updates, self.after_write = [], [], {}, []
        for model in self._waiting:
            self.known.pop(model, None)
        self._new, self._waiting = set(), {}
        for step in steps:
            step()

    def unwritten(self, model: type[M]) -> list[M]:
        """Rows of a model that wait to be inserted."""
        return self._waiting.get(model, [])


_open: ContextVar[Book | None] = ContextVar("sanfuwu_book", default=None)


def open_book() -> Book | None:
    """The book into which the acts of this moment go; None: each is written at once."""
    return _open.get()


@contextlib.contextmanager
def together() -> Iterator[Book]:
    """All acts inside are one transaction and are written when it ends; an error takes all of them back."""
    if _open.get() is not None:
        raise RuntimeError("a book is open already")
    book = Book()
    with transaction.atomic():
        token = _open.set(book)
        try:
            yield book
            book.write()
        finally:
            _open.reset(token)


def settle() -> None:
    """Write what waits, so that a statement after this finds it. Nothing to do where no book is open."""
    if (book := _open.get()) is not None:
        book.write()


def unwritten(model: type[M]) -> list[M]:
    """Rows of a model that wait in an open book."""
    book = _open.get()
    return book.unwritten(model) if book is not None else []


def once(model: type[models.Model], key: Any, read: Callable[[], T]) -> T:
    """What `read` says about rows of `model`: asked again only when an act of the open book has changed such a row, or
    when new ones were written (until then `unwritten` has them). Without a book it is asked every time."""
    book = _open.get()
    if book is None:
        return read()
    known = book.known.setdefault(model, {})
    if key not in known:
        known[key] = read()
    found: T = known[key]
    return found


@contextlib.contextmanager
def atomically() -> Iterator[None]:
    """The transaction of one act: its own, or the open book's, which a failing act spoils."""
    book = _open.get()
    if book is None:
        with transaction.atomic():
            yield
        return
    try:
        yield
    except BaseException:
        book.spoiled = True
        raise
