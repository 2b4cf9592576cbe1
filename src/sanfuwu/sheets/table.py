"""What a workbook of the administration holds: its columns, the other names they go by, and what each may hold."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.functional import Promise

_REMARK = re.compile(r"[(\[【](必填|选填|可空|可不填)[)\]】]")
_SIGNS = re.compile(r"[\s*:_＊]+")


def plain(heading: str) -> str:
    """A heading as it is compared: full and half width, capitals, blanks and marks such as * do not matter."""
    return _SIGNS.sub("", _REMARK.sub("", unicodedata.normalize("NFKC", heading).casefold()))


def _nothing() -> Mapping[str, str]:
    return {}


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `words` are the cells it takes, with what each stands for: the first word of a meaning is the one
    that is offered, the others are understood as well. `notes` say what else its user must know."""

    name: str
    also: tuple[str, ...] = ()
    required: bool = False
    words: Callable[[], Mapping[str, str]] = _nothing
    notes: tuple[str | Promise | Callable[[], str], ...] = ()

    def offered(self) -> list[str]:
        """The words that are offered, one for each meaning."""
        first: dict[str, str] = {}
        for word, meaning in self.words().items():
            if word:
                first.setdefault(meaning, word)
        return list(first.values())

    def understood(self) -> list[str]:
        """The other words of the same meanings."""
        offered = self.offered()
        return [word for word in self.words() if word and word not in offered]


@dataclass(frozen=True, slots=True)
class Table:
    """A workbook by its name (单位), with examples for the sheet of notes."""

    name: str
    columns: tuple[Column, ...]
    examples: Sequence[Sequence[str]] = field(default=())

    @property
    def headings(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.required)

    def offered(self, name: str) -> list[str]:
        """The words that a column offers."""
        return next(column for column in self.columns if column.name == name).offered()

    def known(self) -> dict[str, str]:
        """{heading as it is compared: column}."""
        return {plain(word): column.name for column in self.columns for word in (*column.also, column.name)}
