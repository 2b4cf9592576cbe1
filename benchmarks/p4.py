"""P4: the 问题清单 of a million problems as .csv and .xlsx, as its job makes it, beside XlsxWriter alone.

Everything of the job is in the time: the snapshot, the ids in their order, reading, decrypting, masking, writing, for
.xlsx also putting the package together, and sealing the file. Afterwards the file is opened again and its lines are
counted. Memory is that of the program and its helpers together (Pss: what they share counts once), looked at every
tenth of a second; that of PostgreSQL is not in it.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from . import stats

BAR_ROWS, BAR_RATIO, BAR_MB = 60_000, 0.5, 300
COLUMNS = 16
_made: dict[str, Any] = {}


def run(made: dict[str, Any], *, turns: int = 3, say: Callable[[str], None] = stats.say) -> dict[str, Any]:
    """Measure each format `turns` times, XlsxWriter alone before and after each; returns the medians and all turns."""
    from sanfuwu.documents.ledgers.columns import FORMS

    before = stats.machine()
    _made.update(made)
    columns = FORMS["problems"].pick([*FORMS["problems"].default, "title"])
    assert len(columns) == COLUMNS
    out: dict[str, Any] = {"rows": made["rows"], "columns": COLUMNS, "machine": before, "turns": []}
    with tempfile.TemporaryDirectory(dir=os.environ.get("SANFUWU_DATA_DIR")) as folder:
        sample = _sample(columns, min(made["rows"], 100_000))
        for turn in range(turns):
            alone_before = _alone(Path(folder), sample)
            found = {kind: _one(kind, columns, Path(folder)) for kind in ("csv", "xlsx")}
            alone_after = _alone(Path(folder), sample)
            alone = (alone_before + alone_after) / 2
            found["xlsxwriter_alone_cells_per_second"] = round(alone)
            found["xlsx"]["ratio"] = round(found["xlsx"]["rows_per_second"] * COLUMNS / alone, 3)
            out["turns"].append(found)
            for kind in ("csv", "xlsx"):
                one = found[kind]
                say(
                    f"  turn {turn + 1} {kind:4} {one['rows']:,} lines in {one['seconds']:6.1f} s = {one['rows_per_second']:,} /s,"
                    f" {one['megabytes']:,} MB, memory {one['peak_mb']} MB"
                    + (f", {one['ratio']:.2f} of XlsxWriter alone" if kind == "xlsx" else "")
                )
    for kind in ("csv", "xlsx"):
        mine = [turn[kind] for turn in out["turns"]]
        out[kind] = {
            "rows_per_second": stats.percentile([float(one["rows_per_second"]) for one in mine], 0.5),
            "peak_mb": max(one["peak_mb"] for one in mine),
            "complete": all(one["rows"] == made["rows"] and one["numbers"] == made["rows"] for one in mine),
        }
    out["xlsx"]["ratio"] = stats.percentile([turn["xlsx"]["ratio"] for turn in out["turns"]], 0.5)
    out["bars"] = {"csv_rows_per_second": BAR_ROWS, "xlsx_ratio": BAR_RATIO, "memory_mb": BAR_MB}
    say(
        f"P4  {made['rows']:,} problems, {COLUMNS} columns: .csv {out['csv']['rows_per_second']:,.0f} lines/s,"
        f" .xlsx {out['xlsx']['rows_per_second']:,.0f} lines/s = {out['xlsx']['ratio']:.2f} of XlsxWriter alone;"
        f" at most {max(out[k]['peak_mb'] for k in ('csv', 'xlsx'))} MB; complete: {out['csv']['complete'] and out['xlsx']['complete']}"
    )
    return out


def _chunks(kind: str, columns: Any) -> Iterator[Any]:
    from django.utils import timezone

    from sanfuwu.documents.ledgers import reading, recipe
    from sanfuwu.problems.queries import Filters
    from sanfuwu.problems.queries.listing import every_id

    from .grid import actors

    actor = actors(_made)["county office"]
    made = recipe.make("problems", columns, actor, timezone.now())
    asked = every_id(actor, Filters())
    return reading.beside(made, asked, as_csv=kind == "csv", lines_are_problems=True)


def _marks() -> Any:
    from sanfuwu.documents.ledgers.marks import Marks
    from sanfuwu.ledger.fields import new_id

    return Marks("问题清单", "上虞区", "三服务办 受理员 测", dt.datetime.now(dt.UTC), new_id())


def _one(kind: str, columns: Any, folder: Path) -> dict[str, Any]:
    from sanfuwu.documents import files
    from sanfuwu.documents.ledgers import csv_file, xlsx_file
    from sanfuwu.ledger.crypto import current_key_id

    path, marks, key_id = folder / f"ledger.{kind}", _marks(), current_key_id()
    files.folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    with _Memory() as memory:
        began = time.perf_counter()
        if kind == "csv":
            headings = [column.heading for column in columns]
            with files.sealing(marks.export_id, key_id) as out:
                lines = sum(n for _p, n in csv_file.write(out, headings, marks, _chunks(kind, columns)))
        else:
            lines = sum(n for _p, n in xlsx_file.write(path, columns, marks, _chunks(kind, columns)))
            files.seal(path, marks.export_id, key_id)
        seconds = time.perf_counter() - began
    with path.open("wb") as clear:
        clear.writelines(files.pieces(marks.export_id, key_id))
    size = path.stat().st_size
    numbers = _count_csv(path) if kind == "csv" else _count_xlsx(path)
    path.unlink()
    files.remove(marks.export_id)
    return {
        "rows": lines,
        "numbers": numbers,  # different numbers of problems found in the file
        "seconds": round(seconds, 2),
        "rows_per_second": round(lines / seconds),
        "megabytes": round(size / 1e6),
        "peak_mb": round(memory.peak / 1e6),
    }


def _count_csv(path: Path) -> int:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        rows = csv.reader(lines)
        next(rows), next(rows)
        return len({row[1] for row in rows})


def _count_xlsx(path: Path) -> int:
    """The numbers in column B of all sheets, read as text: a million lines by a workbook's reader would take gigabytes."""
    import re

    number = re.compile(rb"<t>(\d{6}-\d{4}-\d+)</t>")
    found: set[bytes] = set()
    with zipfile.ZipFile(path) as package:
        for name in package.namelist():
            if not name.startswith("xl/worksheets/sheet"):
                continue
            with package.open(name) as part:
                rest = b""
                while piece := part.read(1 << 22):
                    rest += piece
                    found.update(number.findall(rest))
                    rest = rest[-64:]
    return len(found)


def _sample(columns: Any, count: int) -> tuple[list[Any], list[Any], int]:
    """The cells of the first lines, as they go to XlsxWriter."""
    cells: list[Any] | None = None
    for _problems, lines, made in _chunks("xlsx", columns):
        cells = made if cells is None else [a + b for a, b in zip(cells, made, strict=True)]
        if len(cells[0]) >= min(count, 20_000) or lines == 0:
            break
    assert cells is not None
    return list(columns), cells, count


def _alone(folder: Path, sample: tuple[list[Any], list[Any], int]) -> float:
    """Cells a second of XlsxWriter in constant memory, given the same cells: nothing but its own calls."""
    import xlsxwriter

    columns, cells, count = sample
    rows = list(zip(*cells, strict=True))
    path = folder / "alone.xlsx"
    began = time.perf_counter()
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "tmpdir": str(folder)})
    sheet = book.add_worksheet()
    plain = book.add_format({"num_format": "@"})
    for line in range(count):
        for at, value in enumerate(rows[line % len(rows)]):
            if value is None:
                sheet.write_blank(line, at, None, plain)
            elif isinstance(value, str):
                sheet.write_string(line, at, value, plain)
            else:
                sheet.write_number(line, at, value, plain)
    book.close()
    took = time.perf_counter() - began
    path.unlink()
    return count * len(columns) / took


class _Memory:
    """Watches the memory of this process and of those it started, without the database server's."""

    def __init__(self) -> None:
        self.peak = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> _Memory:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(0.1):
            self.peak = max(self.peak, sum(_pss(pid) for pid in _family(os.getpid())))


def _family(pid: int) -> list[int]:
    import psutil

    me = psutil.Process(pid)
    found = [pid]
    for child in me.children(recursive=True):
        try:
            if "postgres" not in child.name():
                found.append(child.pid)
        except psutil.Error:
            continue
    return found


def _pss(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in io.StringIO(text) if line.startswith("Pss:")), 0)
