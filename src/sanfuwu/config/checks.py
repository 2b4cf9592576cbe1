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
from .language import N_
from .language import gettext as _

Level = Literal["ok", "note", "warning", "error"]
_MIGRATE = N_("run `sanfuwu migrate` (as the owner role)")
_MIN_FREE_BYTES = 2 * 2**30
_TITLES = {
    "configuration": N_("Configuration"),
    "TLS": "TLS",
    "time": N_("Clock"),
    "secrets": N_("Secrets"),
    "disk": N_("Disk"),
    "database": N_("Database"),
    "server": N_("Database"),
    "tables": N_("Tables"),
    "migrations": N_("Tables"),
    "roles": N_("Database roles"),
    "counties": N_("Counties"),
    "calendar": N_("Working calendar"),
    "numbers": N_("Problem numbers"),
    "sequences": N_("Problem numbers"),
    "worker": N_("Worker"),
}
_WORKER_ALIVE = dt.timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the answer; `todo` says what to do, empty when nothing. `subject` is part of the interface: programs
    read it, in every language; people read its `title`."""

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
            found.append(Finding("error", check.__name__.strip("_"), first, _(_MIGRATE)))
    return found


def title(subject: str) -> str:
    """The subject in words: `numbers of shangyu` is “Numbers (shangyu)”."""
    word, _of, schema = subject.partition(" of ")
    told = _(_TITLES[word]) if word in _TITLES else word
    return _("%(name)s (%(schema)s)") % {"name": told, "schema": schema} if schema else told


def configuration() -> Iterator[Finding]:
    if settings.DEBUG:
        yield Finding("error", "configuration", _("debug mode shows insides to everybody"), _("unset SANFUWU_DEBUG"))
    try:
        call_command("check", fail_level="ERROR", stdout=io.StringIO(), stderr=io.StringIO())
    except SystemCheckError as error:
        yield Finding("error", "configuration", str(error).strip().splitlines()[0], _("see `python -m django check`"))
    only_local = all(host.strip(".") in ("localhost", "127.0.0.1", "[::1]") for host in settings.ALLOWED_HOSTS)
    if only_local:
        yield Finding(
            "note", "configuration", _("only this machine may open it"), _("set SANFUWU_ALLOWED_HOSTS to serve others")
        )
    else:
        yield Finding("ok", "configuration", _("served as %(hosts)s") % {"hosts": _(", ").join(settings.ALLOWED_HOSTS)})


def tls() -> Iterator[Finding]:
    if settings.SANFUWU_BEHIND_TLS:
        yield Finding("ok", "TLS", _("cookies are sent over TLS only"))
    else:
        yield Finding(
            "error",
            "TLS",
            _("passwords and names cross the network readable"),
            _(
                "put a proxy with TLS in front (deploy/), then set SANFUWU_BEHIND_TLS=1; without it only a "
                "demonstration"
            ),
        )


def time() -> Iterator[Finding]:
    if clock.is_shifted():
        yield Finding(
            "warning",
            "time",
            _("this is a demonstration: it takes the time to be %(time)s UTC")
            % {"time": f"{clock.now():%Y-%m-%d %H:%M}"},
            _("use another SANFUWU_DATA_DIR for real work"),
        )


def secrets() -> Iterator[Finding]:
    path = database.secrets_path()
    yield Finding(
        "note",
        "secrets",
        _("the keys of all encrypted texts are in %(path)s") % {"path": path},
        _("back it up apart from the database"),
    )


def disk() -> Iterator[Finding]:
    free = shutil.disk_usage(env.ensure_data_dir()).free
    said = _("%(size)s GiB free") % {"size": f"{free / 2**30:.1f}"}
    if free < _MIN_FREE_BYTES:
        yield Finding("warning", "disk", said, _("make room: PostgreSQL stops when the disk is full"))
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
        yield Finding(
            "error",
            "database",
            _("PostgreSQL %(version)s is too old") % {"version": version},
            _("use PostgreSQL 15 or newer"),
        )
    elif (fsync, synchronous) != ("on", "on"):
        yield Finding(
            "error", "database", f"fsync={fsync}, synchronous_commit={synchronous}", _("turn both on: acts get lost")
        )
    else:
        yield Finding(
            "ok", "database", _("PostgreSQL %(version)s, fsync and synchronous_commit on") % {"version": version}
        )
    if database.is_embedded():
        yield Finding(
            "note",
            "database",
            _("embedded: its roles guard against bugs, not against whoever is root on this machine"),
            _("for real work give it a server of its own (DATABASE_URL)"),
        )


def migrations() -> Iterator[Finding]:
    for schema in (privileges.PUBLIC, *_schemas()):
        with schema_context(schema):
            executor = MigrationExecutor(connection)
            waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if waiting:
            yield Finding(
                "error",
                f"tables of {schema}",
                _("%(count)d migrations are missing") % {"count": len(waiting)},
                _(_MIGRATE),
            )
        else:
            yield Finding("ok", f"tables of {schema}", _("up to date"))


def roles() -> Iterator[Finding]:
    role = settings.SANFUWU_APP_ROLE
    wrong = privileges.powers(role)
    for schema in (privileges.PUBLIC, *_schemas()):
        wrong += privileges.differences(schema, role)
    for line in wrong[:10]:
        yield Finding(
            "error",
            "roles",
            line,
            _("run `sanfuwu migrate` (as the owner role); the running role must not be the owner"),
        )
    if not wrong:
        yield Finding(
            "ok", "roles", _("%(role)s may do what it must and no more; events can only be appended") % {"role": role}
        )


def counties() -> Iterator[Finding]:
    rows = list(County.objects.order_by("pk"))
    if not rows:
        yield Finding(
            "error", "counties", _("there is none"), _("run `sanfuwu migrate --county SCHEMA --code CODE --name NAME`")
        )
    for county in rows:
        hosts = _(", ").join(county.domains.order_by("pk").values_list("domain", flat=True))
        told = _("%(name)s (%(code)s, schema %(schema)s): %(hosts)s")
        said = {"name": county.name, "code": county.code, "schema": county.schema_name}
        yield Finding("ok", "counties", told % {**said, "hosts": hosts or _("no host name of its own")})
    if settings.SANFUWU_COUNTY and settings.SANFUWU_COUNTY not in {c.schema_name for c in rows}:
        yield Finding(
            "error",
            "counties",
            _("SANFUWU_COUNTY=%(name)s is none of them") % {"name": settings.SANFUWU_COUNTY},
            _("correct or unset it"),
        )


def calendar() -> Iterator[Finding]:
    known = set(CalendarYear.objects.filter(published=True).values_list("year", flat=True))
    today = timezone.localdate()
    for year in (today.year, today.year + 1):
        if year in known:
            yield Finding("ok", "calendar", _("%(year)d is entered") % {"year": year})
        elif year == today.year:
            yield Finding(
                "error",
                "calendar",
                _("%(year)d is not entered: deadlines count Monday to Friday") % {"year": year},
                _("publish it"),
            )
        else:
            yield Finding(
                "warning",
                "calendar",
                _("%(year)d is not entered: deadlines that reach into it count Monday to Friday and are marked")
                % {"year": year},
                _("enter the State Council's notice when it is out (usually in November)"),
            )


def sequences() -> Iterator[Finding]:
    year = timezone.localdate().year
    for schema in _schemas():
        with schema_context(schema):
            missing = {year, year + 1} - problem_sequences()
        if missing:
            years = _(", ").join(map(str, sorted(missing)))
            yield Finding(
                "error", f"numbers of {schema}", _("no sequence for %(years)s") % {"years": years}, _(_MIGRATE)
            )
        else:
            yield Finding(
                "ok",
                f"numbers of {schema}",
                _("%(year)d and %(next)d can be numbered") % {"year": year, "next": year + 1},
            )


def worker() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(last_heartbeat) FROM public.procrastinate_workers")
        (last,) = cursor.fetchone()
        cursor.execute("SELECT count(*) FROM public.procrastinate_jobs WHERE status = 'failed'")
        (failed,) = cursor.fetchone()
    if last is None or timezone.now() - last > _WORKER_ALIVE:
        since = (
            _("none has reported: no checkpoints, no messages")
            if last is None
            else _("the last one reported %(time)s UTC: no checkpoints, no messages")
            % {"time": f"{last:%Y-%m-%d %H:%M}"}
        )
        yield Finding("warning", "worker", since, _("run `sanfuwu worker`"))
    else:
        yield Finding("ok", "worker", _("alive"))
    if failed:
        yield Finding("warning", "worker", _("%(count)d jobs failed") % {"count": failed}, _("see the worker's log"))


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
