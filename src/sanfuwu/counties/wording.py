"""Words that follow what the county is: 区级 in a district, 县级 in a county, 市级 in a county-level city.

A sentence has `%(county)s` in it, in every language; it is filled when it is shown, from the end of the county's name.
"""

from __future__ import annotations

from django.utils.functional import Promise, lazy
from django.utils.translation import pgettext

from .models import County
from .queries import county_kind


def county_word() -> str:
    """区, 县, 市 or 旗; in English district, county, city or banner. Outside of any county as in a 县."""
    try:
        kind = county_kind()
    except County.DoesNotExist:
        kind = "县"
    return {
        "区": pgettext("kind of county", "district"),
        "县": pgettext("kind of county", "county"),
        "市": pgettext("kind of county", "city"),
        "旗": pgettext("kind of county", "banner"),
    }[kind]


def _filled(sentence: str | Promise) -> str:
    return str(sentence) % {"county": county_word()}


_lazily = lazy(_filled, str)


def local(sentence: str | Promise) -> str | Promise:
    """The sentence with the county's own word in it, found when it is shown: tables of words are made once for all
    counties."""
    return _lazily(sentence)
