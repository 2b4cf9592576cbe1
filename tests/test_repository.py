"""The repository as a stranger finds it: the wheel is whole, the glossary complete, publiccode.yml readable."""

from __future__ import annotations

import runpy
import subprocess
import sys
from enum import Enum
from pathlib import Path

import pytest
import yaml

from sanfuwu.problems.acts import ACTS
from sanfuwu.problems.chip import Stage
from sanfuwu.problems.models import Problem
from sanfuwu.reference.reasons import BUILT_IN
from sanfuwu.rules.lifecycle import TABLES, AssignmentState, ProblemState, VerificationState, Who
from sanfuwu.rules.resolution_level import ResolutionLevel
from sanfuwu.territory.models import Rank, Role

ROOT = Path(__file__).resolve().parent.parent
ENUMS: list[type[Enum]] = [
    ProblemState,
    AssignmentState,
    VerificationState,
    Stage,
    Who,
    Role,
    Rank,
    ResolutionLevel,
    Problem.Nature,
    Problem.Tier,
    Problem.Urgency,
    Problem.Channel,
    Problem.ResultKind,
    Problem.CloseBasis,
]


def test_set_up_takes_another_python_only_where_it_is_clearly_faster(tmp_path, monkeypatch):
    setup = runpy.run_path(str(ROOT / "tools" / "setup.py"), run_name="setup")
    name = "python" + ".".join(map(str, sys.version_info[:2]))
    for folder, seconds in (("same", 1.0), ("alike", 0.9), ("fast", 0.5), ("faster", 0.4), ("other", 0.1)):
        (tmp_path / folder).mkdir()
        kind = "pypy311" if folder == "other" else sys.implementation.cache_tag
        (tmp_path / folder / name).write_text(f"#!/bin/sh\necho {kind}\necho /{folder}\necho {seconds}\n")
        (tmp_path / folder / name).chmod(0o755)
    (tmp_path / "without").mkdir()  # as one that cannot make virtual environments
    (tmp_path / "without" / name).symlink_to("/bin/false")
    own = str(tmp_path / "same" / name)
    known = {"Path": lambda *parts: tmp_path / "none" if str(parts[0]).startswith("/usr") else Path(*parts)}
    monkeypatch.setitem(setup["same_version"].__globals__, "Path", known["Path"])

    def chosen(*folders: str) -> str:
        monkeypatch.setenv("PATH", ":".join(str(tmp_path / folder) for folder in folders))
        return Path(setup["fastest"](own)).parent.name

    assert chosen("same", "without", "alike") == "same"
    assert chosen("same", "alike", "fast", "faster", "other") == "faster"
    assert chosen("faster", "fast") == "faster"


def test_a_python_tells_where_it_is_and_how_fast():
    setup = runpy.run_path(str(ROOT / "tools" / "setup.py"), run_name="setup")
    which, seconds = setup["probed"](sys.executable)
    assert (which, seconds > 0) == (f"{sys.implementation.cache_tag} {sys.base_prefix}", True)


@pytest.fixture(scope="module")
def glossary() -> str:
    return (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("codes", ENUMS, ids=lambda enum: enum.__qualname__)
def test_the_glossary_knows_every_code(codes: type[Enum], glossary: str) -> None:
    assert [code.value for code in codes if f"`{code.value}`" not in glossary] == []


def test_the_glossary_knows_every_act_and_reason(glossary: str) -> None:
    acts = {step.act for steps in TABLES.values() for step in steps} | set(ACTS)
    reasons = {one.code for kind in ("decline", "send_back") for one in BUILT_IN[kind]}
    assert sorted(word for word in acts | reasons if f"`{word}`" not in glossary) == []


def test_publiccode_names_what_it_must() -> None:
    said = yaml.safe_load((ROOT / "publiccode.yml").read_text(encoding="utf-8"))
    assert said["legal"]["license"] == "Apache-2.0"
    assert set(said["description"]) == {"en", "zh-Hans"}
    for words in said["description"].values():
        assert len(words["shortDescription"]) <= 150
        assert 150 <= len(words["longDescription"]) <= 10_000


@pytest.mark.slow
def test_a_built_wheel_carries_all_it_needs(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    looked = subprocess.run(
        [sys.executable, "tools/wheel_contents.py", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert looked.returncode == 0, looked.stdout
