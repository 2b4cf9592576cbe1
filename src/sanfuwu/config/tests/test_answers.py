"""What every answer carries, the language, idle sessions."""

from __future__ import annotations

import datetime as dt
import logging
from contextlib import closing
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client

from sanfuwu.accounts.models import Account
from sanfuwu.config import middleware
from sanfuwu.config import settings as written
from sanfuwu.config.logs import WithoutQuery
from sanfuwu.config.middleware import IdleSessionMiddleware

pytestmark = pytest.mark.django_db


@pytest.fixture
def logged_in(client: Client) -> Client:
    account = Account.objects.create(username="idle", created_at=dt.datetime(2026, 3, 2, tzinfo=dt.UTC))
    client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.mark.parametrize("path", ["/login/", "/not-there", "/static/web/favicon.svg", "/"])
def test_every_answer_forbids_inline_code_and_other_hosts(client: Client, path: str) -> None:
    with closing(client.get(path)) as answer:
        policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_the_first_page_is_chinese_whatever_the_browser_asks_for(client: Client) -> None:
    answer = client.get("/login/", headers={"accept-language": "en"})
    assert answer.headers["Content-Language"] == "zh-hans"


@pytest.mark.parametrize(
    ("cookie", "language"), [("en", "en"), ("zh-hans", "zh-hans"), ("fr", "zh-hans"), ("../x", "zh-hans")]
)
def test_the_cookie_chooses_among_the_languages_that_exist(client: Client, cookie: str, language: str) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = cookie
    assert client.get("/login/").headers["Content-Language"] == language


def test_a_session_ends_half_an_hour_after_the_last_request(logged_in: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings.SESSION_COOKIE_AGE == 30 * 60
    logged_in.get("/me")
    first = Session.objects.get().expire_date
    Session.objects.update(expire_date=first - dt.timedelta(minutes=20))
    clock: list[float] = [middleware.time.time() + IdleSessionMiddleware.STEP_S + 1]
    monkeypatch.setattr(middleware.time, "time", lambda: clock[0])
    logged_in.get("/me")
    assert Session.objects.get().expire_date >= first


def test_reading_within_a_minute_writes_no_session(logged_in: Client, django_assert_num_queries: Any) -> None:
    logged_in.get("/me")
    before = Session.objects.get().session_data
    logged_in.get("/me")
    assert Session.objects.get().session_data == before


def test_a_session_past_its_end_is_nobody_s(logged_in: Client) -> None:
    Session.objects.update(expire_date=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    assert logged_in.get("/me").status_code == 302


def test_passwords_are_hashed_by_argon2() -> None:
    assert written.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]


def test_a_log_line_holds_no_query_string() -> None:
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "Not Found: %s", ("/problems/?q=张三",), None)
    record.__dict__["request"] = object()
    assert WithoutQuery().filter(record)
    assert record.getMessage() == "Not Found: /problems/"
    assert "request" not in record.__dict__
