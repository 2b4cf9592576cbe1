"""The Word files that come with the program, with the measures of GB/T 9704-2012 where they apply to a slip.

A4; margins 37, 35, 28, 26 mm (type area 156 × 225 mm); body 仿宋 of size 3 (16 pt) on lines of 28 pt; title 小标宋 of
size 2 (22 pt); number with 〔〕; page number of size 4 (14 pt) between dashes, 7 mm below the type area, odd pages
right, even pages left. Typefaces are named, not brought along: offices have 方正小标宋 and 仿宋_GB2312, others fall
back.
"""

from __future__ import annotations

import io
from functools import lru_cache
from typing import Any

import docx
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from ..models import Paper

SONG, FANG, HEI = "方正小标宋简体", "仿宋_GB2312", "黑体"
_RED = RGBColor(0xC0, 0x00, 0x00)
SIZE_2, SIZE_3, SIZE_4 = Pt(22), Pt(16), Pt(14)
_SMALL_3, _LINE = Pt(14), Pt(28)

# (label, template) of the table's lines; two pairs share a line.
_FACTS = (
    (("问题编号", "{{ problem_number }}"), ("收集日期", "{{ raised_on }}")),
    (("来源渠道", "{{ channel }}"), ("问题分类", "{{ category }}")),
    (
        ("诉求人", "{{ requester }}{% if contact and contact != requester %}（联系人：{{ contact }}）{% endif %}"),
        ("联系方式", "{{ phone }}"),
    ),
    (("所在镇村", "{{ place }}"),),
    (("问题摘要", "{{ title }}"),),
)
_ORDER = (
    *_FACTS,
    (("问题描述", "{{ text }}"),),
    (("牵头领导", "{{ leader }}"), ("责任人", "{{ handler }} {{ handler_phone }}")),
)
_STRIKE_OFF = (
    *_FACTS,
    (("主办单位", "{{ lead }}"), ("协办单位", "{{ co }}")),
    (("办结时限", "{{ due }}"), ("办结日期", "{{ solved_on }}")),
    (("办理结果", "{{ result }}"), ("回访满意度", "{{ satisfied }}")),
    (("答复内容", "{{ answer }}"),),
)
# Places for a pen: label, what stands in the field, height in mm.
_SIGN_ORDER = (
    ("承办单位主要负责人签字", 13),
    ("诉求人意见", 13),
    ("审核", 13),
)
_SIGN_STRIKE_OFF = (
    ("诉求人意见", 13),
    ("承办单位主要负责人签字", 13),
    ("审核", 13),
)


@lru_cache(maxsize=4)
def template(kind: str) -> bytes:
    """The template as a .docx, also for downloading and changing."""
    made = docx.Document()
    _page(made)
    _heading(made, "{{ agency }}", "{{ number }}")
    _title(made, {Paper.ORDER: "问题交办单", Paper.STRIKE_OFF: "问题销号单"}[Paper(kind)])
    if kind == Paper.ORDER:
        _body(made, "{{ lead }}{% if co %}、{{ co }}{% endif %}：", indent=False)
        _body(
            made,
            "现将下列问题交由你单位办理{% if co %}（{{ lead }}主办）{% endif %}。"
            "请于{{ due }}前办结并反馈结果。{% if instruction %}{{ instruction }}{% endif %}",
        )
        _table(made, _ORDER, _SIGN_ORDER)
    else:
        _body(made, "下列问题已经办结，并经回访听取诉求人意见，按程序予以销号。")
        _table(made, _STRIKE_OFF, _SIGN_STRIKE_OFF)
    _ending(made)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _page(made: Any) -> None:
    section = made.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.header_distance, section.footer_distance = Mm(15), Mm(23)  # the number 7 mm below the type area
    made.settings.odd_and_even_pages_header_footer = True
    for footer, right in ((section.footer, True), (section.even_page_footer, False)):
        footer.is_linked_to_previous = False
        line = footer.paragraphs[0]
        line.alignment = WD_ALIGN_PARAGRAPH.RIGHT if right else WD_ALIGN_PARAGRAPH.LEFT
        for side in ("right_indent", "left_indent"):
            setattr(line.paragraph_format, side, SIZE_4 if side.startswith("right") == right else Pt(0))
        _run(line, "— ", "宋体", SIZE_4)
        _field(line, "PAGE")
        _run(line, " —", "宋体", SIZE_4)
    style = made.styles["Normal"]
    style.font.name, style.font.size = FANG, SIZE_3
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FANG)
    style.paragraph_format.space_after = Pt(0)


def _heading(made: Any, agency: str, number: str) -> None:
    """发文机关, number, and below it a red line as wide as the type area."""
    line = made.add_paragraph()
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(line, agency, SONG, Pt(26), colour=_RED)
    line = _paragraph(made, number, align=WD_ALIGN_PARAGRAPH.CENTER)
    line.paragraph_format.space_before = Pt(14)
    borders = OxmlElement("w:pBdr")
    bottom = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "12"), ("space", "11"), ("color", "C00000")):  # 4 mm below
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    line._p.get_or_add_pPr().append(borders)


def _title(made: Any, text: str) -> None:
    line = made.add_paragraph()
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    line.paragraph_format.space_before, line.paragraph_format.space_after = Pt(12), Pt(4)
    _run(line, text, SONG, SIZE_2)


def _body(made: Any, text: str, *, indent: bool = True) -> None:
    line = _paragraph(made, text)
    if indent:
        line.paragraph_format.first_line_indent = SIZE_3 * 2


def _paragraph(made: Any, text: str, *, align: Any = None, face: str = FANG, size: Any = SIZE_3) -> Any:
    line = made.add_paragraph()
    line.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    line.paragraph_format.line_spacing = _LINE
    if align is not None:
        line.alignment = align
    _run(line, text, face, size)
    return line


def _table(made: Any, lines: tuple[Any, ...], signs: tuple[tuple[str, int], ...]) -> None:
    # Together the 156 mm of the type area; the labels, five characters at most, do not break.
    widths = (Mm(30), Mm(50), Mm(28), Mm(48))
    table = made.add_table(rows=0, cols=4)
    table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    for pairs in lines:
        cells = table.add_row().cells
        for at, (label, text) in enumerate(pairs):
            _cell(cells[at * 2], label, HEI, centred=True)
            target = cells[at * 2 + 1] if len(pairs) > 1 else cells[1].merge(cells[3])
            _cell(target, text, FANG)
    for label, height in signs:
        row = table.add_row()
        row.height = Mm(height)
        _cell(row.cells[0], label, HEI, centred=True)
        merged = row.cells[1].merge(row.cells[3])
        _cell(merged, "", FANG)
        _cell_line(merged, "签字：　　　　　　　　年　　月　　日", WD_ALIGN_PARAGRAPH.RIGHT)
        merged.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.BOTTOM
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for row in table.rows:
        _unbroken(row)
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = width


def _cell(cell: Any, text: str, face: str, *, centred: bool = False) -> None:
    line = cell.paragraphs[0]
    _compact(line)
    if centred:
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    if text:
        _run(line, text, face, Pt(12))


def _cell_line(cell: Any, text: str, align: Any) -> None:
    line = cell.paragraphs[0]
    line.alignment = align
    _run(line, text, FANG, Pt(12))


def _compact(line: Any) -> None:
    line.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    line.paragraph_format.line_spacing = Pt(20)


def _unbroken(row: Any) -> None:
    """A line of the table stays on one page."""
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))


def _ending(made: Any) -> None:
    """Agency and date at the right, four characters in (GB/T 9704-2012, 7.3.5), in the whole width: names of offices
    are long. Below them at the left the code, which belongs to no official form."""
    for text, space in (("{{ agency }}", Pt(4)), ("{{ issued_on }}", Pt(0))):
        line = _paragraph(made, text, align=WD_ALIGN_PARAGRAPH.RIGHT)
        line.paragraph_format.right_indent, line.paragraph_format.space_before = SIZE_3 * 4, space
        line.paragraph_format.keep_with_next = True
    table = made.add_table(rows=1, cols=2)
    table.autofit = False
    widths = (Mm(24), Mm(132))
    for column, cell, width in zip(table.columns, table.rows[0].cells, widths, strict=True):
        column.width = cell.width = width
    _unbroken(table.rows[0])
    picture, said = table.rows[0].cells
    said.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    for cell, text, size in (
        (picture, "{{ qr }}", Pt(12)),
        (said, "{% if read_code %}诉求人可扫码查看办理进展（只能查看）。查询码：{{ read_code }}{% endif %}", Pt(10.5)),
    ):
        _run(cell.paragraphs[0], text, FANG, size)


def _run(line: Any, text: str, face: str, size: Any, *, colour: Any = None) -> Any:
    run = line.add_run(text)
    run.font.name, run.font.size = face, size
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)
    if colour is not None:
        run.font.color.rgb = colour
    return run


def _field(line: Any, instruction: str) -> None:
    for kind, text in (("begin", ""), ("", instruction), ("end", "")):
        run = _run(line, "", "宋体", SIZE_4)
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.set(qn("xml:space"), "preserve")
            mark.text = text
        run._element.append(mark)
