"""Files that wait to be fetched, below `SANFUWU_DATA_DIR/exports/<county schema>/`: encrypted piece by piece, for the
program's user only, gone after a day.

Each piece of up to a megabyte is sealed under the export's id and its own place: none can be changed, moved or left
out.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import struct
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from sanfuwu.counties.schema import current_schema
from sanfuwu.ledger.crypto import Undecryptable

_PIECE, _NONCE, _LENGTH = 1 << 20, 12, struct.Struct(">I")
_UNFINISHED = ".part"


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


class Sealing:
    """What is written here is encrypted on its way: of what comes from `sealing` nothing lies on the disk in clear."""

    def __init__(self, out: IO[bytes], export_id: UUID, key_id: str) -> None:
        self.bytes = 0  # written so far, in clear
        self._out, self._export_id = out, export_id
        self._cipher = AESGCM(settings.SANFUWU_KEYS[key_id])
        self._held = b""  # back until it is known whether more follows
        self._place = 0

    def write(self, data: bytes) -> int:
        """Add to the file."""
        for start in range(0, len(data), _PIECE):
            piece = data[start : start + _PIECE]
            if len(self._held) + len(piece) <= _PIECE:
                self._held += piece
            else:
                self._seal(last=False)
                self._held = piece
        self.bytes += len(data)
        return len(data)

    def end(self) -> None:
        """Nothing more follows."""
        self._seal(last=True)

    def _seal(self, *, last: bool) -> None:
        nonce = os.urandom(_NONCE)
        sealed = self._cipher.encrypt(nonce, self._held, _bound(self._export_id, self._place, last=last))
        self._out.write(_LENGTH.pack(_NONCE + len(sealed)) + nonce)
        self._out.write(sealed)
        self._place += 1


@contextlib.contextmanager
def sealing(export_id: UUID, key_id: str) -> Iterator[Sealing]:
    """The file of an export, to be written from its beginning: in its place, whole, when this ends, or not at all."""
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    target = path_of(export_id)
    part = target.with_suffix(_UNFINISHED)
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            sealed = Sealing(out, export_id, key_id)
            yield sealed
            sealed.end()
            out.flush()
            os.fsync(out.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def seal(source: Path, export_id: UUID, key_id: str) -> None:
    """Encrypt a finished file into its place, whole or not at all."""
    with source.open("rb") as plain, sealing(export_id, key_id) as out:
        while piece := plain.read(_PIECE):
            out.write(piece)


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
    """Work places and unfinished files that a killed job left behind (`older_than`: seconds since the epoch)."""
    base = folder()
    for place in (*base.glob("making-*"), *base.glob(f"*{_UNFINISHED}")) if base.exists() else ():
        if place.stat().st_mtime < older_than:
            shutil.rmtree(place, ignore_errors=True) if place.is_dir() else place.unlink(missing_ok=True)


def _next(sealed: object) -> bytes | None:
    head = sealed.read(_LENGTH.size)  # type: ignore[attr-defined]
    if not head:
        return None
    (length,) = _LENGTH.unpack(head)
    return bytes(sealed.read(length))  # type: ignore[attr-defined]


def _bound(export_id: UUID, place: int, *, last: bool) -> bytes:
    return export_id.bytes + place.to_bytes(4, "big") + bytes([last])
