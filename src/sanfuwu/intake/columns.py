"""What a column means: by its heading, otherwise by what stands in it. A person may change every choice.

Headings are those of the lists that units keep (问题清单, 责任清单, 效果清单), of message boxes and of hotlines.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sanfuwu.rules.identifiers import check_phone, check_uscc

from . import values
from .files.book import Cell

IGNORE, REMARK = "ignore", "remark"


@dataclass(frozen=True, slots=True)
class Field:
    """What a column may become. `many`: several columns may; `history`: only of a past case."""

    key: str
    label: str | Promise
    words: tuple[str, ...]  # headings, as `plain` leaves them
    many: bool = False
    history: bool = False


FIELDS: Final[tuple[Field, ...]] = (
    Field("text", _("Problem"), (
        "问题描述", "留言详情", "详情", "内容", "主要内容", "诉求内容", "问题内容", "反映内容", "来信内容",
        "情况描述", "具体问题",
        "存在问题", "问题", "问题情况", "事项内容", "反映问题", "问题简述", "诉求", "content", "text",
        "description", "body",
    ), many=True),
    Field("ask", _("What is asked for"), (
        "诉求建议", "建议", "意见建议", "诉求及建议", "需求建议", "希望", "企业诉求", "工作建议", "对策建议",
    ), many=True),
    Field("title", _("Title"), (
        "标题", "主题", "留言主题", "问题标题", "来信标题", "事项名称", "问题名称", "问题摘要", "摘要", "title",
        "subject",
    )),
    Field("ref", _("Number in its source"), (
        "编号", "留言编号", "工单编号", "问题编号", "受理编号", "单号", "工单号", "来信编号", "交办单号",
        "转办单编号", "id", "number",
    )),
    Field("raised_on", _("Date"), (
        "收集日期", "收集时间", "留言时间", "来信时间", "来信日期", "反映时间", "反映日期", "提出时间",
        "提出日期", "登记日期",
        "登记时间", "受理时间", "受理日期", "走访日期", "走访时间", "上报时间", "上报日期", "日期", "时间",
        "来电时间", "诉求时间",
        "createdat", "created", "date",
    )),
    Field("category", _("Category"), (
        "一级标签", "问题分类", "分类", "类别", "问题类别", "问题类型", "诉求类型", "一级分类", "所属领域",
        "领域", "category",
    )),
    Field("party", _("Requester"), (
        "对象名称", "企业名称", "服务对象", "单位名称", "走访对象", "走访企业", "企业", "诉求人", "反映人",
        "对象", "项目名称",
        "服务对象名称", "反映单位", "公司名称", "诉求单位", "诉求主体", "村社名称",
    )),
    Field("served", _("Kind of service"), ("服务类别", "服务类型", "对象类别", "对象类型", "服务对象类别")),
    Field("uscc", _("Unified social credit code"), (
        "统一社会信用代码", "社会信用代码", "信用代码", "统一信用代码", "组织机构代码", "统一社会信用代码证号",
    )),
    Field("contact", _("Contact person"), (
        "联系人", "联系人姓名", "姓名", "来电人", "来信人", "留言用户", "企业联系人", "反映人姓名", "留言人",
        "负责人", "联络人",
    )),
    Field("phone", _("Telephone"), (
        "联系电话", "电话", "电话掩码", "手机", "手机号", "手机号码", "联系方式", "联系号码", "电话号码",
        "来电号码", "联系人电话",
    )),
    Field("place", _("Town or village"), (
        "所属镇街", "所属镇街村社", "镇街", "村社", "镇街村社", "所属乡镇", "乡镇街道", "乡镇", "街道", "属地",
        "所在镇街",
        "所属区域", "区域", "街乡镇", "所属街道", "镇乡街道", "所在地", "所属镇街村", "被反映区", "属地镇街",
        "district",
    )),
    Field("unit", _("Lead unit"), (
        "承办单位", "主办单位", "责任单位", "牵头单位", "办理单位", "处理单位", "主办部门", "责任部门",
        "承办部门", "建议承办单位",
        "建议主办单位", "牵头部门", "交办单位", "转办单位", "unit",
    )),
    Field("co", _("Co-handling units"), ("协办单位", "配合单位", "协办部门", "协同单位", "配合部门"), many=True),
    Field("channel", _("Channel"), ("来源渠道", "来源", "渠道", "问题来源", "受理方式", "来源方式", "收集渠道",
    "channel")),
    Field("tier", _("Way of handling"), ("分级", "办理方式", "问题分级", "分级类别", "级别", "紧急程度")),
    Field("reply", _("Reply"), (
        "答复内容", "答复意见", "答复", "回复内容", "回复", "办理结果", "处理结果", "办理情况", "回复意见",
        "解决情况", "落实情况",
        "办结情况", "reply",
    ), many=True, history=True),
    Field("replied_on", _("Date of the reply"), (
        "答复时间", "答复日期", "回复时间", "回复日期", "办结时间", "办结日期", "办理时间", "完成时间",
        "replied", "repliedat",
    ), history=True),
    Field(REMARK, pgettext_lazy("a column", "Add to the text"), (
        "走访领导", "办结时限", "完成时限", "时限", "责任人", "备注", "牵头领导", "包案领导", "措施任务",
        "当前进展", "存在困难",
        "走访人员", "类型", "river", "type",
    ), many=True),
    Field(IGNORE, pgettext_lazy("a column", "Leave out"), (
        "序号", "序", "no", "反对数", "点赞数", "未导入原因", "是否联系", "是否解决", "满意度", "督办级别",
        "是否延期", "transfers",
        "validreplies", "daystofinalreply", "anonymous", "附件", "状态", "工单状态",
    ), many=True),
)  # fmt: skip
BY_KEY: Final = {field.key: field for field in FIELDS}
_BY_WORD: Final = {word: field.key for field in FIELDS for word in field.words}
_INSIDE: Final = re.compile(r"[（(\[【].*?[)）\]】]")
_NOT_WORD: Final = re.compile(r"[\W_]+")
ENOUGH: Final = 0.6  # share of a column's values that must look like one thing
_PROSE: Final = 12  # characters that an average text has at least


def plain(heading: Cell | None) -> str:
    """A heading without blanks, punctuation, brackets with their content, stars: “联系电话（必填）*” → 联系电话."""
    said = unicodedata.normalize("NFKC", values.shown(heading)).lower()
    return _NOT_WORD.sub("", _INSIDE.sub("", said)) or _NOT_WORD.sub("", said)


def key_of(*headings: Cell | None) -> str | None:
    """The field that a heading names; the first of several ways to read it that is known. None: not known."""
    for heading in headings:
        word = plain(heading)
        if word in _BY_WORD:
            return _BY_WORD[word]
    return None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its place (from 1), its heading as it reads, what it is taken for, and some of its cells."""

    at: int
    heading: str
    key: str
    samples: tuple[str, ...] = ()
    why: str = ""  # heading | content | repeated | known | ""


def propose(
    headings: Sequence[tuple[str, ...]],
    sample: Sequence[Sequence[Cell]],
    *,
    places: Mapping[str, str],
    units: Mapping[str, object],
) -> list[Column]:
    """What each column most likely is. `headings` are the ways to read each heading, the fullest last (it is shown);
    `sample` some rows below; `places` and `units` are known names."""
    found: list[Column] = []
    taken: set[str] = set()
    repeated: dict[str, int] = {}
    for n, ways in enumerate(headings):
        cells = [values.shown(row[n]) for row in sample if n < len(row)]
        shown = ways[-1] if ways else ""
        key, why = key_of(*ways), "heading"
        if key in (None, IGNORE) and _counts_up(cells) and key_of(*ways) in (None, IGNORE):
            key, why = IGNORE, "content"
        if key == "ref" and _counts_up(cells):
            key, why = IGNORE, "content"  # 1, 2, 3 …: the next list begins with 1 again, so it names nothing
        if key is not None and key in taken and not BY_KEY[key].many:
            key, why = IGNORE, "repeated"
        elif key is not None and shown and plain(shown) in repeated:
            key, why = (IGNORE, "repeated") if _same(sample, repeated[plain(shown)], n) else (REMARK, "repeated")
        if shown:
            repeated.setdefault(plain(shown), n)
        found.append(Column(n + 1, shown, key or "", tuple(c for c in cells if c)[:3], why if key else ""))
        if key:
            taken.add(key)
    return _by_content(found, sample, taken, places, units)


def _same(sample: Sequence[Sequence[Cell]], one: int, other: int) -> bool:
    return all(row[one] == row[other] for row in sample if max(one, other) < len(row))


def _counts_up(cells: Sequence[str]) -> bool:
    """1, 2, 3 … without a gap."""
    filled = [c for c in cells if c]
    return len(filled) > 2 and filled == [str(n) for n in range(1, len(filled) + 1)]


def _by_content(
    found: list[Column],
    sample: Sequence[Sequence[Cell]],
    taken: set[str],
    places: Mapping[str, str],
    units: Mapping[str, object],
) -> list[Column]:
    """Columns whose heading says nothing, by what stands in them; what is nothing either is left out."""
    result = []
    prose: list[tuple[float, int]] = []
    for n, column in enumerate(found):
        cells = [row[n] for row in sample if n < len(row) and values.shown(row[n])]
        words = [values.shown(c) for c in cells]
        key = column.key
        if not key and words:
            key = next((k for k, looks in _looks(places, units) if k not in taken and _share(cells, looks)), "")
            if key:
                taken.add(key)
            else:
                prose.append((sum(map(len, words)) / len(words), n))
        result.append(
            column
            if column.key
            else Column(column.at, column.heading, key or IGNORE, column.samples, "content" if key else "")
        )
    if "text" not in taken and prose:
        length, at = max(prose)
        if length >= _PROSE:
            column = result[at]
            result[at] = Column(column.at, column.heading, "text", column.samples, "content")
    return result


_Looks = Callable[[Cell], bool]


def _looks(places: Mapping[str, str], units: Mapping[str, object]) -> tuple[tuple[str, _Looks], ...]:
    """What a cell may look like by itself, the surest first."""
    return (
        ("uscc", lambda c: check_uscc(values.shown(c)).ok),
        ("phone", lambda c: len(values.shown(c)) >= 7 and check_phone(values.shown(c)).ok),
        ("raised_on", values.is_date),
        ("place", lambda c: values.shown(c) in places),
        ("unit", lambda c: values.shown(c) in units),
    )


def _share(cells: Sequence[Cell], looks: _Looks) -> bool:
    return sum(1 for c in cells if looks(c)) >= max(2, ENOUGH * len(cells))
