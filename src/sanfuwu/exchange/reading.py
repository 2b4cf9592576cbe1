"""Reading the workbook that another system sends back: its number, its state, its reply, a date.

Nothing is guessed: a row that cannot be read is a `Fault` with the row number that the spreadsheet shows.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import python_calamine
from django.utils.translation import gettext as _

from sanfuwu.intake.workbook import HEADING_ROWS, BadWorkbook, cell_moment, cell_text

MOST_BYTES = 5 * 1024 * 1024
MOST_UNPACKED = 100 * 1024 * 1024
MOST_ROWS = 2_000
NUMBER_LENGTH, STATUS_LENGTH, REPLY_LENGTH = 80, 40, 5000


@dataclass(frozen=True, slots=True)
class Row:
    """One row; `fault` is a code of `FAULTS` where it cannot be used."""

    row: int
    number: str
    status: str = ""
    reply: str = ""
    said_on: dt.date | None = None
    fault: str = ""


FAULTS = ("no_number", "long_number", "no_words", "long_status", "long_reply", "no_date", "future")


def read(data: bytes, names: Mapping[str, str], *, today: dt.date) -> list[Row]:
    """The rows of the first sheet that has the headings `names` (`headings.of_in`). Raises `BadWorkbook`."""
    if len(data) > MOST_BYTES:
        raise BadWorkbook(_("A workbook may have at most %(mb)d MB.") % {"mb": MOST_BYTES // 1024 // 1024})
    _refuse_bomb(data)
    rows, columns, first = _find_table(data, names)
    found = []
    for number, cells in enumerate(rows, start=1):
        if number <= first or all(cell_text(cell) == "" for cell in cells):
            continue
        found.append(_row(number, {key: cells[at] for key, at in columns.items() if at < len(cells)}, today))
    if not found:
        raise BadWorkbook(_("There is no row below the headings."))
    if len(found) > MOST_ROWS:
        raise BadWorkbook(_("At most %(most)d rows at a time; this workbook has %(n)d.") % {
            "most": MOST_ROWS, "n": len(found)
        })  # fmt: skip
    return found


def _refuse_bomb(data: bytes) -> None:
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return  # .xls is no archive; anything else is refused by the reader
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(item.file_size for item in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise _unreadable() from error
    if unpacked > MOST_UNPACKED:
        raise BadWorkbook(_("The workbook is too large when unpacked. Send fewer rows at a time."))


def _unreadable() -> BadWorkbook:
    return BadWorkbook(
        _("The file cannot be read as a workbook. Open it in a spreadsheet and save it as .xlsx, without a password.")
    )


def _sheets(data: bytes) -> Iterator[list[list[Any]]]:
    try:
        with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            for name in book.sheet_names:
                yield book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise _unreadable() from error


def _find_table(data: bytes, names: Mapping[str, str]) -> tuple[list[list[Any]], dict[str, int], int]:
    """All rows of the sheet, {column: place}, and the number of the heading row."""
    by_name = {name: key for key, name in names.items()}
    for rows in _sheets(data):
        for number, cells in enumerate(rows[:HEADING_ROWS], start=1):
            columns: dict[str, int] = {}
            for at, cell in enumerate(cells):
                key = by_name.get(cell_text(cell))
                if key is not None and key in columns:
                    raise BadWorkbook(
                        _("The heading “%(name)s” stands there twice. Leave one of the columns out.")
                        % {"name": names[key]}
                    )
                if key is not None:
                    columns[key] = at
            if "number" in columns and {"status", "reply"} & columns.keys():
                return rows, columns, number
    raise BadWorkbook(
        _("Among the first %(rows)d rows none has the headings “%(number)s” and “%(status)s” or “%(reply)s”.")
        % {"rows": HEADING_ROWS, "number": names["number"], "status": names["status"], "reply": names["reply"]}
    )


def _row(number: int, cells: Mapping[str, Any], today: dt.date) -> Row:
    ref, status, reply = (cell_text(cells.get(key)) for key in ("number", "status", "reply"))
    status = " ".join(status.split())
    fault, said_on = "", None
    try:
        moment = cell_moment(cells.get("date"))
        said_on = moment.date() if moment else None
    except ValueError:
        fault = "no_date"
    if not ref:
        fault = "no_number"
    elif len(ref) > NUMBER_LENGTH:
        ref, fault = ref[:NUMBER_LENGTH], "long_number"
    elif not (status or reply):
        fault = "no_words"
    elif len(status) > STATUS_LENGTH:
        fault = "long_status"
    elif len(reply) > REPLY_LENGTH:
        fault = "long_reply"
    elif said_on is not None and said_on > today:
        fault = "future"
    return Row(number, ref, status, reply, said_on, fault)
