"""Names of the served, made comparable. Pure; likeness is for a person to judge, never for the program."""

from __future__ import annotations

import re
import unicodedata

# 有限责任公司, 有限公司, 股份有限公司 … are written one way in one ledger and another way in the next. Two firms that
# differ in nothing else are shown to a person as candidates; the program itself matches by USCC only.
_LEGAL_FORM = re.compile(r"(?:股份)?有限(?:责任)?公司|(?:个人独资企业|普通合伙|有限合伙|特殊普通合伙)")
_NOT_WORD = re.compile(r"[\W_]+")


def normalise_name(name: str) -> str:
    """A name without what writers differ in: width, case, spaces, brackets, points, the company's legal form.

    `浙江（示例）化工股份有限公司` and ` 浙江(示例)化工有限责任公司` both give `浙江示例化工`. A name that is nothing
    but a legal form keeps it, so that the answer is empty only for an empty name.
    """
    plain = _NOT_WORD.sub("", unicodedata.normalize("NFKC", name).casefold())
    return _LEGAL_FORM.sub("", plain) or plain
