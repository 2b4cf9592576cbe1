"""One installation whose processes are killed: the embedded PostgreSQL and `sanfuwu serve`, as in production."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from sanfuwu.config.embedded import server
from sanfuwu.config.embedded.layout import Layout, locate

from ..browser.server import ROOT, end, free_port, wait_until_answering

RESTART_S = 60.0


@dataclass(frozen=True, slots=True)
class Found:
    """What the database holds at the end."""

    numbers: list[str]
    keys: dict[str, str]  # idempotency key → number
    events: int  # "registered" events
    unfaithful: list[str]  # where replayed events and rows differ, of a sample
    broken: list[str]  # breaks of the chains


class Installation:
    """`make`, `serve`, kill, look; every process is ended by its own id."""

    def __init__(self, data: Path) -> None:
        data.mkdir(mode=0o711)
        self.data, self.port = data, free_port()
        self.log = data.parent / "serve.log"
        self.env = {k: v for k, v in os.environ.items() if not k.startswith("SANFUWU_") and k != "DATABASE_URL"}
        self.env |= {"SANFUWU_DATA_DIR": str(data), "PYTHONUTF8": "1"}
        self.token = ""
        self._web: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def layout(self) -> Layout:
        return locate(self.data)

    def make(self) -> None:
        """A county with its units, and one 走访干部 whose token writes."""
        county = ["--county", "shangyu", "--code", "330604", "--name", "上虞区"]
        self._run("-m", "sanfuwu.cli", "migrate", "--quiet", *county)
        self.token = self._run("-m", "tests.faults.inside", "begin").strip()

    def serve(self) -> None:
        """Start the web process and wait until it answers."""
        with self.log.open("ab") as out:
            self._web = subprocess.Popen(
                [sys.executable, "-m", "sanfuwu.cli", "serve", "--port", str(self.port)],
                cwd=ROOT,
                env=self.env,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        wait_until_answering(self.port, self._web, self.log)

    def kill_web(self) -> None:
        """kill −9 of the program and of the worker that granian started for it."""
        assert self._web is not None
        program = psutil.Process(self._web.pid)
        family = [program, *program.children(recursive=True)]
        # The database is a child too when this program was the one that started it: it is not meant here.
        postgres = self._postgres_pids()
        for process in family:
            if process.pid not in postgres:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
        self._web.wait(RESTART_S)
        psutil.wait_procs([p for p in family if p.pid not in postgres], timeout=RESTART_S)

    def kill_postgres(self) -> None:
        """kill −9 of the postmaster; its backends notice and end."""
        self._killed = server.postmaster_pid(self.layout)
        assert self._killed is not None, "PostgreSQL does not run"
        os.kill(self._killed, signal.SIGKILL)

    def wait_for_postgres(self) -> None:
        """Nobody but the serving program starts it again."""
        deadline = time.monotonic() + RESTART_S
        while server.postmaster_pid(self.layout) in (None, self._killed):
            assert time.monotonic() < deadline, "the serving program did not start PostgreSQL again"
            time.sleep(0.05)

    def found(self) -> Found:
        return Found(**json.loads(self._run("-m", "tests.faults.inside", "look")))

    def stop(self) -> None:
        """End the program; it stops its database, and so does the next lease when it could not."""
        if self._web is not None:
            end(self._web)
        if server.postmaster_pid(self.layout) is not None:
            server.stop(self.layout)

    def _postgres_pids(self) -> set[int]:
        pid = server.postmaster_pid(self.layout)
        if pid is None:
            return set()
        with contextlib.suppress(psutil.NoSuchProcess):
            return {pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))}
        return {pid}

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
            timeout=180,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout
