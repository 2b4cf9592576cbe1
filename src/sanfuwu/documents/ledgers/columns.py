# ruff: noqa: S608 — SQL of this module's own; every value is a parameter
"""The columns of the four ledgers (问题清单、责任清单、任务清单、效果清单).

Headings and the words in the cells are those of the trade's own forms and are Chinese in every language of the pages:
what goes out here is what offices keep, and what an import reads again. Where no record of ours holds what a column
asks for, it stays empty, to be filled in by hand.

A column is an SQL expression over the aliases of `statement` and a way to turn its values into cells (`Kind`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ..models import Ledger


class Kind(StrEnum):
    """How the values of the SQL expressions of a column become its cells; `render` has the code."""

    ORDINAL = "ordinal"  # the number of the line
    CODE = "code"  # our own numbers and codes, text that nobody typed
    TYPED = "typed"  # text that somebody typed: never a formula
    WORD = "word"  # a code, by `words`
    NAME = "name"  # an id or a code, by a dictionary of names (`names`)
    NAMES = "names"  # several of them, run together
    DAY = "day"  # whole days since 1899-12-30, as in a workbook
    MOMENT = "moment"  # minutes since then
    NOTE = "note"  # id, ciphertext, key: a text, its telephone numbers masked
    PERSON = "person"  # the same of a person's name, masked
    PHONE = "phone"  # the same of a telephone number, masked
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `joins` are the parts of `statement` that its SQL looks at."""

    code: str
    heading: str
    width: int  # characters
    kind: Kind
    sql: tuple[str, ...] = ()
    joins: tuple[str, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    names: str = ""  # which dictionary: units, people, phones, places, categories
    after: str = ""  # said behind a text when the last expression is not 0: "（照片 {} 张）"


def _note(alias: str, *, may: str) -> tuple[str, ...]:
    shown = f"CASE WHEN {may} THEN {alias}.text_enc END"
    return f"{alias}.id", shown, f"{{key:{alias}}}"


def day(moment: str) -> str:
    return f"(({moment} AT TIME ZONE %(zone)s)::date - DATE '1899-12-30')"


def minute(moment: str) -> str:
    return f"(extract(epoch FROM ({moment} AT TIME ZONE %(zone)s) - TIMESTAMP '1899-12-30') / 60)::int8"


# `sees`: this reader may see the requester of this problem. `named`: the file says who he is; of a confidential one
# no file ever does, as no list does.
SEES, NAMED = "{sees}", "NOT p.confidential"
_TITLE = f"CASE WHEN {SEES} THEN p.title ELSE p.title_for_units END"
# Whoever went, leaders first; at a meeting whoever was in the chair. Asked only of what came from either.
_VISITORS = (
    f"CASE WHEN (p.visit_id IS NOT NULL OR p.meeting_id IS NOT NULL) AND {SEES} THEN"
    " (SELECT string_agg(uuid_send(x.post_id), '' ORDER BY x.rank, x.id) FROM ("
    "SELECT w.post_id, w.id, CASE w.rank_then WHEN 'district_leader' THEN 0 WHEN 'chief' THEN 1 WHEN 'deputy' THEN 2"
    " ELSE 3 END AS rank FROM visits_visitvisitor w WHERE w.visit_id = p.visit_id"
    " UNION ALL SELECT m.chaired_by, m.id, 0 FROM meetings_meeting m WHERE m.id = p.meeting_id) x) END"
)

_PHOTOS = (
    "nullif((SELECT count(*) FROM problems_attachment t WHERE t.assignment_id = a.id AND t.purpose = 'evidence'"
    " AND t.erased_at IS NULL), 0)"
)

CHANNELS = {
    "survey": "属地摸排",
    "line": "条线收集",
    "visit": "走访发现",
    "meeting": "政企对接会",
    "self": "自报",
    "hotline": "12345及其他系统",
    "import": "台账导入",
}
SERVED = {
    "enterprise": "企业",
    "project": "企业",
    "resident": "群众",
    "village": "基层",
    "organisation": "基层",
}
TIERS = {"on_spot": "现场", "limited": "限期", "key": "重点"}
RESULTS = {"solved": "实际解决", "explained": "解释说明", "planned": "计划解决", "unsolvable": "无法解决"}
SATISFIED = {"yes": "满意", "basically": "基本满意", "no": "不满意"}
YES_NO = {"true": "是", "false": "否"}
PROGRESS = {
    "pending_sign": "待签收",
    "in_progress": "办理中",
    "return_pending": "退单待裁定",
    "on_hold": "挂账",
    "pending_review": "待审核",
    "done": "已完成",
}
SUPERVISION = {"lead": "领衔督办", "case": "领导包案"}

_NUMBER = Column("number", "编号", 20, Kind.CODE, ("p.number",))
_SUMMARY = Column("summary", "问题摘要", 26, Kind.TYPED, (_TITLE,))

_PROBLEMS = (
    Column("ordinal", "序号", 5, Kind.ORDINAL),
    _NUMBER,
    Column("raised_on", "收集日期", 11, Kind.DAY, (day("p.raised_on"),)),
    Column("channel", "来源渠道", 10, Kind.WORD, ("p.channel",), words=CHANNELS),
    Column(
        "visitors",
        "走访领导",
        9,
        Kind.NAMES,
        (_VISITORS,),
        names="people",
    ),
    Column("served", "服务类别(企业/群众/基层)", 9, Kind.WORD, ("p.party_kind",), words=SERVED),
    Column(
        "party",
        "对象名称",
        19,
        Kind.TYPED,
        (f"CASE WHEN {NAMED} THEN coalesce(party.name, p.claimed_party) ELSE '（保密）' END",),
        ("party",),
    ),
    Column("uscc", "统一社会信用代码", 20, Kind.CODE, (f"CASE WHEN {NAMED} THEN party.uscc END",), ("party",)),
    Column(
        "contact",
        "联系人",
        8,
        Kind.PERSON,
        ("c.id", f"CASE WHEN {NAMED} THEN c.name_enc END", "{key:c}"),
        ("c",),
    ),
    Column(
        "phone",
        "电话(掩码)",
        13,
        Kind.PHONE,
        ("c.id", f"CASE WHEN {NAMED} THEN c.phone_enc END", "{key:c}"),
        ("c",),
    ),
    Column("place", "所属镇街/村社", 13, Kind.NAME, ("p.division",), names="places"),
    Column("category", "问题分类", 10, Kind.NAME, ("p.category_id",), names="categories"),
    Column("text", "问题描述", 42, Kind.NOTE, _note("n", may="{reads_body}"), ("n",)),
    Column("wish", "诉求建议", 12, Kind.EMPTY),
    Column("tier", "分级(现场/限期/重点)", 7, Kind.WORD, ("p.tier",), words=TIERS),
    Column("title", "标题", 26, Kind.TYPED, (_TITLE,)),
    Column("lead", "主办单位", 16, Kind.NAME, ("a.unit_id",), ("a",), names="units"),
    Column("due_at", "办结时限", 16, Kind.MOMENT, (minute("a.due_at"),), ("a",)),
    Column("state", "当前进展", 10, Kind.CODE, ("{stage}",), ("a",)),
    Column("source_ref", "来源编号", 14, Kind.TYPED, ("p.source_ref",)),
)
_DUTIES = (
    _NUMBER,
    _SUMMARY,
    Column("dispatched_at", "交办日期", 11, Kind.DAY, (day("a.dispatched_at"),), ("a",)),
    Column("leader", "牵头领导", 10, Kind.NAMES, ("led.posts",), ("led",), names="people"),
    Column("lead", "主办单位", 16, Kind.NAME, ("a.unit_id",), ("a",), names="units"),
    Column("co", "协办单位", 18, Kind.NAMES, ("co.units",), ("co",), names="units"),
    Column("handler", "责任人", 9, Kind.NAME, ("a.handler_post",), ("a",), names="people"),
    Column("office_phone", "联系电话", 14, Kind.NAME, ("a.handler_post",), ("a",), names="phones"),
    Column("due_at", "办结时限", 16, Kind.MOMENT, (minute("a.due_at"),), ("a",)),
    Column("order_number", "交办单号", 18, Kind.TYPED, ("doc.number",), ("a", "doc")),
    Column("place", "所属镇街/村社", 13, Kind.NAME, ("p.division",), names="places"),
    Column("state", "当前进展", 10, Kind.CODE, ("{stage}",), ("a",)),
)
_TASKS = (
    _NUMBER,
    Column(
        "task",
        "措施/任务",
        36,
        Kind.NOTE,
        ("tn.id", "CASE WHEN {reads_task} THEN tn.text_enc END", "{key:tn}"),
        ("t", "tn"),
    ),
    Column("owner", "责任人", 15, Kind.NAMES, ("t.owner",), ("t",), names="owners"),
    Column("due_at", "节点时间", 16, Kind.MOMENT, (minute("t.due_at"),), ("t",)),
    Column(
        "progress",
        "当前进展",
        28,
        Kind.NOTE,
        (*_note("rn", may="{reads_report}"), "NULL", "CASE WHEN t.done THEN '已完成' ELSE {stage} END"),
        ("t", "a", "rn"),
    ),
    Column(
        "difficulty",
        "存在困难",
        22,
        Kind.NOTE,
        (
            *_note("qn", may="{reads_paper}"),
            "NULL",
            "CASE a.state WHEN 'return_pending' THEN '已退单，待裁定' WHEN 'on_hold' THEN '暂不具备条件，挂账跟踪' END",
        ),
        ("a", "qn"),
    ),
    Column("extended", "是否延期", 7, Kind.WORD, ("(a.due_at > a.due_original)::text",), ("a",), words=YES_NO),
    Column("supervision", "督办级别", 9, Kind.WORD, ("led.kind",), ("led",), words=SUPERVISION),
    _SUMMARY,
)
_RATED = "CASE WHEN {rated} THEN cb.%s END"
_RESULTS = (
    _NUMBER,
    Column(
        "result_kind",
        "办理结果类型",
        9,
        Kind.WORD,
        ("coalesce(nullif(p.result_kind, ''), a.result_kind)",),
        ("a",),
        words=RESULTS,
    ),
    Column("solved_at", "办结日期", 11, Kind.DAY, (day("p.solved_at"),)),
    Column("answer", "答复内容", 36, Kind.NOTE, _note("an", may="{reads_answer}"), ("a", "an")),
    Column(
        "evidence",
        "佐证",
        22,
        Kind.NOTE,
        (*_note("en", may="{reads_evidence}"), _PHOTOS),
        ("a", "en"),
        after="（照片{}张）",
    ),
    Column("contacted", "是否联系", 7, Kind.WORD, (_RATED % "contacted::text",), ("cb",), words=YES_NO),
    Column("solved", "是否解决", 7, Kind.WORD, (_RATED % "solved::text",), ("cb",), words=YES_NO),
    Column("satisfied", "满意度", 8, Kind.WORD, (_RATED % "satisfied",), ("cb",), words=SATISFIED),
    Column("caller", "回访人", 9, Kind.NAME, (_RATED % "by_post",), ("cb",), names="people"),
    Column("closer", "销号审核人", 9, Kind.NAME, ("so.actor_post",), ("so",), names="people"),
    Column("struck_off_at", "销号日期", 11, Kind.DAY, (day("p.struck_off_at"),)),
    Column("lesson", "举一反三/制度成果", 16, Kind.EMPTY),
    _SUMMARY,
    Column("lead", "主办单位", 16, Kind.NAME, ("a.unit_id",), ("a",), names="units"),
)


@dataclass(frozen=True, slots=True)
class Form:
    """One ledger: its name, every column it can have, and how many of them (from the front) are the default."""

    title: str
    columns: tuple[Column, ...]
    standard: int

    @property
    def default(self) -> tuple[str, ...]:
        return tuple(column.code for column in self.columns[: self.standard])

    def pick(self, codes: tuple[str, ...] | list[str]) -> tuple[Column, ...]:
        """The columns of these codes, in this order; a code that is no more is left out."""
        known = {column.code: column for column in self.columns}
        return tuple(known[code] for code in codes if code in known)


# The default: domain.md §4.1, "Recommended default workbook".
FORMS: Mapping[str, Form] = {
    Ledger.PROBLEMS: Form("问题清单", _PROBLEMS, 15),
    Ledger.DUTIES: Form("责任清单", _DUTIES, 10),
    Ledger.TASKS: Form("任务清单", _TASKS, 8),
    Ledger.RESULTS: Form("效果清单", _RESULTS, 12),
}
