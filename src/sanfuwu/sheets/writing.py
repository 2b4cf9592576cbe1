"""Workbooks that go out: the empty one to fill in, and the rows that were refused, to correct and bring back."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence

import xlsxwriter
from django.utils.translation import gettext as _

from .reading import NOTES_SHEET, REASON
from .table import Column, Table

_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_WIDTH, _WIDE = 18, 56  # of columns, in characters


def template(table: Table) -> bytes:
    """The head and nothing below it; a second sheet says what each column may hold and gives examples."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        head = book.add_format({"bold": True, "bg_color": "#EEEEEE", "bottom": 1, "num_format": "@"})
        text = book.add_format({"num_format": "@", "valign": "top"})
        wrapped = book.add_format({"num_format": "@", "valign": "top", "text_wrap": True})
        sheet = book.add_worksheet(table.name)
        sheet.set_column(0, len(table.columns) - 1, _WIDTH, text)
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, table.headings, head)
        for at, column in enumerate(table.columns):
            if offered := column.offered():
                # Offered as a list in the cell, not enforced: the other words are understood as well.
                sheet.data_validation(1, at, 5000, at, {"validate": "list", "source": offered, "error_type": "warning"})
        notes = book.add_worksheet(NOTES_SHEET)
        notes.set_column(0, 0, _WIDTH, text)
        notes.set_column(1, 1, 10, text)
        notes.set_column(2, 2, _WIDE, wrapped)
        notes.set_column(3, max(3, len(table.columns) - 1), _WIDTH, text)
        notes.write_row(0, 0, [_("Column"), _("Required"), _("What it holds")], head)
        row = 1
        for column in table.columns:
            notes.write_row(row, 0, [column.name, _("required") if column.required else _("may be empty")], text)
            notes.write_string(row, 2, "\n".join(said_of(column)), wrapped)
            row += 1
        notes.write_string(row + 1, 0, _("Examples (this sheet is not read)"), head)
        for at, cells in enumerate([table.headings, *table.examples], start=row + 2):
            notes.write_row(at, 0, cells, head if at == row + 2 else text)
    return out.getvalue()


def said_of(column: Column) -> list[str]:
    """What its user must know of a column, a sentence each, from what the reading itself goes by."""
    said = []
    if offered := column.offered():
        said.append(_("Permitted: %(all)s.") % {"all": "、".join(offered)})
    if understood := column.understood():
        said.append(_("Understood as well: %(all)s.") % {"all": "、".join(understood)})
    said += [str(note() if callable(note) else note) for note in column.notes]
    if column.also:
        said.append(_("The heading may also read: %(all)s.") % {"all": "、".join(column.also)})
    return said


def rejects(table: Table, rows: Iterable[tuple[Mapping[str, str], str]]) -> bytes:
    """The refused rows as they came, with the columns that are none of the table's behind the others and then the
    reason; corrected, the same file can be brought back."""
    rows = list(rows)
    others = tuple(dict.fromkeys(name for cells, _why in rows for name in cells if name not in table.headings))
    headings = (*table.headings, *others)
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        head = book.add_format({"bold": True, "bg_color": "#EEEEEE", "bottom": 1, "num_format": "@"})
        text = book.add_format({"num_format": "@", "valign": "top"})
        why = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top", "font_color": "#B42318"})
        sheet = book.add_worksheet(table.name)
        sheet.set_column(0, len(headings) - 1, _WIDTH, text)
        sheet.set_column(len(headings), len(headings), _WIDE, why)
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, [*headings, REASON], head)
        for number, (cells, reason) in enumerate(rows, start=1):
            _write_texts(sheet, number, [cells.get(name, "") for name in headings], text)
            sheet.write_string(number, len(headings), reason, why)
    return out.getvalue()


def _write_texts(sheet: xlsxwriter.worksheet.Worksheet, number: int, cells: Sequence[str], how: object) -> None:
    for at, cell in enumerate(cells):
        sheet.write_string(number, at, cell, how)
