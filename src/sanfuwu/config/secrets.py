"""Secrets of one installation: made once, kept in a file that only its owner reads, never printed or logged.

The file is `secrets.json` in the data directory, or where SANFUWU_SECRET_FILE says. Losing it means losing every
encrypted text, so `check` reminds to back it up apart from the database.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import stat
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from .language import gettext as _


class SecretsError(RuntimeError):
    """The file can be read by others, or does not hold what it must."""


@dataclass(frozen=True, slots=True, repr=False)
class Secrets:
    """Passwords of the three database roles, Django's key, the field keys by id (the last encrypts), the HMAC key."""

    admin_password: str
    owner_password: str
    app_password: str
    secret_key: str
    field_keys: dict[str, bytes]
    hmac_key: bytes


def load_or_create(path: Path) -> Secrets:
    """The secrets in a file; made at the first call. Raises SecretsError."""
    return _load(path)


@lru_cache(maxsize=8)
def _load(path: Path) -> Secrets:
    if not path.exists():
        _make(path)
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise SecretsError(_("%(path)s can be read by others: run `chmod 600 %(path)s`.") % {"path": path})
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        return Secrets(
            admin_password=raw["admin_password"],
            owner_password=raw["owner_password"],
            app_password=raw["app_password"],
            secret_key=raw["secret_key"],
            field_keys={name: base64.b64decode(key) for name, key in raw["field_keys"].items()},
            hmac_key=base64.b64decode(raw["hmac_key"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SecretsError(
            _("%(path)s is damaged (%(error)s): restore it from a backup.")
            % {"path": path, "error": type(error).__name__}
        ) from error


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    made = {
        "admin_password": secrets.token_urlsafe(32),
        "owner_password": secrets.token_urlsafe(32),
        "app_password": secrets.token_urlsafe(32),
        "secret_key": secrets.token_urlsafe(50),
        "field_keys": {"k1": base64.b64encode(secrets.token_bytes(32)).decode()},
        "hmac_key": base64.b64encode(secrets.token_bytes(32)).decode(),
    }
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        json.dump(made, out, indent=1)
        out.flush()
        os.fsync(out.fileno())
    try:
        os.link(draft, path)  # two programs starting together: the first one's secrets stand
    except FileExistsError:
        pass
    finally:
        draft.unlink()
