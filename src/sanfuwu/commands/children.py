"""Programs that `sanfuwu demo` starts and stops: each by its own process, never by name."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from sanfuwu.config import env
from sanfuwu.config.language import gettext as _

GRACE_S = 15.0  # for a child to end by itself after SIGTERM


class ChildFailed(Exception):
    """A child ended that should have gone on; says which, and the end of what it wrote."""


@dataclass
class Children:
    """A context: whatever was started in it is stopped when it ends, the last one first."""

    logs: Path
    _running: list[tuple[str, subprocess.Popen[bytes]]] = field(default_factory=list)

    def start(self, name: str, arguments: Sequence[str]) -> None:
        """Start `sanfuwu ARGUMENTS…` as the running role; what it writes goes into `NAME.log`."""
        self.logs.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._log(name).open("wb") as out:
            child = subprocess.Popen(
                [sys.executable, "-m", "sanfuwu.cli", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=os.environ | {"SANFUWU_DB_ROLE": env.APP},
                # Not in our group: Ctrl+C is ours, and we stop them in order.
                start_new_session=True,
            )
        self._running.append((name, child))

    def look(self) -> None:
        """Raises ChildFailed when one of them has ended."""
        for name, child in self._running:
            if child.poll() is not None:
                tail = self._log(name).read_text(encoding="utf-8", errors="replace").splitlines()[-15:]
                told = _("`sanfuwu %(name)s` ended (exit code %(code)d):") % {"name": name, "code": child.returncode}
                raise ChildFailed("\n".join([told, *tail]))

    def __enter__(self) -> Children:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for _name, child in reversed(self._running):
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + GRACE_S
        for _name, child in reversed(self._running):
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                # Its own session: it and whatever it started, nothing else.
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()

    def _log(self, name: str) -> Path:
        return self.logs / f"{name}.log"


def wait_until_answering(host: str, port: int, children: Children, *, seconds: float = 60.0) -> None:
    """Until something answers HTTP there. Raises ChildFailed when a child ends meanwhile, or after `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        children.look()
        connection = http.client.HTTPConnection(host, port, timeout=10)
        try:
            connection.request("GET", "/")
            connection.getresponse().read()
            return
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    told = _("Nothing answers at %(address)s after %(seconds)d seconds.")
    raise ChildFailed(told % {"address": f"http://{host}:{port}/", "seconds": seconds})
