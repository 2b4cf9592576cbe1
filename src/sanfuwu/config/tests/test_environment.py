"""What the environment and the secrets file may say, and what is answered to nonsense."""

from __future__ import annotations

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sanfuwu.config import database, env
from sanfuwu.config.secrets import SecretsError, load_or_create

Monkey = pytest.MonkeyPatch


def test_secrets_are_made_once_for_the_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "new" / "secrets.json"
    made = load_or_create(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["secrets.json"]
    assert len(made.hmac_key) == 32
    assert [len(key) for key in made.field_keys.values()] == [32]
    assert len({made.admin_password, made.owner_password, made.app_password, made.secret_key}) == 4
    assert load_or_create(file) == made


def test_two_programs_that_start_together_agree(tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _n: load_or_create(file), range(8)))
    assert {one.hmac_key for one in made} == {load_or_create(file).hmac_key}


def test_secrets_are_never_shown(tmp_path: Path) -> None:
    made = load_or_create(tmp_path / "secrets.json")
    assert made.app_password not in repr(made)


def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    file.write_text("{}")
    file.chmod(0o644)
    with pytest.raises(SecretsError, match="chmod 600"):
        load_or_create(file)


@pytest.mark.parametrize("content", ["", "[]", "{", json.dumps({"app_password": "x"})])
def test_a_damaged_file_is_refused_and_left_as_it_is(tmp_path: Path, content: str) -> None:
    file = tmp_path / "secrets.json"
    file.write_text(content)
    file.chmod(0o600)
    with pytest.raises(SecretsError, match="已损坏"):
        load_or_create(file)
    assert file.read_text() == content


def test_an_address_is_taken_apart(monkeypatch: Monkey) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://app:p%40ss@db.example:6432/county?sslmode=verify-full")
    found = database.settings_for(env.APP)
    assert (found["USER"], found["PASSWORD"], found["HOST"], found["PORT"], found["NAME"]) == (
        "app",
        "p@ss",
        "db.example",
        "6432",
        "county",
    )
    assert found["OPTIONS"] == {"sslmode": "verify-full", "prepare_threshold": 2}


def test_the_owner_needs_an_address_of_its_own(monkeypatch: Monkey) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://app@db.example/county")
    monkeypatch.delenv("SANFUWU_OWNER_DATABASE_URL", raising=False)
    with pytest.raises(env.BadEnvironment, match="SANFUWU_OWNER_DATABASE_URL"):
        database.settings_for(env.OWNER)


def test_a_bad_address_is_refused_without_its_password(monkeypatch: Monkey) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://app:hunter2@db.example/county?nonsense=1")
    with pytest.raises(env.BadEnvironment) as caught:
        database.settings_for(env.APP)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(("said", "meant"), [("1", True), ("yes", True), ("0", False), ("off", False), ("", False)])
def test_switches(monkeypatch: Monkey, said: str, meant: bool) -> None:
    monkeypatch.setenv("SANFUWU_DEBUG", said)
    assert env.flag("SANFUWU_DEBUG") is meant


def test_a_switch_that_is_neither_is_refused(monkeypatch: Monkey) -> None:
    monkeypatch.setenv("SANFUWU_BEHIND_TLS", "maybe")
    with pytest.raises(env.BadEnvironment, match="SANFUWU_BEHIND_TLS"):
        env.flag("SANFUWU_BEHIND_TLS")


def test_a_role_that_is_neither_is_refused(monkeypatch: Monkey) -> None:
    monkeypatch.setenv("SANFUWU_DB_ROLE", "superuser")
    with pytest.raises(env.BadEnvironment, match="SANFUWU_DB_ROLE"):
        env.db_role()


def test_the_data_directory_s_ancestors_keep_their_modes(tmp_path: Path, monkeypatch: Monkey) -> None:
    tmp_path.chmod(0o700)
    monkeypatch.setenv("SANFUWU_DATA_DIR", str(tmp_path / "a" / "data"))
    made = env.ensure_data_dir()
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700
    assert stat.S_IMODE(made.stat().st_mode) & 0o066 == 0
