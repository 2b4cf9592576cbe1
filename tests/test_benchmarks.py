"""The benchmarks run, on tiny data: figures that nobody can measure again are worth nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROWS = 800  # as many combinations of filters find something as in a million rows, and no more are needed here
REPOSITORY = Path(__file__).resolve().parent.parent


def measured(folder: Path, *words: str) -> str:
    env = os.environ | {"SANFUWU_BENCH_DIR": str(folder / "data"), "SANFUWU_BENCH_RESULTS": str(folder / "results")}
    for name in ("DATABASE_URL", "SANFUWU_OWNER_DATABASE_URL", "SANFUWU_DB_ROLE", "SANFUWU_SECRET_FILE"):
        env.pop(name, None)
    command = [sys.executable, "-m", "benchmarks", *words, "--rows", str(ROWS), "--quick"]
    done = subprocess.run(command, cwd=REPOSITORY, env=env, capture_output=True, text=True, check=False, timeout=400)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
def test_intake_and_lists_are_measured(tmp_path: Path) -> None:
    tmp_path.chmod(0o711)  # the database server may run as another user below it
    said = measured(tmp_path, "p2", "p1", "--requests", "1", "--seconds", "1", "--times", "2")
    assert "P1" in said
    assert "P2" in said
    found = {path.stem[:2]: json.loads(path.read_text()) for path in (tmp_path / "results").glob("*.json")}
    assert ROWS < found["p2"]["rows"] < 2 * ROWS  # copied once, but for the rare ones
    assert found["p2"]["cells"] > 500
    assert {m["asked"] for m in found["p2"]["over_http"]} >= {"detail", "list, word: commonest"}
    assert found["p1"]["refusals"] == 0
    assert found["p1"]["raw_rows_per_transaction"] == 7
    assert found["p1"]["per_second"] > 0 < found["p1"]["raw_per_second"]
