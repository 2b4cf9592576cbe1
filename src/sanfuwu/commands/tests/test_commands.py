"""The commands as programs: what they print, how they end, what they leave behind."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from sanfuwu.commands.handing_out import hindrances
from sanfuwu.testing import state

Env = dict[str, str]
SHENGZHOU = ("嵊州市", "--code", "330683")


@pytest.fixture(scope="module")
def shared_env(shared_db: str) -> Env:
    """The environment in which programs work on the module's database: for those that change nothing which another
    test of this file looks at."""
    server, _name = state.place()
    return os.environ | server.environment(shared_db)


@pytest.fixture(scope="module")
def shared_owner(shared_db: str) -> Iterator[psycopg.Connection[Any]]:
    """The owner's autocommitting connection to that database."""
    server, _name = state.place()
    with server.owner(shared_db) as connection:
        connection.execute("SET search_path = shangyu, public")
        yield connection


def sanfuwu(*args: str, env: Env, status: int = 0) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    done = subprocess.run(
        [sys.executable, "-m", "sanfuwu.cli", *args], env=env, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == status, done.stdout + done.stderr
    return done


@contextlib.contextmanager
def started(*args: str, env: Env) -> Iterator[subprocess.Popen[str]]:
    """A command that goes on until it is told to stop."""
    command = [sys.executable, "-m", "sanfuwu.cli", *args]
    with subprocess.Popen(command, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def until(ready: Any, seconds: float = 20) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := ready():
            return value
        time.sleep(0.05)
    raise AssertionError("it did not happen in time")


def status_of(url: str) -> int | None:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


def test_migrating_again_changes_nothing_and_a_new_county_is_made(
    program_env: Env, owner_connection: psycopg.Connection[Any]
) -> None:
    sanfuwu("migrate", "--quiet", env=program_env)
    arguments = ("--county", "zhuji", "--code", "330681", "--name", "诸暨市", "--domain", "zhuji.localhost")
    for _time in range(2):
        sanfuwu("migrate", "-q", *arguments, env=program_env)
    rows = owner_connection.execute("SELECT schema_name, code, name FROM counties_county ORDER BY id").fetchall()
    assert rows[-1] == ("zhuji", "330681", "诸暨市")
    assert len(rows) == 3
    assert owner_connection.execute("SELECT count(*) FROM zhuji.ledger_event").fetchone() == (0,)


@dataclass(frozen=True)
class Making:
    """A county made by the command: what it said, and what others saw of it meanwhile."""

    said: str
    looks: dict[bool, int]  # how often it was there, and not yet there
    half_made: list[Any]  # what the running role could read of it when it was first seen and less than of a whole one


@pytest.fixture(scope="module")
def shengzhou(shared_env: Env, shared_owner: psycopg.Connection[Any]) -> Making:
    """One more county, made once for all who look at it: its migrations take as long as a dozen tests."""
    seen, ready = (
        "SELECT count(*) FROM counties_county WHERE schema_name = 'shengzhou'",
        (
            "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = %s AND c.relkind = 'r' AND has_table_privilege('sanfuwu_app', c.oid, 'SELECT')"
        ),
    )
    whole = shared_owner.execute(ready, ["keqiao"]).fetchone()
    looks, half_made = {False: 0, True: 0}, []
    with started("county", *SHENGZHOU, "--host", "shengzhou.localhost", env=shared_env) as making:
        while making.poll() is None:
            there = shared_owner.execute(seen).fetchone() == (1,)
            looks[there] += 1
            if there and (readable := shared_owner.execute(ready, ["shengzhou"]).fetchone()) != whole:
                half_made.append(readable)
            time.sleep(0.02)
        assert making.stdout is not None
        said = making.stdout.read()
        assert making.returncode == 0, said
    assert shared_owner.execute(seen).fetchone() == (1,)
    return Making(said, looks, half_made)


def test_a_county_is_seen_by_jobs_only_when_all_of_it_is_there(shengzhou: Making) -> None:
    assert shengzhou.half_made == []
    assert shengzhou.looks[False] > 10


def test_a_county_takes_neither_the_code_nor_the_host_name_of_another(shared_env: Env) -> None:
    done = sanfuwu("county", "又一区", "--schema", "youyi", "--code", "330603", env=shared_env, status=2)
    assert "已是 柯桥区（keqiao）的" in done.stderr
    done = sanfuwu(
        "county", "又一区", "--schema", "youyi", "--code", "330999", "--host", "Keqiao.localhost",
        env=shared_env, status=2,
    )  # fmt: skip
    assert "keqiao.localhost 已是 keqiao 的" in done.stderr


def test_one_more_county_says_what_keeps_a_browser_from_it(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.ALLOWED_HOSTS = [".localhost", "known.example.org"]
    unknown = OSError("Name or service not known")

    def look_up(host: str, _port: object) -> list[object]:
        if host != "known.example.org":
            raise unknown
        return [host]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    told = list(hindrances("sanfuwu.shengzhou.invalid"))
    assert "请把 sanfuwu.shengzhou.invalid 加到 SANFUWU_ALLOWED_HOSTS" in told[0]
    assert "解析不到 sanfuwu.shengzhou.invalid" in told[1]
    assert list(hindrances("known.example.org")) == list(hindrances("shengzhou.localhost")) == []


def test_one_more_county_is_empty_but_for_its_three_officers(
    shengzhou: Making, shared_env: Env, shared_owner: psycopg.Connection[Any]
) -> None:
    table = [line.split("\t") for line in shengzhou.said.splitlines() if "\t" in line]
    assert table[0] == ["岗位", "账号", "首次密码"]
    lines = table[1:]
    assert [role for role, _name, _password in lines] == ["系统管理员", "安全管理员", "审计管理员"]
    assert len({password for _role, _name, password in lines}) == 3
    assert "请打开 http://shengzhou.localhost:端口/" in shengzhou.said
    assert "解析不到" not in shengzhou.said
    found = shared_owner.execute("SELECT kind, code FROM shengzhou.territory_unit").fetchall()
    assert found == [("county", "330683000000")]
    assert shared_owner.execute("SELECT count(*) FROM shengzhou.problems_problem").fetchone() == (0,)
    names = [name for _role, name, _password in lines]
    until = shared_owner.execute(
        "SELECT count(*) FROM accounts_account WHERE username = ANY(%s) AND first_password_until > now()", [names]
    ).fetchone()
    assert until == (3,)
    sanfuwu("county", *SHENGZHOU, env=shared_env, status=1)  # officers make officers
    assert shared_owner.execute("SELECT count(*) FROM shengzhou.territory_post").fetchone() == (3,)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--county", "Shang-Yu", "--code", "330604", "--name", "上虞区"], "--schema 是小写字母的简称"),
        (["--county", "public", "--code", "330604", "--name", "上虞区"], "--schema 是小写字母的简称"),
        (["--county", "zhuji", "--code", "33", "--name", "诸暨市"], "六位行政区划代码"),
        (["--county", "zhuji", "--code", "330681"], "没有写县名"),
        (["--code", "330681"], "--county"),
    ],
)
def test_a_county_that_cannot_be_is_refused_in_words(shared_env: Env, arguments: list[str], word: str) -> None:
    assert word in sanfuwu("migrate", *arguments, env=shared_env, status=2).stderr


def test_check_finds_the_demonstration_s_weak_point_and_nothing_else(shared_env: Env) -> None:
    found = json.loads(sanfuwu("check", "--json", env=shared_env, status=1).stdout)
    assert {f["subject"] for f in found if f["level"] == "error"} == {"TLS"}
    assert all(f["todo"] for f in found if f["level"] in ("error", "warning"))


def test_check_says_what_is_missing(program_env: Env, owner_connection: psycopg.Connection[Any]) -> None:
    year = time.localtime().tm_year + 1
    owner_connection.execute(f"DROP SEQUENCE problem_number_{year}")
    owner_connection.execute("GRANT DELETE ON ledger_event TO sanfuwu_app")
    owner_connection.execute("DELETE FROM counties_calendarday; DELETE FROM counties_calendaryear")
    env = program_env | {"SANFUWU_BEHIND_TLS": "1", "SANFUWU_ALLOWED_HOSTS": "sanfuwu.example.org"}
    found = json.loads(sanfuwu("check", "--json", env=env, status=1).stdout)
    errors = {f["subject"]: f["said"] for f in found if f["level"] == "error"}
    assert errors.keys() == {"numbers of shangyu", "roles", "calendar"}
    assert str(year) in errors["numbers of shangyu"]
    assert "ledger_event" in errors["roles"]


def test_verify_chain_ends_with_1_when_an_event_was_changed(
    program_env: Env, owner_connection: psycopg.Connection[Any]
) -> None:
    whole = json.loads(sanfuwu("verify-chain", "--json", env=program_env).stdout)
    assert whole["shangyu"]["events"] > 100
    assert whole["keqiao"]["events"] == 0
    owner_connection.execute("UPDATE ledger_event SET kind = 'x' WHERE ctid = (SELECT min(ctid) FROM ledger_event)")
    broken = sanfuwu("verify-chain", env=program_env, status=1)
    assert "内容被改动过" in broken.stderr


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_serve_answers_and_stops_when_told(shared_env: Env, how: signal.Signals) -> None:
    port = free_port()
    with started("serve", "--port", str(port), env=shared_env) as process:
        assert until(lambda: status_of(f"http://127.0.0.1:{port}/login/")) == 200
        process.send_signal(how)
        assert process.wait(timeout=15) == 0
    assert status_of(f"http://127.0.0.1:{port}/login/") is None


@pytest.mark.slow
def test_web_processes_end_when_the_program_was_killed(shared_env: Env) -> None:
    port = free_port()
    with started("serve", "--port", str(port), env=shared_env) as process:
        until(lambda: status_of(f"http://127.0.0.1:{port}/login/"))
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        until(lambda: status_of(f"http://127.0.0.1:{port}/login/") is None, seconds=8)


@pytest.mark.slow
def test_the_worker_sends_the_outbox_of_a_county(program_env: Env, owner_connection: psycopg.Connection[Any]) -> None:
    owner_connection.execute(
        "INSERT INTO keqiao.ledger_outboxmessage (id, topic, subject_id, payload, created_at, attempts)"
        " VALUES (gen_random_uuid(), 'test', gen_random_uuid(), '{}', now(), 0)"
    )
    with started("worker", env=program_env) as process:
        defer = (
            "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW('default', 'ledger.send_outbox', 0, NULL, NULL, %s, NULL)"
            "::procrastinate_job_to_defer_v1])"
        )
        owner_connection.execute(defer, ['{"timestamp": 0}'])
        sent = "SELECT 1 FROM keqiao.ledger_outboxmessage WHERE sent_at IS NOT NULL"
        until(lambda: owner_connection.execute(sent).fetchone())
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=25) == 0


def test_a_county_is_not_made_elsewhere_in_silence_while_a_demonstration_is_at_hand(
    program_env: Env, tmp_path: Path
) -> None:
    (tmp_path / ".data").mkdir()
    (tmp_path / ".data" / "demo.json").write_text("{}", encoding="utf-8")
    named = {"SANFUWU_DATA_DIR", "DATABASE_URL", "SANFUWU_OWNER_DATABASE_URL"}
    env = {key: value for key, value in program_env.items() if key not in named}
    env |= {"XDG_DATA_HOME": str(tmp_path / "home")}
    done = subprocess.run(
        [sys.executable, "-m", "sanfuwu.cli", "county", "嵊泗县", "--code", "330922"],
        env=env, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 2
    assert "SANFUWU_DATA_DIR=.data" in done.stderr
    assert "county '嵊泗县' --code 330922" in done.stderr
    assert "什么也没有写入" in done.stderr
    assert not (tmp_path / "home").exists()


def test_a_county_says_where_it_was_made_and_lost_first_passwords_are_made_anew_until_the_first_log_in(
    shengzhou: Making, shared_env: Env, shared_owner: psycopg.Connection[Any]
) -> None:
    names = [line.split("\t")[1] for line in shengzhou.said.splitlines() if "\t" in line][1:]
    assert "同一系统里的其他县（市、区）：" in shengzhou.said
    assert "程序：" in shengzhou.said
    assert "数据库：" in shengzhou.said or "数据目录：" in shengzhou.said
    refused = sanfuwu("county", *SHENGZHOU, env=shared_env, status=1)
    assert "sanfuwu officers --county shengzhou --again" in refused.stderr
    assert "Error" not in refused.stderr

    def hashes() -> dict[str, str]:
        rows = shared_owner.execute("SELECT username, password FROM accounts_account WHERE username = ANY(%s)", [names])
        return dict(rows.fetchall())

    before = hashes()
    again = sanfuwu("officers", "--county", "shengzhou", "--again", env=shared_env)
    table = [line.split("\t")[1] for line in again.stdout.splitlines() if "\t" in line][1:]
    assert table == names
    assert all(before[name] != now for name, now in hashes().items())
    shared_owner.execute("UPDATE accounts_account SET last_login = now()")
    shared_owner.commit()
    refused = sanfuwu("officers", "--county", "shengzhou", "--again", env=shared_env, status=1)
    assert "都登录过了" in refused.stderr
    assert "sanfuwu officers --county shengzhou --again --officer security" in refused.stderr
    before = hashes()
    one = sanfuwu("officers", "--county", "shengzhou", "--again", "--officer", "security", env=shared_env)
    table = [line.split("\t") for line in one.stdout.splitlines() if "\t" in line][1:]
    assert [row[:2] for row in table] == [["安全管理员", names[1]]]
    assert "均已记入该县的访问日志" in one.stdout
    assert {name for name, now in hashes().items() if before[name] != now} == {names[1]}
    logged = "SELECT count(*) FROM shengzhou.ledger_accesslog WHERE what = 'first_password_printed'"
    assert shared_owner.execute(logged).fetchone() == (4,)  # three lost ones, and his
    shared_owner.rollback()


def test_what_a_county_command_lacks_is_said_in_the_language_of_its_output(shared_env: Env) -> None:
    assert "六位行政区划代码" in sanfuwu("county", "岱山县", env=shared_env, status=2).stderr
    assert "没有 nowhere 这个县" in sanfuwu("officers", "--county", "nowhere", env=shared_env, status=2).stderr
    english = shared_env | {"SANFUWU_LANGUAGE": "en"}
    assert "six digits" in sanfuwu("county", "岱山县", env=english, status=2).stderr
    assert "There is no county nowhere" in sanfuwu("officers", "--county", "nowhere", env=english, status=2).stderr


def test_what_is_kept_is_in_the_language_of_the_installation_whatever_the_terminal_speaks(
    program_env: Env, owner_connection: psycopg.Connection[Any]
) -> None:
    english = program_env | {"SANFUWU_LANGUAGE": "en"}
    done = sanfuwu("county", "新昌县", "--code", "330624", "--schema", "xinchang2", env=english)
    assert done.stdout.startswith("Role\tUser name\tFirst password")
    titles = owner_connection.execute("SELECT DISTINCT title FROM xinchang2.territory_post ORDER BY title").fetchall()
    assert {title for (title,) in titles} == {"系统管理员", "安全管理员", "审计管理员"}


def test_check_speaks_the_language_of_the_terminal_and_its_json_keeps_its_subjects(program_env: Env) -> None:
    chinese = sanfuwu("check", env=program_env, status=1).stdout
    assert "密码和姓名在网络上以明文传输" in chinese
    assert "数据表（shangyu）：已是最新" in chinese
    english = program_env | {"SANFUWU_LANGUAGE": "en"}
    assert "passwords and names cross the network readable" in sanfuwu("check", env=english, status=1).stdout
    found = json.loads(sanfuwu("check", "--json", env=program_env, status=1).stdout)
    assert "tables of shangyu" in {one["subject"] for one in found}
