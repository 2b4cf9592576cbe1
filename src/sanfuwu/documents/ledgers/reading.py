"""All lines of a ledger, chunk by chunk, in their order: here on this connection, or in processes beside this one.

Either way everything is read as of one instant (one snapshot of the database), so that a file is whole and its count
right while people go on working.
"""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection, transaction

from sanfuwu.counties.schema import current_schema

from .helper import begin, connect, work
from .render import Recipe, Renderer

CHUNK = 4_000  # problems
HELPERS = 2
_AHEAD = 3  # chunks under way: enough that nobody waits, few enough that memory stays small
Asked = tuple[str, list[Any]]  # SQL that gives the ids in order, and its parameters
Chunk = tuple[int, int, Any]  # problems, lines, cells by column or bytes


def here(recipe: Recipe, asked: Asked | None, *, as_csv: bool) -> Iterator[Chunk]:
    """On Django's connection, in one transaction. For what is small, and for tests."""
    if asked is None:
        return
    renderer = Renderer(recipe)
    with transaction.atomic():
        connection.ensure_connection()
        raw: Any = connection.connection
        with psycopg.Cursor(raw) as cursor:  # Django's own kind cannot give binary results
            cursor.format = psycopg.pq.Format.BINARY
            cursor.execute(*asked)
            ids = [row[0] for row in cursor.fetchall()]
            first = 1
            for start in range(0, len(ids), CHUNK):
                wanted = ids[start : start + CHUNK]
                count, columns = renderer.columns(cursor, wanted)
                columns = renderer.numbered(columns, count, first)
                first += count
                yield len(wanted), count, renderer.csv(columns) if as_csv else columns


def beside(recipe: Recipe, asked: Asked | None, *, as_csv: bool, lines_are_problems: bool) -> Iterator[Chunk]:
    """In processes of their own, which see the snapshot of this one. They know no Django and hold little memory.

    The numbers of lines are counted where a problem may have several lines (`lines_are_problems` is False) in one
    process, so that they follow one another.
    """
    if asked is None:
        return
    options = connection_options()
    schema = current_schema()
    with _snapshot(options, schema) as (raw, name):
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(
            HELPERS if as_csv else 1, mp_context=context, initializer=begin, initargs=(options, schema, name, recipe)
        ) as pool:
            yield from _in_order(pool, raw, asked, as_csv=as_csv, numbered=lines_are_problems, recipe=recipe)


def _in_order(
    pool: ProcessPoolExecutor, raw: Any, asked: Asked, *, as_csv: bool, numbered: bool, recipe: Recipe
) -> Iterator[Chunk]:
    waiting: deque[tuple[int, Future[tuple[int, Any]]]] = deque()
    renderer = Renderer(recipe)
    first = 1
    try:
        with raw.cursor("ids", binary=True) as cursor:
            cursor.itersize = CHUNK
            cursor.execute(*asked)
            start = 1
            while True:
                ids = [row[0] for row in cursor.fetchmany(CHUNK)]
                if ids:
                    waiting.append((len(ids), pool.submit(work, ids, start, as_csv and numbered)))
                    start += len(ids)
                while waiting and (not ids or len(waiting) >= _AHEAD):
                    problems, future = waiting.popleft()
                    count, made = future.result()
                    if not numbered:
                        made = renderer.numbered(made, count, first)
                        made = renderer.csv(made) if as_csv else made
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
