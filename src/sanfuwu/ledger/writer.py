"""Rows to PostgreSQL in as few round trips as it takes: a pipeline for one act, COPY for a batch.

Django's own `save` costs a round trip and ~0.3 ms of Python per row; intake writes seven rows per problem, so this
module sends them in one pipeline (measured with `make bench`). It writes what models declare and nothing else.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import count
from typing import Any

import psycopg
from django.db import connection, models

from .columns import adapter, columns_of, fields_of, plain_enum, type_of

COPY_FROM = 40  # rows of one table from which COPY beats a statement per row


@lru_cache(maxsize=512)
def _insert_sql(shape: tuple[tuple[type[models.Model], int], ...]) -> str:
    """All rows of an act in one statement: a round trip, a plan and a message instead of one for each row."""
    inserts = []
    place = count(1)
    for model, rows in shape:
        columns = columns_of(model)
        values = ", ".join(f"({', '.join(f'${next(place)}::{t}' for t in columns.types)})" for _row in range(rows))
        inserts.append(f'INSERT INTO "{model._meta.db_table}" ({columns.names}) VALUES {values}')  # noqa: S608 - names from models
    *first, last = inserts
    # Statements in WITH run whether or not they are read; foreign keys are checked at commit.
    before = ", ".join(f"i{n} AS ({sql})" for n, sql in enumerate(first))
    return f"WITH {before} {last}" if before else last


def _update(row: models.Model, attnames: Iterable[str], guard_version: int | None) -> tuple[str, list[Any]]:
    model = type(row)
    names = sorted(attnames)
    by_name = {f.attname: f for f in fields_of(model)}
    sets = ", ".join(f'"{by_name[n].column}" = ${at}::{type_of(model, n)}' for at, n in enumerate(names, start=1))
    pk = model._meta.pk
    key = f'"{pk.column}" = ${len(names) + 1}::{type_of(model, pk.attname)}'
    sql = f'UPDATE "{model._meta.db_table}" SET {sets} WHERE {key}'  # noqa: S608 - names from models
    values: list[Any] = []
    for name in names:
        value, adapt = getattr(row, name), adapter(by_name[name])
        values.append(adapt(value) if adapt is not None and value is not None else plain_enum(value))
    values.append(row.pk)
    if guard_version is not None:
        sql += f" AND version = ${len(values) + 1}"
        values.append(guard_version)
    return sql, values


def write(
    inserts: Sequence[models.Model], updates: Sequence[tuple[models.Model, Iterable[str], int | None]]
) -> list[int]:
    """Update and insert in this order, inside the caller's transaction: what ends makes room for what begins (one
    open lead a problem). Foreign keys are checked at commit, so an update may name a row inserted after it.

    `updates` are (row, attribute names, version the row must still have or None). Returns the number of rows each
    update met, so that the caller can tell who was first. Database errors come as Django's.
    """
    groups: dict[type[models.Model], list[models.Model]] = {}
    for row in inserts:
        groups.setdefault(type(row), []).append(row)
    with connection.cursor() as prepared:  # sets the county's search_path
        raw: psycopg.Connection[Any] = prepared.connection
        with connection.wrap_database_errors:
            counts: list[int] = []
            small = {model: rows for model, rows in groups.items() if len(rows) < COPY_FROM}
            with raw.pipeline():
                cursors = []
                for row, names, version in updates:
                    one = psycopg.RawCursor(raw)
                    sql, values = _update(row, names, version)
                    one.execute(sql, values)
                    cursors.append(one)
                if small:
                    sql = _insert_sql(tuple((model, len(rows)) for model, rows in small.items()))
                    said = [v for model, rows in small.items() for row in rows for v in columns_of(model).values(row)]
                    # Raw: a statement this long psycopg would search for places anew each time.
                    psycopg.RawCursor(raw).execute(sql, said)
            counts = [c.rowcount for c in cursors]
            for model, rows in groups.items():
                if len(rows) >= COPY_FROM:
                    _copy(raw, model, rows)
    return counts


def _copy(raw: psycopg.Connection[Any], model: type[models.Model], rows: Sequence[models.Model]) -> None:
    columns = columns_of(model)
    sql = f'COPY "{model._meta.db_table}" ({columns.names}) FROM STDIN (FORMAT BINARY)'
    with psycopg.Cursor(raw) as cursor, cursor.copy(sql) as copy:
        copy.set_types(columns.copied)
        try:
            for row in rows:
                copy.write_row(columns.packed(row))
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, struct.error) as error:
            # What the server would refuse of a text is refused here already.
            raise psycopg.DataError(f"a row of {model._meta.db_table} does not fit its columns: {error}") from error
