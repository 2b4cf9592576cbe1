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

from sanfuwu.config import env, language
from sanfuwu.config.language import gettext as _


def say(line: str) -> None:
    """One line of progress, on standard error: standard output is for results."""
    click.echo(line, err=True)


@contextlib.contextmanager
def program(role: str = env.APP) -> Iterator[Any]:
    """The database is there and Django is set up, as the running role or the owner.

    Yields the lease on the embedded server, or None. What is said meanwhile is in the language of the terminal. SIGTERM
    ends the program as Ctrl+C does, so that it leaves no server behind; known errors become one line and exit code 1.
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
            from django.utils import translation

            try:
                with translation.override(language.chosen()):
                    yield lease
            finally:
                connections.close_all()
    except (EmbeddedError, SecretsError, env.BadEnvironment) as error:
        raise click.ClickException(str(error)) from error


def as_installed() -> contextlib.AbstractContextManager[None]:
    """In the language of the installation, whatever the terminal's: for what is kept, and what others will read."""
    from django.conf import settings
    from django.utils import translation

    installed: contextlib.AbstractContextManager[None] = translation.override(settings.LANGUAGE_CODE)
    return installed


def no_such_county(schema: str) -> click.ClickException:
    """A county that was named and is not there."""
    names = _(", ").join(str(county.schema_name) for county in counties())
    if not names:
        return click.UsageError(_("There is no county %(schema)s, and no other either.") % {"schema": schema})
    return click.UsageError(
        _("There is no county %(schema)s; there is: %(names)s.") % {"schema": schema, "names": names}
    )


def _terminated(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(128 + signal.SIGTERM)


def counties() -> list[Any]:
    """All counties, in the order in which they were made."""
    from sanfuwu.counties.models import County

    return list(County.objects.order_by("pk"))
