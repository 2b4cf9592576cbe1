"""The rows that were refused, as a workbook: the same columns, and one more that says why."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

import xlsxwriter

REASON = "未导入原因"  # known as a column that is left out when the workbook comes back


def workbook(headings: Sequence[str], rows: Iterable[tuple[Sequence[str], str]], *, mark: str) -> bytes:
    """An .xlsx with every cell as text: nothing that begins with = is a formula. `mark` stands in head and foot."""
    out = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet("未导入")
        bold = book.add_format({"bold": True, "bg_color": "#EEEEEE", "text_wrap": True, "valign": "top"})
        plain = book.add_format({"num_format": "@", "valign": "top"})
        why = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top", "font_color": "#B42318"})
        sheet.set_header(f"&L{mark}")
        sheet.set_footer(f"&L{mark}&R&P/&N")
        sheet.set_column(0, max(0, len(headings) - 1), 16, plain)
        sheet.set_column(len(headings), len(headings), 44, why)
        sheet.freeze_panes(1, 0)
        for at, heading in enumerate([*headings, REASON]):
            sheet.write_string(0, at, heading, bold)
        for number, (cells, reason) in enumerate(rows, start=1):
            for at in range(len(headings)):
                sheet.write_string(number, at, cells[at] if at < len(cells) else "", plain)
            sheet.write_string(number, len(headings), reason, why)
    return out.getvalue()
