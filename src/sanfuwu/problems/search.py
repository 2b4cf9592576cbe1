"""The grams that search stores and asks for: bigrams of text, scrambled with the installation's key.

A bigram is two characters in a number, so a table of plain bigrams would give back, in pieces, what the notes keep
encrypted. The scramble is a bijection on 32 bits (two rounds of xor, multiply, shift): equality is all that is left,
nothing collides, and 100 grams take some 25 µs on the intake path. It hides texts from whoever has only the tables; it
is no cipher against somebody who also counts frequencies (THREAT_MODEL.md).
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from functools import lru_cache

from django.conf import settings

from sanfuwu.rules.text import bigrams, query_grams

_MASK = 0xFFFF_FFFF
_HALF = 0x8000_0000
_KEPT = 200_000  # grams a process remembers: some 20 MB, more than a county's texts have


class _Scramble(dict[int, int]):
    """{gram: its scramble} under one key, worked out at the first look: texts of a county share most grams."""

    def __init__(self, key: bytes) -> None:
        super().__init__()
        digest = hmac.digest(key, b"search grams", "sha256")
        first, second, third = (int.from_bytes(digest[i : i + 4], "big") for i in (0, 4, 8))
        self._xor, self._one, self._two = first, second | 1, third | 1

    def __missing__(self, gram: int) -> int:
        x = ((gram ^ self._xor) * self._one) & _MASK
        x = ((x ^ (x >> 15)) * self._two) & _MASK
        x ^= x >> 13
        found = x - 0x1_0000_0000 if x & _HALF else x
        if len(self) >= _KEPT:
            self.clear()
        self[gram] = found
        return found


@lru_cache(maxsize=4)
def _scramble(key: bytes) -> _Scramble:
    """Under the key that also finds telephones."""
    return _Scramble(key)


def scrambled(grams: Iterable[int]) -> list[int]:
    """Signed 32-bit numbers, sorted, one for each gram."""
    return sorted(map(_scramble(settings.SANFUWU_HMAC_KEY).__getitem__, grams))


def grams_of(text: str) -> list[int]:
    """What is stored of a text."""
    return scrambled(bigrams(text))


def grams_asked(words: str) -> list[int]:
    """What a search must find, all of it; empty when no word has two characters."""
    return scrambled(query_grams(words))
