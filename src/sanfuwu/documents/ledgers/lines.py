"""From the rows of a ledger's statement to the lines of a .csv: `render` once more, in bytes from end to end.

Texts come from the database and from the ciphers as UTF-8 and go out as UTF-8: they are not decoded and encoded again,
and what hardly any cell holds is looked for in many cells at once. The cells are those of `render` (a test compares
them). Pure and without Django, as that is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sanfuwu.ledger.opener import Opener

from .render import FORMULA, UNREADABLE, Part, Recipe, masked_person, masked_phone, masked_text, several
from .wire import Ids, by_column

Ready = list[bytes]  # cells of one column as they stand in the file
_ZERO = date(1899, 12, 30)
_MINUTES = [f" {minute // 60:02}:{minute % 60:02}".encode() for minute in range(1440)]
_TOGETHER = 16  # cells that are looked at as one
_REMEMBERED = 50_000  # masked names, groups of names: they repeat, but new ones come without end
_UNREADABLE = UNREADABLE.encode()

_SEPARATES = '",\n\r'
_WIDE_FIGURE = re.compile(rb"\xef\xbc[\x90-\x99]").search  # ０-９ in UTF-8


def _without(signs: str) -> bytes:
    """All bytes but these, to be taken out by `bytes.translate`: the fastest look at a text that Python has."""
    return bytes(byte for byte in range(256) if chr(byte) not in signs)


_NOT_QUOTED = _without(_SEPARATES + "".join(FORMULA))
_NO_FIGURES = _without("0123456789")


class Lines:
    """Reads problems by their ids and gives their lines: UTF-8, RFC 4180 (CRLF, quotes where they are needed), and no
    typed text can be taken for a formula."""

    texts_as_bytes = True  # what its cursor must give

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self.opener = Opener(recipe.keys, recipe.usual_key)
        self._days: dict[int | None, bytes] = {None: b""}
        self._people: dict[bytes, bytes] = {}
        self._names = [_quoted_names(part.names) for part in recipe.parts]
        self._words = [{code.encode(): quoted(word) for code, word in part.words.items()} for part in recipe.parts]
        for words in self._words:
            words[None] = words[b""] = b""  # type: ignore[index]
        self._groups: list[dict[bytes | None, bytes]] = [{None: b""} for _part in recipe.parts]

    def columns(self, cursor: Any, ids: Ids) -> tuple[int, list[Ready]]:
        """(number of lines, cells by column) for these problems; ordinals are left to `finished`."""
        count, values = by_column(cursor, self.recipe.sql, self.recipe.params, ids)
        if not count:
            return 0, [[] for _part in self.recipe.parts]
        return count, [self._column(at, part, values, count) for at, part in enumerate(self.recipe.parts)]

    def finished(self, columns: Sequence[Ready], count: int, first: int) -> bytes:
        """The lines, their numbers counted from `first`."""
        ready = [
            [b"%d" % number for number in range(first, first + count)] if part.kind == "ordinal" else cells
            for part, cells in zip(self.recipe.parts, columns, strict=True)
        ]
        lines = [b",".join(row) for row in zip(*ready, strict=True)]
        lines.append(b"")
        return b"\r\n".join(lines)

    def _column(self, at: int, part: Part, values: list[tuple[Any, ...]], count: int) -> Ready:
        mine = [values[place] for place in part.places]
        match part.kind:
            case "ordinal" | "empty":
                return [b""] * count
            case "code":
                return [v or b"" for v in mine[0]]
            case "typed":
                return harmless([v or b"" for v in mine[0]])
            case "day":
                return self._dates(mine[0])
            case "moment":
                return self._moments(mine[0])
            case "word":
                words = self._words[at]
                for unknown in set(mine[0]) - words.keys():
                    words[unknown] = quoted(unknown.decode())
                return [words[v] for v in mine[0]]
            case "name":
                get = self._names[at].get
                return [get(v, b"") for v in mine[0]]
            case "names":
                groups = self._groups[at]
                if len(groups) > _REMEMBERED:
                    groups.clear()
                    groups[None] = b""
                for unknown in set(mine[0]) - groups.keys():
                    groups[unknown] = quoted(several(unknown, part.names))
                return [groups[v] for v in mine[0]]
            case "person":
                return self._persons(self._opened(mine))
            case "phone":
                return [_phone(number) for number in self._opened(mine)]
        return self._texts(part, mine)

    def _opened(self, mine: Sequence[tuple[Any, ...]]) -> list[bytes]:
        ids, blobs, key_ids = mine[:3]
        if any(key_ids):
            key_ids = tuple(key and key.decode() for key in key_ids)
        return self.opener.open_bytes(ids, blobs, key_ids, _UNREADABLE)

    def _texts(self, part: Part, mine: Sequence[tuple[Any, ...]]) -> Ready:
        texts = closer(self._opened(mine), _may_hold_numbers, _masked)
        if part.after:
            texts = [t + part.after.format(n).encode() if n else t for t, n in zip(texts, mine[3], strict=True)]
        if len(mine) > 4:
            texts = [t or spare or b"" for t, spare in zip(texts, mine[4], strict=True)]
        return harmless(texts)

    def _persons(self, names: list[bytes]) -> Ready:
        known = self._people
        if len(known) > _REMEMBERED:
            known.clear()
        for name in set(names) - known.keys():
            known[name] = quoted(masked_person(str(name, "utf-8", "replace"))) if name else b""
        return [known[name] for name in names]

    def _dates(self, days: Sequence[int | None]) -> Ready:
        known = self._days
        for day in set(days) - known.keys():
            if day is not None:
                known[day] = (_ZERO + timedelta(days=day)).isoformat().encode()
        return [known[day] for day in days]

    def _moments(self, minutes: Sequence[int | None]) -> Ready:
        parted = [(None, 0) if v is None else divmod(v, 1440) for v in minutes]
        days = self._dates([day for day, _minute in parted])
        return [day and day + _MINUTES[minute] for day, (_day, minute) in zip(days, parted, strict=True)]


def closer(cells: list[bytes], reason: Callable[[bytes], object], work: Callable[[bytes], bytes]) -> list[bytes]:
    """`work` done on those cells for which there is a reason. For most there is none, so many are looked at as one."""
    found: list[bytes] = []
    for start in range(0, len(cells), _TOGETHER):
        some = cells[start : start + _TOGETHER]
        if reason(b"".join(some)):
            some = [work(cell) if reason(cell) else cell for cell in some]
        found += some
    return found


def _may_hold_numbers(text: bytes) -> object:
    return text.translate(None, _NO_FIGURES) or _WIDE_FIGURE(text)


def _may_need_quotes(text: bytes) -> object:
    return text.translate(None, _NOT_QUOTED)


def harmless(cells: list[bytes]) -> Ready:
    """Cells of typed text as they may stand in the file."""
    return closer(cells, _may_need_quotes, lambda cell: quoted(str(cell, "utf-8", "replace")))


def quoted(text: str) -> bytes:
    """A cell of typed text: harmless, and in quotes where it holds what separates cells."""
    if text.startswith(FORMULA):
        text = "'" + text
    if any(sign in text for sign in _SEPARATES):
        text = '"' + text.replace('"', '""') + '"'
    return text.encode()


def _quoted_names(names: Mapping[Any, str]) -> dict[bytes, bytes]:
    """By what the database gives: bytes of an id, or a code as UTF-8."""
    return {key.encode() if isinstance(key, str) else key: quoted(name or "") for key, name in names.items()}


def _masked(text: bytes) -> bytes:
    try:
        return masked_text(str(text, "utf-8")).encode()
    except UnicodeDecodeError:
        return _UNREADABLE


def _phone(number: bytes) -> bytes:
    if len(number) == 11 and number.isdigit() and number[0] == 0x31:  # "1": a mobile number, as nearly always
        return number[:3] + b"****" + number[7:]
    return masked_phone(str(number, "utf-8", "replace")).encode() if number else b""
