"""What may stand in braces in 常用语: a fixed list of words, replaced as text. Nothing in a phrase is ever run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

# The word in braces is Chinese in every language of the page: it stands in texts that go to Chinese readers.
PLACEHOLDERS: Final = ("编号", "标题", "主办单位", "办理期限", "本单位", "三服务办电话", "今天")
_BRACES: Final = re.compile(r"\{([^{}]*)\}|[{}]")


def unknown(text: str) -> list[str]:
    """What stands in braces and is not in the list, as written; a lone brace counts."""
    found = []
    for match in _BRACES.finditer(text):
        if match[1] is None or match[1].strip() not in PLACEHOLDERS:
            found.append(match[0])
    return found


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders replaced; what has no value becomes a gap to write on.

    One pass: a value that itself holds braces is not looked at again.
    """
    return _BRACES.sub(lambda m: values.get((m[1] or "").strip(), "") or "____", text)
