"""`make check`: every check runs, also after a failure, and each says one line; what failed is shown in full."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"

CHECKS: list[tuple[str, list[str]]] = [
    ("types (mypy)", [str(BIN / "mypy"), "--no-pretty"]),
    ("templates (djlint)", [str(BIN / "djlint"), "src", "--lint", "--quiet"]),
    ("layers (import-linter)", [str(BIN / "lint-imports"), "--no-cache", "--no-logo"]),
    ("lint (ruff)", [str(BIN / "ruff"), "check", "--quiet", "."]),
    ("format (ruff)", [str(BIN / "ruff"), "format", "--check", "--quiet", "."]),
    ("front end (tsc)", [str(BIN / "python"), "tools/front_end.py", "check"]),
    ("messages", [str(BIN / "python"), "tools/messages.py", "check"]),
    ("repository", [str(BIN / "python"), "tools/repository.py"]),
]


def main() -> int:
    chosen = [check for check in CHECKS if not sys.argv[1:] or any(word in check[0] for word in sys.argv[1:])]
    with tempfile.TemporaryDirectory() as data, ThreadPoolExecutor(max_workers=2) as pool:
        # mypy imports the settings: they get a place of their own, and no database is needed
        environment = {**os.environ, "SANFUWU_DATA_DIR": data, "FORCE_COLOR": "0", "NO_COLOR": "1"}
        running = [(name, pool.submit(_run, command, environment)) for name, command in chosen]
        failed = []
        for name, future in running:
            status, said, seconds = future.result()
            print(f"{'ok  ' if status == 0 else 'FAIL'}  {name}  ({seconds:.0f} s)", flush=True)
            if status:
                failed.append(name)
                print("      " + said.strip().replace("\n", "\n      "), flush=True)
    if failed:
        print(f"{len(failed)} of {len(chosen)} checks failed: {', '.join(failed)}")
    return 1 if failed else 0


def _run(command: list[str], environment: dict[str, str]) -> tuple[int, str, float]:
    begun = time.monotonic()
    done = subprocess.run(
        command, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    return done.returncode, done.stdout, time.monotonic() - begun


if __name__ == "__main__":
    sys.exit(main())
