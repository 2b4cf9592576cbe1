"""A table laid out reads as the file did, piece by piece."""

from __future__ import annotations

import datetime as dt
import gc
import weakref
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanfuwu.intake import lines, values
from sanfuwu.intake.files import open_book
from sanfuwu.intake.lines import LENGTH, Line, Lines, of_sheet, pack

from .making import HEAD, row, xlsx

CELLS = st.one_of(
    st.text(max_size=8),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(),
    st.booleans(),
    st.datetimes(),
    st.dates(),
    st.times(),
    st.timedeltas(),
)


def read(cell: object) -> tuple[str, object]:
    """What is made of a cell."""
    try:
        return values.shown(cell), values.moment(cell)  # type: ignore[arg-type]
    except values.NotADate:
        return values.shown(cell), "no date"  # type: ignore[arg-type]


@given(st.lists(st.lists(CELLS, max_size=6), max_size=30))
def test_every_cell_reads_as_before(rows: list[list[object]]) -> None:
    told = [Line(n, list(cells), {2: "#DIV/0!"} if n % 3 else {}) for n, cells in enumerate(rows, start=4)]  # type: ignore[arg-type]
    kept = Lines(list(pack(iter(told))))
    back = list(kept.between(0, len(kept)))
    assert [(line.row, line.faulty) for line in back] == [(line.row, line.faulty) for line in told]
    assert [list(map(read, line.cells)) for line in back] == [list(map(read, cells)) for cells in rows]


@pytest.mark.parametrize("count", [0, 1, LENGTH - 1, LENGTH, LENGTH + 1, 2 * LENGTH + 7])
def test_any_stretch_and_any_line_can_be_read_alone(count: int) -> None:
    kept = Lines(list(pack(Line(n, [n]) for n in range(count))))
    assert len(kept) == count
    ends = sorted({0, 1, LENGTH - 1, LENGTH, LENGTH + 1, count // 2, count})
    for at, end in pairwise([n for n in ends if n <= count]):
        assert [line.row for line in kept.between(at, end)] == list(range(at, end))
    assert [kept[n].row for n in range(0, count, 37)] == list(range(0, count, 37))


def test_only_the_pieces_that_are_asked_for_are_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Lines(list(pack(Line(n, [n]) for n in range(10 * LENGTH))))
    unpacked: list[bytes] = []
    loads = lines.orjson.loads

    class Counting:
        @staticmethod
        def loads(data: bytes) -> object:
            unpacked.append(data)
            return loads(data)

    monkeypatch.setattr(lines, "orjson", Counting)
    assert kept[7 * LENGTH + 3].row == 7 * LENGTH + 3
    assert len(unpacked) == 1


def test_empty_rows_and_the_head_are_left_out_and_numbers_stay_those_of_the_sheet() -> None:
    def more(_book: object, sheet: object) -> None:
        sheet.write_formula(4, 8, "=1/0", None, "#DIV/0!")  # type: ignore[attr-defined]

    book = open_book(xlsx([["清单"], HEAD, row("A"), [], row("B"), ["", "", ""], row("C")], change=more))
    found = list(of_sheet(book.sheets[0], 2))
    assert [line.row for line in found] == [3, 5, 7]
    assert [line.faulty for line in found] == [{}, {9: "#DIV/0!"}, {}]


def test_what_was_read_is_gone_with_its_last_reference() -> None:
    """It is what people wrote: it does not wait for the collector, which looks rarely (ADR 0031)."""
    gc.disable()
    try:
        kept = Lines(list(pack(iter([Line(1, ["王某"])]))))
        assert kept[0].row == 1
        gone = weakref.ref(kept)
        del kept
        assert gone() is None
    finally:
        gc.enable()


def test_a_moment_keeps_its_fractions() -> None:
    """By them a row without a number is known again."""
    moment = dt.datetime(2019, 1, 8, 9, 11, 59, 999_997)  # noqa: DTZ001 - as spreadsheets have them
    (line,) = Lines(list(pack(iter([Line(1, [moment])])))).between(0, 1)
    assert line.cells == [moment]
