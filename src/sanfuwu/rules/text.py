"""Text as search sees it: hashed character bigrams, overlap of two texts, and the key of an exact repeat.

Chinese has no spaces and the embedded server no Chinese collation, so two-character pieces are the index: they need no
dictionary, and any two neighbouring characters of a text find it. The hash is stable for ever, because it is stored.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from array import array
from collections.abc import Iterable
from hashlib import blake2s
from typing import Final

_NOT_ALNUM: Final = re.compile(r"[\W_]+")
# Marks and blanks before a sign that composes with nothing. What is left of a usual text is NFKC already, which is seen
# at a glance, while one "：" has all of it taken apart and put together. At most eight at once and never fewer again:
# without that a long row of dashes before anything else is looked through once for each of them.
_MARKS: Final = re.compile(
    r"[\s，。、；：！？（）“”‘’《》【】…—·,.;:!?()<>\[\]\"'/-]{1,8}+(?=[0-9A-Za-z\u4e00-\u9fff]|\Z)"
)


def normalise(text: str) -> str:
    """NFKC (full width becomes half width), lower case, only letters, characters and digits."""
    kept = unicodedata.normalize("NFKC", _MARKS.sub("", text))
    if "Σ" in kept:  # the one letter whose lower case depends on what stands around it
        kept = unicodedata.normalize("NFKC", text)
    return _NOT_ALNUM.sub("", kept.lower())


def gram_hash(gram: str) -> int:
    """The number of a gram of one or two signs: their two UTF-16 units as one signed 32-bit integer, the first one low.

    No two pieces of common signs share a number (a sign beyond U+FFFF counts as its two units), nothing is looked up,
    and a whole text is turned into numbers without a loop in Python: intake does that 300 times a text.
    """
    return _numbers(gram.encode("utf-16-le", "surrogatepass").ljust(4, b"\0"))[0]


def bigrams(text: str) -> set[int]:
    """The text's distinct grams. The only gram of a one-character text is that character."""
    return _grams(normalise(text))


def query_grams(query: str) -> list[int]:
    """Grams that a text must *all* contain to match every word of ``query``; order and distance do not matter.

    Words are split at anything that is not a letter, character or digit, so no gram spans two words. Words of one
    character cannot be found in a bigram index and are left out; an empty list means "type two characters or more".
    """
    kept = (character if character.isalnum() else " " for character in unicodedata.normalize("NFKC", query).lower())
    return sorted({gram for word in "".join(kept).split() if len(word) > 1 for gram in _grams(word)})


def jaccard(a: Iterable[int], b: Iterable[int]) -> float:
    """Shared grams over all grams, 0.0 … 1.0; two empty texts share nothing."""
    left, right = set(a), set(b)
    shared = len(left & right)
    return shared / (len(left) + len(right) - shared) if shared else 0.0


def reference_key(number: str) -> str:
    """By what the number of another office is found again: width, case and spaces do not matter, signs do."""
    return "".join(unicodedata.normalize("NFKC", number).split()).casefold()


def content_key(text: str) -> str:
    """32 hex digits, equal for texts that differ only in width, case, spaces, punctuation; "" for nothing left."""
    kept = normalise(text)
    return blake2s(kept.encode(), digest_size=16).hexdigest() if kept else ""


def _grams(kept: str) -> set[int]:
    units = kept.encode("utf-16-le", "surrogatepass")
    if len(units) < 4:
        return {gram_hash(kept)} if kept else set()
    whole = len(units) & ~3
    shifted = 2 + (len(units) - 2 & ~3)
    return {*_numbers(units[:whole]), *_numbers(units[2:shifted])}


def _numbers(units: bytes) -> array[int]:
    """Two UTF-16 units each, read as a signed 32-bit integer, the same on every machine."""
    numbers = array("i", units)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
