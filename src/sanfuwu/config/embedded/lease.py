"""Who uses the embedded server: programs hold a shared lock while they do, and the last to leave stops the server.

Locks are `flock`s, so a program that is killed leaves by itself; the server it may leave behind is used, and at last
stopped, by the next program. Two files:
    start.lock   exclusive, held only while looking, starting or stopping
    use.lock     shared, held as long as the server is needed
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sanfuwu.config.language import gettext as _
from sanfuwu.config.secrets import Secrets

from . import server
from .layout import Layout, locate

log = logging.getLogger("sanfuwu.embedded")


@dataclass(slots=True)
class Lease:
    """A running server and our claim on it. `started` says whether we were the first."""

    layout: Layout
    secrets: Secrets = field(repr=False)
    started: bool
    _use: int

    def revive(self) -> bool:
        """Start the server again if it died; returns whether it had. For a watching thread: see `watch`."""
        if server.postmaster_pid(self.layout) is not None:
            return False
        with _exclusive(self.layout.data_dir / "start.lock"):
            return server.start(self.layout, self.secrets)

    def watch(self, stop: threading.Event, every_s: float = 0.5) -> None:
        """Keep the server alive until `stop` is set. Run it in a thread of the program that serves."""
        while not stop.wait(every_s):
            try:
                if self.revive():
                    log.warning("The embedded PostgreSQL had died and was started again.")
            except (server.EmbeddedError, OSError) as error:
                log.error("The embedded PostgreSQL died and cannot be started: %s", error)

    def release(self) -> None:
        """Give up the claim; the last one to do so stops the server."""
        if self._use < 0:
            return
        use, self._use = self._use, -1
        with _exclusive(self.layout.data_dir / "start.lock"):
            # Unlock before closing: a forked child may still hold a copy of the descriptor.
            fcntl.flock(use, fcntl.LOCK_UN)
            os.close(use)
            if _nobody_uses(self.layout.data_dir):
                server.stop(self.layout)


@contextlib.contextmanager
def lease(data_dir: Path, secrets: Secrets) -> Iterator[Lease]:
    """Use the embedded server of a data directory, starting it if need be. Raises EmbeddedError."""
    held = acquire(data_dir, secrets)
    try:
        yield held
    finally:
        held.release()


def acquire(data_dir: Path, secrets: Secrets) -> Lease:
    """As `lease`, for a program whose use has no end in sight of one block; call `release` on it."""
    with _exclusive(data_dir / "start.lock"):
        layout = locate(data_dir)
        use = _open(data_dir / "use.lock")
        fcntl.flock(use, fcntl.LOCK_SH)
        try:
            started = server.start(layout, secrets)
        except BaseException:
            os.close(use)
            if _nobody_uses(data_dir):  # interrupted while it started: nobody would stop it
                server.stop(layout)
            raise
    return Lease(layout, secrets, started, use)


def _nobody_uses(data_dir: Path) -> bool:
    use = _open(data_dir / "use.lock")
    try:
        fcntl.flock(use, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(use)
    return True


@contextlib.contextmanager
def _exclusive(path: Path) -> Iterator[None]:
    descriptor = _open(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except PermissionError:
        raise server.EmbeddedError(
            _("%(path)s belongs to another user: run this as the user who made it, or set SANFUWU_DATA_DIR.")
            % {"path": path.parent}
        ) from None
