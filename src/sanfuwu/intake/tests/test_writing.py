"""Batches that end in any order: every row once, whoever is killed."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from hypothesis import given
from hypothesis import strategies as st
from psycopg.errors import DeadlockDetected

from sanfuwu.intake import actions, hands, keeping, queries, running, writing
from sanfuwu.intake.models import ImportRun
from sanfuwu.intake.writing import Batch
from sanfuwu.ledger.errors import InvalidInput
from sanfuwu.ledger.verify import verify
from sanfuwu.problems.models import Problem
from sanfuwu.territory.actor import SYSTEM

from .making import row, table
from .times import NOW


@given(st.integers(0, 60), st.integers(1, 9), st.randoms(use_true_random=False), st.data())
def test_batches_in_any_order_and_taken_up_again_are_every_row_once(
    rows: int, size: int, draw: object, data: st.DataObject
) -> None:
    run, written = ImportRun(state="running", done=0, ahead=[]), []
    for _turn in range(4):
        batches = missing(run, rows, size)
        assert all(0 < len(batch) <= size for _at, batch in batches)
        for at, batch in data.draw(st.permutations(batches))[: data.draw(st.integers(0, len(batches)))]:
            as_rows = [(None, 0, ()) for _item in batch]
            assert writing._wanted(run, Batch(at, as_rows))  # type: ignore[arg-type]
            run.done, run.ahead = writing._placed(run, Batch(at, as_rows))  # type: ignore[arg-type]
            assert not writing._wanted(run, Batch(at, as_rows))  # type: ignore[arg-type]
            written += batch
    for at, batch in missing(run, rows, size):
        run.done, run.ahead = writing._placed(run, Batch(at, [(None, 0, ())] * len(batch)))  # type: ignore[list-item]
        written += batch
    assert sorted(written) == list(range(rows))
    assert (run.done, run.ahead) == (rows, [])


def missing(run: ImportRun, rows: int, size: int) -> list[tuple[int, range]]:
    """The stretches that are not written, once it is seen that all of them are the table, in its order."""
    found = list(writing.stretches(run, rows, size))
    assert [n for at, end, _written in found for n in range(at, end)] == list(range(rows))
    return [(at, range(at, end)) for at, end, written in found if not written]


def test_a_long_table_is_worth_several_processes_and_a_short_one_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    assert hands.count_for(hands.LONG - 1) == 1
    assert hands.count_for(hands.LONG) == hands.MOST
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    assert hands.count_for(hands.LONG) == 1


@pytest.mark.django_db
def test_a_batch_that_stood_in_anothers_way_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    run = _started(3)
    met: list[int] = []
    register = writing.register_problems

    def in_the_way(*args: object, **said: object) -> object:
        met.append(1)
        if len(met) == 1:
            raise OperationalError from DeadlockDetected()
        return register(*args, **said)  # type: ignore[arg-type]

    monkeypatch.setattr(writing, "register_problems", in_the_way)
    running.run(run.pk, now=NOW)
    run.refresh_from_db()
    assert (run.state, run.created, len(met)) == ("done", 3, 2)


@pytest.fixture
def several(program_env: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes, for however few rows."""
    for name, value in program_env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(hands, "count_for", lambda _rows: 2)


@pytest.mark.slow
@pytest.mark.usefixtures("several")
def test_several_processes_write_every_row_once_and_say_the_same() -> None:
    lines = [row(f"S-{n}", 问题描述=f"第{n % 20}件同样的事，请协调。") for n in range(60)]
    run = _started(lines=[*lines, row("S-bad", 联系电话="无效")])
    told: list[tuple[int, int]] = []
    running.run(run.pk, now=NOW, batch_size=7, progress=lambda done, total: told.append((done, total)))
    run.refresh_from_db()
    assert (run.state, run.done, run.ahead, run.trouble) == ("done", 61, [], "")
    assert (run.created, run.duplicates, run.rejected, run.lookalikes) == (60, 0, 1, 40)
    assert told[-1] == (61, 61)
    assert [done for done, _total in told] == sorted(done for done, _total in told)
    assert Problem.objects.filter(source_ref__startswith="S-").count() == 60
    report = queries.report(run)
    assert len(report.repeats) == 40
    assert [reject["row"] for reject in report.rejects] == [62]
    assert verify("shangyu").breaks == 0


@pytest.mark.slow
@pytest.mark.usefixtures("several")
def test_a_killed_process_loses_and_doubles_nothing() -> None:
    run = _started(60)

    def kill(done: int, _total: int) -> None:
        for pid in _children():
            os.kill(pid, signal.SIGKILL)

    running.run(run.pk, now=NOW, batch_size=7, progress=kill)
    run.refresh_from_db()
    assert run.state == "failed"
    assert run.trouble
    assert 0 < run.created < 60
    assert not list(_children()), "a process was left behind"
    actions.go_on(run.pk, actor=SYSTEM, now=NOW)
    running.run(run.pk, now=NOW, batch_size=7)
    run.refresh_from_db()
    assert (run.state, run.created, run.done, run.ahead) == ("done", 60, 60, [])
    assert Problem.objects.filter(source_ref__startswith="K-").count() == 60


@pytest.mark.slow
@pytest.mark.usefixtures("several")
@pytest.mark.parametrize("where", ["the file is gone", "the second does not start", "a batch is refused"])
def test_whatever_fails_no_process_is_left_behind(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run = _started(20)
    if where == "the file is gone":
        monkeypatch.setattr(keeping, "get_lines", lambda _run: None)
        monkeypatch.setattr(keeping, "get_book", lambda *_said: None)
    elif where == "the second does not start":
        start, started = subprocess.Popen, []

        def fails(*args: Any, **said: Any) -> Any:
            if started:
                raise OSError("no more processes")
            started.append(start(*args, **said))
            return started[0]

        monkeypatch.setattr(hands.subprocess, "Popen", fails)
    else:
        monkeypatch.setattr(hands._Hand, "write", lambda _hand, _batch: (_ for _ in ()).throw(InvalidInput("no")))
    running.run(run.pk, now=NOW, batch_size=7)
    run.refresh_from_db()
    assert (run.state, run.created) == ("failed", 0)
    assert run.trouble
    assert not list(_children())


def _started(rows: int = 0, lines: list[tuple[object, ...]] | None = None) -> ImportRun:
    run = actions.upload(table(*(lines or [row(f"K-{n}") for n in range(rows)])), "a.xlsx", actor=SYSTEM, now=NOW)
    mapping = {int(at): key for at, key in run.mapping.items()}
    actions.plan(run.pk, mapping=mapping, kind="live", source="清单", actor=SYSTEM, now=NOW)
    running.check(run.pk, now=NOW)
    return actions.start(run.pk, actor=SYSTEM, now=NOW)


def _children() -> Iterator[int]:
    """Writing processes of this one."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            if parent == os.getpid() and b"sanfuwu.intake.hand" in (entry / "cmdline").read_bytes():
                yield int(entry.name)
        except OSError:  # it ended meanwhile
            continue
