"""What the environment says, read in one place. Every variable begins with SANFUWU_, but for DATABASE_URL."""

from __future__ import annotations

import os
from pathlib import Path

from .language import gettext as _

OWNER, APP = "owner", "app"
DEMO_FILE = "demo.json"  # in a data directory that is a demonstration's


class BadEnvironment(Exception):
    """A variable has a value that cannot be used; says which and what would do."""


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def flag(name: str, *, default: bool = False) -> bool:
    value = text(name).lower()
    if value in ("", "1", "true", "yes", "on", "0", "false", "no", "off"):
        return default if not value else value in ("1", "true", "yes", "on")
    raise BadEnvironment(_("%(name)s=%(value)s: say 1 or 0") % {"name": name, "value": value})


def whole(name: str, default: int) -> int:
    value = text(name)
    try:
        return int(value) if value else default
    except ValueError:
        raise BadEnvironment(_("%(name)s=%(value)s: give a whole number") % {"name": name, "value": value}) from None


def words(name: str) -> list[str]:
    """A comma-separated list."""
    return [word.strip() for word in text(name).split(",") if word.strip()]


def data_dir() -> Path:
    """Where this installation keeps its data: SANFUWU_DATA_DIR, else the user's own place (/var/lib as root)."""
    named = text("SANFUWU_DATA_DIR")
    if named:
        return Path(named).expanduser().absolute()
    if os.geteuid() == 0:
        return Path("/var/lib/sanfuwu/data")
    home = text("XDG_DATA_HOME")
    return (Path(home) if home else Path.home() / ".local" / "share") / "sanfuwu"


def ensure_data_dir() -> Path:
    """The data directory, made if need be. Only the directory itself gets a mode: nobody's ancestors are touched.

    0711 and not 0700, because as root the database server runs as another user below it; every file in it is 0600 and
    every directory 0700.
    """
    path = data_dir()
    if not path.is_dir():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir(mode=0o711, exist_ok=True)
    return path


def db_role() -> str:
    """Which database role this process runs as: `app` (running) or `owner` (migrations)."""
    role = text("SANFUWU_DB_ROLE", APP)
    if role not in (OWNER, APP):
        raise BadEnvironment(_("SANFUWU_DB_ROLE=%(role)s: say app or owner") % {"role": role})
    return role
