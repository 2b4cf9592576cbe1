"""From the rows of a ledger's statement to its cells, column by column. Pure and without Django: it also runs in
processes of its own that know nothing but a `Recipe`, a connection and the keys.

Columns, not rows, are worked on: what needs no work is handed through, what needs a dictionary is one comprehension.
That is what brings 100,000 lines a second within reach of Python.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sanfuwu.ledger.opener import Opener
from sanfuwu.rules.masking import COMPOUND_SURNAMES, mask_name, mask_numbers, mask_phone

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
    places: tuple[int, ...]
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
    usual_key: str


class Renderer:
    """Reads problems by their ids and gives the cells of their lines."""

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self.opener = Opener(recipe.keys, recipe.usual_key)
        self._days: dict[int, str] = {}
        self._quoted: dict[str | None, str] = {None: ""}  # of names and words, which repeat

    def columns(self, cursor: Any, ids: Sequence[Any]) -> tuple[int, list[Cells]]:
        """(number of lines, cells by column) for these problems; ordinals are left to `numbered`."""
        cursor.execute(self.recipe.sql, {**self.recipe.params, "ids": ids}, prepare=True)
        rows = cursor.fetchall()
        if not rows:
            return 0, [[] for _part in self.recipe.parts]
        values = list(zip(*rows, strict=True))
        return len(rows), [self._column(part, values, len(rows)) for part in self.recipe.parts]

    def _column(self, part: Part, values: list[tuple[Any, ...]], count: int) -> Cells:
        mine = [values[place] for place in part.places]
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
                return self._opened(mine, _person)
            case "phone":
                return self._opened(mine, _phone)
        texts = self._opened(mine, _text)
        if part.after:
            texts = [f"{t or ''}{part.after.format(n)}" if n else t for t, n in zip(texts, mine[3], strict=True)]
        if len(mine) > 4:
            texts = [t or spare for t, spare in zip(texts, mine[4], strict=True)]
        return texts

    def _opened(self, mine: Sequence[tuple[Any, ...]], mask: Callable[[str], str]) -> Cells:
        """Texts opened and masked."""
        opened = self.opener.open_many(mine[0], mine[1], mine[2], UNREADABLE)
        return [mask(text) if text else None for text in opened]

    def numbered(self, columns: list[Cells], count: int, first: int) -> list[Cells]:
        """The same with the numbers of the lines, counted from `first`."""
        ordinals = list(range(first, first + count))
        return [
            ordinals if part.kind == "ordinal" else cells
            for part, cells in zip(self.recipe.parts, columns, strict=True)
        ]

    def csv(self, columns: list[Cells]) -> bytes:
        """The lines as UTF-8 (RFC 4180: CRLF, quotes where they are needed); no typed text can be taken for a formula.

        By hand: the library's writer looks at every character of every cell in turn, which takes three times as long.
        """
        ready = [self._plain(part, cells) for part, cells in zip(self.recipe.parts, columns, strict=True)]
        lines = [",".join(row) for row in zip(*ready, strict=True)]
        lines.append("")
        return "\r\n".join(lines).encode()

    def _plain(self, part: Part, cells: Cells) -> list[str]:
        match part.kind:
            case "ordinal":
                return [str(v) for v in cells]
            case "empty":
                return [""] * len(cells)
            case "code" | "phone":
                return [v or "" for v in cells]
            case "day":
                return ["" if v is None else self._day(v) for v in cells]
            case "moment":
                return ["" if v is None else self._moment(v) for v in cells]
            case "word" | "name":
                known = self._quoted
                for name in set(cells) - known.keys():
                    known[name] = quoted(name)
                return [known[v] for v in cells]
        return [quoted(v) if v else "" for v in cells]

    def _day(self, days: int) -> str:
        found = self._days.get(days)
        if found is None:
            found = self._days[days] = (_ZERO + timedelta(days=days)).isoformat()
        return found

    def _moment(self, moment: float) -> str:
        days, minute = divmod(round(moment * 1440), 1440)
        return self._day(days) + _MINUTES[minute]


def quoted(text: str) -> str:
    """A cell of typed text: harmless, and in quotes where it holds what separates cells."""
    if text.startswith(FORMULA):
        text = "'" + text
    if '"' in text or "," in text or "\n" in text or "\r" in text:
        return '"' + text.replace('"', '""') + '"'
    return text


def _text(text: str) -> str:
    return mask_numbers(text) if _DIGITS.search(text) else text


def _person(text: str) -> str:
    """`mask_name`, with a short way for most names: two or three Chinese characters, no surname of two."""
    if text == UNREADABLE:
        return text
    count = len(text)
    if 2 <= count <= 3 and "\u4e00" <= text[0] <= "\u9fff" and text.isalpha() and text[:2] not in COMPOUND_SURNAMES:
        return text[0] + "**"[: count - 1]
    return mask_name(text)


def _phone(text: str) -> str:
    if text == UNREADABLE:
        return text
    if len(text) == 11 and text.isascii() and text.isdigit() and text[0] == "1":
        return f"{text[:3]}****{text[7:]}"
    return mask_phone(text)


def _several(ids: bytes, names: Mapping[bytes, str]) -> str:
    found = (names.get(ids[at : at + 16], "") for at in range(0, len(ids), 16))
    return "、".join(name for name in found if name)
