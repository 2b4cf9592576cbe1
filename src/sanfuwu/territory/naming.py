"""What is made of names by pinyin: the order they stand in, stored, because the embedded server knows no Chinese
collation, and short codes for whoever has none."""

from __future__ import annotations

import unicodedata
from collections.abc import Container

_MOST = 24  # characters of a proposed code, before the number that makes it the only one


def pinyin_key(name: str) -> str:
    """`章镇镇` → `zhang zhen zhen`: lower case, one syllable a character, full-width forms folded."""
    from pypinyin import lazy_pinyin

    return " ".join(lazy_pinyin(unicodedata.normalize("NFKC", name).strip())).lower()


def proposed_code(name: str, taken: Container[str]) -> str:
    """`水利水电局` → `slsdj`: the initials, with a number behind where that is taken. Never empty."""
    from pypinyin import Style, lazy_pinyin

    said = "".join(lazy_pinyin(unicodedata.normalize("NFKC", name).strip(), style=Style.FIRST_LETTER)).lower()
    base = "".join(letter for letter in said if letter.isascii() and letter.isalnum())[:_MOST] or "x"
    code, number = base, 2
    while code in taken:
        code, number = f"{base}-{number}", number + 1
    return code
