"""All lines of a ledger, chunk by chunk, in their order: here on this connection, or in processes beside this one.

Either way everything is read as of one instant (one snapshot of the database), so that a file is whole and its count
right while people go on working.
"""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection, transaction

from sanfuwu.counties.schema import current_schema

from .helper import begin, connect, maker_of, work
from .render import Recipe
from .wire import packed, tune

CHUNK = 2_000  # problems
HELPERS = 2
_AHEAD = 4  # chunks under way: enough that nobody waits, few enough that memory stays small
Asked = tuple[str, list[Any]]  # SQL that gives the ids in order, and its parameters
Chunk = tuple[int, int, Any]  # problems, lines, cells by column or bytes


def here(recipe: Recipe, asked: Asked | None, *, as_csv: bool) -> Iterator[Chunk]:
    """On Django's connection, in one transaction. For what is small, and for tests."""
    if asked is None:
        return
    maker = maker_of(recipe, as_csv=as_csv)
    with transaction.atomic():
        connection.ensure_connection()
        raw: Any = connection.connection
        with psycopg.Cursor(raw) as cursor:  # Django's own kind cannot give binary results
            cursor.format = psycopg.pq.Format.BINARY
            tune(cursor, texts_as_bytes=maker.texts_as_bytes)
            cursor.execute(*asked)
            ids = [row[0] for row in cursor.fetchall()]
            first = 1
            for start in range(0, len(ids), CHUNK):
                wanted = ids[start : start + CHUNK]
                count, columns = maker.columns(cursor, packed(wanted))
                yield len(wanted), count, maker.finished(columns, count, first)
                first += count


def beside(recipe: Recipe, asked: Asked | None, *, as_csv: bool, lines_are_problems: bool) -> Iterator[Chunk]:
    """In processes of their own, which see the snapshot of this one. They know no Django and hold little memory.

    Where a problem may have several lines (`lines_are_problems` is False) and these are numbered, they are numbered
    here, so that the numbers follow one another.
    """
    if asked is None:
        return
    options = connection_options()
    schema = current_schema()
    with _snapshot(options, schema) as (raw, name):
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(
            HELPERS if as_csv else 1,
            mp_context=context,
            initializer=begin,
            initargs=(options, schema, name, recipe, as_csv),
        ) as pool:
            if lines_are_problems or not any(part.kind == "ordinal" for part in recipe.parts):
                yield from _in_order(pool, raw, asked, finish=None)
            else:
                yield from _in_order(pool, raw, asked, finish=maker_of(recipe, as_csv=as_csv).finished)


def _in_order(
    pool: ProcessPoolExecutor, raw: Any, asked: Asked, *, finish: Callable[[Any, int, int], Any] | None
) -> Iterator[Chunk]:
    """`finish` numbers the lines here; without it they are numbered by the place of their problem."""
    waiting: deque[tuple[int, Future[tuple[int, Any]]]] = deque()
    first = 1
    try:
        with raw.cursor("ids", binary=True) as cursor:
            tune(cursor)
            cursor.itersize = CHUNK
            cursor.execute(*asked)
            start = 1
            while True:
                ids = [row[0] for row in cursor.fetchmany(CHUNK)]
                if ids:
                    waiting.append((len(ids), pool.submit(work, packed(ids), start, finish is None)))
                    start += len(ids)
                while waiting and (not ids or len(waiting) >= _AHEAD):
                    problems, future = waiting.popleft()
                    count, made = future.result()
                    if finish is not None:
                        made = finish(made, count, first)
                    first += count
                    yield problems, count, made
                if not ids:
                    return
    finally:
        for _problems, future in waiting:
            future.cancel()


@contextmanager
def _snapshot(options: dict[str, Any], schema: str) -> Iterator[tuple[Any, str]]:
    with connect(options, schema) as raw:
        (name,) = raw.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
        yield raw, name


def connection_options() -> dict[str, Any]:
    """How Django's connection was made, for others like it."""
    said = connection.settings_dict
    named = {"host": said["HOST"], "port": said["PORT"], "user": said["USER"], "password": said["PASSWORD"]}
    ours = {"pool", "isolation_level", "server_side_binding", "assume_role"}
    more = {name: value for name, value in said["OPTIONS"].items() if name not in ours}
    return {**{name: value for name, value in named.items() if value}, "dbname": said["NAME"], **more}
