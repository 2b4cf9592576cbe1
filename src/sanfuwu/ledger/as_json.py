"""JSON as the ledger writes it: the canonical form that hashes cover, and the form in which values are stored.

Of what `chain.plain` gives (texts, whole numbers, truth, nothing, lists, objects) `orjson` writes what Python's own
`json` does, to the byte and several times as fast; what it refuses of that (a number beyond 64 bits, half a sign) is
left to `json`. Fractions the two write differently, so none may get here.
"""

from __future__ import annotations

import json
from typing import Any, Final

import orjson

# Ids and moments are text by then (`chain.plain`): a moment or an object of ours that got here is a mistake.
_STRICT: Final = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_SUBCLASS
_SORTED: Final = _STRICT | orjson.OPT_SORT_KEYS
_by_the_book = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


def canonical(value: Any) -> bytes:
    """Keys sorted, no blanks, signs as they are, UTF-8. Raises `TypeError` for moments and objects of ours."""
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
