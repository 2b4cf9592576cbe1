"""A table from a workbook that an office keeps: fixed headings, any order of columns, rows with their own numbers.

For small reference tables only: everything is read into memory, so that size is bounded before anything is unpacked.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import python_calamine
from django.utils.translation import gettext as _

from sanfuwu.ledger.errors import InvalidInput

MOST_BYTES = 2_000_000
MOST_UNPACKED = 40_000_000  # a workbook is a zip: what it says it holds is added up before it is opened
MOST_ROWS = 5_000
HEADING_ROWS = 10  # a title or a note may stand above the headings


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number as the spreadsheet shows it, and {heading: text}."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that cannot be used: where, and why."""

    row: int
    heading: str
    why: str


@dataclass(slots=True)
class Preview:
    """What an import would do: `new` says what in words, `known` are there already, `faults` are left out."""

    new: list[tuple[int, str]] = field(default_factory=list)
    known: int = 0
    faults: list[Fault] = field(default_factory=list)


def read_table(data: bytes, headings: Sequence[str], required: Sequence[str], *, name: str = "") -> list[Row]:
    """Rows below the headings that hold anything. Raises `InvalidInput` at `file` when the file is of no use."""
    _check_size(data)
    for rows in _sheets(data):
        for at, cells in enumerate(rows[:HEADING_ROWS]):
            names = [_text(cell) for cell in cells]
            if all(heading in names for heading in required):
                return _rows(rows, at, {h: names.index(h) for h in headings if h in names})
    raise InvalidInput(
        _("The headings %(needed)s are not in the first %(rows)d rows. Known headings: %(all)s.")
        % {"needed": "、".join(required), "rows": HEADING_ROWS, "all": "、".join(headings)},
        field="file",
    )


def _rows(rows: list[list[Any]], at: int, columns: Mapping[str, int]) -> list[Row]:
    found = []
    for number, cells in enumerate(rows[at + 1 :], start=at + 2):
        said = {heading: _text(cells[n]) if n < len(cells) else "" for heading, n in columns.items()}
        if any(said.values()):
            found.append(Row(number, said))
    if len(found) > MOST_ROWS:
        raise InvalidInput(_("At most %(most)d rows at a time.") % {"most": MOST_ROWS}, field="file")
    if not found:
        raise InvalidInput(_("There is no row below the headings."), field="file")
    return found


def _check_size(data: bytes) -> None:
    if len(data) > MOST_BYTES:
        raise InvalidInput(_("The file is larger than 2 MB; a reference table is not."), field="file")
    if data[:2] == b"PK":
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as book:
                unpacked = sum(item.file_size for item in book.infolist())
        except zipfile.BadZipFile:
            unpacked = MOST_UNPACKED + 1
        if unpacked > MOST_UNPACKED:
            raise InvalidInput(_("This is not a workbook that can be read."), field="file")


def _sheets(data: bytes) -> list[list[list[Any]]]:
    try:
        with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            # With the empty rows above the table: row numbers must be those that the spreadsheet shows.
            return [book.get_sheet_by_name(n).to_python(skip_empty_area=False) for n in book.sheet_names]
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise InvalidInput(
            _("This is not a workbook that can be read. Open it in a spreadsheet and save it as .xlsx."), field="file"
        ) from error


def _text(cell: Any) -> str:
    """A cell as its reader sees it: a whole number without “.0”, a date as 2026-01-31."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return " ".join(str(cell).split())
