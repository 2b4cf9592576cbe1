"""Rows to PostgreSQL in as few round trips as it takes: a pipeline for one act, COPY for a batch.

Django's own `save` costs a round trip and ~0.3 ms of Python per row; intake writes seven rows per problem, so this
module sends them in one pipeline (measured with `make bench`). It writes what models declare and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from functools import lru_cache, partial
from itertools import count
from operator import attrgetter
from typing import Any

import psycopg
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from psycopg.types.json import Jsonb

from .as_json import stored

_jsonb = partial(Jsonb, dumps=stored)
COPY_FROM = 40  # rows of one table from which COPY beats a statement per row


def _fields(model: type[models.Model]) -> list[Any]:
    return [f for f in model._meta.local_concrete_fields if f.column is not None]


def _int_array(value: Iterable[int]) -> str:
    # psycopg looks at every element of a list; a text has some 300 grams, and numbers need no quoting. PostgreSQL
    # reads "{1, 2}" as well as "{1,2}", and nothing writes a list of numbers faster than `repr`.
    return "{" + repr(list(value))[1:-1] + "}"


def _adapter(field: Any) -> Callable[[Any], Any] | None:
    """What a value of this field must become before psycopg sees it; None = it goes as it is."""
    if isinstance(field, models.JSONField):
        return _jsonb
    if isinstance(field, ArrayField) and isinstance(field.base_field, models.IntegerField):
        return _int_array
    return None


def _plain_enum(value: Any) -> Any:
    return value.value if isinstance(value, Enum) else value


class _Columns:
    """The columns of a model and how its rows are read, worked out once: intake reads 40 values a problem."""

    def __init__(self, model: type[models.Model]) -> None:
        fields = _fields(model)
        self.names = ", ".join(f'"{f.column}"' for f in fields)
        self.types = [_type(model, f.attname) for f in fields]
        self._read = attrgetter(*(f.attname for f in fields))
        self._adapters = [(n, a) for n, f in enumerate(fields) if (a := _adapter(f)) is not None]
        self._choices = [n for n, f in enumerate(fields) if isinstance(f, models.CharField)]

    def values(self, row: models.Model) -> list[Any]:
        found = list(self._read(row))
        for at in self._choices:
            if type(found[at]) is not str:
                found[at] = _plain_enum(found[at])
        for at, adapt in self._adapters:
            if found[at] is not None:
                found[at] = adapt(found[at])
        return found


@lru_cache(maxsize=64)
def _columns(model: type[models.Model]) -> _Columns:
    return _Columns(model)


@lru_cache(maxsize=256)
def _type(model: type[models.Model], attname: str) -> str:
    field = next(f for f in _fields(model) if f.attname == attname)
    # An explicit type per place: server-side binding cannot guess int4[] from a list of small numbers. Lengths are
    # dropped because a cast to varchar(n) would cut in silence where an insert fails aloud.
    return re.sub(r"\(\d+\)", "", field.rel_db_type(connection) if field.is_relation else field.db_type(connection))


@lru_cache(maxsize=512)
def _insert_sql(shape: tuple[tuple[type[models.Model], int], ...]) -> str:
    """All rows of an act in one statement: a round trip, a plan and a message instead of one for each row."""
    inserts = []
    place = count(1)
    for model, rows in shape:
        columns = _columns(model)
        values = ", ".join(f"({', '.join(f'${next(place)}::{t}' for t in columns.types)})" for _row in range(rows))
        inserts.append(f'INSERT INTO "{model._meta.db_table}" ({columns.names}) VALUES {values}')  # noqa: S608 - names from models
    *first, last = inserts
    # Statements in WITH run whether or not they are read; foreign keys are checked at commit.
    before = ", ".join(f"i{n} AS ({sql})" for n, sql in enumerate(first))
    return f"WITH {before} {last}" if before else last


def _update(row: models.Model, attnames: Iterable[str], guard_version: int | None) -> tuple[str, list[Any]]:
    model = type(row)
    names = sorted(attnames)
    by_name = {f.attname: f for f in _fields(model)}
    sets = ", ".join(f'"{by_name[n].column}" = ${at}::{_type(model, n)}' for at, n in enumerate(names, start=1))
    pk = model._meta.pk
    key = f'"{pk.column}" = ${len(names) + 1}::{_type(model, pk.attname)}'
    sql = f'UPDATE "{model._meta.db_table}" SET {sets} WHERE {key}'  # noqa: S608 - names from models
    values: list[Any] = []
    for name in names:
        value, adapt = getattr(row, name), _adapter(by_name[name])
        values.append(adapt(value) if adapt is not None and value is not None else _plain_enum(value))
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
                    said = [v for model, rows in small.items() for row in rows for v in _columns(model).values(row)]
                    # Raw: a statement this long psycopg would search for places anew each time.
                    psycopg.RawCursor(raw).execute(sql, said)
            counts = [c.rowcount for c in cursors]
            for model, rows in groups.items():
                if len(rows) >= COPY_FROM:
                    _copy(raw, model, rows)
    return counts


def _copy(raw: psycopg.Connection[Any], model: type[models.Model], rows: Sequence[models.Model]) -> None:
    columns = _columns(model)
    sql = f'COPY "{model._meta.db_table}" ({columns.names}) FROM STDIN'
    with psycopg.Cursor(raw) as cursor, cursor.copy(sql) as copy:
        for row in rows:
            copy.write_row(columns.values(row))
