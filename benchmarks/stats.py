"""Percentiles, the machine, results on disk."""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
import subprocess
from pathlib import Path
from typing import Any

RESULTS = Path(os.environ.get("SANFUWU_BENCH_RESULTS") or Path(__file__).parent / "results")


def say(line: str) -> None:
    """A line of the table, at once."""
    print(line, flush=True)


def percentile(values: list[float], share: float) -> float:
    """Nearest rank: a value that was measured."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-int(share * 1000) * len(ordered) // 1000) - 1))]


def machine() -> dict[str, Any]:
    """What it was measured on; the load tells whether others were at work."""
    return {
        "cores": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "python": f"{platform.python_version()}, built {platform.python_build()[1]}",
        "load_before": [round(x, 1) for x in os.getloadavg()],
    }


def commit_id() -> str:
    done = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False, cwd=Path(__file__).parent
    )
    return done.stdout.strip()


def keep(what: str, said: dict[str, Any]) -> Path:
    """benchmarks/results/<what>-<date>.json."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    day = dt.datetime.now(dt.UTC).date()
    path = RESULTS / f"{what}-{day}.json"
    said = {
        "what": what,
        "measured_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "commit": commit_id(),
    } | said
    path.write_text(json.dumps(said, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path
