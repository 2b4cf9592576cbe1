"""One reader for the workbooks of an administration, and the empty ones it offers."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any

import pytest
import python_calamine
import xlsxwriter

from sanfuwu.ledger.errors import InvalidInput

from .. import NOTES_SHEET, Column, Row, Table, read_table, rejects, template
from ..writing import said_of

UNITS = Table(
    "单位",
    (
        Column("编码", ("单位编码", "编号", "代码"), True),
        Column("名称", ("单位名称", "机构名称"), True),
        Column("类型", ("单位性质",), True, words=lambda: {"部门": "d", "机关部门": "d", "镇街": "t"}),
        Column("上级", ("主管单位",)),
    ),
    (("a", "甲局", "部门", ""),),
)


def book(*sheets: tuple[str, Sequence[Sequence[object]]], then: Callable[[Any], None] | None = None) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as made:
        for name, rows in sheets:
            sheet = made.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
            if then:
                then(sheet)
    return out.getvalue()


def refusal(data: bytes) -> str:
    with pytest.raises(InvalidInput) as refused:
        read_table(data, UNITS)
    assert refused.value.field == "file"
    return refused.value.message


@pytest.mark.parametrize(
    "head",
    [
        ("编码", "名称", "类型", "上级"),
        ("单位编码", "单位名称", "单位性质", "主管单位"),
        ("编　码", " 名 称 ", "类\n型", "上 级"),
        ("代码*", "机构名称（必填）", "类型：", "主管单位(选填)"),
        ("编号 ＊", "【必填】名称", "类型", "上级"),
    ],
)
def test_a_heading_is_known_by_its_near_names_and_whatever_its_blanks_and_marks(head: Sequence[str]) -> None:
    (row,) = read_table(book(("一览", [head, ("a", "甲局", "部门", "乙局")])), UNITS).rows
    assert row.cells == {"编码": "a", "名称": "甲局", "类型": "部门", "上级": "乙局"}


def test_a_title_above_and_merged_cells_do_no_harm_and_row_numbers_are_the_spreadsheets() -> None:
    rows: list[Sequence[object]] = [
        ("单位",),
        (),
        ("", "", "归口", ""),
        ("编码", "名称", "类型", "上级"),
        ("a", "甲局", "部门", ""),
    ]

    def merge(sheet: Any) -> None:
        sheet.merge_range(0, 0, 0, 3, "单位")
        sheet.merge_range(2, 0, 3, 0, "编码")
        sheet.merge_range(2, 1, 3, 1, "名称")
        sheet.merge_range(2, 2, 2, 3, "归口")

    (row,) = read_table(book(("一览", rows), then=merge), UNITS).rows
    assert (row.number, row["编码"], row["类型"]) == (5, "a", "部门")


def test_the_columns_own_name_wins_over_another_one_it_goes_by() -> None:
    rows = [("编号", "编码", "名称", "类型"), (1, "a", "甲局", "部门")]
    assert read_table(book(("一览", rows)), UNITS).rows[0]["编码"] == "a"


def test_the_sheet_that_has_all_columns_is_read_wherever_it_stands() -> None:
    first = ("封面", [("名称", "说明"), ("单位表", "2026")])
    second = ("单位", [("编码", "名称", "类型"), (12.0, "甲局", "部门")])
    (row,) = read_table(book(first, second), UNITS).rows
    assert row["编码"] == "12"


def test_a_missing_column_is_named_with_the_row_that_was_taken_for_the_head() -> None:
    data = book(("单位表", [("单位一览",), ("编码", "名称", "备注"), ("a", "甲局", "")]))
    assert refusal(data) == "“单位表”表第 2 行是表头，缺少：类型。"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "读不了"),
        (b"not a workbook", "读不了"),
        (b"PK\x03\x04 broken", "读不了"),
        (book(("甲", [("别的", "表头"), ("a", "b")])), "前 10 行"),
        (book(("甲", [("编码", "名称", "类型", "编码"), ("a", "b", "部门", "c")])), "编码"),
        (book(("甲", [("编码", "名称", "类型")])), "没有可以录入的行"),
    ],
)
def test_a_file_of_no_use_is_refused_with_a_sentence(data: bytes, said: str) -> None:
    assert said in refusal(data)


def test_the_template_is_empty_below_its_head_and_says_so_when_it_comes_back_unchanged() -> None:
    data = template(UNITS)
    with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)) as made:
        assert made.sheet_names == ["单位", NOTES_SHEET]
        assert made.get_sheet_by_name("单位").to_python() == [list(UNITS.headings)]
        notes = str(made.get_sheet_by_name(NOTES_SHEET).to_python())
    assert "可填：部门、镇街。" in notes
    assert "甲局" in notes
    assert "没有可以录入的行" in refusal(data)


def test_what_a_column_is_said_to_hold_is_what_the_reading_goes_by() -> None:
    assert UNITS.columns[2].offered() == ["部门", "镇街"]
    assert said_of(UNITS.columns[2])[:2] == ["可填：部门、镇街。", "也认得：机关部门。"]


def test_rows_that_were_refused_go_out_with_the_reason_and_can_come_back() -> None:
    data = rejects(UNITS, [({"编码": "=1+1", "名称": "甲局"}, "没有填类型")])
    (row,) = read_table(data, UNITS).rows
    assert row == Row(2, {"编码": "=1+1", "名称": "甲局", "类型": "", "上级": ""})
