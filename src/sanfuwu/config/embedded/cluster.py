"""A cluster's files: initdb, our postgresql.conf and pg_hba.conf; then roles and database, as its superuser."""

from __future__ import annotations

import contextlib
import locale
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg import sql

from sanfuwu.config.secrets import Secrets

from .account import ServerUser
from .binaries import Binaries
from .layout import PORT, Layout

SUPERUSER, OWNER_ROLE, APP_ROLE, DATABASE = "sanfuwu_super", "sanfuwu_owner", "sanfuwu_app", "sanfuwu"

_HBA = """# Written by Sanfuwu at every start. Local socket only, everybody gives a password.
local  all  all  scram-sha-256
"""

_CONF = """# Written by Sanfuwu at every start; changes here are lost.
listen_addresses = ''
unix_socket_directories = '{socket_dir}'
unix_socket_permissions = 0700
port = {port}
password_encryption = scram-sha-256
max_connections = 100
shared_buffers = {shared_buffers}MB
effective_cache_size = {cache}MB
maintenance_work_mem = 128MB
work_mem = 16MB
dynamic_shared_memory_type = {dsm}
# Durability is not for sale: an acknowledged act is on the disk.
fsync = on
synchronous_commit = on
full_page_writes = on
# A problem's codes and hashes fall on random pages of its indexes, and each page goes whole into the log once between
# two checkpoints: to compress them cost two thirds of what a row of an import cost the server.
wal_compression = off
max_wal_size = 2GB
checkpoint_completion_target = 0.9
random_page_cost = 1.1
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
# No personal data in the log: neither statements nor the DETAIL of a refused row.
log_min_messages = warning
log_checkpoints = off
log_min_error_statement = panic
log_error_verbosity = terse
log_parameter_max_length_on_error = 0
"""


def create(layout: Layout, programs: Binaries, user: ServerUser, secrets: Secrets) -> None:
    """initdb into PGDATA; complete or not at all, because it is made beside and renamed."""
    beside = layout.home / f".pg-{os.getpid()}"
    beside.mkdir(mode=0o700)
    user.own(beside)
    try:
        with _password_file(secrets.admin_password, user) as pwfile:
            run_as(
                user,
                [
                    programs["initdb"],
                    f"--pgdata={beside}",
                    f"--username={SUPERUSER}",
                    f"--pwfile={pwfile}",
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--locale=C.UTF-8" if _has_locale("C.UTF-8") else "--locale=C",
                    "--no-instructions",
                ],
                cwd=layout.home,
            )
        beside.rename(layout.pgdata)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def configure(layout: Layout, user: ServerUser) -> None:
    """Write both configuration files; cheap, so that they follow the program's version and the machine's memory."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    conf = _CONF.format(
        socket_dir=str(layout.socket_dir).replace("'", "''"),
        port=PORT,
        shared_buffers=max(64, min(512, memory // 8)),
        cache=max(256, memory // 2),
        dsm=_dynamic_shared_memory(),
    )
    for name, text in (("postgresql.conf", conf), ("pg_hba.conf", _HBA)):
        path = layout.pgdata / name
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)
        user.own(path)


def ensure_roles(layout: Layout, secrets: Secrets) -> None:
    """The owner and the running role with their passwords, and the database. May be run again at any time."""
    passwords = {OWNER_ROLE: secrets.owner_password, APP_ROLE: secrets.app_password}
    with connect(layout, SUPERUSER, secrets.admin_password, "postgres") as connection:
        have = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles").fetchall()}
        for role, password in passwords.items():
            verb = "ALTER" if role in have else "CREATE"
            connection.execute(
                sql.SQL("{} ROLE {} LOGIN NOSUPERUSER NOCREATEROLE {} PASSWORD {}").format(
                    sql.SQL(verb),
                    sql.Identifier(role),
                    sql.SQL("CREATEDB" if role == OWNER_ROLE else "NOCREATEDB"),
                    sql.Literal(password),
                )
            )
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            name, owner = sql.Identifier(DATABASE), sql.Identifier(OWNER_ROLE)
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, owner))
        # Nobody else has any business here, not even to connect.
        for database in (DATABASE, "postgres", "template1"):
            connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(database)))
        for role in passwords:
            connection.execute(
                sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(DATABASE), sql.Identifier(role))
            )
        # The owner makes and drops the tests' databases from here.
        connection.execute(sql.SQL("GRANT CONNECT ON DATABASE postgres TO {}").format(sql.Identifier(OWNER_ROLE)))


def connect(layout: Layout, role: str, password: str, database: str) -> psycopg.Connection[tuple[object, ...]]:
    """An autocommitting connection over the private socket."""
    return psycopg.connect(
        host=str(layout.socket_dir),
        port=PORT,
        user=role,
        password=password,
        dbname=database,
        autocommit=True,
        connect_timeout=10,
    )


def run_as(user: ServerUser, command: list[Path | str], *, cwd: Path) -> None:
    """Run a program as the server's user. Raises CalledProcessError with its output."""
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "HOME": str(cwd), "TZ": "UTC"}
    # Output to files, not pipes: a server that stays would hold a pipe open and we would wait for its end.
    with tempfile.TemporaryFile() as output:
        done = subprocess.run(
            command,
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C in our terminal is for us, not for a start that is under way
            check=False,
            **user.popen_options(),
        )
        if done.returncode:
            output.seek(0)
            raise subprocess.CalledProcessError(done.returncode, command, output.read().decode(errors="replace"))


@contextlib.contextmanager
def _password_file(password: str, user: ServerUser) -> Iterator[Path]:
    descriptor, name = tempfile.mkstemp(prefix="sanfuwu-")  # 0600, and gone right after
    path = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(password)
        user.own(path)
        yield path
    finally:
        path.unlink()


def _has_locale(name: str) -> bool:
    before = locale.setlocale(locale.LC_COLLATE)
    try:
        locale.setlocale(locale.LC_COLLATE, name)
    except locale.Error:
        return False
    locale.setlocale(locale.LC_COLLATE, before)
    return True


def _dynamic_shared_memory() -> str:
    """`posix`, unless /dev/shm is as small as containers make it: then parallel index builds would fail."""
    try:
        size = shutil.disk_usage("/dev/shm").total  # noqa: S108
    except OSError:
        return "mmap"
    return "posix" if size >= 256 * 2**20 else "mmap"
