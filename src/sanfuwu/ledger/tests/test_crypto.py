"""Names, telephones and texts at rest."""

from __future__ import annotations

import os
import uuid
from typing import Any

import pytest

from sanfuwu.ledger.crypto import Undecryptable, current_key_id, decrypt, encrypt, phone_hmac

ROW, OTHER = uuid.UUID(int=1), uuid.UUID(int=2)
TEXT = "我厂夏季用电高峰经常跳闸 😀\n第二行\x00"


@pytest.fixture
def keys(settings: Any) -> dict[str, bytes]:
    """Two keys; the second one encrypts."""
    settings.SANFUWU_KEYS = {"2018": os.urandom(32), "2019": os.urandom(32)}
    return settings.SANFUWU_KEYS


def test_what_is_encrypted_comes_back(keys: dict[str, bytes]) -> None:
    blob = encrypt(TEXT, ROW)
    assert TEXT.encode() not in blob
    assert decrypt(blob, ROW, "2019") == decrypt(memoryview(blob), ROW, current_key_id()) == TEXT


def test_the_same_text_never_looks_the_same_twice(keys: dict[str, bytes]) -> None:
    assert encrypt(TEXT, ROW) != encrypt(TEXT, ROW)


def test_nothing_stays_nothing(keys: dict[str, bytes]) -> None:
    assert encrypt("", ROW) == b""
    assert decrypt(b"", ROW, "2019") == ""


def test_an_older_key_still_reads(keys: dict[str, bytes]) -> None:
    assert decrypt(encrypt(TEXT, ROW, "2018"), ROW, "2018") == TEXT
    assert current_key_id() == "2019"


@pytest.mark.parametrize("place", [0, 11, 12, 40, -1])
def test_a_changed_byte_shows(keys: dict[str, bytes], place: int) -> None:
    blob = bytearray(encrypt(TEXT, ROW))
    blob[place] ^= 1
    with pytest.raises(Undecryptable):
        decrypt(bytes(blob), ROW, "2019")


def test_a_text_moved_to_another_row_shows(keys: dict[str, bytes]) -> None:
    with pytest.raises(Undecryptable):
        decrypt(encrypt(TEXT, ROW), OTHER, "2019")


def test_a_wrong_or_missing_key_shows(keys: dict[str, bytes]) -> None:
    blob = encrypt(TEXT, ROW)
    for key_id in ("2018", "2017"):
        with pytest.raises(Undecryptable, match=key_id):
            decrypt(blob, ROW, key_id)
    with pytest.raises(Undecryptable):
        decrypt(blob[:10], ROW, "2019")


def test_the_same_telephone_is_found_however_it_is_written() -> None:
    assert phone_hmac("161 0000-0071") == phone_hmac("16100000071") != phone_hmac("16100000072")
    assert len(phone_hmac("16100000071") or b"") == 32
    assert phone_hmac("") is phone_hmac("无") is None


def test_without_the_key_a_telephone_cannot_be_guessed_from_its_print(settings: Any) -> None:
    before = phone_hmac("16100000071")
    settings.SANFUWU_HMAC_KEY = os.urandom(32)
    assert phone_hmac("16100000071") != before
