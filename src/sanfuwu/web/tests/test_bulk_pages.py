"""批量办理 through the pages: ticks, the act, the preview, the run, the result; without any script."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sanfuwu.parties.actions import RequesterInput
from sanfuwu.problems import actions
from sanfuwu.problems.actions.categories import propose_categories
from sanfuwu.problems.commands import Accept
from sanfuwu.problems.models import Assignment, Problem
from sanfuwu.problems.tests.cast import kinds
from sanfuwu.territory.actor import SYSTEM
from sanfuwu.web import bulk

from . import cast

pytestmark = pytest.mark.django_db

ORDINARY = {"tier": "limited", "urgency": "normal", "nature": "problem"}


def post(client: Client, fields: dict[str, Any], *, status: int = 200) -> str:
    answer = client.post("/problems/bulk", fields)
    assert answer.status_code == status
    return unescape(answer.content.decode())


def packed(html: str) -> str:
    found = re.search(r'name="rows" value="([^"]*)"', html)
    assert found
    return found.group(1)


def said(html: str) -> dict[str, str]:
    """{number: what its line says}."""
    lines = re.findall(r'class="number">([^<]+)<.*?class="cell-said">(.*?)</td>', html, re.DOTALL)
    return {number: re.sub(r"<[^>]*>", "", text).strip() for number, text in lines}


def test_from_ticks_to_result_each_line_says_what_became_of_it() -> None:
    office = cast.dispatcher()
    category = cast.category()
    new, taken = cast.problem(text="路灯不亮。"), cast.problem("accepted", text="桥面破损。")
    chosen = post(office.client, {"n": [new.number, taken.number], "query": "?open=1"})
    assert "已选 2 件" in chosen
    assert re.search(r'value="accept">.*?2 件中可办 1 件', chosen, re.DOTALL)
    rows = packed(chosen)
    form = post(office.client, {"rows": rows, "act": "accept", "query": "?open=1"})
    assert said(form)[new.number] == "可以办理"
    assert said(form)[taken.number] not in ("", "可以办理")
    filled = {"rows": rows, "act": "accept", "category_id": str(category.pk)} | ORDINARY
    preview = post(office.client, filled | {"do": "preview"})
    assert said(preview)[new.number] == "待交办"
    assert "将办理 1 件" in preview
    assert "1 件不能办，保持原样" in preview
    assert Problem.objects.get(pk=new.pk).state == "submitted"
    answer = office.client.post("/problems/bulk", filled | {"do": "run", "query": "?open=1"}, follow=True)
    result = unescape(answer.content.decode())
    assert answer.redirect_chain[-1][0] == "/problems/bulk/done"
    assert "已办 1 件" in result
    assert "未办 1 件" in result
    assert 'href="/problems/?open=1"' in result
    assert Problem.objects.get(pk=new.pk).state == "in_progress"
    assert list(said(result)) == [taken.number, new.number]  # what is left for somebody stands first


def test_the_result_is_shown_again_and_nothing_is_done_twice() -> None:
    handler = cast.handler()
    problem = cast.problem("dispatched")
    rows = packed(post(handler.client, {"n": [problem.number]}))
    handler.client.post("/problems/bulk", {"rows": rows, "act": "sign", "do": "run"})
    before = kinds(problem)
    for _again in range(2):
        assert "已办 1 件" in unescape(handler.client.get("/problems/bulk/done").content.decode())
    handler.client.post("/problems/bulk", {"rows": rows, "act": "sign", "do": "run"})
    assert kinds(problem) == before
    assert "别人已先办 1 件" in unescape(handler.client.get("/problems/bulk/done").content.decode())


def test_an_act_that_asks_nothing_is_previewed_at_once() -> None:
    handler = cast.handler()
    problem = cast.problem("dispatched")
    html = post(handler.client, {"n": [problem.number], "act": "sign"})
    assert said(html)[problem.number] == "办理中"
    assert kinds(problem)[-1] == "dispatched"


def test_a_dispatch_of_many_says_each_new_time_limit() -> None:
    office = cast.dispatcher()
    problem = cast.problem("accepted")
    rows = packed(post(office.client, {"n": [problem.number]}))
    html = post(office.client, {"rows": rows, "act": "dispatch", "lead": str(cast.lead_unit()), "do": "preview"})
    assert re.fullmatch(r"待签收，办结时限 .*下班前", said(html)[problem.number])


def test_left_open_each_problem_gets_what_was_proposed_for_it() -> None:
    office = cast.dispatcher()
    category = cast.category()
    with_one = cast.problem(text="路灯不亮。", category_id=category.pk)
    without = cast.problem(text="桥面破损。")
    rows = packed(post(office.client, {"n": [with_one.number, without.number]}))
    fields = {"rows": rows, "act": "accept", "category_id": ""} | ORDINARY
    preview = post(office.client, fields | {"do": "preview"})
    assert "按各件登记时的建议" in preview
    assert "登记时没有建议" in said(preview)[without.number]
    office.client.post("/problems/bulk", fields | {"do": "run"})
    assert Problem.objects.get(pk=with_one.pk).category_id == category.pk
    assert Problem.objects.get(pk=without.pk).state == "submitted"


def test_left_open_each_goes_where_somebody_proposed_and_the_town_of_the_place_is_no_proposal() -> None:
    office = cast.dispatcher()
    lead = cast.lead_unit()
    with_one = cast.problem("accepted", text="路灯不亮。", proposed_unit=lead)
    without = cast.problem("accepted", text="桥面破损。")
    rows = packed(post(office.client, {"n": [with_one.number, without.number]}))
    form = said(post(office.client, {"rows": rows, "act": "dispatch"}))
    assert form[with_one.number] == "建议：崧厦供电所"
    assert form[without.number] == "按属地：崧厦街道。没有人建议主办单位。"
    fields = {"rows": rows, "act": "dispatch", "lead": ""}
    preview = said(post(office.client, fields | {"do": "preview"}))
    assert preview[with_one.number].startswith("交崧厦供电所：待签收")
    assert preview[without.number] == "没有人建议主办单位，请选择主办单位。"
    office.client.post("/problems/bulk", fields | {"do": "run"})
    assert Assignment.objects.get().unit_id == lead
    assert Assignment.objects.get().problem_id == with_one.pk


def test_many_proposals_cost_no_more_statements_than_few() -> None:
    office = cast.dispatcher()
    found = [cast.problem("accepted", text=f"路灯{n}不亮。") for n in range(4)]

    def statements(problems: list[Problem]) -> int:
        rows = packed(post(office.client, {"n": [p.number for p in problems]}))
        with CaptureQueriesContext(connection) as seen:
            post(office.client, {"rows": rows, "act": "dispatch"})
        return len(seen)

    statements(found)
    assert statements(found[:1]) == statements(found)


def test_what_is_missing_in_the_form_comes_back_with_what_was_typed() -> None:
    office = cast.dispatcher()
    problem = cast.problem()
    rows = packed(post(office.client, {"n": [problem.number]}))
    html = post(office.client, {"rows": rows, "act": "decline", "where_to_go": "请到乡镇", "do": "preview"}, status=422)
    assert "请到乡镇" in html
    assert 'href="#f_reason_code"' in html
    assert Problem.objects.get(pk=problem.pk).state == "submitted"


def test_who_was_slower_reads_so_in_the_line() -> None:
    office, other = cast.dispatcher(), cast.dispatcher()
    problem = cast.problem()
    rows = packed(post(office.client, {"n": [problem.number]}))
    actions.accept(problem.pk, Accept(category_id=cast.category().pk), actor=other.actor, now=problem.registered_at)
    fields = {"rows": rows, "act": "archive"}
    assert "已有人先办" in said(post(office.client, fields))[problem.number]


def test_a_confidential_one_has_to_be_dispatched_by_itself() -> None:
    office = cast.dispatcher()
    secret = cast.problem("accepted", confidential=True, text="请保密。")
    rows = packed(post(office.client, {"n": [secret.number]}))
    html = post(office.client, {"rows": rows, "act": "dispatch", "lead": str(cast.lead_unit()), "do": "preview"})
    assert "保密件" in said(html)[secret.number]


def test_all_that_match_are_taken_up_to_the_cap_and_the_cap_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "MOST", 2)
    office = cast.dispatcher()
    for n in range(3):
        cast.problem(text=f"第{n}件事。")
    cast.problem("accepted", text="另一类。")
    html = post(office.client, {"all": "1", "query": "?stage=submitted"})
    assert len(packed(html).split()) == 2
    assert "这里是清单最前面的 2 件" in html
    assert "另一类" not in html


def test_what_is_not_visible_is_left_out_in_silence_of_its_title() -> None:
    stranger = cast.person("zlsgs", "handler")
    mine = cast.problem("dispatched")
    answer = stranger.client.post("/problems/bulk", {"n": [mine.number]}, follow=True)
    html = unescape(answer.content.decode())
    assert "请先选择至少一件问题" in html
    assert mine.title not in html


def test_an_act_of_another_role_does_not_exist_here() -> None:
    problem = cast.problem("dispatched")
    assert cast.handler().client.post("/problems/bulk", {"n": [problem.number], "act": "accept"}).status_code == 404


def test_lines_can_be_ticked_only_by_who_could_act() -> None:
    cast.problem("dispatched")
    assert 'name="n"' in unescape(cast.handler().client.get("/problems/").content.decode())
    leader = cast.person("qwqzf", "leader", rank="district_leader")
    assert 'name="n"' not in unescape(leader.client.get("/problems/").content.decode())


def test_before_many_are_accepted_each_line_says_whose_requester_cannot_be_called_back() -> None:
    office = cast.dispatcher()
    silent = RequesterInput("enterprise", "上虞无号电器有限公司", contact_name="王小明")
    reached, unreached = cast.problem(text="路灯不亮。"), cast.problem(text="桥面破损。", requester=silent)
    nameless = cast.problem(text="河道有味。", requester=RequesterInput("resident"), anonymous=True)
    taken = cast.problem("accepted", text="早已受理。", requester=silent)
    numbers = [p.number for p in (reached, unreached, nameless, taken)]
    rows = packed(post(office.client, {"n": numbers}))
    filled = {"rows": rows, "act": "accept", "category_id": str(cast.category().pk)} | ORDINARY
    form = post(office.client, {"rows": rows, "act": "accept"})
    preview = post(office.client, filled | {"do": "preview"})
    for html in (form, preview):
        warned = {number for number, line in said(html).items() if "没有联系电话" in line}
        assert warned == {
            unreached.number
        }  # who wants to stay unknown gave none on purpose; the last cannot be accepted
    assert "其中 1 件没有联系电话" in preview
    assert "重点难题" not in preview  # a kind of key problem; these have a time limit
    declined = post(office.client, {"rows": rows, "act": "decline"})
    assert "没有联系电话" not in declined


def test_a_proposed_category_that_is_not_in_use_is_named_as_the_hindrance_and_the_way_back_stands_out() -> None:
    office = cast.dispatcher()
    proposed = propose_categories(["用电难"], actor=SYSTEM, now=timezone.now())["用电难"]
    problem = cast.problem(category_id=proposed)
    rows = packed(post(office.client, {"n": [problem.number]}))
    preview = post(office.client, {"rows": rows, "act": "accept", "category_id": "", "do": "preview"} | ORDINARY)
    assert said(preview)[problem.number] == "登记时建议的分类尚未启用，请另选分类。"
    assert "没有一件能办" in preview
    assert "受理后等待交办" not in preview
    assert re.findall(r'class="btn btn-primary" name="do" value="(\w+)"', preview) == ["change"]
