"""Which installation a command works in, said before it could be the wrong one and printed afterwards."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

from sanfuwu.config import env
from sanfuwu.config.language import gettext as _

from .handing_out import Misused


def refuse_beside_demo(command: str) -> None:
    """Raises `Misused` where nothing says which data directory is meant and a demonstration is at hand in `.data`.

    `make demo` keeps its data in the checkout's `.data`, the bare command has another place: a county made there would
    be nowhere to be seen.
    """
    if env.text("SANFUWU_DATA_DIR") or env.text("DATABASE_URL") or env.text("SANFUWU_OWNER_DATABASE_URL"):
        return
    found = next((place for place in _places() if _is_demo(place)), None)
    if found is None or found == env.data_dir():
        return
    program, rest = shlex.quote(str(_shown(program_path()))), shlex.join(sys.argv[2:])
    told = _(
        "There is a demonstration in %(demo)s, but without SANFUWU_DATA_DIR this command works in %(data)s. Say which "
        "is meant; nothing was written.\n"
        "Beside the demonstration:\n"
        "  SANFUWU_DATA_DIR=%(demo_short)s %(program)s %(command)s %(rest)s\n"
        "In the installation in %(data)s:\n"
        "  SANFUWU_DATA_DIR=%(data)s %(program)s %(command)s %(rest)s"
    )
    raise Misused(
        told
        % {
            "demo": found,
            "demo_short": shlex.quote(str(_shown(found))),
            "data": env.data_dir(),
            "program": program,
            "command": command,
            "rest": rest,
        }
    )


def whereabouts(schema: str) -> Iterator[str]:
    """The data directory or database that was used, the other counties in it, and where the program is."""
    from django.db import connection

    from sanfuwu.config import database

    from .common import counties

    if database.is_embedded():
        yield _("Data directory: %(path)s (database of its own)") % {"path": env.data_dir()}
    else:
        said = connection.settings_dict
        where = f"{said.get('HOST') or 'localhost'}:{said.get('PORT') or 5432}/{said.get('NAME')}"
        yield _("Database: %(where)s; files in %(path)s") % {"where": where, "path": env.data_dir()}
    beside = _(", ").join(
        _("%(name)s (%(schema)s)") % {"name": county.name, "schema": county.schema_name}
        for county in counties()
        if county.schema_name != schema
    )
    yield _("Counties there beside it: %(names)s") % {"names": beside or _("none")}
    yield _("Program: %(path)s") % {"path": program_path()}


def program_path() -> Path:
    """The command that was called: .venv/bin/sanfuwu of a checkout."""
    installed = Path(sys.prefix) / "bin" / "sanfuwu"
    return installed if installed.exists() else Path(sys.argv[0]).absolute()


def _places() -> Iterator[Path]:
    """Where `make demo` keeps its data: the directory one is in, and the checkout that the program is of."""
    yield Path.cwd() / ".data"
    yield Path(sys.prefix).parent / ".data"


def _is_demo(place: Path) -> bool:
    return (place / env.DEMO_FILE).is_file()


def _shown(path: Path) -> Path:
    """Below the directory one is in: as one would type it."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
