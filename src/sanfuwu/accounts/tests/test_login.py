"""Logging in: by name and password, locked after five wrong ones, no way to sign up."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from sanfuwu.accounts.actions import deactivate
from sanfuwu.accounts.start import let_officers_in
from sanfuwu.territory.actor import SYSTEM
from sanfuwu.territory.models import Role

from .cast import Cast


@pytest.fixture(autouse=True)
def own_counters(settings) -> None:  # type: ignore[no-untyped-def]
    """Wrong passwords are counted in the cache: our own one, so that parallel tests do not disturb it."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "login"}}
    cache.clear()


def log_in(client: Client, username: str, password: str) -> bool:
    client.post(reverse("account_login"), {"login": username, "password": password})
    return "_auth_user_id" in client.session


def test_the_right_password_lets_in_and_the_wrong_one_does_not(client: Client, cast: Cast) -> None:
    assert not log_in(client, "zhoujiu", cast.password + "x")
    assert log_in(client, "zhoujiu", cast.password)


def test_five_wrong_passwords_lock_even_the_right_one_out(client: Client, cast: Cast) -> None:
    for _attempt in range(5):
        assert not log_in(client, "zhoujiu", "wrong-wrong-wrong")
    assert not log_in(client, "zhoujiu", cast.password)
    cache.clear()  # stands for the five minutes that pass
    assert log_in(client, "zhoujiu", cast.password)


def test_a_shut_account_stays_outside(client: Client, cast: Cast) -> None:
    deactivate(cast.account.pk, actor=SYSTEM, now=timezone.now())
    assert not log_in(client, "zhoujiu", cast.password)


def test_logging_out_ends_the_session(client: Client, cast: Cast) -> None:
    log_in(client, "zhoujiu", cast.password)
    client.post(reverse("account_logout"))
    assert "_auth_user_id" not in client.session


def test_an_officer_chooses_his_own_password_and_goes_on_to_what_he_came_for(client: Client, cast: Cast) -> None:
    day = timezone.localdate()
    opened = next(o for o in let_officers_in(valid_from=day, now=timezone.now()) if o.role == Role.SYSTEM_OFFICER)
    assert log_in(client, opened.username, opened.password)
    elsewhere = Client()
    assert log_in(elsewhere, opened.username, opened.password)
    answer = client.get("/admin/people?q=zj")
    assert answer["Location"] == "/password/?next=%2Fadmin%2Fpeople%3Fq%3Dzj"
    shown = client.get(answer["Location"]).content.decode()
    assert 'name="next" value="/admin/people?q=zj"' in shown
    own = "wo-zi-ji-de-mi-ma"
    said = {"oldpassword": opened.password, "password1": own, "password2": own}
    answer = client.post("/password/", {**said, "next": "/admin/people?q=zj"})
    assert answer["Location"] == "/admin/people?q=zj"
    assert client.get(answer["Location"]).status_code == 200
    assert elsewhere.get("/")["Location"].startswith("/login/")  # every other session ended with the printed password


def test_the_printed_password_is_asked_for_by_its_name_and_afterwards_the_present_one(
    client: Client, cast: Cast
) -> None:
    log_in(client, "zhoujiu", cast.password)
    assert '<label for="id_oldpassword">当前密码</label>' in client.get("/password/").content.decode()
    cast.account.first_password_until = timezone.now() + dt.timedelta(days=3)
    cast.account.save(update_fields=["first_password_until"])
    html = client.get("/password/").content.decode()
    main = html[html.index("<main") :]
    assert '<label for="id_oldpassword">首次密码（打印发给您的）</label>' in main
    assert "<h1>设置自己的密码</h1>" in main
    assert "placeholder" not in main
    assert "btn btn-primary" in main


def test_after_the_first_password_no_page_of_another_host_is_gone_to(client: Client, cast: Cast) -> None:
    log_in(client, "zhoujiu", cast.password)
    own = "wo-zi-ji-de-mi-ma"
    said = {"oldpassword": cast.password, "password1": own, "password2": own, "next": "https://evil.example/"}
    assert client.post("/password/", said)["Location"] == "/"


def test_the_pages_of_logging_in_say_account_as_all_others_do(client: Client, cast: Cast) -> None:
    wrong = client.post("/login/", {"login": "zhoujiu", "password": "wrong-wrong-wrong"}).content.decode()
    assert "账号或密码不正确" in wrong
    log_in(client, "zhoujiu", cast.password)
    pages = [client.get(url).content.decode() for url in ("/login/again/", "/password/", "/login/second/", "/logout/")]
    out = client.post("/logout/", follow=True).content.decode()
    assert "您已退出登录" in out
    for html in (wrong, *pages, out):
        for other in ("用户名", "账户", "帐户", "登出", "你"):
            assert other not in html


@pytest.mark.parametrize("name", ["account_signup", "account_email", "account_reset_password"])
def test_there_is_no_page_to_sign_up_or_reset_by_mail(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)
