"""The fast writer of JSON writes what the slow one would: hashes made by either agree."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanfuwu.ledger.as_json import canonical, stored

texts = st.text(
    st.one_of(st.characters(exclude_categories=()), st.sampled_from('镇"\\/\n\r\t\b\f\x00\x1f\x7f\u2028😀'))
)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


def by_the_book(value: Any) -> bytes | type[Exception]:
    try:
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    except UnicodeEncodeError:  # half a sign
        return UnicodeEncodeError


@settings(max_examples=500, deadline=None)
@given(values)
def test_canonical_is_python_s_own_to_the_byte(value: Any) -> None:
    expected = by_the_book(value)
    if isinstance(expected, bytes):
        assert canonical(value) == expected
    else:
        with pytest.raises(expected):
            canonical(value)


@settings(max_examples=200, deadline=None)
@given(values)
def test_what_is_stored_reads_as_what_was_given(value: Any) -> None:
    assert json.loads(stored(value)) == value


@pytest.mark.parametrize(
    "value", [dt.date(2019, 1, 8), object(), {"at": dt.datetime(2019, 1, 8, tzinfo=dt.UTC)}, {1, 2}]
)
def test_an_object_is_refused(value: object) -> None:
    for write in (canonical, stored):
        with pytest.raises(TypeError):
            write(value)


def test_numbers_as_keys_are_written_as_python_writes_them() -> None:
    assert canonical({2: "b", 1: uuid.UUID(int=0).hex}) == b'{"1":"00000000000000000000000000000000","2":"b"}'
