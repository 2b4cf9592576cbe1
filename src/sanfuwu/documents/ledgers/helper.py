"""The process beside: reads and renders chunks of one snapshot. Without Django it starts fast and stays small."""

from __future__ import annotations

import os
import threading
import time
from typing import Any

import psycopg

from .render import Recipe, Renderer

_mine: tuple[Renderer, Any] | None = None


def connect(options: dict[str, Any], schema: str) -> Any:
    """A connection that reads as of one instant in a county's schema."""
    raw = psycopg.connect(**options, autocommit=True)
    raw.execute("SELECT set_config('search_path', %s, false)", [f'"{schema}", public'])
    # One plan for all chunks: they differ in nothing but the ids.
    raw.execute("SET plan_cache_mode = force_generic_plan")
    raw.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    raw.read_only = True
    raw.autocommit = False
    return raw


def begin(options: dict[str, Any], schema: str, snapshot: str, recipe: Recipe) -> None:
    """Once for each process: see what the one that asks sees."""
    global _mine
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()
    raw = connect(options, schema)
    raw.execute(f"SET TRANSACTION SNAPSHOT '{snapshot}'")  # a name that PostgreSQL has just given
    _mine = Renderer(recipe), raw.cursor(binary=True)


def _end_with_parent(parent: int) -> None:
    """After kill -9 of the program nobody would end this one, and its snapshot would hold up the database."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def work(ids: list[Any], first: int, as_csv: bool) -> tuple[int, Any]:
    """(lines, cells by column or CSV) of one chunk, its lines numbered from `first`."""
    assert _mine is not None
    renderer, cursor = _mine
    count, columns = renderer.columns(cursor, ids)
    columns = renderer.numbered(columns, count, first)
    return count, renderer.csv(columns) if as_csv else columns
