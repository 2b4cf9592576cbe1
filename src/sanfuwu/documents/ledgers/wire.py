"""How values travel between the database and whoever renders them: ids as their 16 bytes and packed by the chunk, texts
as UTF-8 where they go out as UTF-8. An object of Python for each id costs more than finding its row.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

from psycopg.adapt import Dumper
from psycopg.pq import Format
from psycopg.types.string import ByteaBinaryLoader

_UUID, _UUIDS = 2950, 2951  # PostgreSQL's numbers of the types uuid and uuid[]
_HEAD = struct.Struct(">iiIii")  # dimensions, whether one is NULL, type, count, number of the first
_EACH = struct.pack(">i", 16)  # stands before each element: its length
_TEXTS = ("text", "varchar", "bpchar")


class Ids(bytes):
    """Ids of problems as PostgreSQL takes an array of uuid in binary; can be sent to another process as it is."""


def packed(ids: Sequence[bytes]) -> Ids:
    """These ids (at least one), 16 bytes each, in their order."""
    return Ids(_HEAD.pack(1, 0, _UUID, len(ids), 1) + _EACH + _EACH.join(ids))


class _Packed(Dumper):
    format, oid = Format.BINARY, _UUIDS

    def dump(self, obj: Any) -> bytes:
        return bytes(obj)


def tune(cursor: Any, *, texts_as_bytes: bool = False) -> None:
    """Let a cursor with binary results take `Ids` and give ids as 16 bytes; texts as UTF-8 where that is wanted."""
    cursor.adapters.register_dumper(Ids, _Packed)
    for name in ("uuid", *(_TEXTS if texts_as_bytes else ())):
        cursor.adapters.register_loader(name, ByteaBinaryLoader)


def by_column(cursor: Any, sql: str, params: dict[str, Any], ids: Ids) -> tuple[int, list[tuple[Any, ...]]]:
    """(number of rows, values column by column) of a statement over these ids."""
    cursor.execute(sql, {**params, "ids": ids}, prepare=True)
    rows = cursor.fetchall()
    return len(rows), list(zip(*rows, strict=True))
