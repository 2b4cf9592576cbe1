"""One face for .xlsx, .xls and .csv: sheets with numbered rows, merged cells and faulty formulas."""

from __future__ import annotations

import datetime as dt
import io
import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from xml.etree import ElementTree as ET

import python_calamine as calamine
from django.utils.translation import gettext as _

from . import guard, text
from .guard import BadFile, Looked, place_of

Cell = str | int | float | bool | dt.datetime | dt.date | dt.time | dt.timedelta
Row = tuple[int, list[Cell]]  # its number as the spreadsheet shows it, and its cells from column A on
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
CSV_SHEET = "csv"


@dataclass
class Sheet:
    """One sheet. `faulty` are cells whose formula gives an error or was never counted: {(row, column): the error}."""

    name: str
    hidden: bool = False
    faulty: dict[tuple[int, int], str] = field(default_factory=dict)
    _read: calamine.CalamineSheet | None = None
    _records: list[list[str]] | None = None

    @property
    def said(self) -> str:
        """Its name in a sentence; a text file has none of its own."""
        return self.name if self._records is None else _("text file")

    @cached_property
    def width(self) -> int:
        """Columns from A to the last one used."""
        if self._records is not None:
            return max((len(record) for record in self._records[:1000]), default=0)
        assert self._read is not None
        return self._read.total_width

    @cached_property
    def height(self) -> int:
        """Rows from the first of the sheet to the last one used."""
        if self._records is not None:
            return len(self._records)
        assert self._read is not None
        return self._read.total_height if self._read.end is None else self._read.end[0] + 1

    @property
    def merged(self) -> list[tuple[tuple[int, int], tuple[int, int]]]:
        """((first row, first column), (last row, last column)), all from 1."""
        ranges = (self._read.merged_cell_ranges or []) if self._read is not None else []
        return [((a[0] + 1, a[1] + 1), (b[0] + 1, b[1] + 1)) for a, b in ranges]

    def rows(self) -> Iterator[Row]:
        """Every row, also the empty ones: numbers are those that the spreadsheet shows."""
        if self._records is not None:
            yield from enumerate(self._records, start=1)
            return
        assert self._read is not None
        left: list[Cell] = [""] * (self._read.start[1] if self._read.start else 0)
        for number, cells in enumerate(self._read.iter_rows(), start=1):
            yield number, [*left, *cells] if left else cells


@dataclass
class Book:
    """A file that may be read. What it points at outside of itself is not opened."""

    looked: Looked
    sheets: list[Sheet]

    @property
    def kind(self) -> str:
        """xlsx, xls or csv."""
        return self.looked.kind

    def sheet(self, name: str) -> Sheet:
        """Raises `BadFile` when there is none of this name."""
        for one in self.sheets:
            if one.name == name:
                return one
        raise BadFile(
            "no_such_sheet",
            _("There is no sheet “%(name)s”. The file has: %(all)s.")
            % {"name": name, "all": "、".join(s.name for s in self.sheets)},
        )


def open_book(data: bytes, *, only: str | None = None, looked: Looked | None = None) -> Book:
    """Open a file whatever its name says. `only`: read this sheet alone (the one of a text has no name); `looked`: what
    an earlier look into the same bytes found, which costs as much as reading them. Raises `BadFile`."""
    found = looked or guard.look(data)
    if found.kind == "csv":
        return Book(found, [Sheet(CSV_SHEET, _records=list(text.rows(text.decode(data))))])
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        faulty = _faulty_by_sheet(data, found)
        sheets = []
        for meta in book.sheets_metadata:
            if meta.typ != calamine.SheetTypeEnum.WorkSheet or (only is not None and meta.name != only):
                continue
            hidden = meta.visible != calamine.SheetVisibleEnum.Visible
            read = book.get_sheet_by_name(meta.name)
            sheets.append(Sheet(meta.name, hidden, faulty.get(meta.name, {}), _read=read))
    except calamine.PasswordError as error:
        raise guard.encrypted() from error
    except (calamine.CalamineError, ET.ParseError, KeyError, OSError, ValueError) as error:
        raise guard.damaged() from error
    except BaseException as error:  # a panic of the reader's Rust is no Exception
        if type(error).__name__ != "PanicException":
            raise
        raise guard.damaged() from error
    if not sheets:
        if only is not None:
            raise BadFile("no_such_sheet", _("There is no sheet “%(name)s”.") % {"name": only})
        raise BadFile("no_sheet", _("The workbook holds no sheet with cells."))
    for one in sheets:
        if one.width > guard.MOST_COLUMNS or one.height > guard.MOST_ROWS:  # an .xls was not looked at before
            raise BadFile("too_many_columns", _("The sheet “%(name)s” is too large.") % {"name": one.name})
    return Book(found, sheets)


def _faulty_by_sheet(data: bytes, found: Looked) -> dict[str, dict[tuple[int, int], str]]:
    """{sheet: {(row, column): error}}; the workbook tells which part of the zip a sheet is."""
    if not found.faulty:
        return {}
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        relations = ET.fromstring(parts.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 - no DTD: looked at
        targets = {r.get("Id"): posixpath.normpath(posixpath.join("xl", r.get("Target", ""))) for r in relations}
        workbook = ET.fromstring(parts.read("xl/workbook.xml"))  # noqa: S314
    named: dict[str, dict[tuple[int, int], str]] = {}
    for element in workbook.iter():
        if element.tag.rsplit("}", 1)[-1] != "sheet":
            continue
        part = targets.get(element.get(_RELATION), "")
        # A target may be written from the root of the zip: /xl/worksheets/sheet1.xml
        cells = found.faulty.get(part) or found.faulty.get(part.removeprefix("xl//").lstrip("/"))
        if cells:
            named[element.get("name", "")] = {place_of(ref): word for ref, word in cells.items()}
    return named
