"""Which database, and as whom: the embedded server, or the one that DATABASE_URL names."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from . import embedded, env
from .embedded import cluster
from .embedded.layout import PORT
from .language import gettext as _
from .secrets import Secrets, load_or_create

APP_ROLE, OWNER_ROLE = cluster.APP_ROLE, cluster.OWNER_ROLE


def is_embedded() -> bool:
    return not env.text("DATABASE_URL")


def secrets_path() -> Path:
    named = env.text("SANFUWU_SECRET_FILE")
    return Path(named) if named else env.ensure_data_dir() / "secrets.json"


@lru_cache(maxsize=1)
def secrets() -> Secrets:
    """The installation's secrets; made at the first call of the first program. Raises SecretsError."""
    return load_or_create(secrets_path())


def settings_for(role: str) -> dict[str, Any]:
    """Django's settings of one database connection as `owner` or `app`. Raises BadEnvironment for a useless address."""
    said = _embedded_address(role) if is_embedded() else _external_address(role)
    return {
        "ENGINE": "sanfuwu.config.postgres",
        "NAME": said.pop("dbname", cluster.DATABASE),
        "USER": said.pop("user", ""),
        "PASSWORD": said.pop("password", ""),
        "HOST": said.pop("host", ""),
        "PORT": str(said.pop("port", "")),
        # The ledger's own statements (`ledger.reader`, `ledger.writer`) are long and few: planned at their third use
        # and then kept by the connection. Django's cursors bind on our side and are never prepared.
        "OPTIONS": {"prepare_threshold": 2, **said},
        # Long-lived, one per thread. A connection that the server dropped is noticed at the next request.
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }


def _embedded_address(role: str) -> dict[str, Any]:
    layout = embedded.locate(env.ensure_data_dir())
    owner = role == env.OWNER
    return {
        "host": str(layout.socket_dir),
        "port": PORT,
        "dbname": cluster.DATABASE,
        "user": OWNER_ROLE if owner else APP_ROLE,
        "password": secrets().owner_password if owner else secrets().app_password,
    }


def _external_address(role: str) -> dict[str, Any]:
    name = "SANFUWU_OWNER_DATABASE_URL" if role == env.OWNER else "DATABASE_URL"
    url = env.text(name)
    if not url:
        raise env.BadEnvironment(
            _("%(name)s is needed for this: the address of the same database for the role that owns it")
            % {"name": name}
        )
    try:
        return dict(conninfo_to_dict(url))
    except psycopg.ProgrammingError as error:
        raise env.BadEnvironment(
            _("%(name)s is not an address of PostgreSQL: %(error)s") % {"name": name, "error": error}
        ) from None


@contextlib.contextmanager
def available() -> Iterator[embedded.Lease | None]:
    """The database is there while this lasts: the embedded server runs. None when DATABASE_URL names another."""
    if not is_embedded():
        yield None
        return
    with embedded.lease(env.ensure_data_dir(), secrets()) as held:
        yield held
