"""P8: `sanfuwu demo` on an empty data directory until the desk answers somebody who has logged in."""

from __future__ import annotations

import contextlib
import http.cookiejar
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import stats

BAR_SECONDS = 15
LONGEST = 180
ROUNDS = 3
LOGIN = "/login/"


def run(*, rounds: int = ROUNDS, say: Callable[[str], None] = stats.say) -> dict[str, Any]:
    """Cold starts, one after the other; the first also reads the programs from disk."""
    before = stats.machine()
    starts = [_start() for _ in range(rounds)]
    seconds = sorted(s["seconds"] for s in starts)[len(starts) // 2]
    say(f"P8  {seconds} s to the desk, logged in (median of {rounds}: {', '.join(str(s['seconds']) for s in starts)})")
    return {"seconds": seconds, "bar_seconds": BAR_SECONDS, "starts": starts, "machine": before}


def _start() -> dict[str, Any]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="sanfuwu-p8-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)  # the database server may run as another user below it
        data_dir = Path(folder) / "data"
        log = Path(folder) / "log"
        began = time.perf_counter()
        with log.open("wb") as output:
            demo = subprocess.Popen(
                [sys.executable, "-m", "sanfuwu.cli", "demo", "--port", str(port)],
                env=os.environ | {"SANFUWU_DATA_DIR": str(data_dir)},
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            people = _people(demo, data_dir, began, log)
            made = time.perf_counter() - began
            _log_in(f"http://127.0.0.1:{port}", people[0], demo, began, log)
            return {
                "seconds": round(time.perf_counter() - began, 1),
                "scenario_made_after": round(made, 1),
                "people": len(people),
            }
        finally:
            demo.send_signal(signal.SIGINT)
            demo.wait(60)


def _people(demo: subprocess.Popen[bytes], data_dir: Path, began: float, log: Path) -> list[dict[str, str]]:
    """Who may log in, as soon as the scenario is complete."""
    while _goes_on(demo, began, log):
        with contextlib.suppress(FileNotFoundError, ValueError):
            said = json.loads((data_dir / "demo.json").read_text(encoding="utf-8"))
            # A copy of the prepared demonstration has its people at once, and their passwords a moment later.
            if said["complete"] and all(one["password"] for one in said["people"]):
                return list(said["people"])
        time.sleep(0.05)
    raise AssertionError


def _log_in(site: str, person: dict[str, str], demo: subprocess.Popen[bytes], began: float, log: Path) -> None:
    """Through the form, as a browser would; returns when the desk has answered."""
    while _goes_on(demo, began, log):
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        try:
            page = browser.open(site + LOGIN, timeout=10).read().decode()
        except (OSError, urllib.error.URLError):
            time.sleep(0.05)
            continue
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token is not None, "the log-in page has no form"
        form = {"csrfmiddlewaretoken": token[1], "login": person["username"], "password": person["password"]}
        request = urllib.request.Request(site + LOGIN, urllib.parse.urlencode(form).encode(), {"Referer": site + LOGIN})
        browser.open(request, timeout=30).read()
        with browser.open(site + "/", timeout=30) as desk:
            body = desk.read().decode()
            if desk.status == 200 and urllib.parse.urlsplit(desk.url).path == "/" and "<main" in body:
                return
        raise RuntimeError("logged in, but the desk did not answer")


def _goes_on(demo: subprocess.Popen[bytes], began: float, log: Path) -> bool:
    if demo.poll() is not None:
        raise RuntimeError(f"the demonstration ended: {log.read_text(errors='replace')[-1500:]}")
    if time.perf_counter() - began > LONGEST:
        raise TimeoutError(f"no desk after {LONGEST} s")
    return True
