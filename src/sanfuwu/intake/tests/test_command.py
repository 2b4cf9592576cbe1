"""`sanfuwu import`: scriptable, in JSON or in words, by the pipeline of the page."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from sanfuwu.commands import import_
from sanfuwu.intake.models import ImportRun
from sanfuwu.problems.models import Problem
from sanfuwu.web.tests import cast

from .making import row, table, xlsx
from .test_history import PAST, past

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("committed_db")]


@pytest.fixture(autouse=True)
def _rings() -> Iterator[None]:
    """The command looks for rings less often, as a program of its own may."""
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


def kept(folder: Path, data: bytes, name: str = "list.xlsx") -> str:
    path = folder / name
    path.write_bytes(data)
    return str(path)


def test_it_registers_reports_and_says_by_its_exit_code_whether_all_went_in(tmp_path: Path) -> None:
    run = CliRunner().invoke
    first = run(import_.command, [kept(tmp_path, table(row("M1"), row("M2", 收集日期="昨天"))), "--json"])
    assert first.exit_code == 1, first.output
    said = json.loads(first.stdout)
    assert (said["total"], said["created"], said["rejected"]) == (2, 1, 1)
    assert said["rejects"][0] | {"reason": ""} == {"row": 3, "column": 2, "heading": "收集日期", "reason": ""}
    second = run(import_.command, [kept(tmp_path, table(row("M1")))], env={"SANFUWU_LANGUAGE": "en"})
    assert second.exit_code == 0, second.output
    assert "0 registered, 1 there already" in second.output
    missing = run(import_.command, [str(tmp_path / "none.xlsx")])
    assert missing.exit_code == 1
    assert "none.xlsx" in missing.output


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    done = CliRunner().invoke(import_.command, [kept(tmp_path, table(row("M1"))), "--dry-run", "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["created"] == 1
    assert not Problem.objects.exists()
    assert ImportRun.objects.get().state == "cancelled"


def test_a_column_may_be_named_by_its_heading_or_its_letter(tmp_path: Path) -> None:
    file = kept(tmp_path, xlsx([["甲", "乙"], ["A-1", "一段没有表头含义的话，说明一个问题。"]]))
    done = CliRunner().invoke(import_.command, [file, "--mapping", "甲=ref", "--mapping", "B=text", "--json"])
    assert done.exit_code == 0, done.output
    assert Problem.objects.get().source_ref == "A-1"
    wrong = CliRunner().invoke(import_.command, [file, "--mapping", "丙=ref"])
    assert wrong.exit_code == 2
    assert "丙" in wrong.output


def test_history_waits_without_an_approver_and_goes_in_with_one(tmp_path: Path) -> None:
    file = kept(tmp_path, xlsx([PAST, past("J1")]))
    waits = CliRunner().invoke(import_.command, [file, "--json"])
    assert json.loads(waits.stdout)["state"] == "awaiting", waits.output
    assert not Problem.objects.exists()
    second = cast.person("dcs", "supervisor")
    from sanfuwu.accounts.models import Account

    name = Account.objects.get(pk=second.actor.account_id).username
    done = CliRunner().invoke(import_.command, [file, "--approved-by", name, "--json"])
    assert json.loads(done.stdout)["state"] == "done", done.output
    assert Problem.objects.get().state == "archived"
    nobody = CliRunner().invoke(import_.command, [file, "--approved-by", "nobody"])
    assert nobody.exit_code == 2


def test_the_report_in_words_names_everything() -> None:
    said = {
        "state": "done", "total": 25, "created": 2, "duplicates": 1, "lookalikes": 1, "rejected": 22, "undated": 1,
        "proposed_categories": 1, "proposed_units": 0, "unused": ["备注"],
        "rejects": [{"row": n, "heading": "收集日期", "reason": "?"} for n in range(2, 24)],
    }  # fmt: skip
    told = import_.lines(said)
    assert "25" in told[0]
    assert len(told) == 1 + 4 + import_.SHOWN + 1
