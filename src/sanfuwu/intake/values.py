"""Cells as people mean them: text as it is shown, dates in their many forms, telephones, several names in one cell."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings

from sanfuwu.rules.identifiers import check_phone

from .files.book import Cell

_EPOCH: Final = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - day 0 of a spreadsheet, which knows no time zone
_DATE: Final = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?"
    r"(?:[T\s]*(上午|下午)?\s*(\d{1,2})[:时点](\d{1,2})分?(?::?(\d{1,2})秒?)?(?:\.\d+)?)?(?:Z|\+08:?00)?"
)
_PACKED: Final = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
_SERIAL: Final = re.compile(r"\d{5}(?:\.\d+)?")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_SEVERAL: Final = re.compile(r"[/、，,;；\n]|\s{2,}|\s(?=1[3-9]\d)")
_MASKED: Final = re.compile(r"[*＊xX×]{3,}")
FIRST_YEAR: Final = 1949


class NotADate(ValueError):
    """The cell holds something, but no date."""


def shown(cell: Cell | None) -> str:
    """A cell as its reader sees it: a whole number without “.0”, a date as 2019-01-08 or with its time."""
    if isinstance(cell, str):
        return cell.strip()
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.strftime("%Y-%m-%d %H:%M" if cell.second == 0 else "%Y-%m-%d %H:%M:%S")
    return str(cell)


def clean(text: str) -> str:
    """Without characters that belong into no text; line ends as \\n."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", text.replace("_x000D_", "")).strip()


def one_line(text: str) -> str:
    """The same with every run of blanks and line ends as one blank."""
    return " ".join(clean(text).split())


def is_date(cell: Cell) -> bool:
    """Whether it reads as a date; a bare number does not."""
    if isinstance(cell, int | float):
        return False
    if isinstance(cell, str) and not _DATE.fullmatch(cell.strip()):
        return False
    try:
        return moment(cell) is not None
    except NotADate:
        return False


def moment(cell: Cell | None) -> dt.datetime | None:
    """Date and time of a cell in the county's time: a real date, a serial number, or text in one of the usual forms
    (2019/1/8 9:12, 2019-01-08, 2019年1月8日, 2019.1.8, 20190108). None for an empty cell; `NotADate` for anything else.
    """
    if isinstance(cell, dt.datetime):
        return _checked(cell)
    if isinstance(cell, dt.date):
        return _checked(dt.datetime.combine(cell, dt.time()))
    if isinstance(cell, bool | dt.time | dt.timedelta):
        raise NotADate(cell)
    if isinstance(cell, int | float):
        return _of_number(cell)
    words = (cell or "").strip()
    return _of_words(words) if words else None


@lru_cache(maxsize=4096)
def _of_words(words: str) -> dt.datetime:
    text = unicodedata.normalize("NFKC", words).strip()
    if _SERIAL.fullmatch(text):
        return _of_number(float(text))
    found = _DATE.fullmatch(text)
    try:
        if found is None:
            packed = _PACKED.fullmatch(text)
            if packed is None:
                raise NotADate(words)
            return _checked(dt.datetime(*map(int, packed.groups())))  # type: ignore[arg-type]  # noqa: DTZ001
        year, month, day, half, hour, minute, second = found.groups()
        hours = int(hour or 0)
        if half == "下午" and hours < 12:
            hours += 12
        return _checked(dt.datetime(int(year), int(month), int(day), hours, int(minute or 0), int(second or 0)))  # noqa: DTZ001
    except ValueError as error:
        raise NotADate(words) from error


def _of_number(number: float) -> dt.datetime:
    if 19490101 <= number <= 21001231 and float(number).is_integer():
        return _of_words(str(int(number)))
    if not 18_000 <= number < 80_000:  # 1949 … 2119: smaller numbers are no dates of ours
        raise NotADate(number)
    return _checked(_EPOCH + dt.timedelta(seconds=round(number * 86_400)))


def _checked(moment: dt.datetime) -> dt.datetime:
    if not FIRST_YEAR <= moment.year <= 2200:
        raise NotADate(moment)
    return moment.replace(tzinfo=moment.tzinfo or _zone())


@lru_cache(maxsize=1)
def _zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)


def is_masked(text: str) -> bool:
    """138****0000: hidden by whoever made the list, so it is nobody's number."""
    return bool(_MASKED.search(text))


def phone_in(text: str) -> tuple[str, str] | None:
    """(the first valid number, what stands besides); None when there is none. Lists keep several in one cell."""
    checked = check_phone(text)
    if checked.ok:
        return checked.value, ""
    parts = [part.strip() for part in _SEVERAL.split(text) if part.strip()]
    for n, part in enumerate(parts):
        checked = check_phone(part)
        if checked.ok:
            return checked.value, "、".join(parts[:n] + parts[n + 1 :])
    return None


def names_in(text: str) -> list[str]:
    """Several names in one cell: 区水利局、崧厦镇."""
    return [part.strip() for part in re.split(r"[、，,;；/\n]|\s+", text) if part.strip()]
