"""The grams that search stores and asks for: bigrams of text, scrambled with the installation's key.

A bigram is two characters in a number, so a table of plain bigrams would give back, in pieces, what the notes keep
encrypted. The scramble is a bijection on 32 bits (two rounds of xor, multiply, shift): equality is all that is left,
nothing collides, and 100 grams take some 25 µs on the intake path. It hides texts from whoever has only the tables; it
is no cipher against somebody who also counts frequencies (THREAT_MODEL.md).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from functools import lru_cache

from django.conf import settings

from sanfuwu.rules.text import bigrams, query_grams

_MASK = 0xFFFF_FFFF
_HALF = 0x8000_0000


@lru_cache(maxsize=4)
def _constants(key: bytes) -> tuple[int, int, int]:
    """(xor, odd multiplier, odd multiplier) derived from the key that also finds telephones."""
    digest = hmac.new(key, b"search grams", hashlib.sha256).digest()
    first, second, third = (int.from_bytes(digest[i : i + 4], "big") for i in (0, 4, 8))
    return first, second | 1, third | 1


def scrambled(grams: Iterable[int]) -> list[int]:
    """Signed 32-bit numbers, sorted, one for each gram."""
    xor, one, two = _constants(settings.SANFUWU_HMAC_KEY)
    found = []
    for gram in grams:
        x = ((gram ^ xor) * one) & _MASK
        x = ((x ^ (x >> 15)) * two) & _MASK
        x ^= x >> 13
        found.append(x - 0x1_0000_0000 if x & _HALF else x)
    found.sort()
    return found


def grams_of(text: str) -> list[int]:
    """What is stored of a text."""
    return scrambled(bigrams(text))


def grams_asked(words: str) -> list[int]:
    """What a search must find, all of it; empty when no word has two characters."""
    return scrambled(query_grams(words))
