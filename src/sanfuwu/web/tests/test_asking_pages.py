"""Pages of what units ask, what hangs together, and what is waited for."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape

import pytest
from django.utils import timezone

from sanfuwu.counties.queries import work_calendar
from sanfuwu.problems import actions as act
from sanfuwu.problems.commands import Hold, Merge, RequestExtension, RequestHold, Withdraw
from sanfuwu.problems.models import Problem
from sanfuwu.rules.lifecycle import ProblemState

from . import cast
from .test_pages import form_of, lead, page

pytestmark = pytest.mark.django_db


def supervisor() -> cast.Person:
    return cast.person("dcs", "supervisor", name="倪某", title="督查员")


def working_day(problem: Problem, days: int) -> dt.date:
    """A working day so many days after the lead's date."""
    calendar = work_calendar()
    return calendar.shift(lead(problem).due_at.astimezone(calendar.tz).date(), days)


def test_whose_turn_it_is_not_reads_in_one_line_what_is_waited_for() -> None:
    office = cast.dispatcher()
    for stage, sentence in (
        ("registered", "等待三服务办受理。"),
        ("dispatched", "等待崧厦供电所签收。"),
        ("signed", "崧厦供电所正在办理，等待提交结果。"),
        ("submitted", "等待崧厦供电所负责人签发结果。"),
        ("reviewed", "等待回访员回访诉求人。"),
    ):
        problem = cast.problem(stage)
        reader = supervisor() if stage == "registered" else office
        html = page(reader.client, f"/problems/{problem.number}")
        assert re.search(rf'class="waiting">.*?<span>{sentence}</span>', html, re.S), stage
    html = page(cast.handler().client, f"/problems/{cast.problem('dispatched').number}")
    assert 'class="waiting"' not in html  # his turn: the one primary act stands there


def test_the_head_returns_by_form_and_the_office_rules_with_the_proposed_unit_filled_in() -> None:
    problem, head, office = cast.problem("dispatched"), cast.head(), cast.dispatcher()
    url = f"/problems/{problem.number}/return?a={lead(problem).pk}"
    other = str(cast.Unit.objects.get(code="zlsgs").pk)
    sent = form_of(page(head.client, url)) | {"reason": "非本所线路", "basis": "划分文件", "proposed_unit": other}
    assert head.client.post(url, sent).status_code == 302
    html = page(office.client, f"/problems/{problem.number}")
    for words in ("崧厦供电所申请退回", "非本所线路", "划分文件", "自来水公司", "由区三服务办审批", "退单待裁定"):
        assert words in html
    assert re.search(r'btn-primary" href="[^"]+/rule_uphold', html)
    form = page(office.client, f"/problems/{problem.number}/rule_reassign?a={lead(problem).pk}")
    assert re.search(rf'<option value="{other}" selected', form)
    assert "待批复" in page(office.client, "/")


def test_an_extension_is_asked_and_granted_by_form_and_the_bar_is_marked() -> None:
    problem, unit, office = cast.problem("contacted"), cast.handler(), cast.dispatcher()
    a = lead(problem).pk
    url = f"/problems/{problem.number}/request_extension?a={a}"
    sent = form_of(page(unit.client, url)) | {"due_on": working_day(problem, 3).isoformat(), "reason": "等设备"}
    assert unit.client.post(url, sent).status_code == 302
    html = page(unit.client, f"/problems/{problem.number}")
    assert "延期申请中" in html
    url = f"/problems/{problem.number}/decide_extension?a={a}"
    shown = page(office.client, url)
    assert "等设备" in shown
    undecided = office.client.post(url, form_of(shown))
    assert undecided.status_code == 422  # there is no default
    assert office.client.post(url, form_of(shown) | {"granted": "yes"}).status_code == 302
    html = page(office.client, f"/problems/{problem.number}")
    assert 'class="mark"' in html
    assert "同意崧厦供电所延期" in html


def held() -> Problem:
    problem, unit = cast.problem("contacted"), cast.handler()
    cmd = RequestHold(condition="works", review_on=working_day(problem, 20), reason="等主干线改造")
    act.request_hold(problem.pk, cmd, actor=unit.actor, now=timezone.now())
    act.hold(problem.pk, Hold(remark="同意"), actor=supervisor().actor, now=timezone.now())
    return problem


def test_on_hold_the_bar_is_hatched_and_says_what_is_left() -> None:
    problem = held()
    html = page(cast.dispatcher().client, f"/problems/{problem.number}")
    assert 'class="pause" fill="url(#hatch)"' in html
    assert "挂账中，停止计时；恢复后还剩" in html
    assert "已挂账，" in html
    assert "等待工程完成" in html
    listed = page(cast.dispatcher().client, "/problems/?stage=on_hold")
    assert "挂账，还剩" in listed


def test_the_form_of_a_hold_is_filled_with_what_the_unit_asked_for() -> None:
    problem, unit, above = cast.problem("contacted"), cast.handler(), supervisor()
    day = working_day(problem, 20)
    cmd = RequestHold(condition="funds", review_on=day, reason="等资金下达")
    act.request_hold(problem.pk, cmd, actor=unit.actor, now=timezone.now())
    html = page(above.client, f"/problems/{problem.number}/hold?a={lead(problem).pk}")
    assert f'value="{day.isoformat()}"' in html
    assert re.search(r'value="funds"[^>]* checked', html)
    assert "待批复" in page(above.client, "/")


def test_a_merged_problem_shows_its_master_in_list_and_page_and_the_master_its_follower() -> None:
    master, follower, office = cast.problem("contacted"), cast.problem(text="又一家说同一件事。"), cast.dispatcher()
    act.merge(follower.pk, Merge(master=master.number, reason="同一件"), actor=office.actor, now=timezone.now())
    assert f"并入 {master.number.partition('-')[2]}" in page(office.client, "/problems/?stage=merged")
    html = page(office.client, f"/problems/{follower.number}")
    assert f'href="/problems/{master.number}"' in html
    assert "已合并，随主件办理。" in html
    html = page(office.client, f"/problems/{master.number}")
    assert f'href="/problems/{follower.number}"' in html
    answer = office.client.get(f"/r/{follower.read_code}")
    told = unescape(answer.content.decode())
    assert "与此前反映的同一件事一并办理" in told
    assert "崧厦供电所" in told
    assert master.title not in told


def test_a_split_is_written_as_paragraphs() -> None:
    problem, office = cast.problem("accepted"), cast.dispatcher()
    url = f"/problems/{problem.number}/split"
    sent = form_of(page(office.client, url)) | {"parts": "临时用水未接。\r\n\r\n临时用电未接。\n \n道路未通。"}
    assert office.client.post(url, sent).status_code == 302
    assert [p.title for p in Problem.objects.filter(parent=problem).order_by("pk")] == [
        "临时用水未接",
        "临时用电未接",
        "道路未通",
    ]
    html = page(office.client, f"/problems/{problem.number}")
    assert "已拆分，各项全部办结后随之办结。" in html
    assert html.count('class="kin"') == 1


def test_about_a_withdrawal_one_thing_is_asked() -> None:
    collector, asks = cast.collector(), cast.verifier()
    problem = cast.problem("signed", by=collector)
    cmd = Withdraw(reason="自己解决了", proof="书面说明")
    other = cast.person("qwqzf", "collector")
    assert other.actor.unit_id != collector.actor.unit_id
    act.withdraw(problem.pk, cmd, actor=collector.actor, now=timezone.now())
    url = f"/problems/{problem.number}/record_callback"
    html = page(asks.client, url)
    assert "是本人自愿撤回的吗？" in html
    assert "问题解决了吗" not in html
    sent = form_of(html) | {"channel": "phone", "reached": "yes", "satisfied": "no", "words": "是所里要我撤的"}
    assert asks.client.post(url, sent).status_code == 302
    problem.refresh_from_db()
    assert problem.state == ProblemState.SUBMITTED


def test_what_is_too_late_to_ask_is_not_offered() -> None:
    problem = cast.problem("contacted")
    a = lead(problem)
    unit, head = cast.handler(), cast.head()
    assert "/request_extension" in page(unit.client, f"/problems/{problem.number}")
    assert "/return?" in page(head.client, f"/problems/{problem.number}")
    past = work_calendar().shift(timezone.localdate(), -3)
    a.dispatched_at = dt.datetime.combine(past, dt.time(1), dt.UTC)
    a.due_at = timezone.now()
    a.save()
    assert "/request_extension" not in page(unit.client, f"/problems/{problem.number}")
    assert "/return?" not in page(head.client, f"/problems/{problem.number}")


def test_a_list_says_what_a_desk_link_asks_for() -> None:
    problem, unit, office = cast.problem("contacted"), cast.handler(), cast.dispatcher()
    cmd = RequestExtension(due_on=working_day(problem, 2), reason="等设备")
    act.request_extension(problem.pk, cmd, actor=unit.actor, now=timezone.now())
    html = page(office.client, f"/problems/?waits=decide_extension:{office.actor.unit_id}&asks=extension")
    assert "待办：延期审批" in html
    assert "单位申请：延期" in html
    assert problem.number.partition("-")[2] in html
