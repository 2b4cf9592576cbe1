"""The reference of P1: what the intake of one problem wrote, read back and written again by PostgreSQL alone.

`pgbench` runs one transaction with the same rows, bytes and indexes: the number from the sequence, then one pipeline of
inserts and the commit, as prepared statements. The texts are constants, so raw PostgreSQL neither encrypts nor hashes
nor cuts grams: it is the physical limit of this write shape, not a rival program.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from . import place

CLIENTS = 8
# Tables that one registration through the API writes, and the condition that finds its rows.
WRITTEN = {
    "parties_contact": "id = %(contact)s",
    "ledger_note": "id = %(note)s",
    "problems_problem": "id = %(problem)s",
    "problems_problemrow": "problem_id = %(problem)s",
    "problems_problemtext": "problem_id = %(problem)s",
    "ledger_idempotencykey": "answer->>'id' = %(problem)s::text AND created_at > now() - interval '5 minutes'",
    "ledger_event": "stream_kind = 'problem' AND stream_id = %(problem)s",
}


def script(problem: Any) -> tuple[str, int]:
    """pgbench's script that writes the rows of this problem again, under new ids; and how many rows."""
    ids = {"problem": problem.pk, "note": problem.text_note_id, "contact": problem.contact_id}
    year = problem.number.split("-")[1]
    lines = [
        (
            f"SELECT nextval('problem_number_{year}') AS n,"
            " uuidv7() AS problem, uuidv7() AS note, uuidv7() AS contact \\gset"
        ),
        "\\startpipeline",
        "BEGIN;",
    ]
    written = 0
    for table, condition in WRITTEN.items():
        names, rows = _rows(table, condition, ids)
        for row in rows:
            values = [_value(table, name, kind, text, ids, year) for (name, kind), text in zip(names, row, strict=True)]
            lines.append(f"INSERT INTO {table} ({', '.join(n for n, _k in names)}) VALUES ({', '.join(values)});")
            written += 1
    return "\n".join([*lines, "COMMIT;", "\\endpipeline", ""]), written


def _rows(table: str, condition: str, ids: dict[str, Any]) -> tuple[list[tuple[str, str]], list[Any]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(attname), format_type(atttypid, NULL) FROM pg_attribute"
            " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
            [table],
        )
        names = cursor.fetchall()
        cursor.execute(f"SELECT {', '.join(f'{n}::text' for n, _k in names)} FROM {table} WHERE {condition}", ids)
        return names, cursor.fetchall()


def _value(table: str, name: str, kind: str, text: str | None, ids: dict[str, Any], year: str) -> str:
    if text is None:
        return "NULL"
    for label, known in ids.items():
        if text == str(known):
            return f":{label}::uuid"
    if name == "number":
        return f"'330604-{year}-' || lpad((:n::bigint)::text, 7, '0')"
    if name == "read_code":
        return "substr(md5(random()::text), 1, 12)"
    if table == "ledger_idempotencykey" and name in ("id", "key"):
        return "uuidv7()" if name == "id" else "gen_random_uuid()::text"
    # A colon would be a variable to pgbench, so it is written as an escape: the same byte in the end.
    quoted = text.replace("\\", "\\\\").replace("'", "''").replace(":", "\\x3a")
    return f"E'{quoted}'::{kind}"


def run(text: str, seconds: float) -> dict[str, Any]:
    """pgbench with 8 clients as the running role. Returns its rate and latency."""
    program, source = _pgbench()
    dsn = place.dsn("app")
    environment = os.environ | {"PGPASSWORD": dsn["password"], "PGOPTIONS": dsn["options"]}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "intake.sql"
        file.write_text(text, encoding="utf-8")
        command = [program, "-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "1", "-T", str(max(1, round(seconds)))]
        command += ["-f", str(file), "-h", dsn["host"], "-p", dsn["port"], "-U", dsn["user"], dsn["dbname"]]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    rate = re.search(r"^tps = ([0-9.]+)", done.stdout, re.M)
    latency = re.search(r"^latency average = ([0-9.]+)", done.stdout, re.M)
    failed = re.search(r"^number of failed transactions: (\d+)", done.stdout, re.M)
    assert rate is not None
    assert latency is not None
    return {
        "pgbench": source,
        "per_second": round(float(rate[1])),
        "latency_ms": float(latency[1]),
        "failed": int(failed[1]) if failed else 0,
    }


def _pgbench() -> tuple[str, str]:
    from sanfuwu.config.embedded.binaries import wheel_install

    own = wheel_install() / "bin" / "pgbench"
    if own.exists():
        return str(own), "of the embedded server's wheel"
    return "/usr/lib/postgresql/15/bin/pgbench", "Debian's, version 15"
