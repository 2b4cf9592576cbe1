"""Whether an office phone looks like the others of its area: a digit too few is seen by comparing, not by a rule."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from ..models import Person

_SIGNS = re.compile(r"[-+()\s（）]")
# Area codes of China: 010 and 02x have three digits, all others four. A number behind them begins with 2 … 8.
_LINE = re.compile(r"(?:86)?(0(?:10|2\d|[3-9]\d\d))([2-8]\d+)")
_EXTENSION = re.compile(r"(?:转|ext\.?|-(?=\d{1,5}$)(?<=\d{7}-)).*$", re.IGNORECASE)
_USUAL = (7, 8)  # digits behind the area code
_ENOUGH = 3  # numbers of one area before they say anything about another
_MOST_OF_THEM = 2 / 3


@dataclass(frozen=True, slots=True)
class PhoneLengths:
    """{area code: {digits behind it: how many numbers}}."""

    seen: Mapping[str, Mapping[int, int]]

    def doubt(self, phone: str) -> str:
        """A sentence where the number has another length than most of its area, or one that no area has; else ""."""
        found = _parts(phone)
        if found is None:
            return ""
        area, digits = found
        known = self.seen.get(area, {})
        total = sum(known.values())
        usual = max(known, key=lambda length: known[length], default=0)
        if total >= _ENOUGH and usual in _USUAL and usual != digits and known[usual] >= _MOST_OF_THEM * total:
            said = _(
                "Please check the telephone: behind %(area)s it has %(digits)d digits, most others have %(usual)d."
            )
            return said % {"area": area, "digits": digits, "usual": usual}
        if digits not in _USUAL:
            said = _("Please check the telephone: behind %(area)s it has %(digits)d digits; 7 or 8 are usual.")
            return said % {"area": area, "digits": digits}
        return ""


def phone_lengths(beside: Iterable[str] = ()) -> PhoneLengths:
    """Of all office phones there are and of those `beside`, such as a workbook's: one statement."""
    seen: dict[str, Counter[int]] = defaultdict(Counter)
    there = Person.objects.exclude(office_phone="").values_list("office_phone", flat=True)
    for phone in {*there, *beside}:
        if (found := _parts(phone)) is not None:
            seen[found[0]][found[1]] += 1
    return PhoneLengths(seen)


def _parts(phone: str) -> tuple[str, int] | None:
    """(area code, digits behind it), without an extension; None for a number without an area code."""
    found = _LINE.fullmatch(_SIGNS.sub("", _EXTENSION.sub("", phone.strip())))
    return (found[1], len(found[2])) if found else None
