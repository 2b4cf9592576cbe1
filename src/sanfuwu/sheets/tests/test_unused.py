"""What a workbook held and the table has no column for is named and handed back; merged cells hold for every row."""

from __future__ import annotations

from typing import Any

import pytest

from sanfuwu.sheets import read_table, rejects, unknown_unit
from sanfuwu.sheets.reading import REASON

from .test_sheets import UNITS, book

HEAD = ("序号", "单位编码", "名称", "类型", "归口领导")


def test_the_columns_that_were_read_and_those_that_were_not_are_named_as_they_stand_in_the_file() -> None:
    sheet = read_table(book(("一览", [HEAD, (1, "a", "甲局", "部门", "某人")])), UNITS)
    assert sheet.used == (("单位编码", "编码"), ("名称", "名称"), ("类型", "类型"))
    assert sheet.unused == ("归口领导",)  # 序号 is in every list: nobody expects it to be entered
    assert sheet.rows[0].others == {"序号": "1", "归口领导": "某人"}


def test_refused_rows_keep_the_columns_that_were_not_used_and_say_nothing_of_the_reason_when_they_come_back() -> None:
    (row,) = read_table(book(("一览", [HEAD, (1, "a", "甲局", "公司", "某人")])), UNITS).rows
    back = read_table(rejects(UNITS, [({**row.cells, **row.others}, "类型：没有这一类")]), UNITS)
    assert back.rows[0].others == {"序号": "1", "归口领导": "某人"}
    assert back.unused == ("归口领导",)
    assert REASON not in back.unused


def test_a_cell_merged_over_several_rows_holds_for_each_and_a_merged_title_for_none() -> None:
    rows = [
        ("编码", "名称", "类型", "上级"),
        ("a", "甲村", "部门", "乙镇"),
        ("b", "丙村", "", ""),
        ("c", "丁村", "镇街", ""),
        ("注：以上为现有单位", "", "", ""),
        ("", "", "", ""),
    ]

    def merge(sheet: Any) -> None:
        sheet.merge_range(1, 2, 2, 2, "部门")
        sheet.merge_range(1, 3, 3, 3, "乙镇")
        sheet.merge_range(4, 0, 5, 3, "注：以上为现有单位")  # over columns, too: a note, said once

    sheet = read_table(book(("一览", rows), then=merge), UNITS)
    *units, note = sheet.rows
    assert [(row["类型"], row["上级"]) for row in units] == [("部门", "乙镇"), ("部门", "乙镇"), ("镇街", "乙镇")]
    assert note["编码"].startswith("注")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("示范县水利局", "水利水电局"),
        ("科学技术局", "科技局"),
        ("城关镇政府", "城关镇"),
        ("住建局", "住房和城乡建设局"),
    ],
)
def test_the_nearest_units_are_offered_without_the_county_before_them_and_never_the_county(
    said: str, meant: str
) -> None:
    names = ["示范县", "水利水电局", "科技局", "城关镇", "住房和城乡建设局", "公安局", "财政局"]
    told = str(unknown_unit(said, names, "单位", never={"示范县"}))
    assert told.startswith(f"没有单位“{said}”。是不是：{meant}")
    assert "示范县、" not in told
    assert "示范县？" not in told


def test_a_name_that_is_like_nothing_is_to_be_made_first_instead_of_being_the_county() -> None:
    told = str(unknown_unit("示范县气象台", ["示范县", "公安局"], "单位", never={"示范县"}))
    assert "是不是" not in told
