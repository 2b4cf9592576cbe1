"""What goes out: every cell for every reader, what stays in, and that nothing typed becomes a formula."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from python_calamine import CalamineWorkbook

from sanfuwu.ledger.errors import InvalidInput, NotAllowed, NotVisible
from sanfuwu.ledger.models import AccessLog, Event, Note
from sanfuwu.problems import actions as act
from sanfuwu.problems.commands import AppointLeader, Recall, Report, SetPlan, Sign, Step
from sanfuwu.problems.models import Problem
from sanfuwu.problems.queries import Filters, lines, list_problems, sees_requester
from sanfuwu.problems.queries.listing import every_id
from sanfuwu.problems.queries.scope import sees_requester_sql
from sanfuwu.problems.tests.cast import (
    NOW,
    PERSON,
    PHONE,
    SECOND_TEXT,
    SECOND_TITLE,
    TEXT,
    Cast,
    at,
    firm,
    refused,
    told,
)
from sanfuwu.territory.actor import Actor

from ..actions import issue, request_export, set_columns
from ..commands import RequestExport, SetColumns
from ..ledgers import reading, recipe, xlsx_file
from ..ledgers.columns import FORMS
from ..ledgers.marks import Marks
from ..making import write
from ..models import Export

pytestmark = pytest.mark.django_db


def taken_out(actor: Actor, ledger: str = "problems", kind: str = "csv", *, path: Path, **more: Any) -> Path:
    """A file as its export writes it."""
    cmd = RequestExport(what=ledger, format=kind, **more)
    export = request_export(cmd, actor=actor, now=NOW)
    write(export, path, actor=actor, now=NOW, beside=False, told=lambda _p, _l: None)
    return path


def table(path: Path) -> list[dict[str, str]]:
    """Rows of a .csv by heading; the title line stands above."""
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    assert "记录号" in rows[0][0]
    return [dict(zip(rows[1], row, strict=True)) for row in rows[2:]]


def test_the_default_headings_are_those_of_the_trade() -> None:
    expected = {
        "problems": "序号 编号 收集日期 来源渠道 走访领导 服务类别(企业/群众/基层) 对象名称 统一社会信用代码"
        " 联系人 电话(掩码) 所属镇街/村社 问题分类 问题描述 诉求建议 分级(现场/限期/重点)",
        "duties": "编号 问题摘要 交办日期 牵头领导 主办单位 协办单位 责任人 联系电话 办结时限 交办单号",
        "tasks": "编号 措施/任务 责任人 节点时间 当前进展 存在困难 是否延期 督办级别",
        "results": "编号 办理结果类型 办结日期 答复内容 佐证 是否联系 是否解决 满意度 回访人 销号审核人 销号日期"
        " 举一反三/制度成果",
    }
    assert {name: " ".join(c.heading for c in form.pick(form.default)) for name, form in FORMS.items()} == expected


def test_a_line_says_what_the_record_says(cast: Cast, tmp_path: Path) -> None:
    problem = cast.dispatched()
    (row,) = table(taken_out(cast.office, path=tmp_path / "x"))
    assert row["序号"] == "1"
    assert row["编号"] == problem.number
    assert row["收集日期"] == "2019-02-12"
    assert row["来源渠道"] == "走访发现"
    assert row["服务类别(企业/群众/基层)"] == "企业"
    assert row["对象名称"] == firm().name
    assert row["统一社会信用代码"] == firm().uscc
    assert row["问题分类"] == "基础设施 / 供电"
    assert row["问题描述"] == TEXT
    assert row["所属镇街/村社"].startswith("崧厦镇 ")
    assert row["诉求建议"] == ""


def test_names_and_telephones_are_masked_also_inside_the_text(cast: Cast, tmp_path: Path) -> None:
    cast.registered(told(f"请回电{PHONE}，我厂夏季用电高峰经常跳闸。"))
    out = taken_out(cast.office, path=tmp_path / "x").read_text()
    assert PHONE not in out
    assert PERSON not in out
    (row,) = table(tmp_path / "x")
    assert row["联系人"] == "陆**"
    assert row["电话(掩码)"] == f"{PHONE[:3]}****{PHONE[7:]}"
    assert f"{PHONE[:3]}****{PHONE[7:]}" in row["问题描述"]


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t="])
def test_nothing_typed_becomes_a_formula(cast: Cast, tmp_path: Path, begins: str) -> None:
    evil = f'{begins}HYPERLINK("http://x","点我")我厂夏季用电高峰经常跳闸'
    cast.registered(told(evil, firm(name=f"{begins}样例伞业有限公司", uscc="")))
    (row,) = table(taken_out(cast.office, path=tmp_path / "x"))
    for heading in ("问题描述", "对象名称"):
        assert row[heading].lstrip("'")[0:1] in (begins.strip() or "=", "样")
        assert row[heading][0] not in "=+-@\t\r"
    book = CalamineWorkbook.from_path(str(taken_out(cast.office, kind="xlsx", path=tmp_path / "y.xlsx")))
    assert any('HYPERLINK("http' in str(cell) for line in book.get_sheet_by_index(0).to_python() for cell in line)
    sheet = zipfile.ZipFile(tmp_path / "y.xlsx").read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "<hyperlink" not in sheet


EVERYBODY = (
    "office", "named_office", "town_office", "other_town_office", "handler", "head", "company", "water", "collector",
    "verifier", "unit_verifier", "supervisor", "named_supervisor", "district_leader", "leader", "other_leader",
)  # fmt: skip


@pytest.mark.parametrize("who", EVERYBODY)
def test_everybody_takes_out_exactly_what_his_list_shows(cast: Cast, tmp_path: Path, who: str) -> None:
    cast.dispatched()
    cast.signed(told(confidential=True, requester=firm(2)))
    cast.reviewed(told(requester=firm(3)))
    cast.registered(told(requester=firm(4), division="330604003000"))
    actor = getattr(cast, who)
    shown = lines(actor, list_problems(actor, Filters()).ids, now=NOW)
    with_title = taken_out_with(actor, "problems", ("number", "title", "party", "place"), tmp_path / "x")
    assert [(row["编号"], row["标题"]) for row in with_title] == [(line.number, line.title) for line in shown]
    for row, line in zip(with_title, shown, strict=True):
        assert row["对象名称"] == ("（保密）" if line.confidential else line.requester)


def taken_out_with(actor: Actor, ledger: str, codes: tuple[str, ...], path: Path) -> list[dict[str, str]]:
    """Rows of these columns, without an export of their own."""
    columns = FORMS[ledger].pick(codes)
    made = recipe.make(ledger, columns, actor, NOW)
    chunks = reading.here(made, every_id(actor, Filters()), as_csv=True)
    body = b"".join(made for _problems, _lines, made in chunks).decode()
    return [dict(zip([c.heading for c in columns], row, strict=True)) for row in csv.reader(io.StringIO(body))]


@pytest.mark.parametrize("who", EVERYBODY)
def test_the_second_grade_in_sql_is_the_second_grade(cast: Cast, who: str) -> None:
    made = [cast.dispatched(), cast.dispatched(told(confidential=True, requester=firm(2)))]
    actor = getattr(cast, who)
    params: dict[str, Any] = {}
    condition = sees_requester_sql(actor, params)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT p.id FROM problems_problem p WHERE {condition}", params)
        found = {row[0] for row in cursor.fetchall()}
    assert found == {p.pk for p in made if sees_requester(actor, Problem.objects.get(pk=p.pk))}


@pytest.mark.parametrize("ledger", list(FORMS))
@pytest.mark.parametrize("who", ["handler", "head", "company", "office", "district_leader"])
def test_of_a_confidential_problem_no_cell_tells_who_it_is(cast: Cast, tmp_path: Path, ledger: str, who: str) -> None:
    requester = firm(2)
    cast.signed(told(confidential=True, requester=requester))
    actor = getattr(cast, who)
    codes = tuple(column.code for column in FORMS[ledger].columns)
    (row,) = taken_out_with(actor, ledger, codes, tmp_path / "x")
    said = " ".join(row.values())
    assert row["编号"]
    for secret in (requester.name, str(requester.uscc), "陆", TEXT[:8], "俞镇长", PHONE[:7], "****"):
        assert secret not in said
    if ledger == "problems":
        assert row["问题描述"] == SECOND_TEXT
        assert row["标题"] == SECOND_TITLE


def test_a_named_officer_reads_the_original_and_still_takes_out_no_name(cast: Cast, tmp_path: Path) -> None:
    cast.signed(told(confidential=True, requester=firm(2)))
    (row,) = table(taken_out(cast.named_office, path=tmp_path / "x"))
    assert row["问题描述"] == TEXT
    assert row["对象名称"] == "（保密）"
    assert row["联系人"] == row["电话(掩码)"] == row["统一社会信用代码"] == ""


def test_responsibility_has_units_people_and_the_number_of_the_paper(cast: Cast, tmp_path: Path) -> None:
    problem = cast.dispatched(co=("zlsgs",))
    act.sign(problem.pk, Sign(), actor=cast.handler, now=NOW)
    paper = issue(problem.pk, "order", actor=cast.office, now=NOW)
    (row,) = table(taken_out(cast.office, "duties", path=tmp_path / "x"))
    assert row["主办单位"] == "崧厦供电所"
    assert row["协办单位"] == "自来水公司"
    assert row["责任人"] == "夏经办"
    assert row["交办日期"] == "2019-02-12"
    assert row["办结时限"].endswith(" 17:30")
    assert row["交办单号"] == paper.number


def test_each_step_of_a_plan_is_a_task_and_without_any_the_problem_itself(cast: Cast, tmp_path: Path) -> None:
    planned, plain = cast.signed(), cast.signed(told(requester=firm(2)))
    steps = tuple(
        Step(text=text, unit_id=cast.unit("gds-songxia"), due_on=at(day).date())
        for text, day in (("勘察线路", 14), ("更换变压器", 20))
    )
    act.set_plan(planned.pk, SetPlan(steps=steps), actor=cast.office, now=NOW)
    act.report(planned.pk, Report(text="已完成勘察。"), actor=cast.handler, now=NOW)
    act.appoint_leader(planned.pk, AppointLeader(post_id=cast.leader.post_id, kind="case"), actor=cast.office, now=NOW)
    rows = table(taken_out(cast.office, "tasks", path=tmp_path / "x"))
    mine = [row for row in rows if row["编号"] == planned.number]
    assert [row["措施/任务"] for row in mine] == ["勘察线路", "更换变压器"]
    assert [row["节点时间"][:10] for row in mine] == ["2019-02-14", "2019-02-20"]
    assert {row["当前进展"] for row in mine} == {"已完成勘察。"}
    assert {row["督办级别"] for row in mine} == {"领导包案"}
    (other,) = [row for row in rows if row["编号"] == plain.number]
    assert other["措施/任务"] == TEXT
    assert other["责任人"] == "崧厦供电所、夏经办"
    assert other["是否延期"] == "否"


def test_results_have_answer_evidence_and_who_struck_it_off(cast: Cast, tmp_path: Path) -> None:
    cast.struck_off()
    (row,) = table(taken_out(cast.office, "results", path=tmp_path / "x"))
    assert row["办理结果类型"] == "实际解决"
    assert row["答复内容"] == "已更换变压器并完成增容。"
    assert row["佐证"] == "增容验收单，企业在场。"
    assert (row["是否联系"], row["是否解决"], row["满意度"]) == ("是", "是", "满意")
    assert row["回访人"] == "钟回访"
    assert row["销号审核人"] == "王受理"
    assert row["销号日期"] == "2019-02-12"


def test_a_unit_does_not_take_out_how_it_was_rated(cast: Cast, tmp_path: Path) -> None:
    cast.struck_off()
    (row,) = table(taken_out(cast.head, "results", path=tmp_path / "x"))
    assert row["答复内容"]
    assert [row[name] for name in ("是否联系", "是否解决", "满意度", "回访人")] == ["", "", "", ""]


def test_a_unit_that_lost_a_problem_does_not_follow_it(cast: Cast, tmp_path: Path) -> None:
    problem = cast.signed()
    act.report(problem.pk, Report(text="已完成勘察。"), actor=cast.handler, now=NOW)
    assert table(taken_out(cast.head, "tasks", path=tmp_path / "x"))[0]["当前进展"] == "已完成勘察。"
    lost = cast.dispatched(told(requester=firm(2)))
    act.recall(lost.pk, Recall(reason="派错单位"), actor=cast.office, now=NOW)
    rows = {row["编号"]: row for row in table(taken_out(cast.head, "tasks", path=tmp_path / "y"))}
    assert rows[lost.number]["当前进展"] == "待交办"


def test_filters_order_and_words_are_those_of_the_list(cast: Cast, tmp_path: Path) -> None:
    cast.dispatched()
    cast.signed(told("村口路灯不亮已有半月，夜间出行不便，请尽快修复。", firm(2), division="330604003000"))
    for more in (
        {"filters": Filters(facets={"place": ("330604003",)})},
        {"filters": Filters(words="路灯")},
        {"filters": Filters(open_only=True), "sort": "due"},
        {"filters": Filters(open_only=False)},
    ):
        page = list_problems(cast.office, more["filters"], sort=more.get("sort", "newest"))  # type: ignore[arg-type]
        shown = [line.number for line in lines(cast.office, page.ids, now=NOW)]
        assert [r["编号"] for r in table(taken_out(cast.office, path=tmp_path / "x", **more))] == shown


def test_chosen_rows_go_out_in_the_order_chosen(cast: Cast, tmp_path: Path) -> None:
    made = [cast.registered(told(requester=firm(n))) for n in range(1, 4)]
    wanted = (made[2].number, made[0].number)
    rows = table(taken_out(cast.office, path=tmp_path / "x", numbers=wanted))
    assert tuple(row["编号"] for row in rows) == wanted


def test_the_workbook_is_ready_for_the_printer(cast: Cast, tmp_path: Path) -> None:
    cast.dispatched()
    path = taken_out(cast.office, kind="xlsx", path=tmp_path / "x.xlsx")
    package = zipfile.ZipFile(path)
    sheet, book = package.read("xl/worksheets/sheet1.xml").decode(), package.read("xl/workbook.xml").decode()
    assert 'topLeftCell="C3"' in sheet  # head and number stay
    assert 'orientation="landscape"' in sheet
    assert 'paperSize="9"' in sheet
    assert 'fitToHeight="0"' in sheet
    assert "$2:$2" in book  # the head again on every page
    export = Export.objects.get()
    for part in ("oddHeader", "oddFooter"):
        assert f"<{part}>" in sheet
    assert str(export.pk) in sheet.split("<oddFooter>")[1]
    assert "含个人信息" in sheet.split("<oddFooter>")[1]
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    assert rows[0][0] == "上虞区三服务问题清单"
    assert str(rows[2][2]) == "2019-02-12"  # a date, not a text


def test_a_long_ledger_goes_on_in_a_second_sheet_with_its_head(tmp_path: Path) -> None:
    columns = FORMS["problems"].pick(("number", "title"))
    marks = Marks("问题清单", "上虞区", "王受理", NOW, Export().pk)
    book = xlsx_file.Book(tmp_path / "x.xlsx", columns, marks, most=5)
    book.lines([[f"n{n}" for n in range(7)], ["t"] * 7], 7)
    book.close()
    found = CalamineWorkbook.from_path(str(tmp_path / "x.xlsx"))
    assert found.sheet_names == ["问题清单", "问题清单2", "问题清单3"]
    lines_ = [row[0] for name in found.sheet_names for row in found.get_sheet_by_name(name).to_python()[2:]]
    assert lines_ == [f"n{n}" for n in range(7)]
    assert found.get_sheet_by_name("问题清单3").to_python()[1][:2] == ["编号", "标题"]


def test_rows_that_are_written_are_forgotten_and_keep_their_heights(tmp_path: Path) -> None:
    columns = FORMS["problems"].pick(("number", "title"))
    marks = Marks("问题清单", "上虞区", "王受理", NOW, Export().pk)
    book = xlsx_file.Book(tmp_path / "long.xlsx", columns, marks)
    texts = ["短", "长" * 100, "长" * 200]
    for _chunk in range(4):
        book.lines([["1"] * 3, texts], 3)
        assert len(book._sheet.row_info) <= 1
    book.close()
    with zipfile.ZipFile(tmp_path / "long.xlsx") as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    heights = [re.search(rf'<row r="{line}"[^>]*?(?: ht="([0-9.]+)"|>)', sheet)[1] for line in range(3, 15)]  # type: ignore[index]
    assert heights[:3] == heights[3:6] == heights[9:]
    assert heights[0] is None
    assert 0 < float(heights[1]) < float(heights[2])


def test_every_export_is_in_the_log_with_its_filter_and_count(cast: Cast, tmp_path: Path) -> None:
    cast.dispatched()
    filters = Filters(facets={"tier": ("limited",)}, words="跳闸")
    taken_out(cast.office, path=tmp_path / "x", filters=filters)
    entry, export = AccessLog.objects.get(what="export"), Export.objects.get()
    assert entry.subject_id == export.pk
    assert entry.post_id == cast.office.post_id
    assert entry.reason == "problems.csv problems=1 tier=limited q=*"
    assert b"\xe8\xb7\xb3" not in bytes(export.asked_enc)  # the words of a search may be a name
    assert str(export.pk) in (tmp_path / "x").read_text()


def test_columns_can_be_chosen_and_the_default_comes_back(cast: Cast, tmp_path: Path) -> None:
    cast.dispatched()
    cmd = SetColumns(ledger="problems", columns=("lead", "number", "due_at"))
    row = set_columns(cmd, actor=cast.office, now=NOW)
    assert list(table(taken_out(cast.office, path=tmp_path / "x"))[0]) == ["主办单位", "编号", "办结时限"]
    set_columns(SetColumns(ledger="problems", columns=()), actor=cast.office, now=NOW)
    assert list(table(taken_out(cast.office, path=tmp_path / "y"))[0])[:2] == ["序号", "编号"]
    events = Event.objects.filter(stream_kind="columns", stream_id=row.pk).order_by("seq")
    assert [e.payload["set"]["ledgercolumns"][str(row.pk)]["columns"] for e in events] == [
        ["lead", "number", "due_at"],
        [],
    ]


@pytest.mark.parametrize("columns", [("lead",), ("number", "nothing"), ("number", "number")])
def test_columns_that_make_no_ledger_are_refused(cast: Cast, columns: tuple[str, ...]) -> None:
    with refused(InvalidInput, field="columns"):
        set_columns(SetColumns(ledger="problems", columns=columns), actor=cast.office, now=NOW)


def test_only_the_dispatch_office_sets_columns(cast: Cast) -> None:
    for who in ("head", "supervisor", "collector", "system_officer"):
        with pytest.raises(NotAllowed):
            set_columns(SetColumns(ledger="tasks", columns=()), actor=getattr(cast, who), now=NOW)


def test_nobody_takes_out_what_he_does_not_see(cast: Cast, tmp_path: Path) -> None:
    problem = cast.dispatched()
    with pytest.raises(NotVisible):
        request_export(RequestExport(what="problems", numbers=(problem.number,)), actor=cast.water, now=NOW)
    assert table(taken_out(cast.water, path=tmp_path / "x")) == []
    with pytest.raises(NotAllowed):
        request_export(RequestExport(what="problems"), actor=cast.audit_officer, now=NOW)


def test_more_than_500_chosen_rows_are_refused(cast: Cast) -> None:
    many = tuple(f"330604-2019-{n:06d}" for n in range(501))
    with refused(InvalidInput, field="numbers"):
        request_export(RequestExport(what="problems", numbers=many), actor=cast.office, now=NOW)


def test_an_erased_text_leaves_an_empty_cell(cast: Cast, tmp_path: Path) -> None:
    problem = cast.registered()
    Note.objects.filter(pk=problem.text_note_id).update(text_enc=b"", salt=b"", erased_at=NOW)
    (row,) = table(taken_out(cast.office, path=tmp_path / "x"))
    assert row["问题描述"] == ""


def test_a_text_whose_key_is_missing_says_so_and_does_not_stop_the_file(cast: Cast, tmp_path: Path) -> None:
    problem = cast.registered()
    Note.objects.filter(pk=problem.text_note_id).update(key_id="gone")
    (row,) = table(taken_out(cast.office, path=tmp_path / "x"))
    assert row["问题描述"] == "（无法解密）"
