"""What the actions of this app are asked for."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict, dataclass, field
from typing import Any

from sanfuwu.problems.queries import Filters

_MOMENTS = ("overdue_at", "due_before", "registered_from", "registered_until")


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
        """What a job needs to know of it besides the row's own fields."""
        filters = {k: v.isoformat() if isinstance(v, dt.datetime) else v for k, v in asdict(self.filters).items()}
        return json.dumps({"filters": filters, "sort": self.sort, "numbers": self.numbers})

    @classmethod
    def unpacked(cls, what: str, format: str, host: str, text: str) -> RequestExport:
        said: dict[str, Any] = json.loads(text)
        filters: dict[str, Any] = {
            k: dt.datetime.fromisoformat(v) if k in _MOMENTS and v else v for k, v in said["filters"].items()
        }
        filters["facets"] = {k: tuple(v) for k, v in filters["facets"].items()}
        return cls(
            what=what,
            format=format,
            host=host,
            filters=Filters(**filters),
            sort=said["sort"],
            numbers=tuple(said["numbers"]),
        )


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
