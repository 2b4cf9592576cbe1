"""The columns of a model and what its values must become before psycopg sees them, worked out once: intake reads 40
values a problem."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterable
from enum import Enum
from functools import cached_property, lru_cache, partial
from operator import attrgetter
from typing import Any, Final

import psycopg
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from psycopg.types.json import Jsonb

from .as_json import stored

Adapter = Callable[[Any], Any]
_jsonb = partial(Jsonb, dumps=stored)
_BYTES: Final = psycopg.adapters.types["bytea"].oid  # what is binary already goes as it is
_INT4: Final = psycopg.adapters.types["int4"].oid
_ELEMENT: Final = struct.Struct(">ii").pack  # its length, itself
_KEPT: Final = 200_000  # numbers that a process remembers packed: some 25 MB


def fields_of(model: type[models.Model]) -> list[Any]:
    """Those that have a column, in its order."""
    return [f for f in model._meta.local_concrete_fields if f.column is not None]


@lru_cache(maxsize=256)
def type_of(model: type[models.Model], attname: str) -> str:
    """The type of its column, as PostgreSQL names it."""
    field = next(f for f in fields_of(model) if f.attname == attname)
    # An explicit type per place: server-side binding cannot guess int4[] from a list of small numbers. Lengths are
    # dropped because a cast to varchar(n) would cut in silence where an insert fails aloud.
    return re.sub(r"\(\d+\)", "", field.rel_db_type(connection) if field.is_relation else field.db_type(connection))


def plain_enum(value: Any) -> Any:
    """The value of a choice."""
    return value.value if isinstance(value, Enum) else value


def adapter(field: Any) -> Adapter | None:
    """What a value of this field must become for a statement; None = it goes as it is."""
    if isinstance(field, models.JSONField):
        return _jsonb
    if isinstance(field, ArrayField) and field.base_field.db_type(connection) == "integer":
        return _int_array
    return None


def _int_array(value: Iterable[int]) -> str:
    # psycopg looks at every element of a list; a text has some 300 grams, and numbers need no quoting. PostgreSQL
    # reads "{1, 2}" as well as "{1,2}", and nothing writes a list of numbers faster than `repr`.
    return "{" + repr(list(value))[1:-1] + "}"


# ── PostgreSQL's binary form, for COPY: nothing is written as text there and read back here ──


def _packed_json(value: Any) -> bytes:
    """jsonb: its version, then the text."""
    said = stored(value)
    return b"\x01" + (said if isinstance(said, bytes) else said.encode())


class _Elements(dict[int, bytes]):
    """{number: an element of an int4[]}: texts of a county share most grams, and their facets."""

    def __missing__(self, number: int) -> bytes:
        if len(self) >= _KEPT:
            self.clear()
        found = self[number] = _ELEMENT(4, number)
        return found


_element = _Elements().__getitem__


def _packed_array(value: Iterable[int]) -> bytes:
    """int4[]: dimensions, no nulls, type of the elements; length and first subscript of the dimension; the elements."""
    numbers = list(value)
    if not numbers:
        return struct.pack(">iiI", 0, 0, _INT4)
    return struct.pack(">iiIii", 1, 0, _INT4, len(numbers), 1) + b"".join(map(_element, numbers))


# Type of a column: what packs its values. Numbers and truth, too: psycopg's compiled dumpers cut a number that does not
# fit, in silence.
_PACKED: Final[dict[str, Adapter]] = {
    "smallint": struct.Struct(">h").pack,
    "integer": struct.Struct(">i").pack,
    "bigint": struct.Struct(">q").pack,
    "boolean": {True: b"\x01", False: b"\x00"}.__getitem__,
    "integer[]": _packed_array,
    "jsonb": _packed_json,
}


class Columns:
    """Of one model."""

    def __init__(self, model: type[models.Model]) -> None:
        fields = fields_of(model)
        self.names = ", ".join(f'"{f.column}"' for f in fields)
        self.types = [type_of(model, f.attname) for f in fields]
        self._read = attrgetter(*(f.attname for f in fields))
        self._choices = [n for n, f in enumerate(fields) if isinstance(f, models.CharField)]
        self._adapters = [(n, a) for n, f in enumerate(fields) if (a := adapter(f)) is not None]
        self._packed = [(n, a) for n, name in enumerate(self.types) if (a := _PACKED.get(name)) is not None]

    @cached_property
    def copied(self) -> list[int]:
        """The types that a binary COPY is told: what was packed here goes as bytes."""
        packed = {n for n, _adapt in self._packed}
        types = psycopg.adapters.types
        return [_BYTES if n in packed else types.get_oid(name) for n, name in enumerate(self.types)]

    def values(self, row: models.Model) -> list[Any]:
        """For a statement."""
        return self._adapted(row, self._adapters)

    def packed(self, row: models.Model) -> list[Any]:
        """For a binary COPY of the types in `copied`."""
        return self._adapted(row, self._packed)

    def _adapted(self, row: models.Model, adapters: list[tuple[int, Adapter]]) -> list[Any]:
        found = list(self._read(row))
        for at in self._choices:
            if type(found[at]) is not str:
                found[at] = plain_enum(found[at])
        for at, adapt in adapters:
            if found[at] is not None:
                found[at] = adapt(found[at])
        return found


@lru_cache(maxsize=64)
def columns_of(model: type[models.Model]) -> Columns:
    """Remembered for as long as the process lives."""
    return Columns(model)
