"""Where the table begins: title lines above it, a head of one line or of two, merged cells in the head."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from django.utils.translation import gettext as _

from . import columns, values
from .files import BadFile, Sheet
from .files.book import Cell, Row

LOOKED_AT = 30  # rows from the top in which the head must be
SAMPLE = 200  # rows below it that are looked at


@dataclass(frozen=True, slots=True)
class Head:
    """Rows `first` to `last` (from 1) are the head; `ways` are, for each column, the ways to read its heading, the
    fullest last. `sample` are the first rows of the table."""

    first: int
    last: int
    ways: tuple[tuple[str, ...], ...]
    sample: tuple[tuple[Cell, ...], ...]

    @property
    def headings(self) -> tuple[str, ...]:
        """As they are shown."""
        return tuple(way[-1] if way else "" for way in self.ways)

    @property
    def signature(self) -> str:
        """Equal for tables with the same headings, in whatever order: by it a mapping is remembered."""
        words = sorted(columns.plain(h) for h in self.headings if h)
        return hashlib.blake2s("\n".join(words).encode(), digest_size=16).hexdigest()


def find(sheet: Sheet) -> Head:
    """The head of a sheet. Raises `BadFile` when there is nothing to read, or nothing below the head."""
    top = list(islice(sheet.rows(), LOOKED_AT + SAMPLE))
    filled = [(number, cells) for number, cells in top if _filled(cells)]
    if not filled:
        raise BadFile("no_rows", _("The sheet “%(name)s” is empty.") % {"name": sheet.said})
    known = [(_known(cells), number, cells) for number, cells in filled if number <= filled[0][0] + LOOKED_AT]
    best = max(known, key=lambda one: (one[0], -one[1]))
    first = best[1] if best[0] >= 2 or (best[0] == 1 and _one_column(filled)) else _unknown_head(filled, sheet)
    rows = dict(top)
    last = _second_line(rows, first, sheet)
    if last == first and (above := _line_above(rows, first, sheet)):
        first = above
    width = max((len(cells) for _n, cells in filled), default=0)
    while width and not any(n < len(cells) and values.shown(cells[n]) for _n, cells in filled for n in (width - 1,)):
        width -= 1
    ways = _ways(rows, first, last, width, sheet)
    below = tuple(tuple(cells) for number, cells in filled if number > last)[:SAMPLE]
    if not below and not any(_filled(cells) for number, cells in sheet.rows() if number > last):
        raise BadFile(
            "head_only",
            _("The sheet “%(name)s” has a head in row %(row)d and nothing below it.")
            % {"name": sheet.said, "row": last},
        )
    return Head(first, last, ways, below)


def read_at(sheet: Sheet, first: int, last: int) -> Head:
    """The head where a person says it is."""
    top = dict(islice(sheet.rows(), last + SAMPLE))
    width = max((len(cells) for cells in top.values()), default=0)
    below = tuple(tuple(cells) for number, cells in top.items() if number > last and _filled(cells))
    return Head(first, last, _ways(top, first, last, width, sheet), below)


def _filled(cells: Sequence[Cell]) -> int:
    return sum(1 for cell in cells if cell != "" and values.shown(cell))


def _known(cells: Sequence[Cell]) -> int:
    """How many different fields this row would name."""
    return len({key for cell in cells if isinstance(cell, str) and cell and (key := columns.key_of(cell))})


def _one_column(filled: Sequence[Row]) -> bool:
    return all(_filled(cells) <= 2 for _n, cells in filled[:20])


def _unknown_head(filled: Sequence[Row], sheet: Sheet) -> int:
    """No heading is known: the first row that is as wide as the table and holds short texts only."""
    widest = max(_filled(cells) for _n, cells in filled[: LOOKED_AT + 20])
    for number, cells in filled[:LOOKED_AT]:
        said = [cell for cell in cells if values.shown(cell)]
        if len(said) * 10 >= widest * 7 and all(isinstance(c, str) and len(c) <= 20 for c in said):
            return number
    raise BadFile(
        "no_head",
        _(
            "The sheet “%(name)s” has no head: above the first row of the table there must "
            "be one that names the columns "
            "(for example 编号, 问题描述, 联系人)."
        )
        % {"name": sheet.said},
    )


def _second_line(rows: dict[int, list[Cell]], first: int, sheet: Sheet) -> int:
    """The row below also belongs to the head where it names parts of what is merged above, or fills its gaps."""
    below = rows.get(first + 1)
    if below is None:
        return first
    over = [(a, b) for (a, b) in sheet.merged if a[0] == first]
    wide = any(b[1] > a[1] for a, b in over)
    tall = any(b[0] > first for _a, b in over)
    said = [cell for cell in below if values.shown(cell)]
    short = bool(said) and all(isinstance(cell, str) and len(cell) <= 20 for cell in said)
    if short and (wide or tall or _gaps(rows[first], below)) and (_known(below) >= 1 or wide):
        return first + 1
    return first


def _line_above(rows: dict[int, list[Cell]], first: int, sheet: Sheet) -> int | None:
    """The known headings stand in the lower line: the upper one names groups of columns, and is not a title."""
    above = rows.get(first - 1)
    if above is None:
        return None
    wide = [(a, b) for a, b in sheet.merged if a[0] == first - 1 and b[1] > a[1]]
    tall = [(a, b) for a, b in sheet.merged if a[0] == first - 1 and b[0] == first]
    one_title = _filled(above) == 1
    return first - 1 if not one_title and (tall or (wide and _known(above) >= 1)) else None


def _gaps(upper: Sequence[Cell], lower: Sequence[Cell]) -> bool:
    """Whether the lower line speaks only where the upper one is silent, or to the right of a word of it."""
    silent = {n for n, cell in enumerate(lower) if values.shown(cell)}
    open_places = {n for n in silent if n >= len(upper) or not values.shown(upper[n])}
    return (
        bool(open_places)
        and len(silent) < len([c for c in upper if values.shown(c)]) + len(open_places)
        and all(n in open_places or any(m in open_places for m in (n + 1,)) for n in silent)
    )


def _ways(rows: dict[int, list[Cell]], first: int, last: int, width: int, sheet: Sheet) -> tuple[tuple[str, ...], ...]:
    upper = _spread(rows.get(first, []), first, width, sheet)
    if first == last:
        return tuple((word,) if word else () for word in upper)
    lower = _spread(rows.get(last, []), last, width, sheet)
    ways: list[tuple[str, ...]] = []
    for above, below in zip(upper, lower, strict=True):
        if below and above and below != above:
            ways.append((below, f"{above}{below}"))
        else:
            ways.append(tuple(word for word in (below or above,) if word))
    return tuple(ways)


def _spread(cells: Sequence[Cell], number: int, width: int, sheet: Sheet) -> list[str]:
    """The words of one line, a merged one over all its columns."""
    words = [values.one_line(values.shown(cells[n])) if n < len(cells) else "" for n in range(width)]
    for (top, left), (_bottom, right) in sheet.merged:
        if top == number and left <= width:
            for n in range(left, min(right, width)):
                words[n] = words[n] or words[left - 1]
    return words
