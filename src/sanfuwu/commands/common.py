"""What commands share: Django set up as the right role, the embedded server held while they run, errors in words."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any

import click

from sanfuwu.config import env


def say(line: str) -> None:
    """One line of progress, on standard error: standard output is for results."""
    click.echo(line, err=True)


@contextlib.contextmanager
def program(role: str = env.APP) -> Iterator[Any]:
    """The database is there and Django is set up, as the running role or the owner.

    Yields the lease on the embedded server, or None. SIGTERM ends the program as Ctrl+C does, so that it leaves no
    server behind; known errors become one line and exit code 1.
    """
    os.environ["SANFUWU_DB_ROLE"] = role
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sanfuwu.config.settings")
    signal.signal(signal.SIGTERM, _terminated)

    from sanfuwu.config import database
    from sanfuwu.config.embedded import EmbeddedError
    from sanfuwu.config.secrets import SecretsError

    try:
        with database.available() as lease:
            import django

            django.setup()
            from django.db import connections

            try:
                yield lease
            finally:
                connections.close_all()
    except (EmbeddedError, SecretsError, env.BadEnvironment) as error:
        raise click.ClickException(str(error)) from error


def _terminated(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(128 + signal.SIGTERM)


def counties() -> list[Any]:
    """All counties, in the order in which they were made."""
    from sanfuwu.counties.models import County

    return list(County.objects.order_by("pk"))
