"""A table laid out once: for the check, for the writing, for whoever goes on, and for nobody else."""

from __future__ import annotations

import datetime as dt
import zlib
from typing import Any

import pytest

from sanfuwu.intake import actions, keeping, running, tasks
from sanfuwu.intake.drafts import Reader
from sanfuwu.intake.files import Looked, guard, open_book
from sanfuwu.intake.lines import of_sheet, pack
from sanfuwu.intake.models import ImportFindings, ImportRows, ImportRun
from sanfuwu.intake.table import open_table
from sanfuwu.intake.understanding import samples
from sanfuwu.problems.models import Problem
from sanfuwu.territory.actor import SYSTEM

from .making import HEAD, row, table, xlsx
from .steps import counts, imported, killed_after, planned
from .times import NOW

pytestmark = pytest.mark.django_db


def two_sheets() -> bytes:
    """The first with L-1 and L-2, the second with Z-1."""

    def second(book: Any, _sheet: Any) -> None:
        other = book.add_worksheet("二")
        other.write_row(0, 0, HEAD)
        other.write_row(1, 0, row("Z-1", 联系电话="13900000077"))

    return xlsx([HEAD, row("L-1"), row("L-2")], change=second)


@pytest.mark.parametrize("stored", [True, False], ids=["", "uploaded before looks were stored"])
def test_a_stored_file_is_looked_into_and_opened_once(stored: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []

    def look(data: bytes) -> Looked:
        looked.append(len(data))
        return seen(data)

    seen = guard.look
    monkeypatch.setattr(guard, "look", look)
    data = xlsx([HEAD, row("F-1"), row("F-2")], change=lambda _b, s: s.write_formula(1, 8, "=1/0", None, "#DIV/0!"))
    run = actions.upload(data, "清单.xlsx", actor=SYSTEM, now=NOW)
    if not stored:
        ImportFindings.objects.filter(run=run, phase="look").delete()
    actions.plan(
        run.pk, mapping={int(a): k for a, k in run.mapping.items()}, kind="live", source="清单", actor=SYSTEM, now=NOW
    )
    running.check(run.pk, now=NOW)
    (rows,) = ImportRows.objects.filter(run=run)
    with pytest.raises(zlib.error):
        zlib.decompress(bytes(rows.data_enc))  # encrypted
    actions.start(run.pk, actor=SYSTEM, now=NOW)
    monkeypatch.setattr(keeping, "get_book", lambda *_said: None)  # the rows are laid out by now
    running.run(run.pk, now=NOW)
    run.refresh_from_db()
    assert counts(run) == (2, 1, 0, 1)  # the cell with the error is known each time
    assert len(looked) == (1 if stored else 2)
    assert not ImportFindings.objects.filter(phase="look").exists()  # went with the file
    assert not ImportRows.objects.exists()


def test_samples_of_the_columns_are_those_of_the_chosen_sheet_and_cost_no_opening(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = actions.upload(two_sheets(), "a.xlsx", actor=SYSTEM, now=NOW)
    opened = samples(ImportRun.objects.get(pk=run.pk))
    assert opened[1] == ("L-1", "L-2")
    ImportFindings.objects.filter(run=run, phase="head").delete()
    assert samples(run) == opened  # as for a file that was uploaded before samples were kept
    run = actions.choose_table(run.pk, sheet="二", head_rows=None, actor=SYSTEM, now=NOW)
    monkeypatch.setattr(keeping, "get_book", None)
    found = samples(run)
    assert found[1] == ("Z-1",)
    assert "13900000077" not in str(found)


def test_another_sheet_chosen_after_the_check_is_what_is_checked_and_imported() -> None:
    run = planned(two_sheets())
    assert run.created == 2
    run = actions.choose_table(run.pk, sheet="二", head_rows=None, actor=SYSTEM, now=NOW)
    mapping = {int(at): key for at, key in run.mapping.items()}
    actions.plan(run.pk, mapping=mapping, kind="live", source="清单", actor=SYSTEM, now=NOW)
    running.check(run.pk, now=NOW)
    actions.start(run.pk, actor=SYSTEM, now=NOW)
    running.run(run.pk, now=NOW)
    assert [p.source_ref for p in Problem.objects.all()] == ["Z-1"]


def test_rows_are_not_laid_out_for_an_import_that_was_cancelled_meanwhile() -> None:
    run = planned(table(row("L-1")))
    keeping.drop_lines(run)
    stale = ImportRun.objects.get(pk=run.pk)
    actions.cancel(run.pk, actor=SYSTEM, now=NOW)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keeping, "get_book", lambda *_said: open_book(table(row("L-1"))))  # it had opened it by then
        open_table(stale, NOW)
    assert not ImportRows.objects.exists()


def test_a_slow_worker_lays_nothing_out_for_the_sheet_that_was_chosen_meanwhile() -> None:
    def plan(at: dt.datetime) -> ImportRun:
        now = ImportRun.objects.get(pk=run.pk)
        mapping = {int(n): key for n, key in now.mapping.items()}
        return actions.plan(run.pk, mapping=mapping, kind="live", source="清单", actor=SYSTEM, now=at)

    run = actions.upload(two_sheets(), "清单.xlsx", actor=SYSTEM, now=NOW)
    stale = plan(NOW)
    running.check(run.pk, now=NOW)  # by another worker
    actions.choose_table(run.pk, sheet="二", head_rows=None, actor=SYSTEM, now=NOW)
    plan(NOW + dt.timedelta(minutes=3))
    assert [line.cells[0] for line in open_table(stale, NOW).lines.between(0, 2)] == ["L-1", "L-2"]
    assert not actions.finish_check(run.pk, {"total": 2}, begun=stale.started_at, now=NOW)
    running.check(run.pk, now=NOW)
    actions.start(run.pk, actor=SYSTEM, now=NOW)
    running.run(run.pk, now=NOW)
    assert [p.source_ref for p in Problem.objects.all()] == ["Z-1"]


def test_two_workers_that_lay_the_same_rows_out_leave_them_once() -> None:
    run = planned(table(row("L-1"), row("L-2")))
    pieces = list(pack(of_sheet(open_book(table(row("L-1"), row("L-2"))).sheets[0], 1)))
    keeping.put_lines(run, pieces)
    keeping.put_lines(run, pieces)
    kept = keeping.get_lines(run)
    assert kept is not None
    assert len(kept) == 2
    assert ImportRows.objects.count() == 1


def test_rows_that_an_older_program_left_behind_go_at_night() -> None:
    run = imported(table(row("L-1")))
    keeping.put_lines(run, pack(of_sheet(open_book(table(row("L-1"))).sheets[0], 1)))
    tasks.forget_here(NOW)
    assert not ImportRows.objects.exists()


@pytest.mark.parametrize("numbered", [True, False])
def test_rows_after_a_kill_repeat_those_written_before_it(numbered: bool) -> None:
    """What is written is passed over, and still known: the same row again, another one with its number."""
    lines = [row(f"K-{n}" if numbered else "", 问题描述=f"第{n}件事。") for n in range(12)]
    again = [
        lines[2],
        row("K-3" if numbered else "", 问题描述="另一件事。"),
        lines[10],
        row("K-new", 问题描述="新的。"),
    ]
    run = planned(table(*lines, *again))
    expected = counts(run)
    assert expected == ((16, 13, 2, 1) if numbered else (16, 16, 0, 0))
    actions.start(run.pk, actor=SYSTEM, now=NOW)
    killed_after(10, run, batch_size=5)
    read: list[int] = []
    reads = Reader.read
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Reader, "read", lambda reader, line: read.append(line.row) or reads(reader, line))
        running.run(run.pk, now=NOW, batch_size=5)
    run.refresh_from_db()
    assert counts(run) == expected
    assert Problem.objects.count() == expected[1]
    if numbered:  # rows 12 to 17 of the sheet, and of those before them the two that are repeated
        assert sorted(read) == [4, 5, *range(12, 18)]
