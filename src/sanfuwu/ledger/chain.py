"""The hash chain of a stream: each event's SHA-256 covers the one before, so that a change or a gap shows."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from .as_json import canonical

GENESIS = b"\x00" * 32


def _as_is(value: Any) -> Any:
    return value


def _in_utc(value: dt.datetime) -> str:
    return value.astimezone(dt.UTC).isoformat()


_in_utc_once = lru_cache(maxsize=1024)(_in_utc)  # the events of a batch are all of one moment


def _moment(value: dt.datetime) -> str:
    # The second of two hours that a clock shows twice equals the first one, and is another moment.
    return _in_utc(value) if value.fold else _in_utc_once(value)


# Most values of an event are of these types; a class of their own (an enumeration) goes the long way below.
_PLAIN: dict[type, Callable[[Any], Any]] = {
    type(None): _as_is, bool: _as_is, int: _as_is, str: _as_is,
    uuid.UUID: str, dt.datetime: _moment,
}  # fmt: skip


def plain(value: Any) -> Any:
    """A value as the event's JSON holds it: ids and dates as text, bytes as hex; free objects are refused."""
    if (known := _PLAIN.get(type(value))) is not None:
        return known(value)
    if isinstance(value, str):  # the choices of a model
        return str(value)
    if isinstance(value, int):
        return value
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, list | tuple | set | frozenset):
        items = [plain(v) for v in value]
        return sorted(items) if isinstance(value, set | frozenset) else items
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    raise TypeError(f"an event cannot hold a {type(value).__name__}")


def link(
    *,
    prev_hash: bytes,
    stream_kind: str,
    stream_id: uuid.UUID,
    seq: int,
    kind: str,
    schema_v: int,
    happened_at: dt.datetime,
    recorded_at: dt.datetime,
    actor_post: uuid.UUID | None,
    on_behalf_of: uuid.UUID | None,
    assignment_id: uuid.UUID | None,
    payload: Any,
    corrects_seq: int | None,
    origin: str,
    request_id: str,
) -> bytes:
    """SHA-256 over the previous hash and the canonical JSON of everything the event says."""
    body = canonical(
        [
            stream_kind,
            plain(stream_id),
            seq,
            kind,
            schema_v,
            plain(happened_at),
            plain(recorded_at),
            plain(actor_post),
            plain(on_behalf_of),
            plain(assignment_id),
            payload,
            corrects_seq,
            origin,
            request_id,
        ]
    )
    return hashlib.sha256(prev_hash + body).digest()


def merkle_root(leaves: Iterable[bytes]) -> bytes:
    """Root over sorted leaves (each 32 bytes); an odd one out is carried up. Empty: `GENESIS`."""
    level = sorted(leaves)
    if not level:
        return GENESIS
    while len(level) > 1:
        paired = [
            hashlib.sha256(level[i] + level[i + 1]).digest() if i + 1 < len(level) else level[i]
            for i in range(0, len(level), 2)
        ]
        level = paired
    return level[0]
