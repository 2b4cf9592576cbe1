"""The workbook that goes out, written from the lines that were remembered: the same file at every download."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

import xlsxwriter
from django.conf import settings
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from sanfuwu.counties.queries import county_name
from sanfuwu.ledger.crypto import decrypt
from sanfuwu.ledger.models import Note
from sanfuwu.rules.masking import mask_numbers
from sanfuwu.territory.queries import unit_names

from . import headings
from .models import Exchange, ToldLine

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDTHS = {"number": 24, "our_number": 22, "report": 48, "answer": 48}


@dataclass(frozen=True, slots=True)
class Wording:
    """Codes in the words of the pages (`web.words`): a word stands in one place only."""

    stage: Callable[[str], str]
    result: Callable[[str], str]
    callback: Callable[[str], str]


def workbook(exchange: Exchange, wording: Wording) -> bytes:
    """The .xlsx. A text that was erased since is missing from it; telephone and identity numbers are masked."""
    names = headings.of_out(exchange.system.headings)
    out = io.BytesIO()
    # Nothing is a formula or a link, whatever stands in a text; the time inside is that of the exchange.
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    made = timezone.localtime(exchange.at)
    book.set_properties({"created": made.replace(tzinfo=None), "author": county_name(), "title": _title(exchange)})
    head = book.add_format({"bold": True, "border": 1, "text_wrap": True, "valign": "top", "bg_color": "#EEF2F7"})
    cell = book.add_format({"border": 1, "text_wrap": True, "valign": "top", "num_format": "@"})
    sheet = book.add_worksheet()
    mark = f"{county_name()} → {exchange.system.name} {made:%Y-%m-%d %H:%M} {exchange.pk}"
    sheet.set_header(f"&L{mark.replace('&', '&&')}")
    sheet.set_footer(f"&L{mark.replace('&', '&&')}&R&P / &N")
    sheet.set_landscape()
    sheet.repeat_rows(0)
    sheet.freeze_panes(1, 1)
    for column, (key, name) in enumerate(names.items()):
        sheet.set_column(column, column, _WIDTHS.get(key, 16))
        sheet.write_string(0, column, name, head)
    for row, values in enumerate(_rows(exchange, wording), start=1):
        for column, key in enumerate(names):
            sheet.write_string(row, column, values[key], cell)
    book.close()
    return out.getvalue()


def file_name(exchange: Exchange) -> str:
    """上虞区-12345-第3次-20190220.xlsx"""
    return f"{_title(exchange)}-{timezone.localtime(exchange.at):%Y%m%d}.xlsx"


def _title(exchange: Exchange) -> str:
    return f"{county_name()}-{exchange.system.name}-" + _("no. %(n)d") % {"n": exchange.no}


def _rows(exchange: Exchange, wording: Wording) -> list[dict[str, str]]:
    lines = list(ToldLine.objects.filter(exchange=exchange).order_by("pk").select_related("foreign__problem"))
    texts = _texts([note for line in lines for note in (line.report_note_id, line.answer_note_id) if note])
    units = {str(pk): name for pk, name in unit_names(timezone.localdate(exchange.at)).items()}
    return [
        {
            "number": line.foreign.number,
            "our_number": line.foreign.problem.number,
            "state": wording.stage(line.said["stage"]),
            "unit": units.get(line.said["unit"] or "", ""),
            "due": _moment(line.said["due"]),
            "report": texts.get(line.report_note_id, "") if line.report_note_id else "",
            "result": wording.result(line.said["result"]),
            "answer": texts.get(line.answer_note_id, "") if line.answer_note_id else "",
            "callback": wording.callback(line.said["callback"]),
        }
        for line in lines
    ]


def _texts(ids: list[UUID]) -> dict[UUID, str]:
    """Masked texts; an erased one says so."""
    found = {}
    for note in Note.objects.filter(pk__in=ids):
        if note.erased_at is not None:
            found[note.pk] = _("(erased by law)")
        else:
            found[note.pk] = mask_numbers(decrypt(note.text_enc, note.pk, note.key_id))
    return found


def _moment(text: str | None) -> str:
    moment: dt.datetime | None = parse_datetime(text) if text else None
    return f"{moment.astimezone(ZoneInfo(settings.TIME_ZONE)):%Y-%m-%d %H:%M}" if moment else ""
