"""The real program for the browser: `sanfuwu serve` in a process of its own, on a port that the system chose."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
HOST = "shangyu.localhost"  # Chromium resolves every name below .localhost to this machine
START_S = 90.0


@dataclass(frozen=True, slots=True)
class Site:
    """A running server. `url` is for the browser, by the county's host name."""

    port: int
    pid: int

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def call(self, token: str, path: str, body: Mapping[str, Any] | None = None, **headers: str) -> dict[str, Any]:
        """One POST to the API, to bring a problem to the stage where a test begins. Raises for a refusal."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/v1{path}",
            data=json.dumps(body or {}).encode(),
            headers={
                "Authorization": f"Bearer {token}",
                "Content-Type": "application/json",
                "Host": HOST,
                **headers,
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return dict(json.load(answer))
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{path}: {error.code} {error.read().decode()}") from error


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def serving(env: Mapping[str, str], log: Path, *, threads: int = 4) -> Iterator[Site]:
    """The server runs and answers while this lasts; it is ended by its own process id."""
    port = free_port()
    command = [sys.executable, "-m", "sanfuwu.cli", "serve", "--host", "127.0.0.1", "--port", str(port)]
    with log.open("ab") as out:
        process = subprocess.Popen(
            [*command, "--threads", str(threads)],
            cwd=ROOT,
            env=dict(env),
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl+C at the terminal is for pytest, which then ends this one in order
        )
    try:
        wait_until_answering(port, process, log)
        yield Site(port, process.pid)
    finally:
        end(process)


def wait_until_answering(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return when the log-in page is there. Raises RuntimeError with the server's own words when it is not."""
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError):
            request = urllib.request.Request(f"http://127.0.0.1:{port}/login/", headers={"Host": HOST})
            with urllib.request.urlopen(request, timeout=5) as answer:
                if answer.status == 200:
                    return
        time.sleep(0.1)
    raise RuntimeError(f"The server does not answer:\n{log.read_text(encoding='utf-8', errors='replace')[-4000:]}")


def end(process: subprocess.Popen[bytes]) -> None:
    """SIGTERM, and SIGKILL for one that does not listen."""
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)
