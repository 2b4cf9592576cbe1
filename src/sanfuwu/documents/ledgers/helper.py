"""The process beside: reads and renders chunks of one snapshot. Without Django it starts fast and stays small."""

from __future__ import annotations

import gc
import os
import threading
import time
from typing import Any

import psycopg

from .lines import Lines
from .render import Recipe, Renderer
from .wire import Ids, tune

Maker = Renderer | Lines
_mine: tuple[Maker, Any] | None = None


def maker_of(recipe: Recipe, *, as_csv: bool) -> Maker:
    """Who makes cells for a workbook, or lines of a .csv."""
    return Lines(recipe) if as_csv else Renderer(recipe)


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


def begin(options: dict[str, Any], schema: str, snapshot: str, recipe: Recipe, as_csv: bool) -> None:
    """Once for each process: see what the one that asks sees."""
    global _mine
    # Rows come and go by the million and none refers to itself: to look through them for rings is a fifth of the work.
    gc.freeze()
    gc.disable()
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()
    raw = connect(options, schema)
    raw.execute(f"SET TRANSACTION SNAPSHOT '{snapshot}'")  # a name that PostgreSQL has just given
    maker, cursor = maker_of(recipe, as_csv=as_csv), raw.cursor(binary=True)
    tune(cursor, texts_as_bytes=maker.texts_as_bytes)
    _mine = maker, cursor


def _end_with_parent(parent: int) -> None:
    """After kill -9 of the program nobody would end this one, and its snapshot would hold up the database."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def work(ids: Ids, first: int, finish: bool) -> tuple[int, Any]:
    """(lines, what is made of them) of one chunk, numbered from `first`; without `finish` not yet numbered."""
    assert _mine is not None
    maker, cursor = _mine
    count, columns = maker.columns(cursor, ids)
    return count, maker.finished(columns, count, first) if finish else columns
