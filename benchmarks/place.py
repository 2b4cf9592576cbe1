"""Where the benchmarks run: a data directory of their own, embedded server, a county with 上虞's units and places."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
COUNTY = "shangyu"
HOST = "shangyu.localhost"
SEEDED_AT = dt.datetime(2019, 1, 2, 1, tzinfo=dt.UTC)


def use_data_dir() -> Path:
    """SANFUWU_BENCH_DIR or .bench-data in the repository: never a place with anybody's data."""
    path = Path(os.environ.get("SANFUWU_BENCH_DIR") or REPOSITORY / ".bench-data")
    os.environ["SANFUWU_DATA_DIR"] = str(path)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sanfuwu.config.settings")
    source = str(REPOSITORY / "src")
    others = [p for p in os.environ.get("PYTHONPATH", "").split(os.pathsep) if p and p != source]
    os.environ["PYTHONPATH"] = os.pathsep.join([source, *others])
    if source not in sys.path:
        sys.path.insert(0, source)
    return path


def migrate(schema: str = COUNTY, code: str = "330604", name: str = "上虞区") -> None:
    """Tables, roles and privileges of the benchmark's county, by the program's own command."""
    named = ["--county", schema, "--code", code, "--name", name, "--domain", f"{schema}.localhost"]
    subprocess.run([sys.executable, "-m", "sanfuwu.cli", "migrate", "--quiet", *named], check=True)


@contextlib.contextmanager
def county(role: str = "app") -> Iterator[None]:
    """The server runs, Django is set up in this role, the connection stands in the county."""
    from sanfuwu.commands.common import program

    with program(role):
        from django_tenants.utils import schema_context

        with schema_context(COUNTY):
            yield


def seed() -> None:
    """Divisions (as the owner) and units of 上虞, once."""
    from django.db import transaction

    from sanfuwu.territory.models import Unit
    from sanfuwu.territory.seed import seed_divisions, seed_shangyu

    seed_divisions()
    if not Unit.objects.exists():
        with transaction.atomic():
            seed_shangyu(now=SEEDED_AT)


def dsn(role: str = "app") -> dict[str, str]:
    """Connection values of a role, for processes without Django."""
    from sanfuwu.config.database import settings_for

    said = settings_for(role)
    return {
        "host": said["HOST"],
        "port": said["PORT"],
        "user": said["USER"],
        "password": said["PASSWORD"],
        "dbname": said["NAME"],
        "options": f"-c search_path={COUNTY},public",
    }
