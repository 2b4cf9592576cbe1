"""A small workbook as rows of text: known columns in any order, a title above them, merged cells tolerated."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import python_calamine
from django.utils.translation import gettext as _

from sanfuwu.ledger.errors import InvalidInput

from .table import Table, plain

HEADING_ROWS = 10  # a title or a note may stand above the headings
MOST_ROWS = 5_000
MOST_BYTES = 5 * 1024 * 1024
MOST_UNPACKED = 40_000_000  # a workbook is a zip: what it says it holds is added up before it is opened
MOST_IN_A_CELL = 500
NOTES_SHEET = "填写说明"  # of the templates: what each column may hold, and examples
REASON = "未录入原因"  # of the refused rows that were handed back: no column of any table
_NUMBERING = frozenset({REASON, "序号", "行号"})  # beside the table in many files: nobody expects them to be entered


Merged = tuple[tuple[int, int], tuple[int, int]]  # first and last cell of what was merged: (row, column) from 0


@dataclass(frozen=True, slots=True)
class Row:
    """A row by its number in the spreadsheet, with the text under each heading ("" where the cell is empty).

    `others` are the cells under headings that are no column of the table: they are not entered, but handed back."""

    number: int
    cells: Mapping[str, str]
    others: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, heading: str) -> str:
        return self.cells.get(heading, "")


@dataclass(frozen=True, slots=True)
class Sheet:
    """What was read: the rows, which heading was taken for which column, and the headings that were not used."""

    rows: list[Row]
    used: tuple[tuple[str, str], ...]  # (heading as it stands in the file, column)
    unused: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Head:
    """A row that names columns of the table: where each stands, and which are named twice."""

    sheet: str
    number: int
    words: tuple[str, ...]
    places: Mapping[str, int]
    twice: tuple[str, ...]
    missing: tuple[str, ...]
    below: Sequence[Sequence[Any]]
    merged: Sequence[Merged]


def read_table(data: bytes, table: Table) -> Sheet:
    """The rows below the headings that hold anything. Raises `InvalidInput` at `file` when the file is of no use."""
    _check_size(data)
    heads = [head for name, cells, merged in _sheets(data) if (head := _find(name, cells, merged, table)) is not None]
    if not heads:
        raise _refused(
            _("No sheet has the headings %(required)s in its first %(n)d rows. All headings: %(all)s.")
            % {"required": "、".join(table.required), "n": HEADING_ROWS, "all": "、".join(table.headings)}
        )
    # max keeps the first of equals: the sheet with all that is needed, else the one that has most of it.
    head = max(heads, key=lambda one: (not one.missing, len(one.places)))
    if head.missing:
        raise _refused(
            _("Row %(row)d of the sheet “%(sheet)s” is the head; it lacks: %(missing)s.")
            % {"sheet": head.sheet, "row": head.number, "missing": "、".join(head.missing)}
        )
    if head.twice:
        raise _refused(
            _("The heading “%(name)s” stands there twice. Leave one of the columns out.") % {"name": head.twice[0]}
        )
    return _read(head)


def _find(name: str, cells: Sequence[Sequence[Any]], merged: Sequence[Merged], table: Table) -> _Head | None:
    """The row of a sheet that names most columns, the first of equals; None where none does."""
    known = table.known()
    found: list[_Head] = []
    for at in range(min(HEADING_ROWS, len(cells))):
        said = [_text(cell) for cell in cells[at]]
        if not any(plain(word) in known for word in said):
            continue
        words = _with_those_above(said, cells[at - 1] if at else ())
        places, twice = _places(words, table)
        # One known word alone may be a title: “单位” above a list of them.
        if len(places) > 1 or sum(map(bool, said)) > 1 or len(table.required) == 1:
            missing = tuple(column for column in table.required if column not in places)
            found.append(_Head(name, at + 1, tuple(words), places, twice, missing, cells[at + 1 :], merged))
    return max(found, key=lambda head: len(head.places), default=None)


def _with_those_above(said: list[str], above: Sequence[Any]) -> list[str]:
    """A cell merged over two lines of the head has its text in the upper one."""
    return [word or (_text(above[at]) if at < len(above) else "") for at, word in enumerate(said)]


def _places(words: Sequence[str], table: Table) -> tuple[dict[str, int], tuple[str, ...]]:
    """Where each column stands. Its own name wins over another one that it goes by."""
    compared = [plain(word) for word in words]
    places: dict[str, int] = {}
    twice: list[str] = []
    for column in table.columns:
        own = [at for at, word in enumerate(compared) if word == plain(column.name)]
        also = {plain(word) for word in column.also}
        stands = own or [at for at, word in enumerate(compared) if word in also]
        if stands:
            places[column.name] = stands[0]
        if len(stands) > 1:
            twice.append(words[stands[0]])
    return places, tuple(twice)


def _read(head: _Head) -> Sheet:
    taken = set(head.places.values())
    beside = [(at, word) for at, word in enumerate(head.words) if word and at not in taken]
    rows = _rows(head, beside)
    return Sheet(
        rows,
        used=tuple((head.words[at], name) for name, at in head.places.items()),
        unused=tuple(dict.fromkeys(word for _at, word in beside if plain(word) not in _NUMBERING)),
    )


def _rows(head: _Head, beside: Sequence[tuple[int, str]]) -> list[Row]:
    rows = []
    for number, cells in enumerate(_filled(head), start=head.number + 1):
        said = {name: _text(cells[at]) if at < len(cells) else "" for name, at in head.places.items()}
        if any(said.values()):
            others = {word: _text(cells[at]) for at, word in beside if at < len(cells) and word != REASON}
            rows.append(Row(number, said, others))
    if len(rows) > MOST_ROWS:
        raise _refused(_("At most %(n)d rows at a time: split the workbook.") % {"n": MOST_ROWS})
    if not rows:
        raise _refused(
            _("The sheet “%(sheet)s” has no row to enter below its head in row %(row)d.")
            % {"sheet": head.sheet, "row": head.number}
        )
    return rows


def _filled(head: _Head) -> list[list[Any]]:
    """The rows below the head. A cell merged over several of them holds its text in each; merged over several columns,
    it is a title and stays as it is."""
    below = [list(cells) for cells in head.below]
    for (top, left), (bottom, right) in head.merged:
        if left != right:
            continue
        first, last = top - head.number, bottom - head.number
        if first < 0 or first >= len(below) or left >= len(below[first]):
            continue
        for cells in below[first + 1 : last + 1]:
            if left < len(cells):
                cells[left] = below[first][left]
    return below


def _check_size(data: bytes) -> None:
    if len(data) > MOST_BYTES:
        raise _refused(_("The file is larger than %(n)d MB.") % {"n": MOST_BYTES // 1024**2})
    if data[:2] == b"PK":
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as book:
                unpacked = sum(item.file_size for item in book.infolist())
        except zipfile.BadZipFile:
            raise _unreadable() from None
        if unpacked > MOST_UNPACKED:
            raise _refused(_("The file is larger than %(n)d MB.") % {"n": MOST_UNPACKED // 1_000_000})


def _sheets(data: bytes) -> Iterator[tuple[str, list[list[Any]], Sequence[Merged]]]:
    """Name, cells and merged cells of each sheet but the notes, with the empty rows above the table: row numbers are
    those that the spreadsheet shows."""
    try:
        with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            for name in book.sheet_names:
                if plain(name) != NOTES_SHEET:
                    sheet = book.get_sheet_by_name(name)
                    yield name, sheet.to_python(skip_empty_area=False), sheet.merged_cell_ranges or ()
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise _unreadable() from error


def _text(cell: Any) -> str:
    """A cell as its reader sees it: a whole number without “.0”, a date as 2019-02-12."""
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    if isinstance(cell, dt.date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return " ".join(str("" if cell is None else cell).split())[:MOST_IN_A_CELL]


def _unreadable() -> InvalidInput:
    return _refused(
        _("This is not a workbook that can be read. Open it in a spreadsheet program and save it as .xlsx.")
    )


def _refused(sentence: str) -> InvalidInput:
    return InvalidInput(sentence, field="file")
