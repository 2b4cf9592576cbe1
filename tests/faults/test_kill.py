"""kill −9 of the web process and of PostgreSQL while problems are written: nothing acknowledged is lost or doubled.

An installation of its own, made as the README says: `migrate`, then `serve` over the embedded server. Clients write
through the API with idempotency keys, repeat what was not answered, and keep a journal of every acknowledged key. What
the database holds at the end is compared with the journal.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from .clients import Clients
from .installation import Installation

pytestmark = pytest.mark.faults

KILLS = int(os.environ.get("FAULTS_KILLS", "6"))
LEAST_RATE = 50.0  # acknowledged writes per second while the program is up (quality.md §2)
BETWEEN_KILLS = 120  # acknowledged writes before the next blow, so that each of them meets a working program


@pytest.fixture
def installation() -> Iterator[Installation]:
    """A data directory with a migrated county and one post; everything in it is stopped and removed at the end."""
    # Short and world-enterable: as root the database runs as another user, and a socket's path has at most 107 bytes.
    place = Path(tempfile.mkdtemp(prefix="sfw-faults-"))
    place.chmod(0o711)
    made = Installation(place / "data")
    try:
        made.make()
        yield made
    finally:
        made.stop()
        shutil.rmtree(place, ignore_errors=True)


def test_kills_under_load_lose_and_double_nothing(installation: Installation, tmp_path: Path) -> None:
    installation.serve()
    clients = Clients(installation.url, installation.token, tmp_path / "journal.jsonl")
    killed = {"web": 0, "postgres": 0}
    with clients.writing():
        clients.wait_for(BETWEEN_KILLS)
        for turn in range(KILLS):
            if turn % 2 == 0:
                installation.kill_web()
                installation.serve()
                killed["web"] += 1
            else:
                installation.kill_postgres()
                installation.wait_for_postgres()
                killed["postgres"] += 1
            clients.wait_for(BETWEEN_KILLS)
    acknowledged = clients.acknowledged()
    rate = clients.rate()
    print(
        f"\n{len(acknowledged)} acknowledged, {rate:.0f}/s while up, {clients.repeated} repeated, "
        f"{clients.replayed} of them had been written, kills: {killed}"
    )

    found = installation.found()
    numbers = list(acknowledged.values())
    assert len(set(numbers)) == len(numbers), "two keys were given one number"
    lost = set(numbers) - set(found.numbers)
    assert not lost, f"{len(lost)} acknowledged problems are not there: {sorted(lost)[:5]}"
    assert len(found.numbers) == len(set(found.numbers)), "a number exists twice"
    assert {key: found.keys.get(key) for key in acknowledged} == acknowledged, "a key leads to another problem"
    assert len(found.numbers) == len(found.keys), "a problem was written without its key, or twice for one"
    # Every client repeats until it is answered: nothing is there that nobody knows of.
    assert set(found.numbers) == set(numbers)
    assert found.events == len(found.numbers)
    assert found.unfaithful == []
    assert found.broken == []
    assert killed["web"] + killed["postgres"] == KILLS
    assert rate >= LEAST_RATE, f"only {rate:.0f} writes/s: the kills met too little load"
