"""The lines of a .csv are the cells of a workbook: the fast way compared with the plain one, for whatever was typed."""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from sanfuwu.documents.ledgers.lines import Lines, closer, harmless
from sanfuwu.documents.ledgers.render import FORMULA, UNREADABLE, Part, Recipe, Renderer
from sanfuwu.documents.ledgers.wire import packed

KEYS = {"k1": bytes(range(32)), "k0": bytes(32)}
UNIT, OTHER = UUID(int=1).bytes, UUID(int=2).bytes
PARTS = (
    Part("ordinal", ()),
    Part("code", (0,)),
    Part("typed", (1,)),
    Part("word", (2,), words={"visit": "走访发现", "odd": "=a,b"}),
    Part("name", (3,), names={UNIT: '环保局,"一科"', OTHER: "-供电所"}),
    Part("name", (4,), names={"330604003000": "崧厦镇", "330604": ""}),
    Part("names", (5,), names={UNIT: "王", OTHER: "@李"}),
    Part("day", (6,)),
    Part("moment", (7,)),
    Part("note", (8, 9, 10)),
    Part("note", (8, 9, 10, 11, 12), after="（照片{}张）"),
    Part("person", (8, 9, 10)),
    Part("phone", (8, 9, 10)),
    Part("empty", ()),
)
TYPED = {"typed", "word", "name", "names", "note", "person"}


class Rows:
    """Stands in for a cursor; `texts_as_bytes` as `wire.tune` has it."""

    def __init__(self, rows: list[tuple[Any, ...]], *, texts_as_bytes: bool) -> None:
        self.rows = [tuple(v.encode() if texts_as_bytes and isinstance(v, str) else v for v in row) for row in rows]

    def execute(self, *_sql: object, prepare: bool) -> None: ...

    def fetchall(self) -> list[tuple[Any, ...]]:
        return self.rows


def sealed(text: str | bytes | None, key: str = "k1", row: bytes = UNIT) -> bytes | None:
    if text is None:
        return None
    nonce = os.urandom(12)
    return nonce + AESGCM(KEYS[key]).encrypt(nonce, text.encode() if isinstance(text, str) else text, row)


def row(text: str | None = None, **more: Any) -> tuple[Any, ...]:
    """What the statement would give of a problem where everything typed is `text`."""
    said: dict[str, Any] = {
        "code": "330604-2019-0000001",
        "typed": text,
        "word": "visit",
        "unit": UNIT,
        "place": "330604003000",
        "people": UNIT + OTHER,
        "day": 43508,
        "moment": 43508 * 1440 + 17 * 60 + 30,
        "id": UNIT,
        "blob": sealed(text),
        "key": None,
        "photos": None,
        "spare": text,
    }
    return tuple((said | more).values())


def both(rows: list[tuple[Any, ...]]) -> tuple[bytes, bytes]:
    """(lines as they go out, the same from the cells of the workbook by the library's writer)."""
    recipe = Recipe("", {}, PARTS, KEYS, "k1")
    fast = Lines(recipe)
    made = fast.finished(fast.columns(Rows(rows, texts_as_bytes=True), packed([UNIT]))[1], len(rows), 7)
    plain = Renderer(recipe)
    count, columns = plain.columns(Rows(rows, texts_as_bytes=False), packed([UNIT]))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for cells in zip(*plain.finished(columns, count, 7), strict=True):
        writer.writerow([_said(part.kind, cell) for part, cell in zip(PARTS, cells, strict=True)])
    return made, out.getvalue().encode()


def _said(kind: str, cell: Any) -> str:
    if cell is None:
        return ""
    if kind in ("day", "moment"):
        at = dt.datetime(1899, 12, 30, tzinfo=dt.UTC) + dt.timedelta(minutes=round(cell * 1440))
        return f"{at:%Y-%m-%d}" if kind == "day" else f"{at:%Y-%m-%d %H:%M}"
    text = str(cell)
    return "'" + text if kind in TYPED and text.startswith(FORMULA) else text


TRICKY = (
    "", " ", "=1+1", "+86 13800000000", "-", "@", "\tx", "\rx", "x\r\ny", 'say "yes"', '"', "a,b", "，、。", "'=1",
    "请回电13800000000，谢谢", "请回电１３８００００００００", "电话（0575）82212345", "身份证330682199001011234",
    "2019年3月", "联系８２２１２３４５", "１", "王小明", "欧阳小明", "王", "a\x00b", "\u2028", "😀,", "\ufeff=",
    "13800000000", "0575-82212345", "1380000000０", UNREADABLE,
)  # fmt: skip


@pytest.mark.parametrize("text", TRICKY)
def test_a_tricky_text_is_the_same_both_ways(text: str) -> None:
    made, plain = both([row(text)])
    assert made == plain


def test_a_tricky_text_among_harmless_ones_is_found() -> None:
    rows = [row("我厂夏季用电高峰经常跳闸") for _ in range(70)]
    for at, text in ((0, "=1"), (15, "a,b"), (16, "回电13800000000"), (40, "回电１３８００００００００"), (69, 'x"')):
        rows[at] = row(text)
    made, plain = both(rows)
    assert made == plain
    assert made.count(b"138****0000") >= 2


@given(st.lists(st.none() | st.text("=+-@\t\r\n\",'0158０５９（）() .中，王é😀x", max_size=24), max_size=40))
def test_whatever_was_typed_is_the_same_both_ways(texts: list[str | None]) -> None:
    made, plain = both([row(text) for text in texts])
    assert made == plain


def test_what_is_missing_unknown_or_unreadable_is_the_same_both_ways() -> None:
    changed = bytearray(sealed("我厂") or b"")
    changed[-1] ^= 1
    rows = [
        row(**dict.fromkeys(("code", "word", "unit", "place", "people", "day", "moment", "id", "blob", "spare"))),
        row("x", word="never,heard", unit=UUID(int=9).bytes, place="999", people=UUID(int=9).bytes),
        row("x", word="", place="330604", unit=OTHER, people=OTHER),
        row("x", word="odd"),
        row("x", blob=bytes(changed)),
        row("x", blob=b""),
        row("x", blob=b"short"),
        row("x", id=OTHER),  # sealed under another row's id
        row("x", blob=sealed("旧钥匙13800000000", "k0"), key="k0"),
        row("x", key="gone"),
        row("=x", photos=3),
        row("", photos=2),
        row("", spare="=办理中"),
        row("x", day=-1, moment=-1),
    ]
    made, plain = both(rows)
    assert made == plain
    assert made.count(UNREADABLE.encode()) == 4 * 4  # changed, too short, another row's, no key: in four columns


def test_no_lines_are_no_bytes() -> None:
    assert both([]) == (b"", b"")


def test_more_names_than_are_remembered_are_masked_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sanfuwu.documents.ledgers.lines._REMEMBERED", 2)
    fast = Lines(Recipe("", {}, PARTS, KEYS, "k1"))
    for name in ("王一", "李二", "张三", "赵四"):
        _count, columns = fast.columns(Rows([row(name)], texts_as_bytes=True), packed([UNIT]))
        assert columns[11] == [f"{name[0]}*".encode()]


def test_only_what_has_a_reason_is_looked_at_closer() -> None:
    looked: list[bytes] = []

    def work(cell: bytes) -> bytes:
        looked.append(cell)
        return cell.upper()

    cells = [b"a"] * 40 + [b"b!"] + [b"a"] * 40
    assert closer(cells, lambda text: b"!" in text, work) == [b"a"] * 40 + [b"B!"] + [b"a"] * 40
    assert looked == [b"b!"]
    assert harmless([]) == []
