"""The list: filters in the address, search of two characters, pages by cursor, SQL statements that stay few."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sanfuwu.problems.actions import accept, correct
from sanfuwu.problems.actions.categories import create_category
from sanfuwu.problems.commands import Accept, Correct
from sanfuwu.territory.actor import SYSTEM
from sanfuwu.web.views import ledger

from . import cast

pytestmark = pytest.mark.django_db

COUNTS = Path(__file__).with_name("sql_counts.json")


def html_of(client: Client, url: str) -> str:
    answer = client.get(url, follow=True)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def titles(html: str) -> list[str]:
    return re.findall(r'class="title" href="[^"]*">([^<]*)<', html)


def test_a_filter_narrows_and_its_chip_takes_it_away() -> None:
    office = cast.dispatcher()
    cast.problem(text="路灯不亮。")
    cast.problem("dispatched", text="用电增容。")
    html = html_of(office.client, "/problems/?stage=to_sign")
    assert titles(html) == ["用电增容"]
    assert "状态：待签收" in html
    chip = re.search(r'class="chip accent" href="([^"]*)">状态：待签收', html)
    assert chip
    assert len(titles(html_of(office.client, f"/problems/{chip.group(1)}"))) == 2


def test_open_fields_of_the_filter_form_leave_no_trace_in_the_address() -> None:
    answer = cast.dispatcher().client.get("/problems/?stage=to_sign&place=&lead=&from=")
    assert (answer.status_code, answer["Location"]) == (302, "/problems/?stage=to_sign")


def test_a_search_of_two_characters_finds_and_one_character_says_what_to_do() -> None:
    office = cast.dispatcher()
    cast.problem(text="厂区路灯不亮。")
    cast.problem(text="用电增容。")
    assert titles(html_of(office.client, "/problems/?q=路灯")) == ["厂区路灯不亮"]
    html = html_of(office.client, "/problems/?q=路")
    assert "搜索请至少输入两个字" in html
    assert titles(html) == []


def test_a_whole_number_goes_straight_to_its_problem() -> None:
    problem, office = cast.problem(), cast.dispatcher()
    assert office.client.get(f"/problems/?q={problem.number}")["Location"] == f"/problems/{problem.number}"
    stranger = cast.person("zlsgs", "handler")
    assert "当前岗位看不到这个编号的问题" in html_of(stranger.client, f"/problems/?q={problem.number}")


def test_pages_by_cursor_show_everything_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "PAGE", 2)
    office = cast.dispatcher()
    made = {cast.problem(text=f"问题{n}号。").title for n in range(5)}
    seen: list[str] = []
    url = "/problems/"
    for _page in range(3):
        html = html_of(office.client, url)
        seen += titles(html)
        following = re.search(r'href="([^"]*)" rel="next"', html)
        url = f"/problems/{following.group(1)}" if following else ""
    assert url == ""
    assert sorted(seen) == sorted(made)
    assert 'rel="prev"' in html


def test_nothing_found_says_why_and_offers_one_way_on() -> None:
    html = html_of(cast.dispatcher().client, "/problems/?stage=merged")
    assert "没有符合条件的问题" in html
    assert 'href="/problems/?view=all">查看全部' in html


def test_a_damaged_page_address_is_explained() -> None:
    html = html_of(cast.dispatcher().client, "/problems/?cursor=xyz")
    assert "页面地址有误" in html


@pytest.mark.parametrize("name", ["desk", "problems", "filters", "duties", "problem", "alike", "slip", "register"])
def test_a_page_costs_the_known_number_of_statements_however_many_rows(name: str) -> None:
    """The numbers stand in sql_counts.json; a change of one is looked at, not overlooked."""
    office = cast.dispatcher()
    problem = cast.problem("signed")
    cast.problem("signed")  # so that the first one has something that is like it
    url = {
        "desk": "/",
        "problems": "/problems/",
        "filters": "/problems/filters",
        "duties": "/duties/",
        "problem": f"/problems/{problem.number}",
        "alike": f"/problems/{problem.number}/alike",
        "slip": f"/r/{problem.read_code}",
        "register": "/problems/new",
    }[name]
    client = Client() if name == "slip" else office.client
    client.get(url)  # names, calendar and facets are remembered from here on
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(url)
    for _n in range(3):
        cast.problem("signed")
    client.get(url)
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) == len(few)
    assert len(few) == json.loads(COUNTS.read_text())[name], "\n".join(q["sql"][:110] for q in few.captured_queries)


def test_where_there_is_little_room_the_category_still_says_what_it_belongs_to() -> None:
    office, now = cast.dispatcher(), timezone.now()
    top = create_category("gy", "公用事业", actor=SYSTEM, now=now)
    middle = create_category("gd", "供电", parent_id=top.pk, actor=SYSTEM, now=now)
    leaf = create_category("gd-xl", "线路与停电", parent_id=middle.pk, actor=SYSTEM, now=now)
    made = {"channel": "visit", "division": cast.SONGXIA}
    problem = cast.problem("registered", text="路灯不亮。", **made)
    accept(problem.pk, Accept(category_id=leaf.pk), actor=office.actor, now=now)
    html = html_of(office.client, "/problems/")
    assert '<span class="in-short">崧厦街道 · 公用事业 / … / 线路与停电 · 走访发现</span>' in html
    assert "公用事业 / 供电 / 线路与停电" in html
    correct(problem.pk, Correct(reason="归类有误", category_id=middle.pk), actor=office.actor, now=now)
    assert "崧厦街道 · 公用事业 / 供电 · 走访发现" in html_of(office.client, "/problems/")
