"""Texts opened by the hundred thousand: `crypto.decrypt` without Django, for processes that only read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE = 12


class Opener:
    """Holds the ciphers of all keys (`{key id: 32 bytes}`); `usual` is the one meant where none is named."""

    def __init__(self, keys: Mapping[str, bytes], usual: str) -> None:
        self._open: dict[str | None, Callable[[bytes, bytes, bytes | None], bytes]] = {
            key_id: AESGCM(key).decrypt for key_id, key in keys.items()
        }
        self._open[None] = self._open[usual]

    def open_bytes(
        self,
        ids: Sequence[bytes | None],
        blobs: Sequence[bytes | None],
        key_ids: Sequence[str | None],
        unreadable: bytes,
    ) -> list[bytes]:
        """The texts as UTF-8; b"" where there is none, `unreadable` where the key is missing or the bytes were
        changed. `ids` are the 16 bytes of the rows that hold them."""
        ciphers = self._open
        if None not in blobs and not any(key_ids):  # as mostly: a text in every row, under the usual key
            usual = ciphers[None]
            try:
                return [
                    usual(blob[:NONCE], blob[NONCE:], row_id)  # type: ignore[index]
                    for row_id, blob in zip(ids, blobs, strict=True)
                ]
            except (InvalidTag, ValueError):
                pass  # one is empty or was changed: which one, is found below
        found: list[bytes] = []
        add = found.append
        for row_id, blob, key_id in zip(ids, blobs, key_ids, strict=True):
            if not blob:
                add(b"")
                continue
            try:
                add(ciphers[key_id](blob[:NONCE], blob[NONCE:], row_id))
            except (KeyError, InvalidTag, ValueError):  # the last one: too short to hold a nonce
                add(unreadable)
        return found

    def open_many(
        self,
        ids: Sequence[bytes | None],
        blobs: Sequence[bytes | None],
        key_ids: Sequence[str | None],
        unreadable: str,
    ) -> list[str]:
        """The same as text."""
        found: list[str] = []
        add = found.append
        for opened in self.open_bytes(ids, blobs, key_ids, unreadable.encode()):
            try:
                add(str(opened, "utf-8"))
            except UnicodeDecodeError:
                add(unreadable)
        return found
