"""P1: intake over HTTP beside raw PostgreSQL, and batches beside COPY, in the database that holds P2's problems."""

from __future__ import annotations

import datetime as dt
import http.client
import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import psycopg

from . import client, place, raw, stats

CLIENTS = 8
DIVISION = "330604007"
ROUNDS = 3
BATCH = 500


def run(*, seconds: float = 20, say: Callable[[str], None] = stats.say) -> dict[str, Any]:
    """Three rounds of (program, raw) so that a busy minute meets both; the medians' ratio is the result."""
    before = stats.machine()
    with place.county():
        from django.utils import timezone

        since, token, (category, unit) = timezone.now(), _token(), _catalogue()
        durable = _durability()
        with _serving() as port:
            asked = {"host": "127.0.0.1", "host_name": place.HOST, "port": port, "token": token, "division": DIVISION}
            asked["category"] = str(category)
            problem = _first(asked)
            assert problem.proposed_unit == unit, "the responsible unit is not looked up"
            script, rows = raw.script(problem)
            _load(asked, 2)  # warm
            ours, theirs = [], []
            for turn in range(ROUNDS):
                ours.append(_load(asked, seconds / ROUNDS))
                theirs.append(raw.run(script, seconds / ROUNDS))
                say(f"  round {turn + 1}: {ours[-1]['per_second']}/s beside {theirs[-1]['per_second']}/s")
        batches = _batches(say)
        batches["two_processes_per_second"] = _batches_of_several(2)
        _forget(since)
    rate, limit = _median([o["per_second"] for o in ours]), _median([t["per_second"] for t in theirs])
    times = [t for o in ours for t in o.pop("times")]
    said = {
        "what_runs": f"one web process (`sanfuwu serve`), {CLIENTS} clients over keep-alive, with Idempotency-Key",
        "durability": durable,
        "per_second": rate,
        "raw_per_second": limit,
        "ratio": round(rate / limit, 3),
        "p50_ms": round(stats.percentile(times, 0.5), 1),
        "p99_ms": round(stats.percentile(times, 0.99), 1),
        "requests": len(times),
        "refusals": sum(o["refusals"] for o in ours),
        "raw_rows_per_transaction": rows,
        "raw_is": f"pgbench {theirs[0]['pgbench']}, -c {raw.CLIENTS} -M prepared, nextval, then one pipeline",
        "rounds": [{"ours": o, "raw": t} for o, t in zip(ours, theirs, strict=True)],
        "batch": batches,
        "machine": before,
        "bars": {"per_second": 300, "ratio": 0.25, "p99_ms": 200, "batch_per_second": 2000},
    }
    say(
        f"P1  {rate}/s; raw {limit}/s; ratio {said['ratio']}; p50 {said['p50_ms']} ms, p99 {said['p99_ms']} ms;"
        f" {said['refusals']} refused"
    )
    say(
        f"    batch {batches['per_second']}/s; COPY of the same rows {batches['copy_per_second']}/s;"
        f" ratio {batches['ratio']}; two processes at once {batches['two_processes_per_second']}/s"
    )
    return said


def _median(values: list[Any]) -> Any:
    return sorted(values)[len(values) // 2]


def _token() -> str:
    """A collector's post in a town, and its token."""
    from django.utils import timezone

    from sanfuwu.territory.actions import issue_token
    from sanfuwu.territory.actor import SYSTEM
    from sanfuwu.territory.models import Person, Post, Unit

    now = timezone.now()
    post = Post.objects.filter(title="测量").first()
    if post is None:
        unit, person = Unit.objects.get(code="330604007000"), Person.objects.create(name="测量")
        post = Post.objects.create(
            person=person, unit=unit, role="collector", title="测量", valid_from=dt.date(2019, 1, 2)
        )
    _row, text = issue_token(post.pk, "benchmark", actor=SYSTEM, now=now)
    return text


def _catalogue() -> tuple[UUID, UUID]:
    """A category of which the catalogue knows the responsible unit, and that unit."""
    from django.utils import timezone

    from sanfuwu.problems.models import Category
    from sanfuwu.territory.actor import SYSTEM
    from sanfuwu.territory.models import Unit
    from sanfuwu.triage.actions.entries import EntryInput, add_entry
    from sanfuwu.triage.models import CatalogueEntry

    known = CatalogueEntry.objects.filter(town="", valid_to__isnull=True).first()
    if known is not None:
        return known.category_id, known.lead_id
    unit = Unit.objects.get(code="slj").pk
    category = Category.objects.filter(status=Category.Status.ACTIVE).order_by("pk").values_list("pk", flat=True)[0]
    today = dt.date(2019, 1, 2)
    add_entry(EntryInput(category_id=category, lead=unit, valid_from=today), actor=SYSTEM, now=timezone.now())
    return category, unit


def _durability() -> dict[str, str]:
    from django.db import connection

    found = {}
    with connection.cursor() as cursor:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            cursor.execute(f"SHOW {name}")
            found[name] = cursor.fetchone()[0]
    return found


@contextmanager
def _serving() -> Iterator[int]:
    """`sanfuwu serve` with one process, as an official would start it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen([sys.executable, "-m", "sanfuwu.cli", "serve", "--port", str(port), "--workers", "1"])
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                if server.poll() is not None:
                    raise RuntimeError("the server ended") from None
                time.sleep(0.2)
        yield port
    finally:
        server.terminate()
        server.wait(30)


def _first(asked: dict[str, Any]) -> Any:
    """One problem through the API: its rows are what raw PostgreSQL writes again."""
    from sanfuwu.problems.models import Problem

    connection = http.client.HTTPConnection(asked["host"], asked["port"])
    headers = {
        "Authorization": f"Bearer {asked['token']}",
        "Content-Type": "application/json",
        "Idempotency-Key": str(time.time_ns()),
        "Host": f"{asked['host_name']}:{asked['port']}",
    }
    connection.request("POST", "/api/v1/problems", json.dumps(client.body(asked, "0-0")).encode(), headers)
    answer = connection.getresponse()
    said = answer.read()
    if answer.status != 201:
        raise RuntimeError(f"{answer.status}: {said.decode()[:500]}")
    return Problem.objects.get(number=json.loads(said)["number"])


def _load(asked: dict[str, Any], seconds: float) -> dict[str, Any]:
    told = json.dumps({**asked, "seconds": seconds, "threads": CLIENTS})
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.client"],
        input=told,
        capture_output=True,
        text=True,
        check=True,
        cwd=place.REPOSITORY,
    )
    said = json.loads(done.stdout)
    return said | {"per_second": round(len(said["times"]) / said["seconds"])}


def _batches(say: Callable[[str], None], count: int = 8) -> dict[str, Any]:
    """`register_problems` in 500s, and COPY of the rows that each one wrote, under new ids."""
    from django.utils import timezone

    from sanfuwu.problems.actions import register_problems
    from sanfuwu.territory.actor import SYSTEM

    ours, theirs = [], []
    for turn in range(count + 1):
        regs = _registrations(turn)
        began = time.perf_counter()
        made = register_problems(regs, actor=SYSTEM, now=timezone.now())
        took = time.perf_counter() - began
        problems = [r.problem for r in made if r.problem is not None]
        assert len(problems) == BATCH, made[0].error
        copied = _copy_again(problems)
        if turn:  # the first warms
            ours.append(BATCH / took)
            theirs.append(BATCH / copied)
    rate, limit = round(_median(ours)), round(_median(theirs))
    return {
        "per_second": rate,
        "copy_per_second": limit,
        "ratio": round(rate / limit, 3),
        "batch": BATCH,
        "batches": count,
    }


def _registrations(turn: int) -> list[Any]:
    from sanfuwu.parties.actions import RequesterInput
    from sanfuwu.problems.commands import Registration

    who = RequesterInput(kind="resident", contact_name="王建国", phone="13800000000")
    return [Registration(text=f"{client.TEXT}{turn}-{n}", division=DIVISION, requester=who) for n in range(BATCH)]


def _batches_of_several(processes: int, count: int = 8) -> int:
    """Problems a second of so many processes, each with its own connection, begun at the same moment."""
    command = [sys.executable, "-m", "benchmarks.p1", str(count)]
    children = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=place.REPOSITORY)
        for _n in range(processes)
    ]
    for child in children:
        assert child.stdout is not None
        child.stdout.readline()  # warm
    for child in children:
        assert child.stdin is not None
        child.stdin.write("go\n")
        child.stdin.flush()
    seconds = [float(child.communicate()[0]) for child in children]
    return round(processes * count * BATCH / max(seconds))


def _one_of_several(count: int) -> None:
    """Inside such a process: a batch to warm, then `count` of them when told; says how long these took."""
    from django.utils import timezone

    from sanfuwu.problems.actions import register_problems
    from sanfuwu.territory.actor import SYSTEM

    register_problems(_registrations(0), actor=SYSTEM, now=timezone.now())
    batches = [_registrations(turn) for turn in range(1, count + 1)]
    print("warm", flush=True)
    sys.stdin.readline()
    began = time.perf_counter()
    for batch in batches:
        register_problems(batch, actor=SYSTEM, now=timezone.now())
    print(time.perf_counter() - began, flush=True)


def _forget(since: dt.datetime) -> None:
    """Take the problems out again, as the owner: raw PostgreSQL's notes are ciphertexts of another id, which no page
    could open, and the next run of P2 should meet the same million. Notes and contacts stay behind: nothing points at
    them, and each would cost a look through every table that might."""
    new = "SELECT id FROM problems_problem WHERE registered_at >= %s"
    with psycopg.connect(**place.dsn("owner")) as connection:
        for table in ("problems_problemrow", "problems_problemtext"):
            connection.execute(f"DELETE FROM {table} WHERE problem_id IN ({new})", [since])
        connection.execute("DELETE FROM ledger_event WHERE recorded_at >= %s AND stream_kind = 'problem'", [since])
        connection.execute("DELETE FROM ledger_idempotencykey WHERE created_at >= %s", [since])
        connection.execute("DELETE FROM problems_problem WHERE registered_at >= %s", [since])


_WORDS = re.compile(rb"\b(?:\d{6}-\d{4}-\d{6,}|[0-9A-Z]{12})\b")  # numbers and read codes
_FIELD = re.compile(rb"(?<=\t)[^\t\n]+(?=\t)")
_IDS = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")


def _copy_again(problems: list[Any]) -> float:
    """Seconds that COPY and commit take for the rows of these problems, every id, number and code made new."""
    from django.db import connection, transaction

    from sanfuwu.ledger.fields import new_id

    ids = {str(i).encode(): str(new_id()).encode() for p in problems for i in (p.pk, p.text_note_id, p.contact_id)}
    keys: dict[str, list[UUID]] = {
        "problem": [p.pk for p in problems],
        "note": [p.text_note_id for p in problems],
        "contact": [p.contact_id for p in problems],
    }
    words = {p.number.encode(): b"330604-X" + p.number[-10:].encode() for p in problems}
    words |= {p.read_code.encode(): p.read_code[::-1].encode() for p in problems}
    refs = {p.source_ref.encode(): str(new_id()).encode() for p in problems if p.source_ref}  # unique, too
    data = []
    with transaction.atomic(), connection.cursor() as cursor:
        for table, condition in raw.WRITTEN.items():
            if table == "ledger_idempotencykey":
                continue
            where = re.sub(r"= %\((\w+)\)s$", r"= ANY(%(\1)s)", condition)
            with cursor.copy(f"COPY (SELECT * FROM {table} WHERE {where}) TO STDOUT", keys) as copy:
                found = b"".join(bytes(part) for part in copy)
            found = _IDS.sub(lambda m: ids.get(m[0], m[0]), found)
            found = _WORDS.sub(lambda m: words.get(m[0], m[0]), found)
            data.append((table, _FIELD.sub(lambda m: refs.get(m[0], m[0]), found) if refs else found))
    began = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        for table, rows in data:
            with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                copy.write(rows)
    return time.perf_counter() - began


if __name__ == "__main__":
    place.use_data_dir()
    with place.county():
        _one_of_several(int(sys.argv[1]))
