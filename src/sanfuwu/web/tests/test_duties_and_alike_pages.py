"""责任清单 and 相似问题 on the pages."""

from __future__ import annotations

import re
from html import unescape

import pytest

from sanfuwu.problems.models import Problem

from . import cast
from .test_ledger_page import html_of, titles
from .test_register_page import REST, THREE

pytestmark = pytest.mark.django_db

SAME = THREE | REST | {"do": "register", "text": "厂区外路灯不亮已经三天，夜班工人出行很不方便，请尽快修好。"}


def test_each_number_of_a_unit_is_a_link_to_its_list() -> None:
    office = cast.dispatcher()
    cast.problem("dispatched", text="用电增容。")
    cast.problem("signed", text="路灯不亮。")
    html = html_of(office.client, "/duties/")
    row = re.search(r"<th scope=\"row\">崧厦供电所</th>(.*?)</tr>", html, re.DOTALL)
    assert row
    links = re.findall(r'href="([^"]*duty_is=(\w+))">(\d+)<', row.group(1))
    assert {name: int(value) for _url, name, value in links} == {"in_hand": 2, "to_sign": 1}
    for url, _name, value in links:
        assert len(titles(html_of(office.client, url))) == int(value)
    chips = html_of(office.client, next(url for url, name, _v in links if name == "to_sign"))
    assert "崧厦供电所：待签收" in chips


def test_a_collector_has_no_such_page() -> None:
    assert cast.collector().client.get("/duties/").status_code == 404


def test_while_one_types_the_same_problem_is_shown_with_its_reasons() -> None:
    collector = cast.collector()
    collector.client.post("/problems/new", SAME)
    problem = Problem.objects.get()
    html = unescape(collector.client.post("/problems/alike", SAME).content.decode())
    assert problem.number in html
    assert "文字相近 100 %" in html
    assert "同一诉求人（企业）" in html
    assert "今天" in html
    assert 'name="alike_seen"' in html
    assert "<html" not in html


def test_nothing_alike_is_no_box_at_all() -> None:
    assert cast.collector().client.post("/problems/alike", SAME).content.decode().strip() == ""


def test_without_script_one_is_asked_once_before_registering_it_again_and_then_decides() -> None:
    collector = cast.collector()
    collector.client.post("/problems/new", SAME)
    answer = collector.client.post("/problems/new", SAME)
    html = unescape(answer.content.decode())
    assert answer.status_code == 200
    assert "已登记过非常相似的问题" in html
    assert SAME["text"] in html
    assert Problem.objects.count() == 1
    assert collector.client.post("/problems/new", SAME | {"alike_seen": "1"}).status_code == 302
    assert Problem.objects.count() == 2


def test_what_was_shown_while_typing_is_not_asked_again() -> None:
    collector = cast.collector()
    collector.client.post("/problems/new", SAME)
    shown = collector.client.post("/problems/alike", SAME).content.decode()
    sent = dict(re.findall(r'<input type="hidden" name="(\w+)" value="(\w+)">', shown))
    assert collector.client.post("/problems/new", SAME | sent).status_code == 302


def test_the_card_beside_a_problem_comes_after_the_page_and_is_a_page_by_itself() -> None:
    office = cast.dispatcher()
    text = "厂区外路灯不亮已经三天，夜班工人出行很不方便，请尽快修好。"
    first, second = cast.problem(text=text), cast.problem(text=text)
    page = html_of(office.client, f"/problems/{first.number}")
    assert f'hx-get="/problems/{first.number}/alike"' in page
    card = office.client.get(f"/problems/{first.number}/alike", headers={"HX-Request": "true"}).content.decode()
    assert second.number in card
    assert "<html" not in card
    assert "<html" in html_of(office.client, f"/problems/{first.number}/alike")


def test_a_confidential_problem_has_no_such_card() -> None:
    office = cast.dispatcher()
    secret = cast.problem(confidential=True)
    assert 'hx-trigger="load"' not in html_of(office.client, f"/problems/{secret.number}")


def test_a_stranger_does_not_learn_what_a_problem_is_like() -> None:
    problem = cast.problem("dispatched")
    assert cast.person("zlsgs", "handler").client.get(f"/problems/{problem.number}/alike").status_code == 404
