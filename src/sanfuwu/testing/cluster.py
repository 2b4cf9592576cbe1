"""The server that tests use, the template database, and its copies.

The embedded server of `.test-data`, or SANFUWU_TEST_DATABASE_URL: the address of a superuser of any other server.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from sanfuwu.config import database, embedded, env
from sanfuwu.config.embedded.cluster import APP_ROLE, OWNER_ROLE
from sanfuwu.config.embedded.layout import PORT

PACKAGE = Path(__file__).parent.parent
EXTERNAL = "SANFUWU_TEST_DATABASE_URL"
_TEMPLATE, _COPY = "sanfuwu_template_", "sanfuwu_test_"
# What makes a template: change one of these and it is made again.
_SOURCES = (
    "*/migrations/*.py",
    "*/seed*.py",
    "*/seed_data/*",
    "counties/*.py",
    "config/privileges.py",
    "testing/template.py",
)
_LIBRARIES = ("django", "django-allauth", "django-tenants", "procrastinate", "chinesecalendar", "pypinyin")


@dataclass(frozen=True, slots=True)
class TestCluster:
    """Where the server is; `address(role, database)` says how to get in."""

    __test__ = False  # pytest: not a test

    host: str
    port: str

    def address(self, role: str, name: str) -> dict[str, str]:
        """psycopg's connection arguments as `owner` or `app`."""
        secrets = database.secrets()
        owner = role == env.OWNER
        return {
            "host": self.host,
            "port": self.port,
            "user": OWNER_ROLE if owner else APP_ROLE,
            "password": secrets.owner_password if owner else secrets.app_password,
            "dbname": name,
        }

    def environment(self, name: str) -> dict[str, str]:
        """Environment variables with which another program uses this database."""
        return {
            "DATABASE_URL": make_conninfo(**self.address(env.APP, name)),
            "SANFUWU_OWNER_DATABASE_URL": make_conninfo(**self.address(env.OWNER, name)),
        }

    def owner(self, name: str = "postgres") -> psycopg.Connection[Any]:
        """An autocommitting connection as the owner role."""
        return psycopg.connect(make_conninfo(**self.address(env.OWNER, name)), autocommit=True, connect_timeout=10)


@contextlib.contextmanager
def running() -> Iterator[TestCluster]:
    """The server is there while this lasts."""
    external = env.text(EXTERNAL)
    if external:
        yield _external(external)
        return
    with embedded.lease(env.ensure_data_dir(), database.secrets()) as lease:
        yield TestCluster(str(lease.layout.socket_dir), str(PORT))


def _external(admin: str) -> TestCluster:
    """Another server: its superuser makes the two roles."""
    said = conninfo_to_dict(admin)
    cluster = TestCluster(str(said.get("host", "")), str(said.get("port", "5432")))
    with _lock("roles"), psycopg.connect(admin, autocommit=True) as connection:
        have = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles").fetchall()}
        for kind, role in ((env.OWNER, OWNER_ROLE), (env.APP, APP_ROLE)):
            password = sql.Literal(cluster.address(kind, "postgres")["password"])
            verb = sql.SQL("ALTER" if role in have else "CREATE")
            may = sql.SQL("CREATEDB" if kind == env.OWNER else "NOCREATEDB")
            connection.execute(
                sql.SQL("{} ROLE {} LOGIN NOSUPERUSER NOCREATEROLE {} PASSWORD {}").format(
                    verb, sql.Identifier(role), may, password
                )
            )
    return cluster


def ensure_template(cluster: TestCluster) -> str:
    """The name of the migrated and seeded template; made when its sources have changed."""
    name = _TEMPLATE + fingerprint()
    with _lock("template"), cluster.owner() as connection:
        if name in _databases(connection, _TEMPLATE):
            return name
        building = f"{name}_building"
        drop(connection, building)
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(building)))
        done = subprocess.run(
            [sys.executable, "-m", "sanfuwu.testing.template"],
            env=os.environ | cluster.environment(building) | {"SANFUWU_DB_ROLE": env.OWNER},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"The template database cannot be made:\n{done.stdout}{done.stderr}")
        # Renamed only when complete: a template that was interrupted is never used.
        connection.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(building), sql.Identifier(name))
        )
        for other in _databases(connection, _TEMPLATE):
            if other != name:
                drop(connection, other)
    return name


def copy(cluster: TestCluster, template: str, label: str = "") -> str:
    """A fresh database as the template is; its name carries our process id. Copies of dead processes are dropped."""
    name = f"{_COPY}{os.getpid()}{label}"
    _copy(cluster, template, name)
    return name


def _copy(cluster: TestCluster, template: str, name: str) -> None:
    with _lock("copy"), cluster.owner() as connection:  # a template can be copied by one at a time
        for other in _databases(connection, _COPY):
            owner = re.match(rf"{_COPY}(\d+)", other)
            if owner and not _alive(int(owner[1])):
                drop(connection, other)
        drop(connection, name)
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        )


@contextlib.contextmanager
def once_a_run(cluster: TestCluster, template: str, label: str) -> Iterator[tuple[str, Path]]:
    """A database that all processes of one run share, copied from the template by the first of them, and a file beside
    it for what the first one wants to tell; while this lasts, no other process is here. Nobody stays connected to it.
    """
    run = os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()
    this = os.environ.get("PYTEST_XDIST_TESTRUNUID", "")[:8]  # in a container every run may have the same number
    name, told = f"{_COPY}{run}{label}{this}", env.ensure_data_dir() / f"run-{run}{label}{this}.json"
    with _lock(label):
        with cluster.owner() as connection:
            there = name in _databases(connection, _COPY)
        if not (this and there and told.exists()):  # told last of all: without it somebody stopped half-way
            for older in told.parent.glob(f"run-*{label}*.json"):
                older.unlink()
            _copy(cluster, template, name)
        yield name, told


def drop(connection: psycopg.Connection[Any], name: str) -> None:
    """Remove a database of ours, whoever is connected to it."""
    statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    for patience in range(300, -1, -1):
        try:
            connection.execute(statement)
            return
        except psycopg.errors.InsufficientPrivilege:  # an autovacuum worker is in it, which only the superuser may end
            if not patience:
                raise
            time.sleep(0.2)


def fingerprint() -> str:
    """Sixteen hex digits that change with whatever the template is made from."""
    digest = hashlib.sha256()
    for pattern in _SOURCES:
        for path in sorted(PACKAGE.glob(pattern)):
            if path.is_file() and path.suffix != ".pyc":
                digest.update(path.relative_to(PACKAGE).as_posix().encode() + b"\0" + path.read_bytes())
    for library in _LIBRARIES:
        digest.update(f"{library}={metadata.version(library)};".encode())
    # Seeded texts are encrypted with this installation's key.
    digest.update(database.secrets().hmac_key)
    return digest.hexdigest()[:16]


def _databases(connection: psycopg.Connection[Any], prefix: str) -> list[str]:
    rows = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix]).fetchall()
    return [name for (name,) in rows]


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@contextlib.contextmanager
def _lock(name: str) -> Iterator[None]:
    """One test process at a time."""
    with (env.ensure_data_dir() / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
