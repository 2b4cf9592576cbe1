"""Bad input: each kind of broken table gets a clear answer with its place, and nothing of it is half imported."""

from __future__ import annotations

import io
import struct
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from sanfuwu.intake import actions, running
from sanfuwu.intake.files import BadFile, guard, open_book
from sanfuwu.intake.models import ImportPiece, ImportRun
from sanfuwu.intake.queries import Report, report
from sanfuwu.ledger.errors import InvalidInput
from sanfuwu.problems.models import Problem
from sanfuwu.territory.actor import SYSTEM

from . import making
from .making import HEAD, csv, in_sheet, ole, repacked, row, table, xlsx
from .times import NOW

SHEET = "xl/worksheets/sheet1.xml"


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 40)).save(out, "PNG")
    return out.getvalue()


def zip_of(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            new.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def bomb() -> bytes:
    return repacked(table(row()), lambda p, c: c, {"xl/sharedStrings.xml": b"<sst>" + b" " * (guard.MOST_SHARED + 10)})


def lying_bomb() -> bytes:
    """The header says that a part is small."""
    data = bytearray(repacked(table(row()), lambda p, c: c + b" " * 3_000_000 if p == SHEET else c))
    size = 3_000_000
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as parts:
        true = parts.getinfo(SHEET).file_size
    assert true > size
    return bytes(data).replace(struct.pack("<I", true), struct.pack("<I", 100))


def scratched() -> bytes:
    """A few bytes of the packed sheet are others than before."""
    data = bytearray(table(row()))
    at = data.index(SHEET.encode()) + len(SHEET) + 60
    data[at : at + 8] = b"\xff" * 8
    return bytes(data)


def too_many_parts() -> bytes:
    more = {f"xl/media/{n}.bin": b"" for n in range(guard.MOST_PARTS + 1)}
    return repacked(table(row()), lambda p, c: c, more)


def entities() -> bytes:
    evil = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'
    return repacked(table(row()), lambda p, c: evil if p == "xl/sharedStrings.xml" else c)


def far_cell() -> bytes:
    return xlsx([HEAD, row()], change=lambda book, sheet: sheet.write(1_048_575, 0, "远处"))


def wide_cell() -> bytes:
    return xlsx([HEAD, row()], change=lambda book, sheet: sheet.write(1, 16_000, "远处"))


def out_of_order() -> bytes:
    """A cell of the last row hidden in the first one, its address written in an odd way."""
    return in_sheet(table(row()), b'<c r="A1"', b'<c\n r = \'XFD1048576\' t="n"><v>1</v></c><c r="A1"')


def unclosed_quote() -> bytes:
    return csv([HEAD, row("L-1"), row("L-2", 问题描述='"没有合上的引号'), row("L-3")])


def mixed() -> bytes:
    return csv([HEAD, *(row(f"L-{n}") for n in range(5))]) + b"\r\n" + csv([row("L-9")], "gb18030")


def no_rows() -> bytes:
    return xlsx([["2019年问题清单"], list(HEAD)])


def empty_sheet() -> bytes:
    return xlsx([])


def no_head() -> bytes:
    return xlsx([[n, n * 2.5, n + 0.25] for n in range(1, 30)])


def no_text_column() -> bytes:
    return xlsx([["编号", "联系电话"], ["L-1", "13900000011"]])


CASES: dict[str, tuple[Callable[[], bytes], str, str]] = {
    # what it is: (how it is made, code of the answer, a word of the sentence)
    "no byte at all": (lambda: b"", "empty", "空"),
    "only blanks": (lambda: b"\xef\xbb\xbf \r\n \r\n", "empty", "空"),
    "a picture renamed .xlsx": (picture, "other_type", "PNG"),
    "a PDF renamed .xlsx": (lambda: b"%PDF-1.7\n" + b"x" * 200, "other_type", "PDF"),
    "a web page named .xls": (lambda: "<html><table><tr><td>编号".encode(), "html", "网页"),
    "a zip without a workbook": (lambda: zip_of(readme=b"hello"), "other_type", "压缩"),
    "a Word file of 97": (lambda: ole("WordDocument", b"x" * 5000), "other_type", "Word"),
    "an .xlsb": (lambda: zip_of(xl__workbook=b"", **{"xl__workbook.bin": b""}), "other_type", "xlsb"),
    "a truncated zip": (lambda: table(row())[:-400], "damaged", "损坏"),
    "the beginning of a zip": (lambda: b"PK\x03\x04" + b"\0" * 60, "damaged", "损坏"),
    "bytes changed inside": (
        scratched,
        "damaged",
        "损坏",
    ),
    "a workbook without its sheet": (
        lambda: repacked(table(row()), lambda p, c: None if p == SHEET else c),
        "damaged",
        "损坏",
    ),
    "encrypted by a password": (lambda: ole("EncryptedPackage", b"\1" * 5000), "encrypted", "密码"),
    "macros": (lambda: repacked(table(row()), lambda p, c: c, {"xl/vbaProject.bin": b"x"}), "macros", "宏"),
    "a zip bomb": (bomb, "unpacks_too_big", "过大"),
    "a zip bomb whose header lies": (lying_bomb, "damaged", "损坏"),
    "thousands of parts": (too_many_parts, "unpacks_too_big", "过大"),
    "entities that grow": (entities, "entities", "定义"),
    "something in the very last row": (far_cell, "too_many_rows", "1,048,576"),
    "something far to the right": (wide_cell, "too_many_columns", "200"),
    "a cell whose address is hidden": (out_of_order, "too_many_columns", "200"),
    "more columns than a list has": (
        lambda: csv([[f"列{n}" for n in range(300)], ["x"] * 300]),
        "too_many_columns",
        "300",
    ),
    "an unclosed quotation mark": (unclosed_quote, "quotes", "第 3 行"),
    "a quotation mark inside": (
        lambda: csv([HEAD, row("L-1", 问题描述='"他说"不行')]),
        "quotes",
        "第 2 行",
    ),
    "two encodings in one file": (mixed, "mixed_encodings", "第 7 行"),
    "no encoding at all": (lambda: b"id,text\n1,\x80\xff\xff\n", "encoding", "第 2 行"),
    "NUL bytes": (lambda: csv([HEAD, row("L-1", 联系人="王\0经理")]), "nul_bytes", "第 2 行"),
    "a head and nothing else": (no_rows, "head_only", "没有内容"),
    "an empty sheet": (empty_sheet, "no_rows", "空"),
    "no head": (no_head, "no_head", "表头"),
    "too large": (lambda: b"a" * (guard.MOST_BYTES + 1), "too_big", "50"),
}


@pytest.mark.parametrize("what", CASES)
@pytest.mark.django_db
def test_a_broken_file_is_refused_with_what_to_do(what: str) -> None:
    make, code, word = CASES[what]
    data = make()
    began = time.process_time()
    with pytest.raises(InvalidInput) as refused:
        actions.upload(data, f"{what}.xlsx", actor=SYSTEM, now=NOW)
    assert refused.value.code == code, refused.value.message
    assert word in refused.value.message
    assert refused.value.field in ("file", "sheet")
    assert time.process_time() - began < 10
    assert not ImportRun.objects.exists()
    assert not ImportPiece.objects.exists()


def test_a_bomb_is_refused_before_it_fills_the_memory() -> None:
    data = bomb()
    tracemalloc.start()
    with pytest.raises(BadFile):
        open_book(data)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20 * guard.MB


# ── files that look odd and are read all the same ──


def checked(data: bytes, name: str = "清单.xlsx", **chosen: Any) -> Report:
    """What a check says of a file, by the proposed columns."""
    run = actions.upload(data, name, actor=SYSTEM, now=NOW, **chosen)
    mapping = {int(at): key for at, key in run.mapping.items()}
    actions.plan(run.pk, mapping=mapping, kind="live", source="测试", actor=SYSTEM, now=NOW)
    running.check(run.pk, now=NOW)
    run.refresh_from_db()
    assert run.state == "checked", run.trouble
    return report(run)


def merged_title(book: Any, sheet: Any) -> None:
    sheet.merge_range(0, 0, 0, 9, "上虞区“三服务”问题清单", book.add_format({"bold": True}))


def hidden_first() -> bytes:
    def change(book: Any, sheet: Any) -> None:
        sheet.hide()
        shown = book.add_worksheet("正表")
        shown.activate()
        shown.set_first_sheet()
        for at, cells in enumerate([HEAD, row("H-1"), row("H-2")]):
            shown.write_row(at, 0, cells)

    return xlsx([["说明"], ["不要读这一页"]], change=change)


def two_line_head() -> bytes:
    def change(book: Any, sheet: Any) -> None:
        centred = book.add_format()
        sheet.merge_range(0, 0, 1, 0, "编号", centred)
        sheet.merge_range(0, 1, 1, 1, "收集日期", centred)
        sheet.merge_range(0, 2, 0, 4, "服务对象", centred)
        sheet.write_row(1, 2, ["名称", "联系人", "联系电话"])
        sheet.merge_range(0, 5, 1, 5, "问题描述", centred)

    lines = [["T-1", "2019.1.8", "上虞样例电器有限公司", "王经理", "13900000011", "厂区用电经常跳闸。"]]
    return xlsx([[], [], *lines], change=change)


def blank_rows() -> bytes:
    """Formatted rows down to the last one of the sheet, with nothing in them."""
    body = b"".join(b'<row r="%d" s="1" customFormat="1"/>' % n for n in range(3, 1_000_003))
    return in_sheet(table(row()), b"</sheetData>", body + b"</sheetData>")


READ: dict[str, tuple[Callable[[], bytes], int]] = {
    # what it is: (how it is made, rows that can be imported)
    "title lines and blank rows": (
        lambda: xlsx([["", *[""] * 9], [], list(HEAD), row("1a"), [], row("1b")], change=merged_title),
        2,
    ),
    "a head of two lines with merged cells": (two_line_head, 1),
    "a hidden sheet in front": (hidden_first, 2),
    "a million formatted blank rows": (blank_rows, 1),
    "a dimension that lies": (
        lambda: in_sheet(table(row()), b'<dimension ref="A1:J2"/>', b'<dimension ref="A1:XFD1048576"/>'),
        1,
    ),
    "links to other workbooks": (
        lambda: repacked(table(row()), lambda p, c: c, {"xl/externalLinks/externalLink1.xml": b"<externalLink/>"}),
        1,
    ),
    "UTF-8 with a mark": (lambda: csv([HEAD, row()], "utf-8-sig"), 1),
    "UTF-8 without": (lambda: csv([HEAD, row()]), 1),
    "GB18030": (lambda: csv([HEAD, row()], "gb18030"), 1),
    "UTF-16": (lambda: csv([HEAD, row()], "utf-16"), 1),
    "UTF-16 without a mark": (lambda: csv([HEAD, row()], "utf-16-le"), 1),
    "tabs": (lambda: csv([HEAD, row()], separator="\t"), 1),
    "semicolons": (lambda: csv([HEAD, row()], "gb18030", separator=";"), 1),
    "a cell of many lines": (lambda: csv([HEAD, row("M", 问题描述='"第一行\n第二行"')]), 1),
    "an .xls of 97": (lambda: making.xls([HEAD, [str(c) for c in row("X-1")], [str(c) for c in row("X-2")]]), 2),
    "columns in another order": (lambda: xlsx([HEAD[::-1], row("R-1")[::-1]]), 1),
    "dates as numbers, texts and dates": (
        lambda: table(
            *(row(f"D-{n}", 收集日期=d) for n, d in enumerate((43473, "2019年1月8日", "2019.1.8", "20190108")))
        ),
        4,
    ),
}


@pytest.mark.parametrize("what", READ)
@pytest.mark.django_db
def test_an_odd_file_is_read(what: str) -> None:
    make, rows = READ[what]
    said = checked(make())
    assert (said.created, said.rejects) == (rows, [])


def faulty_formulas(book: Any, sheet: Any) -> None:
    sheet.write_formula(1, 8, "=1/0", None, "#DIV/0!")
    sheet.write_formula(2, 8, '="厂区用电"&"跳闸"', None, "厂区用电跳闸")


ROWS: dict[str, tuple[Callable[[], bytes], list[tuple[int, str, str]]]] = {
    # what it is: (how it is made, [(row, heading, a word of the reason)])
    "a formula that gives an error": (
        lambda: xlsx([HEAD, row("F-1"), row("F-2")], change=faulty_formulas),
        [(2, "问题描述", "#DIV/0!")],
    ),
    "a formula that was never worked out": (
        lambda: in_sheet(
            xlsx([HEAD, row("F-1")], change=lambda b, s: s.write_formula(1, 8, "=A2", None, 7)),
            b"<f>A2</f><v>7</v></c>", b"<f>A2</f></c>"
        ),
        [(2, "问题描述", "公式")],
    ),
    "dates that cannot be": (
        lambda: table(*(row(f"D-{n}", 收集日期=d) for n, d in enumerate(("2019-02-30", 3, "昨天", "2019-02-11")))),
        [(2, "收集日期", "2019-02-30"), (3, "收集日期", "3"), (4, "收集日期", "昨天")],
    ),
    "a date in the future": (lambda: table(row("D-1", 收集日期="2031-01-01")), [(2, "收集日期", "晚于现在")]),
    "no text and no title": (lambda: table(row("N-1", 问题描述="", 诉求建议="")), [(2, "问题描述", "为空")]),
    "a telephone that is none": (lambda: table(row("P-1", 联系电话="见附件")), [(2, "联系电话", "见附件")]),
    "a text as long as a book": (
        lambda: csv([HEAD, row("B-1", 问题描述="长" * 30_000)]),
        [(2, "问题描述", "30,0")],
    ),
    "the same number for two different things": (
        lambda: table(row("S-1"), row("S-1", 问题描述="完全不同的另一件事。")),
        [(3, "编号", "第 2 行")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", ROWS)
@pytest.mark.django_db
def test_a_bad_row_is_named_with_its_place_and_the_others_are_good(what: str) -> None:
    make, expected = ROWS[what]
    said = checked(make())
    assert [(r["row"], r["heading"]) for r in said.rejects] == [(n, heading) for n, heading, _word in expected]
    for reject, (_row, _heading, word) in zip(said.rejects, expected, strict=True):
        assert word in reject["reason"]
        assert reject["column"] > 0
    assert said.total == said.created + said.rejected + said.duplicates
    assert not Problem.objects.exists()


@pytest.mark.django_db
def test_a_cell_of_ten_megabytes_is_refused_alone() -> None:
    """A workbook may say more than Excel allows; the rows beside it are good."""
    long = ("长" * 3_500_000).encode()
    data = repacked(
        table(row("A-1"), row("A-2")),
        lambda p, c: c.replace("（A-1）。".encode(), long, 1) if p == "xl/sharedStrings.xml" else c,
    )
    said = checked(data)
    assert [(r["row"], r["heading"]) for r in said.rejects] == [(2, "问题描述")]
    assert said.created == 1


@pytest.mark.django_db
def test_a_table_without_the_problem_itself_is_asked_for_its_column() -> None:
    run = actions.upload(no_text_column(), "x.xlsx", actor=SYSTEM, now=NOW)
    mapping = {int(at): key for at, key in run.mapping.items()}
    with pytest.raises(InvalidInput, match="哪一列"):
        actions.plan(run.pk, mapping=mapping, kind="live", source="测试", actor=SYSTEM, now=NOW)
    run.refresh_from_db()
    assert run.state == "uploaded"
