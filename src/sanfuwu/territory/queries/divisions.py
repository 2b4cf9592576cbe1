"""Names of divisions as of a day. Codes are GB/T 2260 and below, always padded to 12 digits (`rules.identifiers`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable

from sanfuwu.counties.models import DivisionVersion
from sanfuwu.ledger.reader import ask


def division_names(codes: Collection[str], on: dt.date) -> dict[str, str]:
    """{code: name on a day}, one statement. Before the first known name that one; unknown codes are absent."""
    sql = "SELECT code, valid_from, name FROM counties_divisionversion WHERE code = ANY(%s) ORDER BY valid_from"
    return _as_of(ask(sql, [list(set(codes))]), on)


def division_name(code: str, on: dt.date) -> str:
    """The name of one division on a day; the code itself when it is unknown."""
    return division_names([code], on).get(code, code)


def divisions_below(code: str, on: dt.date) -> dict[str, str]:
    """{code: name} of a division and all below it, in the order of codes: a county's towns and villages."""
    rows = DivisionVersion.objects.filter(code__startswith=_stem(code)).order_by("code", "valid_from")
    return _as_of(rows.values_list("code", "valid_from", "name"), on)


def town_code(code: str) -> str:
    """The town of a village: the first nine digits. Of a town itself, of a county and above, the code as it is."""
    return code if code.endswith("000") else f"{code[:9]}000"


def places_named(codes: Collection[str], on: dt.date) -> dict[str, tuple[str, str]]:
    """{code: (its own name, the name with its town in front)} on a day, one statement; unknown codes are absent."""
    names = division_names({*codes, *map(town_code, codes)}, on)
    return {code: (names[code], _full(code, names)) for code in codes if code in names}


def _full(code: str, names: dict[str, str]) -> str:
    town = town_code(code)
    return names[code] if town == code else in_town(names[code], names.get(town, ""))


def in_town(name: str, town: str) -> str:
    """A village with its town in front, once: many villages are named 羽林街道拔茅村 to begin with."""
    return name if not town or name.startswith(town) else f"{town} {name}"


def _stem(code: str) -> str:
    """The digits that all divisions below share: `330604007000` → `330604007`."""
    for width in (2, 4, 6, 9):
        if not code[width:].strip("0"):
            return code[:width]
    return code


def _as_of(rows: Iterable[tuple[str, dt.date, str]], on: dt.date) -> dict[str, str]:
    names: dict[str, str] = {}
    for code, valid_from, name in rows:  # oldest first
        if valid_from <= on or code not in names:
            names[code] = name
    return names
