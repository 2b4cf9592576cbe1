"""What the actions of this app are asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from pydantic import TypeAdapter

from sanfuwu.problems.queries import Filters


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestExport:
    """`filters` and `sort` as a list has them. With `numbers` exactly those problems go out, in that order."""

    what: str  # Export.What
    format: str = "xlsx"
    filters: Filters = field(default_factory=Filters)
    sort: str = "newest"
    numbers: tuple[str, ...] = ()
    host: str = ""  # "https://host": what the code on a paper leads to

    def packed(self) -> str:
        """All of it as text: what a job needs to know."""
        return _as_json().dump_json(self).decode()

    @classmethod
    def unpacked(cls, text: str) -> RequestExport:
        return _as_json().validate_json(text)


@lru_cache(maxsize=1)
def _as_json() -> TypeAdapter[RequestExport]:
    return TypeAdapter(RequestExport)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetColumns:
    ledger: str
    columns: tuple[str, ...]  # empty: the default again


@dataclass(frozen=True, slots=True, kw_only=True)
class SetLetterhead:
    agency: str
    order_word: str
    strike_off_word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeTemplate:
    kind: str  # Paper
    file: bytes
