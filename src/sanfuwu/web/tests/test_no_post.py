"""Somebody logged in without a post is told what is missing and who mends it; two posts that read the same are told
apart."""

from __future__ import annotations

import datetime as dt
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from sanfuwu.accounts.models import Account
from sanfuwu.accounts.people import open_account
from sanfuwu.ledger.fields import new_id
from sanfuwu.territory.actions import create_person, create_post, create_unit, end_post, link_account
from sanfuwu.territory.actor import SYSTEM
from sanfuwu.territory.models import Unit

from . import cast
from .test_pages import page

pytestmark = pytest.mark.django_db
SINCE = dt.date(2018, 1, 1)


def told(client: Client, url: str = "/", status: int = 403) -> str:
    return page(client, url, status)


def newcomer(valid_from: dt.date | None) -> Client:
    """Somebody with an account of his own and, perhaps, a post that he was not let into."""
    now = timezone.now()
    someone = create_person("钱新人", actor=SYSTEM, now=now)
    account = open_account(someone.pk, f"u{new_id().hex[-10:]}", actor=SYSTEM, now=now)
    if valid_from is not None:
        unit = Unit.objects.get(code="zlsgs").pk
        create_post(someone.pk, unit, role="handler", title="经办", valid_from=valid_from, actor=SYSTEM, now=now)
    client = Client()
    client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def header(html: str) -> str:
    return html.split('<span class="who">')[1].split("</span>")[0]


def test_a_post_without_access_sends_to_the_security_officer_and_names_the_post() -> None:
    html = told(newcomer(SINCE))
    assert "岗位尚未授权" in html
    assert "请联系安全管理员授权：自来水公司 · 经办" in html
    assert "系统管理员" not in html.split("page-head")[1]
    assert header(html) == "钱新人"


def test_who_can_open_nothing_yet_is_shown_no_empty_menu() -> None:
    html = told(newcomer(SINCE))
    assert 'class="rail"' not in html
    assert 'class="tabbar"' not in html
    assert 'class="rail"' in page(cast.handler().client, "/")


def test_no_post_at_all_sends_to_the_system_officer() -> None:
    somebody = cast.handler()
    end_post(somebody.actor.post_id, valid_to=timezone.localdate(), actor=SYSTEM, now=timezone.now())  # type: ignore[arg-type]
    for client, name in ((newcomer(None), "钱新人"), (somebody.client, "王某")):
        html = told(client)
        assert f"{name}，您今天没有岗位，请联系系统管理员增加岗位。" in html
        assert header(html) == name
        assert "请联系系统管理员增加岗位" in told(client, "/me", 200)


def test_a_post_that_begins_later_says_when() -> None:
    day = timezone.localdate() + dt.timedelta(days=9)
    assert f"您的岗位从 {day.isoformat()} 起" in told(newcomer(day))


def test_an_account_of_another_county_learns_that_it_is_not_of_this_one_and_nothing_else() -> None:
    now = timezone.now()
    account = Account.objects.create(id=new_id(), username="keqiao-li", password="!", created_at=now)
    with schema_context("keqiao"):
        root = create_unit(
            code="330603000000", kind="county", name="柯桥区", parent_id=None, valid_from=SINCE, actor=SYSTEM, now=now
        )
        someone = create_person("李柯桥", actor=SYSTEM, now=now)
        post = create_post(someone.pk, root.pk, role="handler", title="办事员", valid_from=SINCE, actor=SYSTEM, now=now)
        link_account(post.pk, account.pk, actor=SYSTEM, now=now)
    client = Client()
    client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    html = told(client)
    assert "这个账号不是上虞区的" in html
    for theirs in ("李柯桥", "柯桥区", "办事员"):
        assert theirs not in html
    assert header(html) == "keqiao-li"


def test_two_posts_that_read_the_same_are_told_apart_by_their_roles() -> None:
    somebody = cast.handler()
    assert "（" not in header(page(somebody.client, "/"))
    now, unit = timezone.now(), somebody.actor.unit_id
    other = create_post(
        somebody.actor.person_id,
        unit,
        role="unit_head",
        title="经办",
        valid_from=SINCE,
        actor=SYSTEM,
        now=now,  # type: ignore[arg-type]
    )
    link_account(other.pk, somebody.actor.account_id, actor=SYSTEM, now=now)
    html = unescape(somebody.client.get("/").content.decode())
    assert header(html) == "王某"
    assert '<span class="who-post">崧厦供电所 · 经办（承办人）</span>' in html
    menu = html.split("menu-sheet")
    assert any("崧厦供电所 · 经办（单位负责人）" in part for part in menu)
