"""Logging in: by name and password, locked after five wrong ones, no way to sign up."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from sanfuwu.accounts.actions import deactivate
from sanfuwu.accounts.models import Account
from sanfuwu.accounts.people import shut_account
from sanfuwu.accounts.start import Newcomer, Opened, let_in, let_officers_in, renew_officer
from sanfuwu.ledger.errors import IllegalTransition, InvalidInput
from sanfuwu.ledger.models import AccessLog, Event
from sanfuwu.territory.actor import SYSTEM
from sanfuwu.territory.models import Post, Role

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


def test_a_wrong_present_password_is_called_wrong(client: Client, cast: Cast) -> None:
    log_in(client, "zhoujiu", cast.password)
    for page, field in (("account_change_password", "oldpassword"), ("account_reauthenticate", "password")):
        said = client.post(
            reverse(page), {field: "wrong", "password1": "新的密码-足够长-9", "password2": "新的密码-足够长-9"}
        )
        assert said.context["form"].errors[field] == ["密码不正确。"]
        assert "密码:" not in said.content.decode()  # a colon of half a width


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


@pytest.fixture
def security(cast: Cast) -> Opened:
    """The security officer, who has logged in, chosen a password and forgotten it."""
    day = timezone.localdate()
    opened = next(o for o in let_officers_in(valid_from=day, now=timezone.now()) if o.role == Role.SECURITY_OFFICER)
    account = Account.objects.get(pk=opened.account_id)
    account.set_password("wo-zi-ji-de-mi-ma")
    account.last_login, account.first_password_until = timezone.now(), None
    account.save()
    return opened


def renewed(role: str = Role.SECURITY_OFFICER, username: str = "") -> Opened:
    return renew_officer(role, username, today=timezone.localdate(), now=timezone.now())


def test_an_officer_who_forgot_his_password_is_let_in_again_and_must_change_it_at_once(
    client: Client, security: Opened
) -> None:
    inside = Client()
    assert log_in(inside, security.username, "wo-zi-ji-de-mi-ma")
    Authenticator.objects.create(user_id=security.account_id, type="totp", data={})
    again = renewed()
    assert (again.username, again.account_id, again.role) == (security.username, security.account_id, security.role)
    assert inside.get("/")["Location"].startswith("/login/")  # his sessions ended
    assert not log_in(Client(), security.username, "wo-zi-ji-de-mi-ma")
    assert log_in(client, again.username, again.password)  # no second factor is asked for
    assert client.get("/admin/people")["Location"].startswith("/password/")
    own = "huan-yi-ge-mi-ma-2026"
    client.post("/password/", {"oldpassword": again.password, "password1": own, "password2": own})
    assert client.get("/").status_code == 200


def test_letting_an_officer_in_again_is_recorded_with_him_and_in_the_access_log(security: Opened) -> None:
    Authenticator.objects.create(user_id=security.account_id, type="totp", data={})
    renewed()
    kinds = Event.objects.filter(stream_kind="person", stream_id=person_of(security)).order_by("seq")
    assert list(kinds.values_list("kind", flat=True))[-2:] == ["first_password_printed", "second_factor_reset"]
    logged = AccessLog.objects.filter(subject_id=security.account_id, account_id=None, post_id=None)
    assert {"first_password_printed", "second_factor_reset"} <= set(logged.values_list("what", flat=True))


def test_an_account_that_was_shut_is_not_opened_by_a_new_first_password(security: Opened) -> None:
    shut_account(person_of(security), actor=SYSTEM, now=timezone.now())
    with pytest.raises(IllegalTransition):
        renewed()
    assert not Account.objects.get(pk=security.account_id).is_active


def test_where_two_hold_the_post_it_is_to_be_said_whose_account_is_meant(security: Opened) -> None:
    unit = Post.objects.get(pk=security.post_id).unit_id
    second = Newcomer("anquan2", "吴十", unit, Role.SECURITY_OFFICER, "安全管理员")
    let_in(second, valid_from=timezone.localdate(), now=timezone.now())
    with pytest.raises(InvalidInput) as refusal:
        renewed()
    assert "anquan2、security" in refusal.value.message
    with pytest.raises(InvalidInput):
        renewed(username="zhoujiu")  # another post's
    assert renewed(username="anquan2").username == "anquan2"
    assert Account.objects.get(username="security").check_password("wo-zi-ji-de-mi-ma")


def test_nobody_is_let_in_again_where_nobody_holds_the_post(cast: Cast) -> None:
    with pytest.raises(IllegalTransition):
        renewed(Role.AUDIT_OFFICER)


def person_of(opened: Opened) -> UUID:
    return Post.objects.get(pk=opened.post_id).person_id
