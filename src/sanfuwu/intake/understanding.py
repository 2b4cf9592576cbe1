"""From bytes to a proposal: which sheet, where its head is, what each column means, which source it is of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone

from sanfuwu.rules.masking import mask_numbers
from sanfuwu.territory.actor import Actor
from sanfuwu.territory.queries import unit_name

from . import columns, heads, keeping, lookups, values
from .columns import BY_KEY, IGNORE, Column
from .files import BadFile, Book, Sheet
from .heads import Head
from .models import ImportMapping, ImportRun
from .policies import may_import_history

MESSAGES = "留言"  # the source of message boxes, whose rows carry a 留言编号
SOURCE_MOST = 40


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a table is taken for. `remembered`: by the mapping of an earlier import."""

    sheet: str
    head: Head
    columns: tuple[Column, ...]
    source: str
    kind: str
    remembered: bool

    @property
    def mapping(self) -> dict[int, str]:
        return {column.at: column.key for column in self.columns}


def choose_sheet(book: Book, name: str | None = None) -> Sheet:
    """The named sheet, or the visible one whose head names most. Raises `BadFile` when none can be read."""
    if name is not None:
        return book.sheet(name)
    best: tuple[int, int, Sheet] | None = None
    trouble: BadFile | None = None
    for sheet in [s for s in book.sheets if not s.hidden] or book.sheets:
        try:
            head = heads.find(sheet)
        except BadFile as error:
            trouble = trouble or error
            continue
        score = (len({key for ways in head.ways if (key := columns.key_of(*ways))}), sheet.height)
        if best is None or score > best[:2]:
            best = (*score, sheet)
    if best is None:
        assert trouble is not None
        raise trouble
    return best[2]


def propose(
    book: Book,
    *,
    actor: Actor,
    now: dt.datetime,
    sheet_name: str | None = None,
    head_rows: tuple[int, int] | None = None,
    source: str = "",
) -> Proposal:
    """Raises `BadFile`."""
    sheet = choose_sheet(book, sheet_name)
    head = heads.read_at(sheet, *head_rows) if head_rows else heads.find(sheet)
    known = lookups.load(now)
    found = columns.propose(head.ways, head.sample, places=known.places, units=known.units)
    earlier = _remembered(head.signature, source)
    if earlier is not None:
        found = [_as_before(column, earlier.fields) for column in found]
    if not source:
        source = earlier.source if earlier is not None else _source(head, actor, now)
    replies = any(c.key == "reply" and c.samples for c in found)
    kind = "history" if replies and may_import_history(actor) else "live"
    return Proposal(sheet.name, head, tuple(found), source[:SOURCE_MOST], kind, earlier is not None)


def _remembered(signature: str, source: str) -> ImportMapping | None:
    rows = ImportMapping.objects.filter(signature=signature)
    if source:
        rows = rows.filter(source=source)
    return rows.order_by("-used_at").first()


def _as_before(column: Column, fields: Mapping[str, str]) -> Column:
    key = fields.get(f"{column.at}:{columns.plain(column.heading)}") or fields.get(columns.plain(column.heading))
    if not column.heading or key not in BY_KEY:
        return column
    return Column(column.at, column.heading, key or IGNORE, column.samples, "known")


def _source(head: Head, actor: Actor, now: dt.datetime) -> str:
    if any(columns.plain(heading).startswith(MESSAGES) for heading in head.headings):
        return MESSAGES
    return unit_name(actor.unit_id, timezone.localdate(now)) if actor.unit_id else "台账"


def remember(
    source: str, signature: str, headings: list[str], mapping: Mapping[int, str], kind: str, now: dt.datetime
) -> None:
    """Keep how the columns of this source were understood; twice the same heading is told apart by its place."""
    plain = [columns.plain(h) for h in headings]
    fields = {}
    for at, key in mapping.items():
        word = plain[at - 1] if at <= len(plain) else ""
        if word:
            fields[f"{at}:{word}" if plain.count(word) > 1 else word] = key
    ImportMapping.objects.update_or_create(
        source=source, signature=signature, defaults={"fields": fields, "kind": kind, "used_at": now}
    )


def samples(run: ImportRun) -> dict[int, tuple[str, ...]]:
    """{column: some of its cells} of a table whose columns are being chosen; telephones are masked."""
    if kept := keeping.get_samples(run):
        return kept
    book = keeping.get_book(run, run.sheet)  # it was uploaded before samples were kept
    if book is None:
        return {}
    return samples_of(heads.read_at(book.sheet(run.sheet), run.head_first, run.head_last))


def samples_of(head: Head) -> dict[int, tuple[str, ...]]:
    """The same of a head that was just read."""
    found: dict[int, tuple[str, ...]] = {}
    for at in range(1, len(head.headings) + 1):
        cells = (values.one_line(values.shown(row[at - 1])) for row in head.sample if at <= len(row))
        filled = [mask_numbers(cell)[:40] for cell in cells if cell]
        found[at] = tuple(dict.fromkeys(filled))[:3]
    return found
