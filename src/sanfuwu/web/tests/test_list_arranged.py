"""The list arranged: every filter by address and chip, columns, saved views as tabs."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from sanfuwu.problems.actions import arranging
from sanfuwu.problems.models import SavedView
from sanfuwu.problems.queries import arranged
from sanfuwu.web import columns

from . import cast
from .test_ledger_page import html_of, titles

pytestmark = pytest.mark.django_db


def chip_urls(html: str) -> dict[str, str]:
    """{label: the list without it} of the filters that are on."""
    found = re.findall(r'class="chip accent" href="([^"]*)">([^<]*)<svg', html)
    return {label: url for url, label in found}


def headings(html: str) -> list[str]:
    return re.findall(r'class="head-(\w+)"', html)


def test_several_values_of_a_filter_are_alternatives_and_each_has_its_chip() -> None:
    office = cast.dispatcher()
    cast.problem(text="路灯不亮。")
    cast.problem("dispatched", text="用电增容。")
    cast.problem("accepted", text="桥面破损。")
    html = html_of(office.client, "/problems/?stage=to_sign&stage=submitted")
    assert sorted(titles(html)) == ["用电增容", "路灯不亮"]
    left = chip_urls(html)["状态：待签收"]
    assert titles(html_of(office.client, f"/problems/{left}")) == ["路灯不亮"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("nature=problem", True),
        ("nature=dispute", False),
        ("urgency=normal", True),
        ("origin=live", True),
        ("origin=import", False),
        ("place=330604007000", True),
        ("place=330604007", True),
        ("place=330604003000", False),
        ("confidential=yes", False),
        ("on_spot=yes", False),
        ("my=1", False),
        ("raised_from=2019-01-01", True),
        ("raised_until=2019-01-01", False),
        ("struck_from=2019-01-01", False),
        ("due_until=2100-01-01", True),
        ("due_from=2100-01-01", False),
    ],
)
def test_each_filter_of_the_sheet_works_by_address_and_says_so(query: str, found: bool) -> None:
    office = cast.dispatcher()
    cast.problem("dispatched", text="用电增容。")
    html = html_of(office.client, f"/problems/?{query}")
    assert (titles(html) == ["用电增容"]) is found
    assert len(chip_urls(html)) >= 1


def test_my_unit_is_the_reader_s_own() -> None:
    cast.problem("dispatched", text="用电增容。")
    assert titles(html_of(cast.handler().client, "/problems/?my=1")) == ["用电增容"]
    assert titles(html_of(cast.dispatcher().client, "/problems/?my=1")) == []


def test_a_village_narrows_its_town() -> None:
    office = cast.dispatcher()
    cast.problem(text="村里的事。", division="330604007001")
    cast.problem(text="镇上的事。")
    asked = "/problems/?place=330604007000&place=330604007001"
    assert titles(html_of(office.client, asked)) == ["村里的事"]


def test_the_sheet_has_the_present_filters_ticked_and_carries_the_rest() -> None:
    office = cast.dispatcher()
    sheet = html_of(office.client, "/problems/filters?stage=to_sign&place=330604007000&sort=due&cols=number,title")
    assert re.search(r'name="stage" value="to_sign"[^>]*checked', sheet)
    assert '<input type="hidden" name="sort" value="due">' in sheet
    assert '<input type="hidden" name="cols" value="number,title">' in sheet
    assert 'value="330604007001"' in sheet  # the villages of the town that is chosen
    assert 'value="330604003001"' not in sheet


def test_columns_stand_in_the_order_of_the_address() -> None:
    office = cast.dispatcher()
    cast.problem("accepted", text="用电增容。")
    html = html_of(office.client, "/problems/?cols=title,place,tier,number")
    assert headings(html) == ["title", "place", "tier", "number"]
    assert "限期" in html


def test_every_column_can_be_shown() -> None:
    office = cast.dispatcher()
    cast.problem("reviewed", text="用电增容。")
    html = html_of(office.client, "/problems/?cols=" + ",".join(columns.COLUMNS))
    assert headings(html) == list(columns.COLUMNS)


def test_a_column_moves_by_a_button_and_is_kept_for_all_lists_by_another() -> None:
    office = cast.dispatcher()
    cast.problem()
    form = {"query": "?open=1", "col": ["number", "title", "due"], "do": "up:due"}
    html = unescape(office.client.post("/problems/columns", form, follow=True).content.decode())
    assert headings(html) == ["number", "due", "title"]
    assert arranged(office.actor).columns == ()
    office.client.post("/problems/columns", form | {"do": "mine"})
    assert headings(html_of(office.client, "/problems/")) == ["number", "title", "due"]
    office.client.post("/problems/columns", form | {"do": "usual"})
    assert headings(html_of(office.client, "/problems/")) == list(columns.USUAL_COLUMNS)


def test_the_phone_s_card_has_its_cells_whatever_the_columns() -> None:
    office = cast.dispatcher()
    cast.problem("dispatched")
    html = html_of(office.client, "/problems/?cols=title,place")
    for css in ("cell-number", "cell-party", "cell-lead", "cell-state", "due"):
        assert re.search(rf'class="(who )?{css} phone-only"', html), css


def save(client: Client, name: str, query: str, **more: str) -> str:
    answer = client.post("/problems/views", {"do": "save", "name": name, "share": "mine", "query": query} | more)
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def test_a_saved_view_is_a_tab_with_its_filters_order_and_columns() -> None:
    office = cast.dispatcher()
    cast.problem("dispatched", text="用电增容。")
    cast.problem(text="路灯不亮。")
    url = save(office.client, "待签收的", "?stage=to_sign&sort=due&cols=number,title,place&cursor=xyz")
    html = html_of(office.client, url)
    assert titles(html) == ["用电增容"]
    assert headings(html) == ["number", "title", "place"]
    assert re.search(r'aria-current="true">待签收的<span class="count">1<', html)
    assert "cursor" not in SavedView.objects.get().query


def test_a_view_that_was_changed_is_kept_by_one_button() -> None:
    office = cast.dispatcher()
    cast.problem()
    url = save(office.client, "我的", "?stage=to_sign")
    view = SavedView.objects.get()
    assert "用当前筛选更新" not in html_of(office.client, url)
    changed = f"?stage=submitted&view={view.pk}"
    assert "用当前筛选更新“我的”" in html_of(office.client, f"/problems/{changed}")
    office.client.post("/problems/views", {"do": "update", "view": view.pk, "query": changed})
    assert SavedView.objects.get().query == "stage=submitted"


def test_a_name_that_is_taken_comes_back_with_what_was_typed() -> None:
    office = cast.dispatcher()
    save(office.client, "我的", "?stage=to_sign")
    answer = office.client.post(
        "/problems/views", {"do": "save", "name": "我的", "share": "mine", "query": "?stage=submitted"}
    )
    html = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert "您已有同名视图" in html
    assert 'value="?stage=submitted"' in html


def test_a_shared_view_reaches_the_unit_and_nobody_else() -> None:
    handler, head = cast.handler(), cast.head()
    save(handler.client, "待签收的", "?stage=to_sign", share="unit")
    assert "待签收的" in html_of(head.client, "/problems/")
    assert "待签收的" not in html_of(cast.dispatcher().client, "/problems/")


def test_only_the_district_s_office_is_offered_the_whole_county() -> None:
    assert 'value="county"' in html_of(cast.dispatcher().client, "/problems/")
    assert 'value="county"' not in html_of(cast.handler().client, "/problems/")


def test_the_list_opens_with_the_view_chosen_and_all_stays_one_click_away() -> None:
    office = cast.dispatcher()
    cast.problem(text="路灯不亮。")
    save(office.client, "待签收的", "?stage=to_sign")
    view = SavedView.objects.get()
    office.client.post("/problems/views", {"do": "open", "view": view.pk, "query": "?stage=to_sign"})
    assert titles(html_of(office.client, "/problems/")) == []
    assert titles(html_of(office.client, "/problems/?view=all")) == ["路灯不亮"]
    assert titles(html_of(office.client, "/problems/?" + urlencode({"stage": "submitted"}))) == ["路灯不亮"]
    office.client.post("/problems/views", {"do": "open", "view": "", "query": "?view=all"})
    assert titles(html_of(office.client, "/problems/")) == ["路灯不亮"]


def test_a_deleted_view_is_gone_and_its_address_still_shows_its_filters() -> None:
    office = cast.dispatcher()
    cast.problem(text="路灯不亮。")
    url = save(office.client, "我的", "?stage=submitted")
    view = SavedView.objects.get()
    office.client.post("/problems/views", {"do": "delete", "view": view.pk})
    html = html_of(office.client, url)
    assert "我的<" not in html
    assert titles(html) == ["路灯不亮"]


def test_somebody_else_s_view_cannot_be_changed_or_deleted() -> None:
    view = arranging.save_view("我的", "", actor=cast.dispatcher().actor, now=timezone.now())
    for does in ("update", "rename", "delete", "open"):
        form = {"do": does, "view": view.pk, "query": "?open=1", "name": "别人的", "share": "mine"}
        assert cast.handler().client.post("/problems/views", form).status_code == 404
    assert SavedView.objects.get().deleted_at is None
