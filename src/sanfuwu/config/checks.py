"""What `sanfuwu check` looks at. Each check yields findings; none of them changes anything."""

from __future__ import annotations

import datetime as dt
import io
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django_tenants.utils import schema_context

from sanfuwu.counties.models import CalendarYear, County
from sanfuwu.counties.setup import problem_sequences

from . import clock, database, env, privileges

Level = Literal["ok", "note", "warning", "error"]
_MIGRATE = "run `sanfuwu migrate` (as the owner role)"
_MIN_FREE_BYTES = 2 * 2**30
_WORKER_ALIVE = dt.timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the answer; `todo` says what to do, empty when nothing."""

    level: Level
    subject: str
    said: str
    todo: str = ""


def examine() -> list[Finding]:
    """All findings. A check that fails itself becomes an error and does not hide the others."""
    found: list[Finding] = []
    for check in CHECKS:
        try:
            found += list(check())
        except DatabaseError as error:
            first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            found.append(Finding("error", check.__name__.strip("_"), first, _MIGRATE))
    return found


def configuration() -> Iterator[Finding]:
    if settings.DEBUG:
        yield Finding("error", "configuration", "debug mode shows insides to everybody", "unset SANFUWU_DEBUG")
    try:
        call_command("check", fail_level="ERROR", stdout=io.StringIO(), stderr=io.StringIO())
    except SystemCheckError as error:
        yield Finding("error", "configuration", str(error).strip().splitlines()[0], "see `python -m django check`")
    only_local = all(host.strip(".") in ("localhost", "127.0.0.1", "[::1]") for host in settings.ALLOWED_HOSTS)
    if only_local:
        yield Finding(
            "note", "configuration", "only this machine may open it", "set SANFUWU_ALLOWED_HOSTS to serve others"
        )
    else:
        yield Finding("ok", "configuration", f"served as {', '.join(settings.ALLOWED_HOSTS)}")


def tls() -> Iterator[Finding]:
    if settings.SANFUWU_BEHIND_TLS:
        yield Finding("ok", "TLS", "cookies are sent over TLS only")
    else:
        yield Finding(
            "error",
            "TLS",
            "passwords and names cross the network readable",
            "put a proxy with TLS in front (deploy/), then set SANFUWU_BEHIND_TLS=1; without it only a demonstration",
        )


def time() -> Iterator[Finding]:
    if clock.is_shifted():
        yield Finding(
            "warning",
            "time",
            f"this is a demonstration: it takes the time to be {clock.now():%Y-%m-%d %H:%M} UTC",
            "use another SANFUWU_DATA_DIR for real work",
        )


def secrets() -> Iterator[Finding]:
    path = database.secrets_path()
    yield Finding(
        "note", "secrets", f"the keys of all encrypted texts are in {path}", "back it up apart from the database"
    )


def disk() -> Iterator[Finding]:
    free = shutil.disk_usage(env.ensure_data_dir()).free
    said = f"{free / 2**30:.1f} GiB free"
    if free < _MIN_FREE_BYTES:
        yield Finding("warning", "disk", said, "make room: PostgreSQL stops when the disk is full")
    else:
        yield Finding("ok", "disk", said)


def server() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version'), current_setting('server_version_num')::int,"
            " current_setting('fsync'), current_setting('synchronous_commit')"
        )
        version, number, fsync, synchronous = cursor.fetchone()
    if number < 150000:
        yield Finding("error", "database", f"PostgreSQL {version} is too old", "use PostgreSQL 15 or newer")
    elif (fsync, synchronous) != ("on", "on"):
        yield Finding(
            "error", "database", f"fsync={fsync}, synchronous_commit={synchronous}", "turn both on: acts get lost"
        )
    else:
        yield Finding("ok", "database", f"PostgreSQL {version}, fsync and synchronous_commit on")
    if database.is_embedded():
        yield Finding(
            "note",
            "database",
            "embedded: its roles guard against bugs, not against whoever is root on this machine",
            "for real work give it a server of its own (DATABASE_URL)",
        )


def migrations() -> Iterator[Finding]:
    for schema in (privileges.PUBLIC, *_schemas()):
        with schema_context(schema):
            executor = MigrationExecutor(connection)
            waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if waiting:
            yield Finding("error", f"tables of {schema}", f"{len(waiting)} migrations are missing", _MIGRATE)
        else:
            yield Finding("ok", f"tables of {schema}", "up to date")


def roles() -> Iterator[Finding]:
    role = settings.SANFUWU_APP_ROLE
    wrong = privileges.powers(role)
    for schema in (privileges.PUBLIC, *_schemas()):
        wrong += privileges.differences(schema, role)
    for line in wrong[:10]:
        yield Finding("error", "roles", line, f"{_MIGRATE}; the running role must not be the owner")
    if not wrong:
        yield Finding("ok", "roles", f"{role} may do what it must and no more; events can only be appended")


def counties() -> Iterator[Finding]:
    rows = list(County.objects.order_by("pk"))
    if not rows:
        yield Finding(
            "error", "counties", "there is none", "run `sanfuwu migrate --county SCHEMA --code CODE --name NAME`"
        )
    for county in rows:
        hosts = ", ".join(county.domains.order_by("pk").values_list("domain", flat=True)) or "no host name of its own"
        yield Finding("ok", "counties", f"{county.name} ({county.code}, schema {county.schema_name}): {hosts}")
    if settings.SANFUWU_COUNTY and settings.SANFUWU_COUNTY not in {c.schema_name for c in rows}:
        yield Finding(
            "error", "counties", f"SANFUWU_COUNTY={settings.SANFUWU_COUNTY} is none of them", "correct or unset it"
        )


def calendar() -> Iterator[Finding]:
    known = set(CalendarYear.objects.filter(published=True).values_list("year", flat=True))
    today = timezone.localdate()
    for year in (today.year, today.year + 1):
        if year in known:
            yield Finding("ok", "calendar", f"{year} is entered")
        elif year == today.year:
            yield Finding("error", "calendar", f"{year} is not entered: deadlines count Monday to Friday", "publish it")
        else:
            yield Finding(
                "warning",
                "calendar",
                f"{year} is not entered: deadlines that reach into it count Monday to Friday and are marked",
                "enter the State Council's notice when it is out (usually in November)",
            )


def sequences() -> Iterator[Finding]:
    year = timezone.localdate().year
    for schema in _schemas():
        with schema_context(schema):
            missing = {year, year + 1} - problem_sequences()
        if missing:
            years = ", ".join(map(str, sorted(missing)))
            yield Finding("error", f"numbers of {schema}", f"no sequence for {years}", _MIGRATE)
        else:
            yield Finding("ok", f"numbers of {schema}", f"{year} and {year + 1} can be numbered")


def worker() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(last_heartbeat) FROM public.procrastinate_workers")
        (last,) = cursor.fetchone()
        cursor.execute("SELECT count(*) FROM public.procrastinate_jobs WHERE status = 'failed'")
        (failed,) = cursor.fetchone()
    if last is None or timezone.now() - last > _WORKER_ALIVE:
        since = "none has reported" if last is None else f"the last one reported {last:%Y-%m-%d %H:%M} UTC"
        yield Finding("warning", "worker", f"{since}: no checkpoints, no messages", "run `sanfuwu worker`")
    else:
        yield Finding("ok", "worker", "alive")
    if failed:
        yield Finding("warning", "worker", f"{failed} jobs failed", "see the worker's log")


def _schemas() -> list[str]:
    return list(County.objects.order_by("pk").values_list("schema_name", flat=True))


CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    configuration,
    tls,
    time,
    secrets,
    disk,
    server,
    migrations,
    roles,
    counties,
    calendar,
    sequences,
    worker,
)
