"""The OpenAPI document, worked out once a test process: that takes a second or two."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from .. import snapshot


@lru_cache(maxsize=1)
def document() -> str:
    """The document of the present code, as it is kept."""
    return snapshot.document()


@lru_cache(maxsize=1)
def schema() -> dict[str, Any]:
    """The same, read. Not to be changed."""
    read: dict[str, Any] = json.loads(document())
    return read
