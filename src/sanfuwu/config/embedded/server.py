"""Starting and stopping one server. Callers hold the start lock (`lease`), so only one of them is at it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psycopg

from sanfuwu.config.language import gettext as _
from sanfuwu.config.secrets import Secrets

from . import cluster
from .account import ServerUser, owner_of, server_user
from .binaries import MAJOR, Binaries, binaries_for
from .layout import PORT, RELOCATED, Layout

START_TIMEOUT_S = 120.0  # recovery after a crash replays at most max_wal_size
_STOP_TIMEOUT_S = 60.0
_ORPHANS_TIMEOUT_S = 20.0
_LONGEST_LOG = 5_000_000  # bytes; one older log is kept


class EmbeddedError(Exception):
    """The embedded server cannot be used; says why and what to do."""


class Died(EmbeddedError):
    """It was there and is gone before it answered."""


def postmaster_pid(layout: Layout) -> int | None:
    """The process id of the running postmaster of this very cluster, None when there is none (or a stale file).

    Raises EmbeddedError when the cluster is somebody else's.
    """
    try:
        pid = int((layout.pgdata / "postmaster.pid").read_text(encoding="ascii", errors="replace").split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None
    except PermissionError:
        raise EmbeddedError(
            _("%(path)s belongs to another user: run this as the user who made it, or set SANFUWU_DATA_DIR.")
            % {"path": layout.pgdata}
        ) from None
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, PermissionError):
        return None  # gone, or the number was given to somebody else's process
    return pid if _is_ours(pid, layout) else None


def _is_ours(pid: int, layout: Layout) -> bool:
    """Whether the process is our postmaster: after a crash its number may belong to anything."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return not Path("/proc/self/cmdline").exists()  # no /proc here (macOS): believe the file
    return os.fsencode(layout.pgdata) in command


def start(layout: Layout, secrets: Secrets) -> bool:
    """Make sure the server runs and answers; returns whether it had to be started. Raises EmbeddedError."""
    running = postmaster_pid(layout) is not None
    if running:
        try:
            wait_for_answer(layout, secrets)
        except Died:  # we have met one that was just being killed
            running = False
    if not running:
        user = owner_of(layout.pgdata) if layout.pgdata.exists() else server_user()
        programs = binaries_for(user)
        _prepare(layout, programs, user, secrets)
        _launch(layout, programs, user)
        wait_for_answer(layout, secrets)
    if not layout.ready_mark.exists():
        cluster.ensure_roles(layout, secrets)
        layout.ready_mark.touch(mode=0o600)
    return not running


def make_home(layout: Layout, user: ServerUser) -> None:
    """Where the cluster lies when the server's user cannot enter the data directory."""
    if layout.relocated:
        RELOCATED.mkdir(mode=0o755, parents=True, exist_ok=True)
        if not layout.home.exists():
            layout.home.mkdir(mode=0o700)
            user.own(layout.home)


def bring_in(layout: Layout) -> None:
    """A cluster that was copied into the data directory goes to where its server can read it."""
    if layout.relocated:
        make_home(layout, server_user())
        for name in (layout.pgdata.name, layout.ready_mark.name):
            if (layout.data_dir / name).exists():
                shutil.move(layout.data_dir / name, layout.home / name)


def _prepare(layout: Layout, programs: Binaries, user: ServerUser, secrets: Secrets) -> None:
    make_home(layout, user)
    if not layout.pgdata.exists():
        layout.ready_mark.unlink(missing_ok=True)
        try:
            cluster.create(layout, programs, user, secrets)
        except (subprocess.CalledProcessError, OSError) as error:
            raise EmbeddedError(
                _("initdb failed in %(path)s: %(output)s") % {"path": layout.home, "output": _output(error)}
            ) from error
    made_by = (layout.pgdata / "PG_VERSION").read_text(encoding="ascii").strip()
    if made_by != MAJOR:
        raise EmbeddedError(
            _("%(path)s was made by PostgreSQL %(made_by)s, this is %(this)s: dump it with the program that made it.")
            % {"path": layout.pgdata, "made_by": made_by, "this": MAJOR}
        )
    _make_socket_dir(layout.socket_dir, user)
    cluster.configure(layout, user)


def _make_socket_dir(path: Path, user: ServerUser) -> None:
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=0o700)
        user.own(path)
    found = path.lstat()
    # Below /tmp anybody could have made it before us, to read what we send.
    if path.is_symlink() or found.st_uid not in (user.uid, os.geteuid()) or found.st_mode & 0o077:
        raise EmbeddedError(
            _("%(path)s does not belong to %(user)s alone (0700): remove it.") % {"path": path, "user": user.name}
        )


def _launch(layout: Layout, programs: Binaries, user: ServerUser) -> None:
    """pg_ctl start until it works: after a crash, what is left of the old server may need a moment to go."""
    log = layout.pgdata / "server.log"
    if log.exists() and log.stat().st_size > _LONGEST_LOG:
        log.replace(log.with_suffix(".log.1"))
    command: list[Path | str] = [programs["pg_ctl"], "start", "--wait", f"--timeout={int(START_TIMEOUT_S)}", "--silent"]
    deadline = time.monotonic() + START_TIMEOUT_S
    while True:
        if (layout.pgdata / "postmaster.pid").exists():
            _clear_after_crash(layout, user)
        try:
            cluster.run_as(user, [*command, f"--pgdata={layout.pgdata}", f"--log={log}"], cwd=layout.home)
        except (subprocess.CalledProcessError, OSError) as error:
            passes = "pre-existing shared memory" in tail(log, 3)
            if not passes or time.monotonic() > deadline:
                told = _("PostgreSQL did not start: %(output)s") % {"output": _output(error)}
                raise EmbeddedError(f"{told}\n{tail(log)}") from error
            time.sleep(0.2)
        else:
            return


def _clear_after_crash(layout: Layout, user: ServerUser) -> None:
    """Remove the lock files of a postmaster that is gone, once none of its processes is left.

    PostgreSQL does this by itself, but refuses for ever when the number went to another process, or to a zombie that
    nobody reaps in a container. Its own guard against orphaned backends goes with the file, hence the wait.
    """
    if postmaster_pid(layout) is not None or not Path("/proc/self/cwd").exists():
        return
    deadline = time.monotonic() + _ORPHANS_TIMEOUT_S
    while orphans := _processes_in(layout.pgdata, user):
        if time.monotonic() > deadline:
            told = _("Processes of a killed PostgreSQL do not end: %(processes)s. End them, then try again.")
            raise EmbeddedError(told % {"processes": orphans})
        time.sleep(0.05)
    (layout.pgdata / "postmaster.pid").unlink(missing_ok=True)
    (layout.socket_dir / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)


_FIND = 'for p in /proc/[0-9]*; do [ "$p/cwd" -ef "$1" ] && echo "${p#/proc/}"; done; true'


def _processes_in(pgdata: Path, user: ServerUser) -> list[int]:
    """Processes whose working directory is PGDATA: a postmaster and its backends.

    Asked as the server's user: in a container not even root may look at another user's working directory.
    """
    done = subprocess.run(
        ["/bin/sh", "-c", _FIND, "sh", pgdata], cwd="/", capture_output=True, check=True, **user.popen_options()
    )
    return [int(pid) for pid in done.stdout.split()]


def stop(layout: Layout) -> None:
    """Fast shutdown: sessions are ended, a checkpoint is written. Raises EmbeddedError when it does not end."""
    pid = postmaster_pid(layout)
    if pid is None:
        return
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGINT)  # PostgreSQL's "fast"
    deadline = time.monotonic() + _STOP_TIMEOUT_S
    while postmaster_pid(layout) is not None:
        if time.monotonic() > deadline:
            told = _("PostgreSQL (process %(pid)d) does not stop: see %(log)s")
            raise EmbeddedError(told % {"pid": pid, "log": layout.pgdata / "server.log"})
        time.sleep(0.02)
    if not layout.socket_dir.is_relative_to(layout.home):
        shutil.rmtree(layout.socket_dir, ignore_errors=True)


def wait_for_answer(layout: Layout, secrets: Secrets) -> None:
    """Return when the server lets somebody in: after a crash it first replays its log. Raises Died, EmbeddedError."""
    deadline = time.monotonic() + START_TIMEOUT_S
    while True:
        try:
            with cluster.connect(layout, cluster.SUPERUSER, secrets.admin_password, "postgres"):
                return
        except psycopg.OperationalError as error:
            told = _("The embedded PostgreSQL in %(path)s does not answer: %(error)s")
            said = told % {"path": layout.pgdata, "error": error}
            if postmaster_pid(layout) is None:
                raise Died(said) from error
            if "authentication failed" in str(error) or time.monotonic() > deadline:
                raise EmbeddedError(said) from error
        time.sleep(0.05)


def tail(log: Path, lines: int = 12) -> str:
    try:
        return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
    except OSError:
        return ""


def _output(error: Exception) -> str:
    return str(error.output).strip() if isinstance(error, subprocess.CalledProcessError) else str(error)
