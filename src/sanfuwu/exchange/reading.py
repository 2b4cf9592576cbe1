"""Reading the workbook that another system sends back: its number, its state, its reply, a date.

Nothing is guessed: a row that cannot be read is a `Fault` with the row number that the spreadsheet shows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from sanfuwu.intake.files import BadFile, open_book
from sanfuwu.intake.values import NotADate, moment, shown

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 2_000
HEADING_ROWS = 10  # a title or a note may stand above the headings
NUMBER_LENGTH, STATUS_LENGTH, REPLY_LENGTH = 80, 40, 5000


Numbered = tuple[int, list[Any]]  # as the spreadsheet numbers it, and its cells


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
    """The rows of the first sheet that has the headings `names` (`headings.of_in`). Raises `BadFile`."""
    if len(data) > MOST_BYTES:
        raise BadFile("too_big", _("A workbook may have at most %(mb)d MB.") % {"mb": MOST_BYTES // 1024 // 1024})
    rows, columns, first = _find_table(data, names)
    found = []
    for number, cells in rows:
        if number <= first or all(shown(cell) == "" for cell in cells):
            continue
        found.append(_row(number, {key: cells[at] for key, at in columns.items() if at < len(cells)}, today))
    if not found:
        raise BadFile("no_rows", _("There is no row below the headings."))
    if len(found) > MOST_ROWS:
        raise BadFile("too_many_rows", _("At most %(most)d rows at a time; this workbook has %(n)d.") % {
            "most": MOST_ROWS, "n": len(found)
        })  # fmt: skip
    return found


def _find_table(data: bytes, names: Mapping[str, str]) -> tuple[Sequence[Numbered], dict[str, int], int]:
    """All rows of the sheet, {column: place}, and the number of the heading row."""
    by_name = {name: key for key, name in names.items()}
    for sheet in open_book(data).sheets:
        for number, cells in islice(sheet.rows(), HEADING_ROWS):
            columns: dict[str, int] = {}
            for at, cell in enumerate(cells):
                key = by_name.get(shown(cell))
                if key is not None and key in columns:
                    raise BadFile(
                        "heading_twice",
                        _("The heading “%(name)s” stands there twice. Leave one of the columns out.")
                        % {"name": names[key]},
                    )
                if key is not None:
                    columns[key] = at
            if "number" in columns and {"status", "reply"} & columns.keys():
                return list(sheet.rows()), columns, number
    raise BadFile(
        "no_headings",
        _("Among the first %(rows)d rows none has the headings “%(number)s” and “%(status)s” or “%(reply)s”.")
        % {"rows": HEADING_ROWS, "number": names["number"], "status": names["status"], "reply": names["reply"]},
    )


def _row(number: int, cells: Mapping[str, Any], today: dt.date) -> Row:
    ref, status, reply = (shown(cells.get(key)) for key in ("number", "status", "reply"))
    status = " ".join(status.split())
    fault, said_on = "", None
    try:
        at = moment(cells.get("date"))
        said_on = at.date() if at else None
    except NotADate:
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
