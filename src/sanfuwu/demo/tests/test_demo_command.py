"""`sanfuwu demo`: it comes up, is remembered, and leaves nothing running."""

from __future__ import annotations

import datetime as dt
import http.client
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from sanfuwu.config import checks, clock
from sanfuwu.demo import keeping, prepared
from sanfuwu.demo.cast import Credential

NOW = dt.datetime(2026, 11, 23, 10, 0, tzinfo=dt.UTC)
THEN = dt.datetime(2019, 2, 20, 2, 0, tzinfo=dt.UTC)


def test_the_clock_begins_in_2019_stands_still_when_stopped_and_runs_on_when_killed(tmp_path: Path) -> None:
    def shown(real: dt.datetime) -> dt.datetime:
        return real + dt.timedelta(seconds=clock.stored_offset(tmp_path))

    assert clock.stored_offset(tmp_path) == 0.0
    clock.set_going(tmp_path, THEN, real=NOW)
    hour, week = dt.timedelta(hours=1), dt.timedelta(days=7)
    assert shown(NOW + hour) == THEN + hour
    clock.stop(tmp_path, real=NOW + hour)
    clock.set_going(tmp_path, THEN, real=NOW + week)
    assert shown(NOW + week) == THEN + hour
    clock.set_going(tmp_path, THEN, real=NOW + 2 * week)  # not stopped in between
    assert shown(NOW + 2 * week) == THEN + hour + week


def test_only_a_demonstration_has_another_time_than_the_real_one(settings: object) -> None:
    settings.SANFUWU_CLOCK_OFFSET = 0.0
    assert not clock.is_shifted()
    assert list(checks.time()) == []
    assert abs(clock.now() - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=1)
    settings.SANFUWU_CLOCK_OFFSET = (THEN - dt.datetime.now(dt.UTC)).total_seconds()
    assert clock.is_shifted()
    (finding,) = checks.time()
    assert (finding.level, "2019-02-20" in finding.said) == ("warning", True)
    assert clock.now() < NOW - dt.timedelta(days=2000)


def test_passwords_are_kept_where_only_the_owner_reads_them(tmp_path: Path) -> None:
    assert keeping.load(tmp_path) is None
    kept = keeping.Kept(True, (Credential("shouli", "k7wd", "受理员", "周敏华"),))
    keeping.save(tmp_path, kept)
    assert keeping.load(tmp_path) == kept
    assert stat.S_IMODE(keeping.path_in(tmp_path).stat().st_mode) == 0o600


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _start(data: Path, *more: str) -> subprocess.Popen[str]:
    # A demonstration that `make setup` has prepared is taken, as everybody's is; without one it is played here.
    environment = {k: v for k, v in os.environ.items() if not k.startswith("SANFUWU_") or k == prepared.PLACE}
    return subprocess.Popen(
        [sys.executable, "-m", "sanfuwu.cli", "demo", *more],
        env=environment | {"SANFUWU_DATA_DIR": str(data), "COLUMNS": "160"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _told_until(words: str | None, program: subprocess.Popen[str]) -> str:
    """What it writes up to the line with these words, or to its end; it is killed when that takes ten minutes."""
    assert program.stdout is not None
    killer = threading.Timer(600, program.kill)
    killer.daemon = True
    killer.start()
    told = ""
    try:
        for line in program.stdout:
            told += line
            if words is not None and words in line:
                return told
    finally:
        killer.cancel()
    program.stdout.close()
    program.wait(60)
    assert words is None, told
    return told


def _status(port: int) -> int | None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status
    except OSError:
        return None
    finally:
        connection.close()


def _programs_of(data: Path) -> list[int]:
    """Processes that have this data directory in their environment or arguments."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                said = (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if str(data).encode() in said:
                found.append(int(entry.name))
    return found


@pytest.mark.slow
def test_it_comes_up_is_stopped_without_a_trace_and_remembers_who_can_log_in(tmp_path: Path) -> None:
    data, port = tmp_path / "data", _free_port()
    program = _start(data, "--port", str(port))
    told = _told_until(f"http://127.0.0.1:{port}/", program)
    with pytest.raises(subprocess.TimeoutExpired):
        program.wait(3)  # it goes on
    assert _status(port) in (200, 302)
    program.send_signal(signal.SIGINT)
    told += _told_until(None, program)
    assert program.returncode == 0, told
    people = json.loads(keeping.path_in(data).read_text(encoding="utf-8"))["people"]
    assert all(one["password"] in told for one in people)
    assert f"http://127.0.0.1:{port}/" in told
    assert _status(port) is None
    assert _programs_of(data) == []
    again = _start(data, "--no-serve")
    told_again, _nothing = again.communicate(timeout=120)
    assert again.returncode == 0, told_again
    assert all(one["password"] in told_again for one in people)
    assert _programs_of(data) == []


@pytest.mark.slow
def test_a_port_in_use_and_an_installation_in_real_use_are_refused_with_what_to_do(
    tmp_path: Path, program_env: dict[str, str]
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        program = _start(tmp_path / "data", "--port", str(taken.getsockname()[1]))
        told, _nothing = program.communicate(timeout=60)
    assert program.returncode == 1
    assert "--port" in told
    real = subprocess.run(
        [sys.executable, "-m", "sanfuwu.cli", "demo", "--no-serve"],
        env=program_env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert real.returncode == 1
    assert "SANFUWU_DATA_DIR" in real.stderr
