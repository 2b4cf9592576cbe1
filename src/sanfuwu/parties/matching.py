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


_FIRM = re.compile(r"公司|厂$|集团|合作社|企业|商行|工作室|银行|超市|酒店|\b(ltd|inc|co)\b", re.IGNORECASE)
_VILLAGE = re.compile(r"(村|社区|居委会|村委会)$")
_BODY = re.compile(r"(局|委|办|中心|学校|小学|中学|医院|管委会|协会|商会)$")


def kind_of(name: str) -> str:
    """What a name most likely is: a firm, a village, a public body, otherwise a resident. A person may overrule it."""
    name = name.strip()
    if _FIRM.search(name):
        return "enterprise"
    if _VILLAGE.search(name):
        return "village"
    return "organisation" if _BODY.search(name) else "resident"
