"""Rows from PostgreSQL: several plain selects in one round trip. The reading half of `writer`.

An act reads a dozen tables that are mostly empty for its problem; a dozen round trips and a dozen times Django's query
compiler would cost more than the act itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection, models

from .rows import stored


@dataclass(frozen=True, slots=True)
class Select:
    """All rows of a model for which `condition` holds; its one `%s` takes the ids. In the order of their own ids."""

    model: type[models.Model]
    condition: str


def read(selects: Sequence[Select], ids: Sequence[UUID]) -> list[list[Any]]:
    """The rows of each select, as instances, in one round trip. Database errors come as Django's."""
    with connection.cursor() as prepared:  # sets the county's search_path
        raw: psycopg.Connection[Any] = prepared.connection
        with connection.wrap_database_errors:
            cursors = []
            with raw.pipeline():
                for one in selects:
                    cursor = psycopg.Cursor(raw)
                    cursor.execute(_sql(one), [list(ids)])
                    cursors.append(cursor)
            return [_instances(one.model, cursor.fetchall()) for one, cursor in zip(selects, cursors, strict=True)]


class _Asking(psycopg.Cursor[Any]):
    """A cursor whose statements stand in Django's log, so that they are not counted twice."""


def ask(sql: str, params: Sequence[Any] | Mapping[str, Any] | None = None) -> list[Any]:
    """Rows of a statement that is asked at nearly every request: bound and planned by the server, once a connection.

    Django's own cursors bind on our side, and the server plans each anew: for the look-up of a token that is four
    fifths of its time. Not for statements whose plan should depend on the values. Database errors come as Django's.
    """
    with connection.cursor() as prepared:  # sets the county's search_path
        raw: psycopg.Connection[Any] = prepared.connection
        if connection.queries_logged:  # whoever counts statements counts these, too
            connection.queries_log.append({"sql": sql, "time": "0.000"})
        with connection.wrap_database_errors:
            return _Asking(raw).execute(sql, params).fetchall()


@lru_cache(maxsize=64)
def _sql(select: Select) -> str:
    meta = select.model._meta
    columns = ", ".join(f'"{f.column}"' for f in meta.concrete_fields)
    pk = meta.pk
    assert pk is not None
    return f'SELECT {columns} FROM "{meta.db_table}" WHERE {select.condition} ORDER BY "{pk.column}"'  # noqa: S608 — names of our own models


@lru_cache(maxsize=64)
def _shape(model: type[models.Model]) -> tuple[list[str], list[tuple[int, Any]]]:
    """Attribute names in the order of the columns, and which of them Django must convert (JSON)."""
    fields = model._meta.concrete_fields
    converters = [(n, f) for n, f in enumerate(fields) if isinstance(f, models.JSONField)]
    return [f.attname for f in fields], converters


def _instances(model: type[models.Model], rows: Sequence[Sequence[Any]]) -> list[Any]:
    names, converters = _shape(model)
    made = []
    for row in rows:
        if converters:
            row = list(row)
            for at, field in converters:
                row[at] = field.from_db_value(row[at], None, connection)
        made.append(stored(model, names, row, connection.alias))
    return made
