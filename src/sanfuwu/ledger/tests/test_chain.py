"""The hash chain, and what may stand in an event at all."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanfuwu.ledger.chain import GENESIS, link, merkle_root, plain

SHANGHAI = dt.timezone(dt.timedelta(hours=8))
WITH_SUMMER = ZoneInfo("Asia/Shanghai")  # which had summer time from 1986 to 1991
NOW = dt.datetime(2019, 2, 12, 10, 30, tzinfo=SHANGHAI)
SAID: dict[str, Any] = {
    "prev_hash": GENESIS,
    "stream_kind": "problem",
    "stream_id": uuid.UUID(int=1),
    "seq": 1,
    "kind": "registered",
    "schema_v": 1,
    "happened_at": NOW,
    "recorded_at": NOW,
    "actor_post": uuid.UUID(int=2),
    "on_behalf_of": None,
    "assignment_id": None,
    "payload": {"data": {"b": 1, "a": "崧厦"}},
    "corrects_seq": None,
    "origin": "live",
    "request_id": "",
}


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("prev_hash", b"\x01" * 32),
        ("stream_kind", "unit"),
        ("stream_id", uuid.UUID(int=3)),
        ("seq", 2),
        ("kind", "accepted"),
        ("schema_v", 2),
        ("happened_at", NOW + dt.timedelta(microseconds=1)),
        ("recorded_at", NOW + dt.timedelta(microseconds=1)),
        ("actor_post", None),
        ("on_behalf_of", uuid.UUID(int=2)),
        ("assignment_id", uuid.UUID(int=2)),
        ("payload", {"data": {"b": 1, "a": "百官"}}),
        ("corrects_seq", 1),
        ("origin", "import"),
        ("request_id", "x"),
    ],
)
def test_everything_that_an_event_says_is_in_its_hash(name: str, other: Any) -> None:
    assert set(SAID) >= {name}
    assert link(**(SAID | {name: other})) != link(**SAID)


def test_the_same_said_in_another_order_or_time_zone_has_the_same_hash() -> None:
    again = SAID | {"payload": {"data": {"a": "崧厦", "b": 1}}, "happened_at": NOW.astimezone(dt.UTC)}
    assert link(**again) == link(**SAID)
    assert len(link(**SAID)) == 32


@given(st.integers(504_892_800, 694_224_000), st.integers(0, 1))  # seconds of 1986 to 1991
def test_every_moment_is_its_own_also_in_the_hour_that_a_clock_shows_twice(seconds: int, fold: int) -> None:
    moment = dt.datetime.fromtimestamp(seconds, WITH_SUMMER)
    for one in (moment.replace(fold=fold), moment, moment.astimezone(dt.UTC)):
        assert plain(one) == one.astimezone(dt.UTC).isoformat()


def test_the_second_of_two_equal_hours_is_a_later_one() -> None:
    first = dt.datetime(1991, 9, 15, 1, 30, tzinfo=WITH_SUMMER)
    second = first.replace(fold=1)
    assert first == second
    assert (plain(first), plain(second)) == ("1991-09-14T16:30:00+00:00", "1991-09-14T17:30:00+00:00")


def test_plain_values_are_ids_codes_and_dates() -> None:
    one = uuid.UUID(int=1)
    assert plain({"a": (one, None, True, 3, "x")}) == {"a": [str(one), None, True, 3, "x"]}
    assert plain(NOW) == "2019-02-12T02:30:00+00:00"
    assert plain(NOW.date()) == "2019-02-12"
    assert plain(b"\x0f") == "0f"
    assert plain(frozenset({"b", "a"})) == ["a", "b"]


@pytest.mark.parametrize("value", [1.5, object(), {"a": object()}, [1.0]])
def test_what_is_not_plain_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        plain(value)


LEAVES = st.lists(st.binary(min_size=32, max_size=32).filter(lambda leaf: leaf != GENESIS), max_size=12, unique=True)


@given(LEAVES, st.randoms())
def test_a_root_does_not_depend_on_the_order_of_its_leaves(leaves: list[bytes], random: Any) -> None:
    shuffled = list(leaves)
    random.shuffle(shuffled)
    assert merkle_root(shuffled) == merkle_root(leaves)


@given(LEAVES.filter(bool))
def test_a_leaf_that_is_missing_changes_the_root(leaves: list[bytes]) -> None:
    assert merkle_root(leaves[1:]) != merkle_root(leaves)


def test_the_root_of_two_is_the_hash_of_both() -> None:
    a, b = b"\1" * 32, b"\2" * 32
    assert merkle_root([b, a]) == hashlib.sha256(a + b).digest()
    assert (merkle_root([a]), merkle_root([])) == (a, GENESIS)
