"""A run's table laid out: its rows as they were read, without the empty ones, in pieces that are unpacked one by one.

Opening a workbook of 100,000 rows takes seconds and some 300 MB, and an import reads its rows at least twice: to check
them and to write them, and once more after a kill. So the file is opened by whoever comes first, and everybody after
that reads from here.
"""

from __future__ import annotations

import datetime as dt
import math
import zlib
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache, partial
from itertools import islice
from typing import Any, Final, NamedTuple

import orjson

from .files import Sheet
from .files.book import Cell

LENGTH: Final = 500  # rows of a piece
_AS_THEY_ARE: Final = frozenset({str, int, bool, type(None)})
_STRICT: Final = orjson.OPT_PASSTHROUGH_DATETIME


class Line(NamedTuple):
    """One row: its number as the spreadsheet shows it, its cells from column A on, {column from 1: formula error}."""

    row: int
    cells: list[Cell]
    faulty: Mapping[int, str] = {}


class Piece(NamedTuple):
    """Up to `LENGTH` lines packed; `at`: how many come before."""

    at: int
    length: int
    data: bytes


def of_sheet(sheet: Sheet, head_last: int) -> Iterator[Line]:
    """The lines below the head."""
    faulty: dict[int, dict[int, str]] = defaultdict(dict)
    for (row, column), word in sheet.faulty.items():
        faulty[row][column] = word
    for row, cells in sheet.rows():
        if row > head_last and any(cell != "" and cell is not None for cell in cells):
            yield Line(row, cells, faulty.get(row, {}))


def pack(lines: Iterator[Line]) -> Iterator[Piece]:
    """In their order."""
    at = 0
    while some := list(islice(lines, LENGTH)):
        data = orjson.dumps([_plain(line) for line in some], option=_STRICT)
        yield Piece(at, len(some), zlib.compress(data, 1))
        at += len(some)


class Lines:
    """Lines that are packed, each piece unpacked when it is asked for. Nothing here refers back to itself: what people
    wrote goes with the last reference to it."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self._pieces = pieces
        self._firsts = [piece.at for piece in pieces]
        self._unpacked = lru_cache(maxsize=4)(partial(_unpack, pieces))

    def __len__(self) -> int:
        return self._pieces[-1].at + self._pieces[-1].length if self._pieces else 0

    def __getitem__(self, at: int) -> Line:
        """The line before which `at` others come."""
        n = bisect_right(self._firsts, at) - 1
        return self._unpacked(n)[at - self._firsts[n]]

    def between(self, at: int, end: int) -> Iterator[Line]:
        """The lines from `at` to before `end`."""
        for n in range(max(0, bisect_right(self._firsts, at) - 1), bisect_left(self._firsts, end)):
            first = self._firsts[n]
            yield from self._unpacked(n)[max(0, at - first) : end - first]


def _unpack(pieces: Sequence[Piece], n: int) -> list[Line]:
    return [_line(*said) for said in orjson.loads(zlib.decompress(pieces[n].data))]


def _plain(line: Line) -> list[Any]:
    """As JSON can say it: moments as text, with the places where they stand. Days, times, spans and what is no finite
    number are kept as the text by which `values` reads them."""
    cells: list[Any] = line.cells
    moments: list[int] = []
    for n, cell in enumerate(line.cells):
        if type(cell) in _AS_THEY_ARE or (type(cell) is float and math.isfinite(cell)):
            continue
        if cells is line.cells:
            cells = list(cells)
        cells[n] = cell.isoformat() if isinstance(cell, dt.datetime) else str(cell)
        if isinstance(cell, dt.datetime):
            moments.append(n)
    return [line.row, cells, moments, list(line.faulty.items())]


def _line(row: int, cells: list[Any], moments: list[int], faulty: list[tuple[int, str]]) -> Line:
    for n in moments:
        cells[n] = dt.datetime.fromisoformat(cells[n])
    return Line(row, cells, dict(faulty))
