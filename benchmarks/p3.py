"""P3: a workbook of 100,000 rows through the whole import, killed on the way, beside COPY of the rows that it wrote.

The program's own pipeline, each phase in a process of its own as a worker would run it, so that its memory is that of the
phase alone: upload and recognition, the check of every row, the writing. The writing is killed (SIGKILL) after a fifth of
the rows and taken up again; the time counted is that of both parts.
"""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import place, stats

ROWS = 100_000
BARS = {"rows_per_second": 2000, "memory_mb": 500}
HEAD = (
    "序号", "编号", "收集日期", "来源渠道", "走访领导", "服务类别", "对象名称", "统一社会信用代码", "联系人", "电话",
    "所属镇街/村社", "问题分类", "问题描述", "诉求建议", "分级",
)  # fmt: skip
_TOWNS = ("崧厦镇", "百官街道", "曹娥街道", "章镇镇", "盖北镇")
_KINDS = ("水电气", "道路交通", "审批服务", "环境保护", "用工社保")
_WORDS = "园区二期临时用水用电未接通影响企业投产道路破损夜间照明不足排水不畅手续办理时间较长请有关部门协调解决"
REPEATS, BAD = 50, 200  # every n-th row repeats a text; every n-th row cannot be registered


def run(rows: int, data_dir: Path, *, say: Callable[[str], None] = stats.say) -> dict[str, Any]:
    """Make the file, import it in phases, kill the writing once, compare with COPY."""
    before = stats.machine()
    file = make(data_dir / f"p3-{rows}.xlsx", rows)
    upload = _phase("upload", str(file))
    run_id = upload["run"]
    say(f"  upload and recognition: {upload['seconds']} s, {upload['memory_mb']} MB")
    check = _phase("check", run_id)
    say(f"  check of every row: {check['seconds']} s, {check['memory_mb']} MB, {check['counts']}")
    first = _phase("write", run_id, kill_at=rows // 5)
    second = _phase("write", run_id)
    again = _phase("again", str(file))
    copy = _phase("copy", run_id)
    done = second["counts"]["created"] + second["counts"]["rejected"]
    written = first["wall"] + second["wall"]
    whole = upload["seconds"] + check["seconds"] + written
    said = {
        "what_runs": "upload, check and writing of one .xlsx by the program's pipeline, one process per phase",
        "rows": rows,
        "columns": len(HEAD),
        "file_mb": round(file.stat().st_size / 2**20, 1),
        "upload": upload,
        "check": check,
        "write_until_killed": first,
        "write_after_kill": second,
        "write_seconds": round(written, 1),
        "rows_per_second": round(rows / written),
        "rows_per_second_with_upload_and_check": round(rows / whole),
        "writers": second["writers"],
        "memory_mb": max(p["memory_mb"] for p in (upload, check, second)),
        "every_row_accounted_for": done == rows,
        "a_second_import": again,
        "copy": copy,
        "ratio_to_copy": round(rows / written / copy["per_second"], 3) if copy["per_second"] else None,
        "bars": BARS,
        "machine": before,
    }
    say(
        f"P3  {said['rows_per_second']} rows/s written, {said['rows_per_second_with_upload_and_check']}/s with upload and"
        f" check; {said['memory_mb']} MB; COPY {copy['per_second']}/s; killed at {first['done']}, all accounted for:"
        f" {said['every_row_accounted_for']}; a second time {again['counts']}"
    )
    return said


def make(path: Path, rows: int) -> Path:
    """The workbook, from a seed; kept for later runs."""
    import xlsxwriter

    if path.exists():
        return path
    draw = random.Random(3)
    draft = path.with_suffix(".part")
    with xlsxwriter.Workbook(draft, {"constant_memory": True, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("问题清单")
        sheet.write_row(0, 0, ["上虞区“三服务”问题清单"])
        sheet.write_row(1, 0, HEAD)
        text = ""
        for n in range(1, rows + 1):
            if n % REPEATS:
                text = f"第{n}件：" + "".join(draw.choices(_WORDS, k=90)) + "。"
            day = "昨天" if n % BAD == 0 else f"2019-{draw.randint(1, 12):02d}-{draw.randint(1, 28):02d}"
            cells = (
                n, f"P3-{n:06d}", day, "走访发现", "", "服务企业", f"上虞样例{n % 4000}号有限公司", "",
                draw.choice("王李张刘陈") + "某", f"139{n:08d}", draw.choice(_TOWNS), draw.choice(_KINDS), text,
                "请协调解决。", "限期",
            )  # fmt: skip
            sheet.write_row(n + 1, 0, cells)
    draft.replace(path)
    return path


def _phase(name: str, what: str, *, kill_at: int = 0) -> dict[str, Any]:
    """One phase in a process of its own; killed once the database says that `kill_at` rows are written."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "benchmarks.p3", name, what]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=place.REPOSITORY, env=os.environ)
    if kill_at:
        return _killed(child, what, kill_at, began)
    out, _err = child.communicate()
    if child.returncode:
        raise RuntimeError(f"{name} ended with {child.returncode}")
    said: dict[str, Any] = json.loads(out.splitlines()[-1])
    return said | {"wall": round(time.perf_counter() - began, 1)}


def _killed(child: subprocess.Popen[str], run_id: str, kill_at: int, began: float) -> dict[str, Any]:
    import psycopg

    done = 0
    while child.poll() is None and done < kill_at:
        time.sleep(0.2)
        with psycopg.connect(**place.dsn("app")) as connection:
            row = connection.execute("SELECT done FROM intake_importrun WHERE id = %s", [run_id]).fetchone()
            done = row[0] if row else 0
    child.send_signal(signal.SIGKILL)
    child.wait()
    wall = time.perf_counter() - began
    return {"killed_after": kill_at, "done": done, "wall": round(wall, 1)}


def _work(name: str, what: str) -> dict[str, Any]:
    """Inside the process of a phase."""
    from django.utils import timezone

    from sanfuwu.config.rings import settle
    from sanfuwu.intake import actions, running
    from sanfuwu.territory.actor import SYSTEM

    now = timezone.now()
    settle()  # as the worker does
    began, worked = time.perf_counter(), time.process_time()
    memory = _Memory()
    memory.start()
    said: dict[str, Any] = {}
    if name == "copy":
        return _copy(what)
    if name in ("upload", "again"):
        data = Path(what).read_bytes()
        source = f"P3 {now:%m%d%H%M%S}" if name == "upload" else _last_source()
        row = actions.upload(data, Path(what).name, actor=SYSTEM, now=now, source=source)
        said["run"] = str(row.pk)
    if name == "again":
        _plan(said["run"], now)
        running.check(row.pk, now=now)
        row.refresh_from_db()
        actions.cancel(row.pk, actor=SYSTEM, now=now)
        said["counts"] = {"created": row.created, "duplicates": row.duplicates, "rejected": row.rejected}
    elif name == "check":
        _plan(what, now)
        running.check(what, now=now)  # type: ignore[arg-type]
        said["counts"] = _counts(what)
        actions.start(what, actor=SYSTEM, now=now)  # type: ignore[arg-type]
    elif name == "write":
        running.run(what, now=now)  # type: ignore[arg-type]
        said["counts"] = _counts(what)
    own = {"seconds": round(time.perf_counter() - began, 1), "cpu_seconds": round(time.process_time() - worked, 1)}
    theirs = resource.getrusage(resource.RUSAGE_CHILDREN)
    own["writers_cpu_seconds"] = round(theirs.ru_utime + theirs.ru_stime, 1)
    return said | own | {"memory_mb": memory.most_kb // 1024, "writers": memory.writers}


def _counts(run_id: str) -> dict[str, int]:
    from sanfuwu.intake.models import ImportRun

    row = ImportRun.objects.get(pk=run_id)
    return {n: getattr(row, n) for n in ("created", "duplicates", "rejected", "lookalikes")}


class _Memory(threading.Thread):
    """The most that this process and those that write for it held at once, what they share counted once; looked at twice a
    second: a look at the shared pages of 300 MB takes a hundredth of one."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.most_kb = self.writers = 0

    def run(self) -> None:
        while True:
            held = [kb for kb in map(_held_kb, _tree(os.getpid())) if kb]
            self.most_kb, self.writers = max(self.most_kb, sum(held)), max(self.writers, len(held) - 1)
            time.sleep(0.5)


def _tree(pid: int) -> list[int]:
    """A process and its writing children. (A child's own peak would begin with its parent's: it is forked.)"""
    found = [pid]
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            if parent == pid and b"intake.hand" in (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
        except OSError:  # it ended meanwhile
            continue
    return found


def _held_kb(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def _plan(run_id: str, now: Any) -> None:
    from sanfuwu.intake import actions
    from sanfuwu.intake.models import ImportRun
    from sanfuwu.territory.actor import SYSTEM

    row = ImportRun.objects.get(pk=run_id)
    mapping = {int(at): str(key) for at, key in row.mapping.items()}
    actions.plan(row.pk, mapping=mapping, kind="live", source=row.source, actor=SYSTEM, now=now)


def _last_source() -> str:
    from sanfuwu.intake.models import ImportRun

    return str(ImportRun.objects.filter(state="done").order_by("-created_at").values_list("source", flat=True)[0])


def _copy(run_id: str) -> dict[str, Any]:
    """COPY of the rows of the last problems, 500 a transaction as the import wrote them."""
    from sanfuwu.intake.models import ImportRun
    from sanfuwu.problems.models import Problem

    from .p1 import BATCH, _copy_again

    source = ImportRun.objects.get(pk=run_id).source
    problems = list(Problem.objects.filter(source_system=source).order_by("-pk")[: 2 * BATCH])
    # What is copied keeps its reference, which is unique: a copy gets one of its own by the changed number.
    seconds = 0.0
    for at in range(0, len(problems), BATCH):
        seconds += _copy_again(problems[at : at + BATCH])
    return {"rows": len(problems), "per_second": round(len(problems) / seconds) if seconds else 0}


if __name__ == "__main__":
    place.use_data_dir()
    with place.county():
        print(json.dumps(_work(sys.argv[1], sys.argv[2])), flush=True)
