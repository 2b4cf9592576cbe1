"""`python -m benchmarks [p1] [p2] [p3] [p4] [p8] [--rows N] [--quick]`: all of them without names."""

from __future__ import annotations

import argparse
from typing import Any

from . import place, stats


def main() -> None:
    """Measure, print tables, write benchmarks/results/."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("what", nargs="*", choices=["p1", "p2", "p3", "p4", "p8", []], help="nothing: all of them")
    parser.add_argument("--rows", type=int, default=1_000_000, help="problems in the database (P1, P2, P4)")
    parser.add_argument("--times", type=int, default=1, help="so many copies of most of them (P2: 10 for ten million)")
    parser.add_argument("--quick", action="store_true", help="fewer requests, said in the result")
    parser.add_argument("--requests", type=int, help="requests a cell (P2)")
    parser.add_argument("--seconds", type=float, help="of load (P1)")
    parser.add_argument("--import-rows", type=int, help="rows of the workbook (P3)")
    parser.add_argument("--only", default="", help="P2: cells whose description contains this; nothing is written")
    asked = parser.parse_args()
    data_dir = place.use_data_dir()
    for what in asked.what or ["p8", "p2", "p4", "p1", "p3"]:  # P1 and P3 last: they add problems
        found = globals()[f"_{what}"](asked, data_dir)
        if not asked.only:
            stats.say(f"  → {stats.keep(what, found).name}")


def _p1(asked: Any, data_dir: Any) -> dict[str, Any]:
    from . import fill, p1

    fill.fill(asked.rows, data_dir, times=asked.times)
    return p1.run(seconds=asked.seconds or (5 if asked.quick else 20))


def _p2(asked: Any, data_dir: Any) -> dict[str, Any]:
    from . import fill, p2

    made = fill.fill(asked.rows, data_dir, times=asked.times)
    requests = asked.requests or (p2.QUICK if asked.quick else p2.FULL)
    with place.county():
        return p2.run(made, requests=requests, only=asked.only)


def _p4(asked: Any, data_dir: Any) -> dict[str, Any]:
    from . import fill, p4

    made = fill.fill(asked.rows, data_dir, times=asked.times)
    place.migrate()  # a filling that was kept may be older than the tables of the documents
    with place.county():
        return p4.run(made, turns=1 if asked.quick else 3)


def _p3(asked: Any, data_dir: Any) -> dict[str, Any]:
    from . import p3

    place.migrate()
    with place.county("owner"):
        place.seed()
    with place.county():
        return p3.run(asked.import_rows or (5_000 if asked.quick else p3.ROWS), data_dir)


def _p8(_asked: Any, _data_dir: Any) -> dict[str, Any]:
    from . import p8

    return p8.run()


if __name__ == "__main__":
    main()
