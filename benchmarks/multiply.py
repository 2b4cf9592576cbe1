"""Ten million out of one: copies of the filled problems, made inside the server.

A copy has an id, a number and a code of its own, its own row, grams, assignments and event, and shares the encrypted
text and the contact with its original, which no list reads. It is as old as its original, so that the oldest and the
newest tenth stay what they are; problems of rare values and of the small units are not copied, so that those stay
as rare and as small.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.db import connection

from .recipe import MIDDLE, ONE

# Half of an id is time, by which rows lie together; the end of it is chance.
_NEW = "(substr(t.{0}::text, 1, 24) || substr(md5(t.{0}::text || k), 1, 12))::uuid"
_OF_PROBLEM = {"problem_id": _NEW.format("problem_id")}
CHANGED: dict[str, dict[str, str]] = {
    "problems_problem": {
        "id": _NEW.format("id"),
        "number": "substr(t.number, 1, 12) || (substr(t.number, 13)::bigint + k * 10000000)",
        "read_code": "upper(substr(md5(t.read_code || k), 1, 16))",
    },
    "problems_assignment": _OF_PROBLEM | {"id": _NEW.format("id")},
    "problems_verificationcycle": _OF_PROBLEM | {"id": _NEW.format("id")},
    "problems_problemrow": _OF_PROBLEM,
    "problems_problemtext": _OF_PROBLEM,
    "ledger_event": {
        "stream_id": _NEW.format("stream_id"),
        "payload": "jsonb_build_object('data', t.payload->'data')",
    },
}
_KEY = {"problems_problem": "id", "ledger_event": "stream_id"}


def multiply(times: int, made: dict[str, Any], say: Callable[[str], None]) -> int:
    """Copy every problem that is not rare `times - 1` times, as the owner, without secondary indexes. Returns how many
    problems there are then."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE copied AS SELECT problem_id AS id FROM problems_problemrow WHERE NOT facets && %s::int4[]",
                       [_rare(made)])  # fmt: skip
        cursor.execute("CREATE UNIQUE INDEX ON copied (id)")
        cursor.execute("ANALYZE copied")
        for table, changed in CHANGED.items():
            began = time.perf_counter()
            cursor.execute(
                "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
                " AND attidentity = '' AND attgenerated = ''",
                [table],
            )
            columns = [name for (name,) in cursor.fetchall()]
            said, names = ", ".join(changed.get(c, f"t.{c}") for c in columns), ", ".join(columns)
            kind = " AND t.stream_kind = 'problem'" if table == "ledger_event" else ""
            cursor.execute(
                f"INSERT INTO {table} ({names}) SELECT {said} FROM {table} t"
                f" JOIN copied ON copied.id = t.{_KEY.get(table, 'problem_id')}{kind}"
                " CROSS JOIN generate_series(1, %s) k",
                [times - 1],
            )
            say(f"  {table}: {cursor.rowcount:,} copied, {time.perf_counter() - began:.0f} s")
        cursor.execute("SELECT count(*) FROM problems_problemrow")
        return int(cursor.fetchone()[0])


def _rare(made: dict[str, Any]) -> list[int]:
    """Numbers of the facets whose problems stay single."""
    from sanfuwu.problems import facets
    from sanfuwu.territory.models import Unit

    units = {u.code: str(u.pk) for u in Unit.objects.all()}
    tokens = {("lead", units[code]) for code in (MIDDLE, ONE)}
    for kind, values in made["kinds"].items():  # the recipe's names are those of the facets
        tokens.add((kind, units[values["rare"]] if kind in ("lead", "co") else values["rare"]))
    return sorted(facets.known_ids(tokens).values())
