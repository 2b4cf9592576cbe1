"""How names are put in order: by pinyin, stored, because the embedded server knows no Chinese collation."""

from __future__ import annotations

import unicodedata


def pinyin_key(name: str) -> str:
    """`章镇镇` → `zhang zhen zhen`: lower case, one syllable a character, full-width forms folded."""
    from pypinyin import lazy_pinyin

    return " ".join(lazy_pinyin(unicodedata.normalize("NFKC", name).strip())).lower()
