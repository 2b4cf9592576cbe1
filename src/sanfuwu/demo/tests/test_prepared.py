"""A prepared demonstration is copied into an empty data directory, and only there."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sanfuwu.config.embedded import locate
from sanfuwu.demo import keeping, prepared
from sanfuwu.demo.cast import Credential


@pytest.fixture
def ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A prepared data directory of the present program."""
    monkeypatch.setenv(prepared.PLACE, str(tmp_path / "cache"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    made = tmp_path / "cache" / prepared.fingerprint()
    (made / "pg").mkdir(parents=True)
    (made / "pg" / "PG_VERSION").write_text("18")
    (made / "demo.json").write_text("{}")
    (made / prepared.MARK).touch()
    return made


def test_an_empty_place_gets_a_copy_that_still_wants_its_passwords(ready: Path, tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    assert prepared.take(data_dir)
    layout = locate(data_dir)  # as root the server's user may be unable to enter a test's directory
    assert (layout.pgdata / "PG_VERSION").read_text() == "18"
    assert layout.relocated == (not (data_dir / "pg").exists())
    if layout.relocated:
        shutil.rmtree(layout.home)
    assert prepared.is_copy(data_dir)
    prepared.settle(data_dir)
    assert not prepared.is_copy(data_dir)
    assert prepared.is_copy(ready), "the prepared one itself is left as it is"


def test_a_place_that_holds_anything_is_left_alone(ready: Path, tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    (data_dir / "secrets.json").write_text("{}")
    assert not prepared.take(data_dir)
    assert [path.name for path in data_dir.iterdir()] == ["secrets.json"]


def test_one_of_another_program_is_not_taken(ready: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared, "fingerprint", lambda: "0" * 16)
    assert not prepared.take(tmp_path / "data")


def test_another_database_gets_no_files(ready: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/sanfuwu")
    assert not prepared.take(tmp_path / "data")


def test_without_a_place_there_is_nothing_to_take(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(prepared.PLACE, raising=False)
    assert not prepared.take(tmp_path / "data")


def test_what_is_there_is_not_made_again(ready: Path) -> None:
    assert not prepared.make()


def test_the_prepared_one_names_its_people_without_their_passwords(ready: Path) -> None:
    keeping.save(ready, keeping.Kept(complete=True, people=(Credential("shouli", "geheim", "受理员", "陆晓"),)))
    prepared.without_passwords(ready)
    assert keeping.load(ready) == keeping.Kept(complete=True, people=(Credential("shouli", "", "受理员", "陆晓"),))
