"""Texts opened by the hundred thousand: `crypto.decrypt` without Django, for processes that only read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

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

    def open_many(
        self,
        ids: Iterable[bytes | None],
        blobs: Iterable[bytes | None],
        key_ids: Iterable[str | None],
        unreadable: str,
    ) -> list[str]:
        """The texts; "" where there is none, `unreadable` where the key is missing or the bytes were changed. `ids`
        are the 16 bytes of the rows that hold them."""
        ciphers = self._open
        found: list[str] = []
        add = found.append
        for row_id, blob, key_id in zip(ids, blobs, key_ids, strict=True):
            if not blob:
                add("")
                continue
            try:
                add(str(ciphers[key_id](blob[:NONCE], blob[NONCE:], row_id), "utf-8"))
            except (KeyError, InvalidTag, UnicodeDecodeError):
                add(unreadable)
        return found
