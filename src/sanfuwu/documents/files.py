"""Files that wait to be fetched, below `SANFUWU_DATA_DIR/exports/<county schema>/`: encrypted piece by piece, for the
program's user only, gone after a day.

Each piece of a megabyte is sealed under the export's id and its own place: none can be changed, moved or left out.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import struct
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from sanfuwu.counties.schema import current_schema
from sanfuwu.ledger.crypto import Undecryptable

_PIECE, _NONCE, _LENGTH = 1 << 20, 12, struct.Struct(">I")


def folder() -> Path:
    """The folder of the present county."""
    return Path(settings.SANFUWU_DATA_DIR) / "exports" / current_schema()


def path_of(export_id: UUID) -> Path:
    return folder() / f"{export_id.hex}.enc"


@contextlib.contextmanager
def workplace() -> Iterator[Path]:
    """A directory to write a file in before it is sealed; nothing of it stays."""
    base = folder()
    base.mkdir(parents=True, exist_ok=True, mode=0o700)
    place = Path(tempfile.mkdtemp(prefix="making-", dir=base))
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def seal(source: Path, export_id: UUID, key_id: str) -> None:
    """Encrypt a finished file into its place, whole or not at all."""
    cipher = AESGCM(settings.SANFUWU_KEYS[key_id])
    target = path_of(export_id)
    part = target.with_suffix(".part")
    with (
        source.open("rb") as plain,
        os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out,
    ):
        place, piece = 0, plain.read(_PIECE)
        while piece or not place:
            following = plain.read(_PIECE)
            nonce = os.urandom(_NONCE)
            sealed = nonce + cipher.encrypt(nonce, piece, _bound(export_id, place, last=not following))
            out.write(_LENGTH.pack(len(sealed)) + sealed)
            place, piece = place + 1, following
        out.flush()
        os.fsync(out.fileno())
    part.replace(target)


def pieces(export_id: UUID, key_id: str) -> Iterator[bytes]:
    """The file in clear, piece by piece. Raises FileNotFoundError, or `Undecryptable` where it was changed or cut."""
    cipher = AESGCM(settings.SANFUWU_KEYS[key_id])
    with path_of(export_id).open("rb") as sealed:
        place, piece = 0, _next(sealed)
        while piece is not None:
            following = _next(sealed)
            try:
                yield cipher.decrypt(piece[:_NONCE], piece[_NONCE:], _bound(export_id, place, last=following is None))
            except InvalidTag as error:
                raise Undecryptable(f"export {export_id}, piece {place}") from error
            place, piece = place + 1, following


def remove(export_id: UUID) -> None:
    """Take a file away. One that is gone already is no error."""
    path_of(export_id).unlink(missing_ok=True)


def remove_leftovers(older_than: float) -> None:
    """Work places that a killed job left behind (`older_than`: seconds since the epoch)."""
    base = folder()
    for place in base.glob("making-*") if base.exists() else ():
        if place.stat().st_mtime < older_than:
            shutil.rmtree(place, ignore_errors=True)


def _next(sealed: object) -> bytes | None:
    head = sealed.read(_LENGTH.size)  # type: ignore[attr-defined]
    if not head:
        return None
    (length,) = _LENGTH.unpack(head)
    return bytes(sealed.read(length))  # type: ignore[attr-defined]


def _bound(export_id: UUID, place: int, *, last: bool) -> bytes:
    return export_id.bytes + place.to_bytes(4, "big") + bytes([last])
