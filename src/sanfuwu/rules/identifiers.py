"""Numbers that identify firms, persons, phones and places in China, and how they are checked.

Every check takes what a person typed (full width, lower case, blanks and hyphens are forgiven), and answers with the
normalised value and either no reason or the first reason against it; nothing raises on bad input.

Sources: GB 32100-2015 (social credit code), GB 11714-1997 (organisation code), GB 11643-1999 (resident identity
number), GB/T 2260 and the statistical 12-digit division codes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Final


class Reason(StrEnum):
    EMPTY = "empty"
    LENGTH = "length"
    CHARSET = "charset"
    DIVISION = "division"
    BIRTH_DATE = "birth_date"
    CHECK_DIGIT = "check_digit"
    PREFIX = "prefix"


@dataclass(frozen=True, slots=True)
class Checked:
    """``value`` is normalised even when refused, so that it can be shown next to the reason."""

    value: str
    reason: Reason | None = None

    @property
    def ok(self) -> bool:
        return self.reason is None


_BLANKS: Final = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
_HYPHENS: Final = re.compile(r"[-\u2010-\u2015\u2212\u30fc_]+")

USCC_CHARS: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_VALUE: Final = {char: value for value, char in enumerate(USCC_CHARS)}
_USCC_WEIGHTS: Final = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_ORG_CHARS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORG_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
_ID_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECK: Final = "10X98765432"
PROVINCES: Final = frozenset(
    str(code)
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83))
    for code in range(first, last + 1)
)


def normalise_code(raw: str) -> str:
    """Half width, upper case, without blanks and hyphens."""
    if raw.isascii() and raw.isalnum():  # as nearly all are: there is nothing to take out
        return raw.upper()
    return _HYPHENS.sub("", _BLANKS.sub("", unicodedata.normalize("NFKC", raw))).upper()


# -- firms ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class UsccParts:
    """Registering department, category, division (6 digits) and organisation code (9 characters)."""

    department: str
    category: str
    division: str
    organisation_code: str


def check_uscc(raw: str) -> Checked:
    """Unified social credit code, 18 characters; the department may be any, because new ones are assigned."""
    code = normalise_code(raw)
    if reason := _shape(code, 18, _USCC_VALUE):
        return Checked(code, reason)
    if not _is_division(code[2:8]):
        return Checked(code, Reason.DIVISION)
    return Checked(code, None if uscc_check_char(code[:17]) == code[17] else Reason.CHECK_DIGIT)


def uscc_check_char(body: str) -> str:
    """The 18th character of a code whose first 17 are given."""
    total = sum(_USCC_VALUE[char] * weight for char, weight in zip(body, _USCC_WEIGHTS, strict=True))
    return USCC_CHARS[-total % 31]


def uscc_parts(uscc: str) -> UsccParts:
    """Split a code that :func:`check_uscc` accepted."""
    return UsccParts(uscc[0], uscc[1], uscc[2:8], uscc[8:17])


def check_organisation_code(raw: str) -> Checked:
    """Organisation code, 9 characters, with or without its hyphen; the value has none."""
    code = normalise_code(raw)
    if reason := _shape(code, 9, _ORG_CHARS):
        return Checked(code, reason)
    return Checked(code, None if organisation_check_char(code[:8]) == code[8] else Reason.CHECK_DIGIT)


def organisation_check_char(body: str) -> str:
    """The 9th character of a code whose first 8 are given."""
    total = sum(_ORG_CHARS.index(char) * weight for char, weight in zip(body, _ORG_WEIGHTS, strict=True))
    return "0123456789X"[-total % 11]


# -- persons ----------------------------------------------------------------------------------------------------


def check_resident_id(raw: str, *, today: date | None = None) -> Checked:
    """Resident identity number, 18 characters; with ``today`` a birth date in the future is refused."""
    code = normalise_code(raw)
    if reason := _shape(code, 18, "0123456789X"):
        return Checked(code, reason)
    if not code[:17].isdigit():
        return Checked(code, Reason.CHARSET)
    if code[:2] not in PROVINCES:
        return Checked(code, Reason.DIVISION)
    born = birth_date(code)
    if born is None or (today is not None and born > today):
        return Checked(code, Reason.BIRTH_DATE)
    return Checked(code, None if resident_id_check_char(code[:17]) == code[17] else Reason.CHECK_DIGIT)


def birth_date(resident_id: str) -> date | None:
    """The birth date in an 18-character number; None when it is no date."""
    try:
        return date(int(resident_id[6:10]), int(resident_id[10:12]), int(resident_id[12:14]))
    except ValueError:
        return None


def resident_id_check_char(body: str) -> str:
    """The 18th character (ISO 7064 MOD 11-2) of a number whose first 17 digits are given."""
    return _ID_CHECK[sum(int(digit) * weight for digit, weight in zip(body, _ID_WEIGHTS, strict=True)) % 11]


# -- phones -----------------------------------------------------------------------------------------------------

_MOBILE: Final = re.compile(r"1[3-9][0-9]{9}", re.ASCII)
_COUNTRY: Final = re.compile(r"^(?:\+|00)86|^86(?=1[3-9][0-9]{9}$)", re.ASCII)
_LANDLINE: Final = re.compile(
    r"(0(?:10|2[0-9]|[3-9][0-9]{2}))?([2-8][0-9]{6,7})(?:(?:X|EXT|转|分机|,|#)([0-9]{1,6}))?", re.ASCII
)
_LANDLINE_TYPED_EXTENSION: Final = re.compile(r"(?<=[0-9]{7})[-\u2010-\u2015\u2212](?=[0-9]{1,6}$)", re.ASCII)


def check_mobile(raw: str) -> Checked:
    """Mobile number, 11 digits; a leading +86, 0086 or 86 is dropped."""
    if _MOBILE.fullmatch(raw):
        return Checked(raw)
    code = _COUNTRY.sub("", normalise_code(raw).replace("(", "").replace(")", ""))
    if reason := _shape(code, 11, "0123456789"):
        return Checked(code, reason)
    return Checked(code, None if _MOBILE.fullmatch(code) else Reason.PREFIX)


def check_landline(raw: str, *, area_code: str = "0575") -> Checked:
    """Fixed line as ``0575-82123456`` or ``0575-82123456-801``; a number without area code gets ``area_code``."""
    text = _BLANKS.sub("", unicodedata.normalize("NFKC", raw)).upper().replace("(", "").replace(")", "-")
    code = _HYPHENS.sub("", _LANDLINE_TYPED_EXTENSION.sub("#", text))
    if code.startswith(("+86", "0086")):
        code = "0" + code.removeprefix("+").removeprefix("00").removeprefix("86").removeprefix("0")
    if not code:
        return Checked("", Reason.EMPTY)
    if (found := _LANDLINE.fullmatch(code)) is None:
        if not re.fullmatch(r"[0-9X#,EXT转分机]+", code):
            return Checked(code, Reason.CHARSET)
        return Checked(code, Reason.PREFIX if 7 <= len(code) <= 12 else Reason.LENGTH)
    return Checked("-".join(part for part in (found[1] or area_code, found[2], found[3]) if part))


def check_phone(raw: str, *, area_code: str = "0575") -> Checked:
    """A mobile number or a fixed line. What looks like neither is judged as the one it is closer to."""
    mobile = check_mobile(raw)
    if mobile.ok or mobile.reason is Reason.EMPTY:
        return mobile
    landline = check_landline(raw, area_code=area_code)
    return landline if landline.ok or not mobile.value.startswith("1") else mobile


# -- places -----------------------------------------------------------------------------------------------------


class DivisionLevel(StrEnum):
    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    TOWN = "town"
    VILLAGE = "village"


class TownKind(StrEnum):
    STREET = "street"  # 街道
    TOWN = "town"  # 镇
    TOWNSHIP = "township"  # 乡
    OTHER = "other"  # 开发区 and the like


_LEVELS: Final = (
    (DivisionLevel.PROVINCE, 0, 2),
    (DivisionLevel.CITY, 2, 4),
    (DivisionLevel.COUNTY, 4, 6),
    (DivisionLevel.TOWN, 6, 9),
    (DivisionLevel.VILLAGE, 9, 12),
)


@lru_cache(maxsize=4096)  # a county has some hundred, and each row of a table names one
def check_division(raw: str) -> Checked:
    """Division code of 2, 4, 6, 9 or 12 digits; the value always has 12 (padded with zeros)."""
    code = normalise_code(raw)
    if not code:
        return Checked("", Reason.EMPTY)
    if not (code.isascii() and code.isdigit()):
        return Checked(code, Reason.CHARSET)
    if len(code) not in (2, 4, 6, 9, 12):
        return Checked(code, Reason.LENGTH)
    padded = code.ljust(12, "0")
    return Checked(padded, None if padded[:2] in PROVINCES else Reason.DIVISION)


def division_level(code: str) -> DivisionLevel:
    """Level of a checked 12-digit code: its last part that is not zero."""
    return next(level for level, start, end in reversed(_LEVELS) if int(code[start:end]) or start == 0)


@lru_cache(maxsize=4096)
def division_ancestors(code: str) -> tuple[str, ...]:
    """The 12-digit codes from the province down to ``code`` itself.

    Levels that do not exist are left out: the towns of a city without counties (441900…) hang on the city.
    """
    return tuple(code[:end].ljust(12, "0") for _level, start, end in _LEVELS if int(code[start:end]))


def division_at(code: str, level: DivisionLevel) -> str | None:
    """The 12-digit code of ``code``'s ancestor (or itself) at that level; None where there is none."""
    start, end = next((start, end) for known, start, end in _LEVELS if known is level)
    return code[:end].ljust(12, "0") if int(code[start:end]) else None


def is_within(code: str, ancestor: str) -> bool:
    """True when ``code`` is ``ancestor`` or lies below it (both 12 digits)."""
    return ancestor in division_ancestors(code)


def town_kind(code: str) -> TownKind | None:
    """Street, town, township or other by the 7th digit; None above town level."""
    if not int(code[6:9]):
        return None
    return {"0": TownKind.STREET, "1": TownKind.TOWN, "2": TownKind.TOWNSHIP, "3": TownKind.TOWNSHIP}.get(
        code[6], TownKind.OTHER
    )


def _shape(code: str, length: int, alphabet: Sequence[str] | dict[str, int]) -> Reason | None:
    if not code:
        return Reason.EMPTY
    if len(code) != length:
        return Reason.LENGTH
    return None if all(char in alphabet for char in code) else Reason.CHARSET


def _is_division(code: str) -> bool:
    return code.isdigit() and (code[:2] in PROVINCES or code[:2] == "10")  # 10: registered with the central state
