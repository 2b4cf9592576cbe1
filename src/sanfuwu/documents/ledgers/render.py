"""From the rows of a ledger's statement to its cells, column by column; `lines` does the same for a .csv. Pure and
without Django: it also runs in processes of its own that know nothing but a `Recipe`, a connection and the keys.

Columns, not rows, are worked on: what needs no work is handed through, what needs a dictionary is one comprehension.
That is what brings 100,000 lines a second within reach of Python.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sanfuwu.ledger.opener import Opener
from sanfuwu.rules.masking import COMPOUND_SURNAMES, mask_name, mask_numbers, mask_phone

from .wire import Ids, by_column

Cells = list[Any]  # of one column: str, int (days), float (a moment) or None
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet program would take for a formula
_DIGITS = re.compile(r"[0-9０-９][0-9０-９ .\-（()）]{5}")  # without six in a row there is no telephone number
UNREADABLE = "（无法解密）"


@dataclass(frozen=True)
class Part:
    """One column as `render` needs it: which of the row's values, and how."""

    kind: str
    places: tuple[int, ...]
    words: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[bytes | str, str] = field(default_factory=dict)  # by the bytes of an id, or by a code
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

    texts_as_bytes = False  # what its cursor must give

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self.opener = Opener(recipe.keys, recipe.usual_key)

    def columns(self, cursor: Any, ids: Ids) -> tuple[int, list[Cells]]:
        """(number of lines, cells by column) for these problems; ordinals are left to `finished`."""
        count, values = by_column(cursor, self.recipe.sql, self.recipe.params, ids)
        if not count:
            return 0, [[] for _part in self.recipe.parts]
        return count, [self._column(part, values, count) for part in self.recipe.parts]

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
                return [several(v, part.names) if v else None for v in mine[0]]
            case "person":
                return self._opened(mine, masked_person)
            case "phone":
                return self._opened(mine, masked_phone)
        texts = self._opened(mine, masked_text)
        if part.after:
            texts = [f"{t or ''}{part.after.format(n)}" if n else t for t, n in zip(texts, mine[3], strict=True)]
        if len(mine) > 4:
            texts = [t or spare for t, spare in zip(texts, mine[4], strict=True)]
        return texts

    def _opened(self, mine: Sequence[tuple[Any, ...]], mask: Callable[[str], str]) -> Cells:
        """Texts opened and masked."""
        opened = self.opener.open_many(mine[0], mine[1], mine[2], UNREADABLE)
        return [mask(text) if text else None for text in opened]

    def finished(self, columns: list[Cells], count: int, first: int) -> list[Cells]:
        """The same with the numbers of the lines, counted from `first`."""
        ordinals = list(range(first, first + count))
        return [
            ordinals if part.kind == "ordinal" else cells
            for part, cells in zip(self.recipe.parts, columns, strict=True)
        ]


def masked_text(text: str) -> str:
    return mask_numbers(text) if _DIGITS.search(text) else text


def masked_person(text: str) -> str:
    """`mask_name`, with a short way for most names: two or three Chinese characters, no surname of two."""
    if text == UNREADABLE:
        return text
    count = len(text)
    if 2 <= count <= 3 and "\u4e00" <= text[0] <= "\u9fff" and text.isalpha() and text[:2] not in COMPOUND_SURNAMES:
        return text[0] + "**"[: count - 1]
    return mask_name(text)


def masked_phone(text: str) -> str:
    if text == UNREADABLE:
        return text
    if len(text) == 11 and text.isascii() and text.isdigit() and text[0] == "1":
        return f"{text[:3]}****{text[7:]}"
    return mask_phone(text)


def several(ids: bytes, names: Mapping[Any, str]) -> str:
    found = (names.get(ids[at : at + 16], "") for at in range(0, len(ids), 16))
    return "、".join(name for name in found if name)
