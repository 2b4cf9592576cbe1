"""From the rows of a ledger's statement to its cells, column by column. Pure and without Django: it also runs in
processes of its own that know nothing but a `Recipe`, a connection and the keys.

Columns, not rows, are worked on: what needs no work is handed through, what needs a dictionary is one comprehension.
That is what brings 100,000 lines a second within reach of Python.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sanfuwu.ledger.opener import Opener
from sanfuwu.rules.masking import mask_name, mask_numbers, mask_phone

Cells = list[Any]  # of one column: str, int (days), float (a moment) or None
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet program would take for a formula
_ZERO = date(1899, 12, 30)
_DIGITS = re.compile(r"[0-9０-９][0-9０-９ .\-（()）]{5}")  # without six in a row there is no telephone number
_MINUTES = [f" {minute // 60:02}:{minute % 60:02}" for minute in range(1440)]
UNREADABLE = "（无法解密）"


@dataclass(frozen=True)
class Part:
    """One column as `render` needs it: which of the row's values, and how."""

    kind: str
    first: int  # place of its first value in the row
    count: int
    words: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[bytes, str] = field(default_factory=dict)
    after: str = ""


@dataclass(frozen=True)
class Recipe:
    """All that is needed to turn rows of `sql` into cells; can be sent to another process."""

    sql: str
    params: dict[str, Any]
    parts: tuple[Part, ...]
    keys: dict[str, bytes]


class Renderer:
    """Reads problems by their ids and gives the cells of their lines."""

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self.opener = Opener(recipe.keys)
        self._days: dict[int, str] = {}

    def columns(self, cursor: Any, ids: Sequence[Any]) -> tuple[int, list[Cells]]:
        """(number of lines, cells by column) for these problems; ordinals are left to `numbered`."""
        cursor.execute(self.recipe.sql, {**self.recipe.params, "ids": ids}, prepare=True)
        rows = cursor.fetchall()
        if not rows:
            return 0, [[] for _part in self.recipe.parts]
        values = list(zip(*rows, strict=True))
        return len(rows), [self._column(part, values, len(rows)) for part in self.recipe.parts]

    def _column(self, part: Part, values: list[tuple[Any, ...]], count: int) -> Cells:
        mine = values[part.first : part.first + part.count]
        match part.kind:
            case "ordinal" | "empty":
                return [None] * count
            case "code" | "typed" | "day":
                return list(mine[0])
            case "moment":
                return [None if v is None else v / 1440 for v in mine[0]]
            case "word":
                words = part.words
                return [words.get(v, v) if v else None for v in mine[0]]
            case "name":
                get = part.names.get
                return [get(v) if v is not None else None for v in mine[0]]
            case "names":
                return [_several(v, part.names) if v else None for v in mine[0]]
            case "person":
                return self._opened(mine, mask_name, {})
            case "phone":
                return self._opened(mine, _phone, {})
        texts = self._opened(mine, _text, None)
        if part.count > 3 and part.after:
            texts = [f"{t or ''}{part.after.format(n)}" if n else t for t, n in zip(texts, mine[3], strict=True)]
        if part.count > 4:
            texts = [t or spare for t, spare in zip(texts, mine[4], strict=True)]
        return texts

    def _opened(
        self, mine: Sequence[tuple[Any, ...]], mask: Callable[[str], str], seen: dict[str, str] | None
    ) -> Cells:
        """Texts opened and masked; `seen` keeps what was masked before (names repeat, texts do not)."""
        opened = self.opener.open_many(mine[0], mine[1], mine[2], UNREADABLE)
        if seen is None:
            return [mask(text) if text else None for text in opened]
        found: Cells = []
        for text in opened:
            if not text:
                found.append(None)
                continue
            masked = seen.get(text)
            if masked is None:
                masked = seen[text] = text if text == UNREADABLE else mask(text)
            found.append(masked)
        return found

    def numbered(self, columns: list[Cells], count: int, first: int) -> list[Cells]:
        """The same with the numbers of the lines, counted from `first`."""
        ordinals = list(range(first, first + count))
        return [
            ordinals if part.kind == "ordinal" else cells
            for part, cells in zip(self.recipe.parts, columns, strict=True)
        ]

    def csv(self, columns: list[Cells]) -> bytes:
        """The lines as UTF-8 with quotes where they are needed; no cell of typed text can be taken for a formula."""
        ready = [self._plain(part, cells) for part, cells in zip(self.recipe.parts, columns, strict=True)]
        out = io.StringIO()
        csv.writer(out).writerows(zip(*ready, strict=True))
        return out.getvalue().encode()

    def _plain(self, part: Part, cells: Cells) -> Iterable[Any]:
        if part.kind == "day":
            return [None if v is None else self._day(v) for v in cells]
        if part.kind == "moment":
            return [None if v is None else self._moment(v) for v in cells]
        if part.kind in ("code", "word", "ordinal", "empty", "phone"):
            return cells
        return [harmless(v) if v else v for v in cells]

    def _day(self, days: int) -> str:
        found = self._days.get(days)
        if found is None:
            found = self._days[days] = (_ZERO + timedelta(days=days)).isoformat()
        return found

    def _moment(self, moment: float) -> str:
        days, minute = divmod(round(moment * 1440), 1440)
        return self._day(days) + _MINUTES[minute]


def harmless(text: str) -> str:
    """Text that a spreadsheet program takes for text; an import takes the apostrophe away again."""
    return "'" + text if text.startswith(FORMULA) else text


def _text(text: str) -> str:
    return mask_numbers(text) if _DIGITS.search(text) else text


def _phone(text: str) -> str:
    if len(text) == 11 and text.isascii() and text.isdigit() and text[0] == "1":
        return f"{text[:3]}****{text[7:]}"
    return mask_phone(text)


def _several(ids: bytes, names: Mapping[bytes, str]) -> str:
    found = (names.get(ids[at : at + 16], "") for at in range(0, len(ids), 16))
    return "、".join(name for name in found if name)
