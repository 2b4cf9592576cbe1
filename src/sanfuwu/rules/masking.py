"""What is shown of personal data to those who need not see it. Masking is for the eye; it is not encryption."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from sanfuwu.rules.identifiers import check_landline, check_mobile, normalise_code

_COMPOUND: Final = (
    "欧阳太史端木上官司马东方独孤南宫万俟闻人夏侯诸葛"
    "尉迟公羊赫连澹台皇甫宗政濮阳公冶太叔申屠公孙慕容"
    "仲孙钟离长孙宇文司徒鲜于司空闾丘子车亓官司寇巫马"
    "公西颛孙壤驷公良漆雕乐正宰父谷梁拓跋夹谷轩辕令狐"
    "段干百里呼延东郭南门羊舌微生梁丘左丘东门西门第五"
    "完颜纳兰叶赫欧陽司馬諸葛"
)
COMPOUND_SURNAMES: Final = frozenset(_COMPOUND[at : at + 2] for at in range(0, len(_COMPOUND), 2))


def mask_name(name: str) -> str:
    """Keeps the surname: 张* for 张三, 欧阳** for 欧阳小明. A name of one character is hidden altogether."""
    kept = "".join(unicodedata.normalize("NFKC", name).split())
    if len(kept) < 2:
        return "*" * len(kept)
    surname = 2 if len(kept) > 2 and kept[:2] in COMPOUND_SURNAMES else 1
    return kept[:surname] + "*" * min(len(kept) - surname, 3)


def mask_mobile(number: str) -> str:
    """138****0000."""
    checked = check_mobile(number)
    return f"{checked.value[:3]}****{checked.value[7:]}" if checked.ok else _hide(number)


def mask_landline(number: str, *, area_code: str = "0575") -> str:
    """0575-****3456; an extension is hidden too."""
    checked = check_landline(number, area_code=area_code)
    if not checked.ok:
        return _hide(number)
    area, local, *_extension = checked.value.split("-")
    return f"{area}-****{local[4:]}"


def mask_phone(number: str, *, area_code: str = "0575") -> str:
    """A mobile number or a fixed line; anything else is hidden altogether."""
    return mask_mobile(number) if check_mobile(number).ok else mask_landline(number, area_code=area_code)


def mask_resident_id(number: str) -> str:
    """Keeps the first three and the last four characters of 18."""
    code = normalise_code(number)
    return f"{code[:3]}{'*' * 11}{code[14:]}" if len(code) == 18 else _hide(number)


# Province, city and county are taken first, so that 镇海区 or 景德镇市 is not mistaken for a town. What ends like a
# residential compound, a park or a zone (小区, 园区, 开发区 …) is no county, and nothing is read across a road or a
# village: where it is not clear how far the town goes, more is hidden rather than less.
_TO_TOWN: Final = re.compile(
    r"(?:[^\s\d省]{2,3}省|[^\s\d区]{2,6}自治区)?"
    r"(?:[^\s\d市州盟区县路街村号]{1,10}?(?:自治州|地区|市|盟))?"
    r"(?:[^\s\d区县旗路街村号]{1,7}?(?:(?<![小社园厂校景库发新院片地矿])区|县|旗|市))?"
    r"(?:[^\s\d路街村号区]{1,7}?(?:街道|镇镇|乡乡|镇|乡|苏木))?"
)


def mask_address(address: str) -> str:
    """Keeps the address down to town or street office: 上虞区崧厦街道****."""
    kept = "".join(unicodedata.normalize("NFKC", address).split())
    found = _TO_TOWN.match(kept)
    end = found.end() if found else 0
    return kept if end == len(kept) else kept[:end] + "****"


# -- free text --------------------------------------------------------------------------------------------------

_TO_HALF_WIDTH: Final = {0xFF10 + digit: 0x30 + digit for digit in range(10)} | {
    0xFF38: 0x58,  # Ｘ
    0xFF58: 0x78,  # ｘ
    0xFF0D: 0x2D,  # －
    0x2014: 0x2D,
    0x2013: 0x2D,
    0x3000: 0x20,
    0x00A0: 0x20,
}
_GAP: Final = r"[- .]?"
_IDENTITY: Final = re.compile(
    rf"(?<![0-9A-Za-z])[1-8][0-9]{{5}}{_GAP}(?:"
    rf"(?:18|19|20)[0-9]{{2}}{_GAP}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01]){_GAP}[0-9]{{3}}[0-9Xx]"
    r"|[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3})(?![0-9A-Za-z])"
)
_MOBILE: Final = re.compile(rf"(?<![0-9])(?:(?:\+|00)?86{_GAP})?1[3-9][0-9]{_GAP}[0-9]{{4}}{_GAP}[0-9]{{4}}(?![0-9])")
_AREA_LINE: Final = re.compile(
    r"(?<![0-9])(?:\(0(?:10|2[0-9]|[3-9][0-9]{2})\)|（0(?:10|2[0-9]|[3-9][0-9]{2})）|0(?:10|2[0-9]|[3-9][0-9]{2}))"
    r"[- ]?[2-8][0-9]{2,3}[- ]?[0-9]{4}(?![0-9])"
)
_LOCAL_LINE: Final = re.compile(
    r"(?:电话|座机|固话|致电|来电|拨打|联系方式|联系|TEL|Tel|tel)[^0-9\n]{0,4}([2-8][0-9]{2,3}[- ]?[0-9]{4})(?![0-9])"
)


def mask_numbers(text: str) -> str:
    """Hides phone and identity numbers inside free text; what follows the pattern is hidden whether valid or not.

    Digits are replaced one for one by ``*`` (three in front and, for phones, the last four stay), so the text keeps its
    length. Amounts, dates, social credit codes and the numbers of problems are left alone.
    """
    plain = text.translate(_TO_HALF_WIDTH)
    hidden: dict[int, str] = {}
    for pattern, group, front, back in (
        (_IDENTITY, 0, 3, 0),
        (_MOBILE, 0, -8, 4),
        (_AREA_LINE, 0, -8, 4),
        (_LOCAL_LINE, 1, 0, 4),
    ):
        for found in pattern.finditer(plain):
            places = [at for at in range(*found.span(group)) if plain[at].isalnum()]
            if any(at in hidden for at in places):
                continue
            shown_front = max(len(places) + front, 0) if front < 0 else front
            for at in places[shown_front : len(places) - back]:
                hidden[at] = "*"
    return "".join(hidden.get(at, char) for at, char in enumerate(text)) if hidden else text


def _hide(value: str) -> str:
    return "*" * min(len(value.strip()), 8)
