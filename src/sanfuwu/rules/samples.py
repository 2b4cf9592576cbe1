"""Identifiers for demonstration and test data: their check digits are right, and they belong to nobody.

They use series that are not assigned: organisation codes beginning with YY, identity numbers with the order number 000,
mobile numbers of the unused 161 series, fixed lines beginning with 2 where a county's own begin with 8.
"""

from __future__ import annotations

from datetime import date

from sanfuwu.rules.identifiers import organisation_check_char, resident_id_check_char, uscc_check_char


def make_sample_organisation_code(serial: int) -> str:
    """Organisation code of sample ``serial`` (0 … 999,999)."""
    body = f"YY{_within(serial, 1_000_000):06d}"
    return body + organisation_check_char(body)


def make_sample_uscc(serial: int, *, division: str = "330604", department: str = "9", category: str = "1") -> str:
    """Social credit code of sample ``serial`` (0 … 999,999); by default an enterprise registered in Shangyu."""
    body = department + category + division + make_sample_organisation_code(serial)
    return body + uscc_check_char(body)


def make_sample_resident_id(born: date, *, division: str = "330604") -> str:
    """Identity number with a birth date and the order number 000, which is never given out."""
    body = f"{division}{born:%Y%m%d}000"
    return body + resident_id_check_char(body)


def make_sample_mobile(serial: int) -> str:
    """Mobile number of sample ``serial`` (0 … 99,999,999)."""
    return f"161{_within(serial, 100_000_000):08d}"


def make_sample_landline(serial: int, *, area_code: str = "0575") -> str:
    """Fixed line of sample ``serial`` (0 … 9,999,999)."""
    return f"{area_code}-2{_within(serial, 10_000_000):07d}"


def is_sample_uscc(uscc: str) -> bool:
    return uscc[8:10] == "YY"


def _within(serial: int, size: int) -> int:
    if not 0 <= serial < size:
        raise ValueError(f"the serial number of a sample is 0 … {size - 1}")
    return serial
