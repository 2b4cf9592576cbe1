"""A run's table, opened: its rows as drafts, each with the row that it repeats, and whose right it is read by."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from sanfuwu.ledger.errors import InvalidInput, NotAllowed
from sanfuwu.territory.actor import SYSTEM, Actor
from sanfuwu.territory.queries import load_actor

from . import keeping, lookups, policies
from .drafts import Draft, Reader
from .lines import Lines, of_sheet, pack
from .models import ImportRun
from .seen import Seen
from .writing import stretches


@dataclass(slots=True)
class Table:
    """Rows come in their order, because a row may repeat one before it."""

    run: ImportRun
    actor: Actor
    reader: Reader
    lines: Lines
    seen: Seen

    def drafts(self, at: int = 0, end: int | None = None) -> Iterator[tuple[Draft, int, Sequence[Any]]]:
        """(row, the row it repeats or 0, its cells) for the rows from `at` to before `end`, or for all."""
        for line in self.lines.between(at, len(self.lines) if end is None else end):
            draft = self.reader.read(line)
            yield draft, self.seen.place(draft), line.cells

    def missing(self, size: int) -> Iterator[tuple[int, list[tuple[Draft, int, Sequence[Any]]]]]:
        """(how many rows come before, at most `size` rows) for each stretch that is not written yet."""
        for at, end, written in stretches(self.run, len(self.lines), size):
            if written:
                self._pass_over(at, end)
            else:
                yield at, list(self.drafts(at, end))

    def _pass_over(self, at: int, end: int) -> None:
        """Rows that are written, as far as those after them may repeat them."""
        for n, line in enumerate(self.lines.between(at, end), start=at):
            source, ref, _own = self.reader.reference(line.cells)
            if ref is None:
                self.seen.place(self.reader.read(line))
            else:
                self.seen.passed_over(source, ref, line.row, n)


def open_table(run: ImportRun, now: dt.datetime) -> Table:
    """Raises ActionError or BadFile."""
    actor = actor_of(run, now)
    if not policies.may_import(actor):
        raise NotAllowed(_("Your post may not import."))
    lines = _laid_out(run)
    headings = {n: str(heading) for n, heading in enumerate(run.headings, start=1)}
    mapping = {int(at): str(key) for at, key in run.mapping.items()}
    reader = Reader(
        source=run.source,
        mapping=mapping,
        headings=headings,
        known=lookups.load(now),
        history=run.kind == ImportRun.Kind.HISTORY,
        place=actor.place.ljust(12, "0") if actor.place else "",
        proposes=policies.may_propose(actor),
    )
    ref = next((at for at, key in mapping.items() if key == "ref"), 0)
    seen = Seen(lambda at: reader.read(lines[at]).digest, ref, headings.get(ref, ""))
    return Table(run, actor, reader, lines, seen)


def _laid_out(run: ImportRun) -> Lines:
    """The table's rows, laid out now if nobody has done so. Raises InvalidInput or BadFile."""
    if (lines := keeping.get_lines(run)) is not None:
        return lines
    book = keeping.get_book(run, run.sheet)
    if book is None:
        raise InvalidInput(_("The file is no longer here. Upload it again."))
    pieces = list(pack(of_sheet(book.sheet(run.sheet), run.head_last)))
    with transaction.atomic():
        # Meanwhile it may have been cancelled, or given to another worker and another sheet chosen.
        same = ImportRun.objects.filter(pk=run.pk, state=run.state, started_at=run.started_at)
        if same.select_for_update(no_key=True).exists():
            keeping.put_lines(run, pieces)
    return Lines(pieces)


def actor_of(run: ImportRun, now: dt.datetime) -> Actor:
    """Who uploaded it, in the post he did it in. Raises NotAllowed when he does not serve there any more."""
    if run.post_id is None:
        return SYSTEM
    return serving(run.post_id, run.own_post, run.account_id, now)


def serving(post: UUID, own: UUID | None, account: UUID | None, now: dt.datetime) -> Actor:
    """Who served in `post` then, himself or for another (`own` is the post he has), as he serves now."""
    own = own or post
    return load_actor(own, account_id=account, on_behalf_of=post if post != own else None, now=now)
