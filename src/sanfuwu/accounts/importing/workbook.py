"""A small workbook as rows of text: fixed headings, any order of columns, the first sheet that has them."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import python_calamine
from django.utils.translation import gettext as _

HEADING_ROWS = 10  # a title or a note may stand above the headings
MOST_ROWS = 3000
MOST_BYTES = 5 * 1024 * 1024
MOST_IN_A_CELL = 200


class BadWorkbook(Exception):
    """The file as a whole cannot be used; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row by its number in the spreadsheet, with the text under each heading ("" where the cell is empty)."""

    number: int
    cells: dict[str, str]

    def __getitem__(self, heading: str) -> str:
        return self.cells.get(heading, "")


def read_table(data: bytes, headings: Sequence[str], required: Sequence[str]) -> list[Row]:
    """The rows below the headings, empty ones left out. Raises `BadWorkbook`."""
    if len(data) > MOST_BYTES:
        raise BadWorkbook(_("The file is larger than %(n)d MB.") % {"n": MOST_BYTES // 1024**2})
    try:
        with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            for name in book.sheet_names:
                cells = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
                found = _below_headings(cells, headings, required)
                if found is not None:
                    return found
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise BadWorkbook(
            _("This is not a workbook that can be read. Open it in a spreadsheet program and save it as .xlsx.")
        ) from error
    raise BadWorkbook(
        _("No sheet has the headings %(required)s in its first %(n)d rows. All headings: %(all)s.")
        % {"required": "、".join(required), "n": HEADING_ROWS, "all": "、".join(headings)}
    )


def _below_headings(cells: list[list[Any]], headings: Sequence[str], required: Sequence[str]) -> list[Row] | None:
    for at, line in enumerate(cells[:HEADING_ROWS]):
        names = [_text(cell) for cell in line]
        if not all(heading in names for heading in required):
            continue
        if twice := next((n for n in headings if names.count(n) > 1), ""):
            raise BadWorkbook(
                _("The heading “%(name)s” stands there twice. Leave one of the columns out.") % {"name": twice}
            )
        places = {name: names.index(name) for name in headings if name in names}
        rows = [
            Row(number, {name: _text(row[place]) for name, place in places.items() if place < len(row)})
            for number, row in enumerate(cells[at + 1 :], start=at + 2)
        ]
        rows = [row for row in rows if any(row.cells.values())]
        if len(rows) > MOST_ROWS:
            raise BadWorkbook(_("At most %(n)d rows at a time: split the workbook.") % {"n": MOST_ROWS})
        return rows
    return None


def _text(cell: Any) -> str:
    """A cell as its reader sees it: a whole number without “.0”, a date as 2019-02-12."""
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    if isinstance(cell, dt.date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return " ".join(str("" if cell is None else cell).split())[:MOST_IN_A_CELL]
