"""The embedded PostgreSQL, on clusters of its own. Other programs are real processes, so that they can be killed."""

from __future__ import annotations

import dataclasses
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from sanfuwu.config import embedded
from sanfuwu.config.embedded import account, cluster, layout, server
from sanfuwu.config.secrets import Secrets

pytestmark = pytest.mark.slow

SECRETS = Secrets(
    admin_password="admin-of-the-tests",
    owner_password="owner-of-the-tests",
    app_password="app-of-the-tests",
    secret_key="",
    field_keys={},
    hmac_key=b"",
)
PROGRAM = """
import sys, time
from pathlib import Path
from sanfuwu.config import embedded
from sanfuwu.config.secrets import Secrets
secrets = Secrets("admin-of-the-tests", "owner-of-the-tests", "app-of-the-tests", "", {}, b"")
with embedded.lease(Path(sys.argv[1]), secrets) as held:
    print("up", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture(scope="module")
def template() -> Iterator[Path]:
    """A data directory with a cluster that was made and stopped; copied for each test, because initdb takes seconds."""
    with tempfile.TemporaryDirectory(prefix="sfw-") as name:
        made = _data_dir(Path(name))
        with embedded.lease(made, SECRETS):
            pass
        yield made


def _data_dir(parent: Path) -> Path:
    parent.chmod(0o711)
    path = parent / "data"
    path.mkdir(mode=0o711)
    return path


@pytest.fixture
def data_dir(template: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="sfw-") as name:
        Path(name).chmod(0o711)
        copy = Path(name) / "data"
        subprocess.run(["cp", "-a", template, copy], check=True)
        yield copy
        found = embedded.locate(copy)
        server.stop(found)


@pytest.fixture
def start_program(data_dir: Path) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """Starts another program that uses the same cluster, and returns once it does."""
    started: list[subprocess.Popen[str]] = []

    def run() -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(data_dir)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()


def _ask(found: embedded.Layout, query: str, role: str = cluster.APP_ROLE, password: str = SECRETS.app_password) -> str:
    with cluster.connect(found, role, password, cluster.DATABASE) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return str(row[0])


def _leave(program: subprocess.Popen[str]) -> None:
    program.communicate("\n")
    assert program.returncode == 0


def test_the_last_program_to_leave_stops_the_server(
    data_dir: Path, start_program: Callable[[], subprocess.Popen[str]]
) -> None:
    first = start_program()
    with embedded.lease(data_dir, SECRETS) as held:
        assert not held.started
        _leave(first)
        assert server.postmaster_pid(held.layout) is not None
    assert server.postmaster_pid(held.layout) is None


def test_a_killed_program_leaves_by_itself(data_dir: Path, start_program: Callable[[], subprocess.Popen[str]]) -> None:
    program = start_program()
    program.kill()
    program.wait()
    found = embedded.locate(data_dir)
    assert server.postmaster_pid(found) is not None  # nobody was there to stop it …
    with embedded.lease(data_dir, SECRETS) as held:
        assert not held.started
    assert server.postmaster_pid(found) is None  # … so the next program does


def test_a_killed_server_is_started_again_and_has_lost_nothing(data_dir: Path) -> None:
    owner = {"role": cluster.OWNER_ROLE, "password": SECRETS.owner_password}
    with embedded.lease(data_dir, SECRETS) as held:
        with cluster.connect(held.layout, cluster.OWNER_ROLE, SECRETS.owner_password, cluster.DATABASE) as connection:
            connection.execute("CREATE TABLE kept (n int)")
            connection.execute("INSERT INTO kept VALUES (42)")
        assert not held.revive()  # alive: nothing to do
        pid = server.postmaster_pid(held.layout)
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        _until(lambda: server.postmaster_pid(held.layout) is None)
        assert held.revive()
        assert _ask(held.layout, "SELECT n FROM kept", **owner) == "42"


def test_a_server_killed_while_nobody_looked_starts_with_the_next_program(
    data_dir: Path, start_program: Callable[[], subprocess.Popen[str]]
) -> None:
    program = start_program()
    found = embedded.locate(data_dir)
    pid = server.postmaster_pid(found)
    assert pid is not None
    program.kill()
    program.wait()
    os.kill(pid, signal.SIGKILL)
    with embedded.lease(data_dir, SECRETS) as held:
        assert _ask(held.layout, "SELECT 1") == "1"


def test_a_stale_pid_file_that_names_a_living_process_is_not_believed(data_dir: Path) -> None:
    found = embedded.locate(data_dir)
    stale = found.pgdata / "postmaster.pid"
    stale.write_text(f"{os.getpid()}\n{found.pgdata}\n0\n{layout.PORT}\n{found.socket_dir}\n\n", encoding="ascii")
    account.owner_of(found.pgdata).own(stale)
    assert server.postmaster_pid(found) is None
    with embedded.lease(data_dir, SECRETS) as held:
        assert held.started


def test_it_listens_on_no_network_and_lets_nobody_in_without_a_password(data_dir: Path) -> None:
    with embedded.lease(data_dir, SECRETS) as held:
        assert _ask(held.layout, "SHOW listen_addresses") == ""
        for role in (cluster.APP_ROLE, cluster.OWNER_ROLE, cluster.SUPERUSER):
            for password in ("", "wrong"):
                with pytest.raises(psycopg.OperationalError):
                    cluster.connect(held.layout, role, password, cluster.DATABASE)
        rules = (held.layout.pgdata / "pg_hba.conf").read_text(encoding="utf-8")
        assert [line.split() for line in rules.splitlines() if line and not line.startswith("#")] == [
            ["local", "all", "all", "scram-sha-256"]
        ]


def test_durability_is_on(data_dir: Path) -> None:
    with embedded.lease(data_dir, SECRETS) as held:
        settings = {name: _ask(held.layout, f"SHOW {name}") for name in ("fsync", "synchronous_commit")}
        assert settings == {"fsync": "on", "synchronous_commit": "on"}


def test_the_running_role_may_not_create_anything(data_dir: Path) -> None:
    with (
        embedded.lease(data_dir, SECRETS) as held,
        cluster.connect(held.layout, cluster.APP_ROLE, SECRETS.app_password, cluster.DATABASE) as app,
    ):
        for statement in ("CREATE TABLE t ()", "CREATE SCHEMA s", "CREATE ROLE r", "CREATE DATABASE d"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(statement.encode())
        with pytest.raises(psycopg.OperationalError):  # not even a look at another database
            cluster.connect(held.layout, cluster.APP_ROLE, SECRETS.app_password, "postgres")


def test_only_its_own_user_can_reach_cluster_and_socket(data_dir: Path) -> None:
    before = {path: stat.S_IMODE(path.stat().st_mode) for path in (data_dir, data_dir.parent)}
    with embedded.lease(data_dir, SECRETS) as held:
        for path in (held.layout.pgdata, held.layout.socket_dir):
            assert stat.S_IMODE(path.stat().st_mode) == 0o700
        assert held.layout.pgdata.stat().st_uid != 0
    assert {path: stat.S_IMODE(path.stat().st_mode) for path in before} == before


def test_a_long_path_gets_its_socket_elsewhere(template: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    with tempfile.TemporaryDirectory(prefix="sfw-") as name:
        Path(name).chmod(0o711)
        long = Path(name) / ("x" * 60) / ("y" * 60)
        long.mkdir(parents=True)
        copy = long / "data"
        subprocess.run(["cp", "-a", template, copy], check=True)
        with embedded.lease(copy, SECRETS) as held:
            assert not held.layout.socket_dir.is_relative_to(copy)
            assert _ask(held.layout, "SELECT 1") == "1"
        assert not held.layout.socket_dir.exists()


def test_a_socket_directory_made_by_somebody_else_is_refused(tmp_path: Path) -> None:
    open_to_all = tmp_path / "run"
    open_to_all.mkdir(mode=0o777)
    open_to_all.chmod(0o777)
    with pytest.raises(server.EmbeddedError, match="请删除"):
        server._make_socket_dir(open_to_all, account.server_user())


def test_a_copied_data_directory_does_not_lead_back_to_the_original(template: Path, data_dir: Path) -> None:
    assert embedded.locate(template).home == template
    assert embedded.locate(data_dir).home == data_dir


def test_a_cluster_of_another_major_version_is_not_touched(data_dir: Path) -> None:
    (embedded.locate(data_dir).pgdata / "PG_VERSION").write_text("16\n", encoding="ascii")
    with pytest.raises(server.EmbeddedError, match="由 PostgreSQL 16 建立"), embedded.lease(data_dir, SECRETS):
        pass


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as somebody else")
def test_started_as_root_below_a_closed_directory_the_cluster_lies_elsewhere(
    template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tempfile.TemporaryDirectory(prefix="sfw-") as name:
        outside = Path(name) / "outside"
        closed = Path(name) / "closed"
        Path(name).chmod(0o711)
        closed.mkdir(mode=0o700)
        data = closed / "data"
        data.mkdir(mode=0o711)
        monkeypatch.setattr(layout, "RELOCATED", outside)
        monkeypatch.setattr(server, "RELOCATED", outside)
        found = embedded.locate(data)
        assert found.relocated
        assert found.home.parent == outside
        outside.mkdir()
        found.home.mkdir(mode=0o700)
        account.server_user().own(found.home)
        shutil.copyfile(embedded.locate(template).ready_mark, found.ready_mark)
        subprocess.run(["cp", "-a", embedded.locate(template).pgdata, found.pgdata], check=True)
        with embedded.lease(data, SECRETS) as held:
            assert dataclasses.asdict(held.layout) == dataclasses.asdict(found)
            assert _ask(held.layout, "SELECT 1") == "1"


def _until(true: Callable[[], bool], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)
