"""Making the file of an export: here while somebody waits, or in a job with a page that shows how far it is."""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from sanfuwu.counties.queries import county_name
from sanfuwu.ledger.errors import ActionError
from sanfuwu.territory.actor import SYSTEM, Actor
from sanfuwu.territory.queries import load_actor, post_labels

from . import files
from .ledgers import csv_file, reading, recipe, xlsx_file
from .ledgers.columns import FORMS, Column
from .ledgers.marks import Marks
from .models import Export, Ledger
from .papers.batch import write_orders
from .queries import asked_for, columns_of, request_of

log = logging.getLogger("sanfuwu.documents")
KEPT = dt.timedelta(days=1)
_TELL_SECONDS = 1.0
Told = Callable[[int, int], None]  # problems and lines written so far


class Cancelled(Exception):
    """Whoever asked for it does without."""


def write(
    export: Export, target: Path | files.Sealing, *, actor: Actor, now: dt.datetime, beside: bool, told: Told
) -> None:
    """Write the file of an export in clear, or a .csv into what seals it, and its counts into the row (unsaved).

    `beside`: rows are read in further processes, on connections of their own.
    """
    cmd = request_of(export)
    if export.what == Export.What.ORDERS:
        assert isinstance(target, Path)
        export.done = export.rows = write_orders(target, cmd, actor=actor, now=now, told=told)
        export.file_name = f"{county_name()}交办单-{timezone.localtime(now):%Y%m%d}-{export.pk.hex[-8:]}.zip"
        return
    columns = columns_of(export.what)
    marks = Marks(FORMS[export.what].title, county_name(), who(actor, now), now, export.pk)
    made = recipe.make(export.what, columns, actor, now)
    as_csv = export.format == "csv"
    asked = asked_for(cmd, actor)
    if beside:
        chunks = reading.beside(made, asked, as_csv=as_csv, lines_are_problems=export.what != Ledger.TASKS)
    else:
        chunks = reading.here(made, asked, as_csv=as_csv)
    export.done = export.rows = 0
    for problems, lines in _written(target, columns, marks, chunks, as_csv=as_csv):
        export.done += problems
        export.rows += lines
        told(export.done, export.rows)
    export.file_name = f"{marks.file_name}.{export.format}"


def _written(
    target: Path | files.Sealing,
    columns: tuple[Column, ...],
    marks: Marks,
    chunks: Iterator[reading.Chunk],
    *,
    as_csv: bool,
) -> Iterator[tuple[int, int]]:
    headings = [column.heading for column in columns]
    if isinstance(target, files.Sealing):
        yield from csv_file.write(target, headings, marks, chunks)
    elif as_csv:
        with target.open("wb") as out:
            yield from csv_file.write(out, headings, marks, chunks)
    else:
        yield from xlsx_file.write(target, columns, marks, chunks)


def who(actor: Actor, now: dt.datetime) -> str:
    """Unit, post and name of whoever takes it out."""
    posts = [post for post in (actor.post_id, actor.on_behalf_of) if post is not None]
    labels = post_labels(posts, timezone.localdate(now))
    own = " ".join(part for part in labels.get(actor.post_id, ()) if part) if actor.post_id else ""
    if actor.on_behalf_of and actor.on_behalf_of in labels:
        own += f"（代 {' '.join(part for part in labels[actor.on_behalf_of] if part)}）"
    return own or "系统"


def make(export_id: UUID, *, clock: Callable[[], dt.datetime]) -> None:
    """The job: claim the export, write its file, seal it. What goes wrong is said on the export's page."""
    now = clock()
    waiting = Export.objects.filter(pk=export_id, state=Export.State.WAITING)
    if not waiting.update(state=Export.State.RUNNING, started_at=now):
        return  # cancelled before it began, or claimed already
    export = Export.objects.get(pk=export_id)
    try:
        actor = _actor_of(export, now)
        _write_sealed(export, actor)
        _end(export, Export.State.DONE, clock())
    except Cancelled:
        files.remove(export.pk)
    except ActionError as error:
        export.trouble = error.message[:300]
        _end(export, Export.State.FAILED, clock())
    except Exception:
        log.exception("export %s", export.pk)
        export.trouble = _("Something went wrong while the file was made; it was noted. Ask for it once more.")
        _end(export, Export.State.FAILED, clock())


def _write_sealed(export: Export, actor: Actor) -> None:
    """A .csv is sealed while it is written; a package of parts is put together first."""
    told = _telling(export)
    if export.format == "csv":
        with files.sealing(export.pk, export.key_id) as out:
            write(export, out, actor=actor, now=export.created_at, beside=True, told=told)
        export.bytes = out.bytes
        return
    with files.workplace() as place:
        path = place / "file"
        write(export, path, actor=actor, now=export.created_at, beside=True, told=told)
        export.bytes = path.stat().st_size
        files.seal(path, export.pk, export.key_id)


def _actor_of(export: Export, now: dt.datetime) -> Actor:
    """Whoever asked, with the rights he has now: a post that has ended takes nothing out any more."""
    if export.post_id is None:
        return SYSTEM
    return load_actor(export.post_id, account_id=export.account_id, now=now, on_behalf_of=export.on_behalf_of)


def _telling(export: Export) -> Told:
    """Says how far it is, once a second, and notices that it was cancelled."""
    last = time.monotonic()

    def told(problems: int, lines: int) -> None:
        nonlocal last
        if time.monotonic() - last < _TELL_SECONDS:
            return
        last = time.monotonic()
        running = Export.objects.filter(pk=export.pk, state=Export.State.RUNNING)
        if not running.update(done=problems, rows=lines):
            raise Cancelled

    return told


def _end(export: Export, state: Export.State, now: dt.datetime) -> None:
    """The last word, unless it was cancelled meanwhile."""
    changed = Export.objects.filter(pk=export.pk, state=Export.State.RUNNING).update(
        state=state,
        done=export.done,
        rows=export.rows,
        bytes=export.bytes,
        file_name=export.file_name,
        trouble=export.trouble,
        finished_at=now,
        expires_at=now + KEPT if state == Export.State.DONE else None,
    )
    if not changed:
        files.remove(export.pk)


def expire(*, now: dt.datetime) -> int:
    """Take away files whose day is over, and end exports whose job died; returns how many."""
    over = list(Export.objects.filter(state=Export.State.DONE, expires_at__lte=now).values_list("pk", flat=True))
    for pk in over:
        files.remove(pk)
    Export.objects.filter(pk__in=over).update(state=Export.State.EXPIRED)
    unfinished = (Export.State.WAITING, Export.State.RUNNING)
    stuck = Export.objects.filter(state__in=unfinished, created_at__lte=now - KEPT)
    lost = stuck.update(
        state=Export.State.FAILED, finished_at=now, trouble=_("It was broken off; ask for it once more.")
    )
    files.remove_leftovers(time.time() - KEPT.total_seconds())
    return len(over) + lost
