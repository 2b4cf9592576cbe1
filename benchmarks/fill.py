"""Problems in their hundred thousands: recipe → COPY in two processes, indexes made anew, a sample compared.

The rows are what the actions would have written, with one event each (registered) and none of the later ones; every
event is hash-chained and every text encrypted as always.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import multiprocessing
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from . import place, stats
from .recipe import BIG, MIDDLE, ONE, PLAIN_STAGES, STAGES, World, kind
from .rows_out import TABLES, send

RECIPE = 6  # counted up with every change of what is filled in
SAMPLE = 300


def fill(count: int, data_dir: Path, *, times: int = 1, say: Any = stats.say) -> dict[str, Any]:
    """`count` problems in the benchmark's county, unless they are there already, and of most of them `times` - 1 copies
    (`multiply`). Returns the world and what it took."""
    marker = data_dir / "bench.json"
    made = json.loads(marker.read_text()) if marker.exists() else None
    there = made and (made.get("made", made["rows"]), made.get("times", 1), made["recipe"])
    if made and there == (count, times, RECIPE):
        say(f"{made['rows']:,} problems are there from {made['filled_at']}")
        return made
    if made and there != (count, 1, RECIPE):
        raise SystemExit(f"{data_dir} holds another filling: delete that directory or set SANFUWU_BENCH_DIR")
    say(f"filling {count:,} problems into {data_dir}" + (f", copied up to {times} times" if times > 1 else ""))
    place.migrate()
    if made is None:
        made = _made(count, say)
        marker.write_text(json.dumps(made, ensure_ascii=False, indent=1))
    if times > 1:
        marker.write_text(json.dumps(made | {"times": 0}))  # half copied is no filling: the next run refuses it
        made = _multiplied(times, made, say)
        marker.write_text(json.dumps(made, ensure_ascii=False, indent=1))
    return made


def _made(count: int, say: Any) -> dict[str, Any]:
    began = time.perf_counter()
    with place.county("owner"):
        place.seed()
        world = make_world(count)
        with rebuilt_indexes(say):
            sent = _send_all(world)
            say(f"  {sent / 1e6:,.0f} MB sent by COPY, {time.perf_counter() - began:.0f} s")
        _finish(count)
        checked = compare_sample(count)
    seconds = round(time.perf_counter() - began, 1)
    say(f"  filled and indexed in {seconds} s, facets of {checked} problems compared")
    return {
        "rows": count,
        "made": count,
        "times": 1,
        "recipe": RECIPE,
        "filled_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "seconds": seconds,
        "megabytes_sent": round(sent / 1e6),
        "facets_compared": checked,
        "kinds": {
            n: {f: getattr(k, f) for f in ("commonest", "rare", "old", "new", "empty")} for n, k in world.kinds.items()
        },
        "units": {"big": world.units[BIG], "middle": world.units[MIDDLE], "one": world.units[ONE]},
    }


def _multiplied(times: int, made: dict[str, Any], say: Any) -> dict[str, Any]:
    from .multiply import multiply

    began = time.perf_counter()
    with place.county("owner"):
        with rebuilt_indexes(say):
            there = multiply(times, made, say)
        _finish(there)
        checked = compare_sample(there)
    seconds = round(time.perf_counter() - began, 1)
    say(f"  {there:,} problems, copied and indexed in {seconds} s, facets of {checked} compared")
    return made | {"rows": there, "times": times, "seconds_of_copying": seconds, "facets_compared": checked}


def make_world(count: int) -> World:
    """Categories, posts and parties are made; every facet the rows may have is interned."""
    from django.db import transaction
    from django.utils import timezone

    from sanfuwu.problems import facets
    from sanfuwu.rules.identifiers import division_ancestors
    from sanfuwu.territory.models import Unit
    from sanfuwu.territory.queries import scopes_over
    from sanfuwu.territory.seed import COUNTY, places

    units = {u.code: u.pk for u in Unit.objects.all()}
    scopes = scopes_over(units.values())
    paths, leaves = _categories()
    parties, posts = _parties(20_000), _posts(200, units["sfwb"])
    codes = [code for code, _name in places()]
    villages = [c for c in codes if not c.endswith("000")]
    departments = [c for c, u in units.items() if not c.startswith("330604") and c not in (BIG, MIDDLE, ONE)]
    towns = [c for c in units if c.startswith("330604") and c.endswith("000") and c != COUNTY]
    leads = {"gds-songxia": 34_000, "gds-zhangzhen": 24_000}
    others = [c for c in [*towns, *departments] if c not in leads]
    leads |= {c: 1 + 12_000 // (n + 1) for n, c in enumerate(others[:40])}
    for special in (others[-1], others[-2], others[-3], others[-4]):
        leads.pop(special, None)
    kinds = {
        "stage": kind({s: v[0] for s, v in PLAIN_STAGES.items()}, "withdrawn", "archived", "submitted", "draft", 0.25),
        "channel": kind({"visit": 50, "hotline": 30, "line": 12, "survey": 8}, "meeting", "import", "self", "none"),
        "served": kind({"resident": 55, "enterprise": 45}, "organisation", "village", "project", "none"),
        "category": kind(leaves, leaves[-1], leaves[-2], leaves[-3], leaves[-4]),
        "place": kind(villages, villages[-1], villages[-2], villages[-3], villages[-4]),
        "lead": kind(leads, others[-1], others[-2], others[-3], others[-4]),
        "co": kind({"": 80, "sthjj": 12, "zjj": 5, "jtj": 3}, "xfj", "slj", "swj", "mzj"),
        "reg": kind(posts, posts[-1], posts[-2], posts[-3], posts[-4]),
        "party": kind(parties, parties[-1], parties[-2], parties[-3], parties[-4]),
        "result": kind({"solved": 90}, "unsolvable", "planned", "explained", "none"),
    }
    world = World(
        rows=count,
        end_ms=int(timezone.now().timestamp() * 1000) - 60_000,
        kinds=kinds,
        units={c: str(u) for c, u in units.items()},
        scopes={c: tuple(str(s) for s in scopes[u]) for c, u in units.items()},
        category_paths=paths,
        division_paths={c: division_ancestors(c)[2:] for c in codes},
    )
    with transaction.atomic():
        world.facets = facets.ids_of(_every_token(world))
    return world


def _every_token(world: World) -> set[tuple[str, str]]:
    found = {("state", s[1]) for s in STAGES.values()} | {("stage", s) for s in STAGES}
    found |= {("tier", t) for t in ("limited", "key")} | {("urgency", u) for u in ("normal", "urgent")}
    found |= {("origin", "live"), ("nature", "problem"), ("verify", "open"), ("open", "yes"), ("clock", "runs")}
    for name, k in world.kinds.items():
        values = {*k.values, k.rare, k.old, k.new, k.empty}
        if name == "category":
            found |= {("category", c) for v in values for c in world.category_paths[v]}
        elif name == "place":
            found |= {("place", d) for v in values for d in world.division_paths[v]}
        elif name in ("lead", "co"):
            found |= {(name, world.units[v]) for v in values if v}
        elif name != "stage":
            found |= {(name, v) for v in values if v}
    found |= {("state", "draft"), ("stage", "draft")}
    found |= {("lead", world.units[u]) for u in (BIG, MIDDLE, ONE)}
    found |= {("scope", u) for u in world.units.values()} | {("handled", u) for u in world.units.values()}
    return found


def _categories() -> tuple[dict[str, tuple[str, ...]], list[str]]:
    from sanfuwu.problems.models import Category

    paths, leaves = {}, []
    for top in range(6):
        above = Category.objects.create(code=f"b{top}", name=f"分类{top}")
        for leaf in range(5):
            row = Category.objects.create(code=f"b{top}{leaf}", name=f"分类{top}{leaf}", parent=above)
            paths[str(row.pk)] = (str(row.pk), str(above.pk))
            leaves.append(str(row.pk))
    return paths, leaves


def _parties(count: int) -> list[str]:
    from django.utils import timezone

    from sanfuwu.parties.models import Party

    now = timezone.now()
    made = [Party(kind="enterprise", name=f"企业{n}", name_norm=f"企业{n}", created_at=now) for n in range(count)]
    return [str(p.pk) for p in Party.objects.bulk_create(made, batch_size=5000)]


def _posts(count: int, unit: Any) -> list[str]:
    from sanfuwu.territory.models import Person, Post

    person = Person.objects.create(name="测")
    made = [
        Post(person=person, unit_id=unit, role="collector", title=f"走访{n}", valid_from=place.SEEDED_AT.date())
        for n in range(count)
    ]
    return [str(p.pk) for p in Post.objects.bulk_create(made)]


def _send_all(world: World) -> int:
    half = world.rows // 2
    spans = [(0, half, 1), (half, world.rows, 2)]
    context = multiprocessing.get_context("spawn")
    with context.Pool(2) as pool:
        return sum(pool.starmap(send, [(world, place.dsn(), first, last, seed) for first, last, seed in spans]))


@contextlib.contextmanager
def rebuilt_indexes(say: Any) -> Iterator[None]:
    """Inside, the tables have their primary keys only; afterwards exactly the indexes and constraints of before."""
    from django.db import connection

    names = list(TABLES)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.conrelid::regclass::text, quote_ident(c.conname), pg_get_constraintdef(c.oid) FROM pg_constraint c"
            " WHERE c.connamespace = current_schema()::regnamespace AND c.contype IN ('f', 'u')"
            " AND c.conrelid = ANY(%s::regclass[]) ORDER BY c.contype DESC",
            [names],
        )
        constraints = cursor.fetchall()
        cursor.execute(
            "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i"
            " WHERE i.indrelid = ANY(%s::regclass[])"
            " AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype IN ('p', 'u'))",
            [names],
        )
        indexes = cursor.fetchall()
        for table, name, _definition in reversed(constraints):
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '1GB'")
        for _name, definition in indexes:
            began = time.perf_counter()
            cursor.execute(definition)
            if time.perf_counter() - began > 5:
                say(f"  {_name}: {time.perf_counter() - began:.0f} s")
        for table, name, definition in constraints:
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
        cursor.execute("RESET maintenance_work_mem")


def _finish(count: int) -> None:
    from django.db import connection
    from django.utils import timezone

    with connection.cursor() as cursor:
        for year in range(timezone.now().year - 4, timezone.now().year + 1):
            cursor.execute("SELECT setval(%s::regclass, %s)", [f"problem_number_{year}", count + 1])
        for table in TABLES:
            cursor.execute(f"VACUUM (ANALYZE) {table}")
        cursor.execute("ANALYZE")


def compare_sample(rows: int) -> int:
    """Facets of a sample as the heart works them out itself. Raises where one differs."""
    from sanfuwu.problems import facets
    from sanfuwu.problems.models import Category, ProblemRow
    from sanfuwu.problems.snapshot import load_many
    from sanfuwu.territory.queries import scopes_over

    step = max(1, rows // SAMPLE)
    found = ProblemRow.objects.order_by("registered_at").values_list("pk", flat=True)
    picked = [pk for n, pk in enumerate(found.iterator(chunk_size=50_000)) if n % step == 0]
    above = dict(Category.objects.values_list("pk", "parent_id"))
    snaps = load_many(picked)
    for snap in snaps:
        category = snap.problem.category_id
        path = [c for c in (category, above.get(category)) if c] if category else []
        scopes = scopes_over({a.unit_id for a in snap.assignments})
        expected = facets.tokens_of(snap, scopes, path) | facets.list_tokens(snap.row)
        wanted = set(facets.known_ids(expected).values())
        if wanted != set(snap.row.facets):
            raise AssertionError(f"{snap.problem.number}: facets {sorted(wanted ^ set(snap.row.facets))} differ")
    return len(snaps)
