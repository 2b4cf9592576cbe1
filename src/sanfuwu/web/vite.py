"""Reads Vite's manifest: which hashed files belong to an entry. Built by `npm run build` into `static/dist`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

DIST = Path(__file__).parent / "static" / "dist"
MANIFEST = DIST / "manifest.json"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry point: its module and its style sheets, as paths below the static root."""

    module: str
    styles: tuple[str, ...]


def entry(name: str) -> Entry:
    """The files of `src/<name>.ts`. Raises ImproperlyConfigured when the front end was not built."""
    item = _manifest(_stamp()).get(f"src/{name}.ts")
    if item is None:
        raise ImproperlyConfigured(f"frontend/src/{name}.ts is not an entry of the built front end")
    return Entry(module=f"dist/{item['file']}", styles=tuple(f"dist/{css}" for css in item.get("css", ())))


def asset(source: str) -> str:
    """The built path of one emitted asset, for example `src/icons.svg`."""
    item = _manifest(_stamp()).get(source)
    if item is None:
        raise ImproperlyConfigured(f"{source} is not an asset of the built front end")
    return f"dist/{item['file']}"


def _stamp() -> float:
    """The build's time: a new build is seen without a restart, an unchanged one is parsed once."""
    try:
        return MANIFEST.stat().st_mtime
    except FileNotFoundError:
        raise ImproperlyConfigured("The front end is not built: run `make assets`.") from None


@lru_cache(maxsize=2)
def _manifest(_stamp: float) -> dict[str, dict[str, Any]]:
    loaded: dict[str, dict[str, Any]] = json.loads(MANIFEST.read_text(encoding="utf-8"))
    return loaded
