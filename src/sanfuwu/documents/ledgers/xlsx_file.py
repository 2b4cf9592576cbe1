"""A ledger as .xlsx, written line by line in constant memory: frozen head, widths, dates as dates, ready to print.

A sheet holds 1,048,576 lines; what is longer goes on in further sheets with the same head.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from .columns import Column, Kind
from .marks import NOTICE, Marks
from .reading import Chunk

MOST_LINES = 1_048_576
MOST_CHARACTERS = 32_767  # in one cell; more would be dropped in silence
HEAD = 2  # lines above the first line: title, headings
_FONT = "宋体"
_LINE_POINTS, _MOST_POINTS = 13, 409  # of 10-point text; what a row may have at most
_WRAPPED = frozenset({Kind.TYPED, Kind.NOTE, Kind.NAME, Kind.NAMES})


class Book:
    """One workbook with one or more sheets of the same columns."""

    def __init__(self, path: Path, columns: Sequence[Column], marks: Marks, *, most: int = MOST_LINES) -> None:
        self.columns, self.marks, self.most = columns, marks, most
        self._book = xlsxwriter.Workbook(
            str(path),
            {
                "constant_memory": True,
                "tmpdir": str(path.parent),  # nothing readable is left in a place that all may read
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "default_date_format": "yyyy-mm-dd",
            },
        )
        self._book.set_properties(
            {
                "title": marks.title,
                "author": marks.who,
                "comments": f"{marks.export_id}；{NOTICE}",
                "created": marks.at.replace(tzinfo=None),
            }
        )
        base = {"font_name": _FONT, "font_size": 10, "valign": "top", "border": 1, "border_color": "#9AA3AE"}
        add = self._book.add_format
        self._title = add({"font_name": "黑体", "font_size": 14, "valign": "vcenter"})
        self._small = add({"font_name": _FONT, "font_size": 9, "font_color": "#555555", "valign": "vcenter"})
        self._head = add(
            {**base, "bold": True, "text_wrap": True, "valign": "vcenter", "align": "center", "bg_color": "#E8EDF3"}
        )
        self._text = add({**base, "text_wrap": True, "num_format": "@"})
        self._number = add({**base, "num_format": "0", "align": "center"})
        self._day = add({**base, "num_format": "yyyy-mm-dd", "align": "center"})
        self._moment = add({**base, "num_format": "yyyy-mm-dd hh:mm", "align": "center"})
        self._sheet: Any = None
        self._line = 0
        self._sheets = 0
        self._new_sheet()

    def _new_sheet(self) -> None:
        self._end_sheet()
        self._sheets += 1
        name = self.marks.title if self._sheets == 1 else f"{self.marks.title}{self._sheets}"
        sheet = self._sheet = self._book.add_worksheet(name)
        for at, column in enumerate(self.columns):
            sheet.set_column(at, at, column.width)
        sheet.freeze_panes(HEAD, self._frozen())
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.7)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(HEAD - 1)
        sheet.set_header(
            f"&L&9{self.marks.county}三服务{self.marks.title}&R&9{_plain(self.marks.who)} {self.marks.when} 导出"
        )
        sheet.set_footer(f"&L&8记录号 {self.marks.export_id}　{NOTICE}&R&9第 &P 页 / 共 &N 页")
        sheet.set_row(0, 24)
        sheet.write_string(0, 0, f"{self.marks.county}三服务{self.marks.title}", self._title)
        sheet.write_string(0, self._beside_title(), self.marks.remark, self._small)
        sheet.set_row(1, 42)
        for at, column in enumerate(self.columns):
            sheet.write_string(1, at, column.heading, self._head)
        self._line = HEAD

    def _end_sheet(self) -> None:
        if self._sheet is not None and self._line > HEAD:
            self._sheet.autofilter(HEAD - 1, 0, self._line - 1, len(self.columns) - 1)

    def _beside_title(self) -> int:
        """The first column that the title does not reach."""
        reached = 0
        for at, column in enumerate(self.columns):
            reached += column.width
            if reached >= 40:
                return at + 1
        return len(self.columns)

    def _frozen(self) -> int:
        """Columns that stay while one scrolls to the side: up to the number of the problem."""
        codes = [column.code for column in self.columns[:3]]
        return codes.index("number") + 1 if "number" in codes else 0

    def lines(self, cells: Sequence[Sequence[Any]], count: int) -> None:
        """Add lines, given by column."""
        start = 0
        while start < count:
            if self._line >= self.most:
                self._new_sheet()
            end = min(count, start + self.most - self._line)
            self._write(cells, start, end)
            start = end

    def _write(self, cells: Sequence[Sequence[Any]], start: int, end: int) -> None:
        sheet = self._sheet
        string, number, blank, text = sheet.write_string, sheet.write_number, sheet.write_blank, self._text
        formats = [self._format(column) for column in self.columns]
        line = self._line
        heights = self._heights(cells, start, end)
        for row, height in zip(zip(*(column[start:end] for column in cells), strict=True), heights, strict=True):
            if height > 1:
                sheet.set_row(line, min(height * _LINE_POINTS + 2, _MOST_POINTS))
            for at, value in enumerate(row):
                if value is None or value == "":
                    blank(line, at, None, text)
                elif formats[at] is text:
                    string(line, at, value if len(value) <= MOST_CHARACTERS else value[:MOST_CHARACTERS], text)
                else:
                    number(line, at, value, formats[at])
            line += 1
        self._line = line
        # XlsxWriter keeps the height of every row although it has written it: 250 MB at a million lines. Only the last
        # row is not written yet.
        for kept in (sheet.row_info, sheet.row_sizes):
            last = kept.get(line - 1)
            kept.clear()
            if last is not None:
                kept[line - 1] = last

    def _heights(self, cells: Sequence[Sequence[Any]], start: int, end: int) -> list[int]:
        """Lines of text in each row: not every program works them out when it opens a file."""
        heights = [1] * (end - start)
        for column, mine in zip(self.columns, cells, strict=True):
            if column.kind not in _WRAPPED:
                continue
            fits = column.width - 1  # of figures; a Chinese character is two of them wide
            for at in range(start, end):
                text = mine[at]
                if text and len(text) * 2 > fits:
                    needed = -(-len(text) * 2 // fits) + text.count("\n")
                    if needed > heights[at - start]:
                        heights[at - start] = needed
        return heights

    def _format(self, column: Column) -> Any:
        return {Kind.ORDINAL: self._number, Kind.DAY: self._day, Kind.MOMENT: self._moment}.get(column.kind, self._text)

    def close(self) -> None:
        """Put the parts together: for a large ledger this takes a while."""
        self._end_sheet()
        self._book.close()


def write(path: Path, columns: Sequence[Column], marks: Marks, chunks: Iterator[Chunk]) -> Iterator[tuple[int, int]]:
    """Write a whole workbook; yields (problems, lines) after each chunk, and it is complete at the end."""
    book = Book(path, columns, marks)
    for problems, lines, cells in chunks:
        book.lines(cells, lines)
        yield problems, lines
    book.close()


def _plain(text: str) -> str:
    """Text inside a header, where & begins a code."""
    return text.replace("&", "&&")
