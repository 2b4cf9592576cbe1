"""Tables made for the tests: whole ones, and broken ones of every kind."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

import xlsxwriter

HEAD = (
    "编号",
    "收集日期",
    "来源渠道",
    "对象名称",
    "联系人",
    "联系电话",
    "所属镇街",
    "问题分类",
    "问题描述",
    "诉求建议",
)


def row(number: object = "L-1", **more: object) -> tuple[Any, ...]:
    """One line of a list, every cell with a usual value."""
    cells: dict[str, object] = {
        "编号": number,
        "收集日期": "2019-02-11",
        "来源渠道": "走访发现",
        "对象名称": "上虞样例电器有限公司",
        "联系人": "王经理",
        "联系电话": "13900000011",
        "所属镇街": "崧厦镇",
        "问题分类": "水电气",
        "问题描述": f"厂区用电经常跳闸，影响生产（{number}）。",
        "诉求建议": "请协调增容。",
    }
    unknown = more.keys() - cells.keys()
    assert not unknown, unknown
    return tuple((cells | more).values())


def xlsx(
    rows: Sequence[Sequence[Any]], *, change: Callable[[Any, Any], None] | None = None, name: str = "清单"
) -> bytes:
    """A workbook of one sheet; `change(book, sheet)` may do more to it."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"default_date_format": "yyyy-mm-dd", "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(name)
        for at, cells in enumerate(rows):
            sheet.write_row(at, 0, cells)
        if change is not None:
            change(book, sheet)
    return out.getvalue()


def table(*rows: Sequence[Any]) -> bytes:
    """A list with its head."""
    return xlsx([HEAD, *rows])


def csv(rows: Sequence[Sequence[Any]], encoding: str = "utf-8", separator: str = ",") -> bytes:
    return "\r\n".join(separator.join(str(c) for c in cells) for cells in rows).encode(encoding)


def repacked(data: bytes, change: Callable[[str, bytes], bytes | None], more: dict[str, bytes] | None = None) -> bytes:
    """A workbook with its parts changed (None leaves one out) and others added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            if part in (more or {}):
                continue
            changed = change(part, old.read(part))
            if changed is not None:
                new.writestr(part, changed)
        for part, content in (more or {}).items():
            new.writestr(part, content)
    return out.getvalue()


def in_sheet(data: bytes, old: bytes, new: bytes) -> bytes:
    """The first sheet's XML with something replaced; what is replaced must be there."""

    def change(part: str, content: bytes) -> bytes:
        if part != "xl/worksheets/sheet1.xml":
            return content
        assert old in content, content[:500]
        return content.replace(old, new, 1)

    return repacked(data, change)


def xls(rows: Sequence[Sequence[str]]) -> bytes:
    """A BIFF8 workbook in its OLE container, as small as Excel 97 reads it: one sheet of texts."""

    def record(kind: int, body: bytes = b"") -> bytes:
        return struct.pack("<HH", kind, len(body)) + body

    def unicode_text(text: str, size: str) -> bytes:
        return struct.pack(f"<{size}B", len(text), 1) + text.encode("utf-16-le")

    bof = struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 6)
    sheet = record(0x0809, bof[:2] + struct.pack("<H", 0x0010) + bof[4:])
    sheet += record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, max(map(len, rows)), 0))
    for r, cells in enumerate(rows):
        for c, cell in enumerate(cells):
            sheet += record(0x0204, struct.pack("<HHH", r, c, 0) + unicode_text(cell, "H"))
    sheet += record(0x000A)
    name = "清单"
    start = record(0x0809, bof) + record(0x0042, struct.pack("<H", 1200))
    length = len(start) + 4 + 6 + 2 + 2 * len(name) + 4
    bound = record(0x0085, struct.pack("<IBB", length, 0, 0) + unicode_text(name, "B"))
    stream = start + bound + record(0x000A) + sheet
    return ole("Workbook", stream)


def ole(name: str, stream: bytes) -> bytes:
    """A compound file with one stream of at least 4,096 bytes."""
    stream = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\0")
    sectors = len(stream) // 512
    fat_sectors = -(-(sectors + 2) * 4 // 512) or 1
    chain = [0xFFFFFFFD] * fat_sectors + [0xFFFFFFFE]  # the FAT itself, the directory
    first = fat_sectors + 1
    chain += [first + n + 1 for n in range(sectors - 1)] + [0xFFFFFFFE]
    fat = b"".join(struct.pack("<I", n) for n in chain).ljust(fat_sectors * 512, b"\xff")

    def entry(title: str, kind: int, child: int, start: int, size: int) -> bytes:
        raw = title.encode("utf-16-le")
        head = raw.ljust(64, b"\0") + struct.pack(
            "<HBBIII", len(raw) + 2 if title else 0, kind, 1, *[0xFFFFFFFF] * 2, child
        )
        return head + b"\0" * 36 + struct.pack("<IQ", start, size)

    directory = entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + entry(name, 2, 0xFFFFFFFF, first, len(stream))
    directory = directory.ljust(512, b"\0")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    header += struct.pack("<IIIIIIIII", 0, fat_sectors, fat_sectors, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += b"".join(struct.pack("<I", n) for n in range(fat_sectors))
    return header.ljust(512, b"\xff") + fat + directory + stream
