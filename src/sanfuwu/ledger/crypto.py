"""Names, phones and free text at rest: AES-256-GCM with a key id; phones are found again by HMAC-SHA-256.

Keys come from `settings.SANFUWU_KEYS = {key_id: 32 bytes}` (the last one encrypts, all decrypt) and
`settings.SANFUWU_HMAC_KEY`. The row's own id is the associated data: a ciphertext cannot be moved to another row.
"""

from __future__ import annotations

import hmac
import os
import uuid
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_NONCE = 12


class Undecryptable(Exception):
    """The key id is unknown or the bytes were changed."""


@lru_cache(maxsize=8)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


def current_key_id() -> str:
    """The id of the key that encrypts new text: the last one configured."""
    return next(reversed(settings.SANFUWU_KEYS))


def encrypt(text: str, row_id: uuid.UUID, key_id: str | None = None) -> bytes:
    """nonce‖ciphertext‖tag; empty text stays empty bytes."""
    if not text:
        return b""
    key = settings.SANFUWU_KEYS[key_id or current_key_id()]
    nonce = os.urandom(_NONCE)
    return nonce + _cipher(key).encrypt(nonce, text.encode(), row_id.bytes)


def decrypt(blob: bytes | memoryview, row_id: uuid.UUID, key_id: str) -> str:
    """The text; raises `Undecryptable` when the key is missing or the bytes were tampered with."""
    data = bytes(blob)
    if not data:
        return ""
    try:
        key = settings.SANFUWU_KEYS[key_id]
        return _cipher(key).decrypt(data[:_NONCE], data[_NONCE:], row_id.bytes).decode()
    except Exception as error:
        raise Undecryptable(f"{key_id}: {type(error).__name__}") from error


def encrypt_bytes(data: bytes, row_id: uuid.UUID, key_id: str) -> bytes:
    """The same for bytes that are no text, such as a piece of a file."""
    nonce = os.urandom(_NONCE)
    return nonce + _cipher(settings.SANFUWU_KEYS[key_id]).encrypt(nonce, data, row_id.bytes)


def decrypt_bytes(blob: bytes | memoryview, row_id: uuid.UUID, key_id: str) -> bytes:
    """The bytes; raises `Undecryptable` as `decrypt` does."""
    data = bytes(blob)
    try:
        return _cipher(settings.SANFUWU_KEYS[key_id]).decrypt(data[:_NONCE], data[_NONCE:], row_id.bytes)
    except Exception as error:
        raise Undecryptable(f"{key_id}: {type(error).__name__}") from error


def text_hmac(text: str) -> bytes:
    """16 bytes by which exactly the same text is found again; without our key they tell nothing of it."""
    return hmac.digest(settings.SANFUWU_HMAC_KEY, text.encode(), "sha256")[:16]


def phone_hmac(phone: str) -> bytes | None:
    """32 bytes by which the same phone is found again; None for no phone. Digits only count."""
    digits = phone if phone.isdigit() else "".join(c for c in phone if c.isdigit())
    if not digits:
        return None
    return hmac.digest(settings.SANFUWU_HMAC_KEY, digits.encode(), "sha256")
