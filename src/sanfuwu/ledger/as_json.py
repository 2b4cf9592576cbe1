"""JSON as the ledger writes it: the canonical form that hashes cover, and the form in which values are stored.

Both are what Python's own `json` writes, to the byte; `orjson` writes them in a quarter of the time, and what it
refuses (a number beyond 64 bits, half a sign) is left to `json`.
"""

from __future__ import annotations

import json
from typing import Any, Final

import orjson

# Ids and moments are text by then (`chain.plain`): an object that got here is a mistake, and is refused.
_STRICT: Final = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_SUBCLASS
_SORTED: Final = _STRICT | orjson.OPT_SORT_KEYS
_by_the_book = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


def canonical(value: Any) -> bytes:
    """Keys sorted, no blanks, signs as they are, UTF-8. Raises `TypeError` for what is no JSON."""
    try:
        return orjson.dumps(value, option=_SORTED)
    except TypeError:
        return _by_the_book(value).encode()


def stored(value: Any) -> str | bytes:
    """What goes into a column of type jsonb; PostgreSQL keeps the value, not the text."""
    try:
        return orjson.dumps(value, option=_STRICT)
    except TypeError:
        return json.dumps(value)
