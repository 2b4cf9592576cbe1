"""Pages through the test client: who sees what, what a form does, what comes back when it is refused."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client

from sanfuwu.ledger.models import AccessLog
from sanfuwu.problems import actions as act
from sanfuwu.problems.commands import Decline
from sanfuwu.problems.models import Assignment, Callback, Problem

from . import cast

pytestmark = pytest.mark.django_db

INLINE = re.compile(r"\sstyle\s*=|<style|\son\w+\s*=\s*[\"']|<script(?![^>]*src=)(?![^>]*application/json)")


def page(client: Client, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, url
    return unescape(answer.content.decode())


def form_of(html: str) -> dict[str, str]:
    """The hidden fields of the open form: the version and the last event seen."""
    return {name: re.search(rf'name="{name}" value="(\d+)"', html).group(1) for name in ("version", "seen")}  # type: ignore[union-attr]


def lead(problem: Problem) -> Assignment:
    return Assignment.objects.get(problem=problem, role="lead")


def test_whoever_is_not_logged_in_is_sent_to_the_login_and_back(client: Client) -> None:
    answer = client.get("/problems/?stage=submitted")
    assert answer.status_code == 302
    assert answer["Location"] == "/login/?next=/problems/%3Fstage%3Dsubmitted"


@pytest.mark.parametrize("who", [cast.dispatcher, cast.collector, cast.handler, cast.head, cast.verifier])
def test_every_post_has_a_desk_a_list_and_a_page_of_its_own(who: object) -> None:
    somebody = who()  # type: ignore[operator]
    for url in ("/", "/problems/", "/me", "/problems/new"):
        html = page(somebody.client, url)
        assert not INLINE.search(html), url
        assert '<html lang="zh-Hans"' in html


def test_the_desk_counts_what_waits_and_links_to_its_list() -> None:
    office = cast.dispatcher()
    for _n in range(3):
        cast.problem()
    html = page(office.client, "/")
    stat = re.search(
        r'href="(/problems/\?stage=submitted[^"]*)"><span class="label">待受理</span><span class="value">3<', html
    )
    assert stat
    assert page(office.client, stat.group(1)).count('class="title"') == 3


def test_an_officer_sees_no_problems_and_is_told_so() -> None:
    officer = cast.person("qwqzf", "system_officer", name="孙某", title="系统管理员")
    problem = cast.problem()
    html = page(officer.client, "/")
    assert "这个岗位不办理问题" in html
    assert 'href="/problems/"' not in html
    page(officer.client, f"/problems/{problem.number}", 404)


def test_what_is_not_visible_does_not_exist() -> None:
    problem = cast.problem("dispatched")
    stranger = cast.person("zlsgs", "handler")
    for path in ("", "/sign", "/photos", "/looks"):
        page(stranger.client, f"/problems/{problem.number}{path}", 404)
    assert problem.title not in page(stranger.client, "/problems/")


def test_the_problem_page_shows_the_present_and_only_what_this_person_may_do() -> None:
    problem = cast.problem("dispatched")
    html = page(cast.handler().client, f"/problems/{problem.number}")
    assert "待签收" in html
    assert "崧厦供电所" in html
    assert re.search(r'btn-primary" href="/problems/[^"]+/sign\?a=[^"]+#acts"', html)
    assert "/decline" not in html
    assert "161****0001" in html
    assert cast.PHONE not in html
    assert not INLINE.search(html)


def test_an_act_is_taken_and_its_draft_is_dropped() -> None:
    problem, office = cast.problem(), cast.dispatcher()
    url = f"/problems/{problem.number}/accept"
    shown = page(office.client, url)
    sent = form_of(shown) | {
        "category_id": str(cast.category().pk), "tier": "key", "urgency": "normal", "nature": "problem",
    }  # fmt: skip
    answer = office.client.post(url, sent, follow=True)
    html = unescape(answer.content.decode())
    assert "受理：已完成。" in html
    assert f'name="draft-done" content="accept:{problem.number}:{office.actor.post_id}"' in html
    problem.refresh_from_db()
    assert (problem.state, problem.tier) == ("in_progress", "key")


def test_a_dispatch_says_until_when_before_it_is_done() -> None:
    problem, office = cast.problem("accepted"), cast.dispatcher()
    html = page(office.client, f"/problems/{problem.number}/dispatch")
    assert re.search(r"办结时限将为 .*\d+月\d+日 17:30", html)
    assert "给承办单位的内容" not in html  # nothing confidential here


def test_a_refused_form_comes_back_with_what_was_typed_and_where_to_look() -> None:
    problem, unit = cast.problem("signed"), cast.handler()
    url = f"/problems/{problem.number}/submit_result?a={lead(problem).pk}"
    sent = form_of(page(unit.client, url)) | {"result_kind": "solved", "text": "已通水通电", "evidence": ""}
    answer = unit.client.post(url, sent)
    html = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert "填写的内容都在" in html
    assert 'href="#f_evidence"' in html
    assert ">\n已通水通电</textarea>" in html or ">已通水通电</textarea>" in html


def test_a_refusal_of_the_act_itself_stands_over_the_form() -> None:
    problem, unit = cast.problem("signed"), cast.handler()
    url = f"/problems/{problem.number}/submit_result?a={lead(problem).pk}"
    sent = form_of(page(unit.client, url)) | {"result_kind": "solved", "text": "已通电", "evidence": "照片"}
    answer = unit.client.post(url, sent)
    assert answer.status_code == 422
    assert "请先联系诉求人" in answer.content.decode()


def test_the_slower_of_two_people_learns_what_changed_and_keeps_his_words() -> None:
    problem, slow, fast = cast.problem(), cast.dispatcher(), cast.dispatcher()
    url = f"/problems/{problem.number}/accept"
    sent = form_of(page(slow.client, f"/problems/{problem.number}/request_info")) | {"what": "请补充用电申请表"}
    fast.client.post(
        url,
        form_of(page(fast.client, url))
        | {"category_id": str(cast.category().pk), "tier": "limited", "urgency": "normal", "nature": "problem"},
    )
    answer = slow.client.post(f"/problems/{problem.number}/request_info", sent)
    html = unescape(answer.content.decode())
    assert answer.status_code == 409
    assert "有人先办理了" in html
    assert re.search(r"今天 \d\d:\d\d 区三服务办 受理员 陈某 受理", html)
    assert "请补充用电申请表</textarea>" in html
    problem.refresh_from_db()
    assert problem.state == "in_progress"


def test_the_slower_one_may_send_again_when_his_act_is_still_right() -> None:
    problem, slow, fast = cast.problem("contacted"), cast.handler(), cast.handler()
    url = f"/problems/{problem.number}/report?a={lead(problem).pk}"
    seen = form_of(page(slow.client, url))
    fast.client.post(url, form_of(page(fast.client, url)) | {"text": "先到现场"})
    answer = slow.client.post(url, seen | {"text": "线路已敷设一半"})
    html = unescape(answer.content.decode())
    assert answer.status_code == 409
    assert "线路已敷设一半</textarea>" in html
    again = slow.client.post(url, form_of(html) | {"text": "线路已敷设一半"}, follow=True)
    assert "反馈：已完成。" in again.content.decode()


def test_an_act_that_is_not_for_this_post_is_refused() -> None:
    problem, unit = cast.problem("dispatched"), cast.handler()
    seen = form_of(page(unit.client, f"/problems/{problem.number}/sign?a={lead(problem).pk}"))
    answer = unit.client.post(
        f"/problems/{problem.number}/decline", seen | {"reason_code": "not_ours", "where_to_go": "—"}
    )
    assert answer.status_code == 403
    page(unit.client, f"/problems/{problem.number}/no_such_act", 404)


def test_a_call_back_follows_from_three_answers_and_then_leaves_the_verifiers_sight() -> None:
    problem, officer = cast.problem("reviewed"), cast.verifier()
    url = f"/problems/{problem.number}/record_callback"
    sent = form_of(page(officer.client, url)) | {
        "reached": "yes", "channel": "phone", "contacted": "yes", "solved": "yes", "satisfied": "basically",
    }  # fmt: skip
    answer = officer.client.post(url, sent)
    assert answer["Location"] == "/#messages"
    problem.refresh_from_db()
    assert problem.state == "pending_closure"
    assert Callback.objects.get(problem=problem).satisfied == "basically"


def test_a_call_back_without_an_answer_has_no_default() -> None:
    problem, officer = cast.problem("reviewed"), cast.verifier()
    url = f"/problems/{problem.number}/record_callback"
    sent = form_of(page(officer.client, url)) | {
        "reached": "yes", "channel": "phone", "contacted": "yes", "solved": "yes",
    }  # fmt: skip
    assert officer.client.post(url, sent).status_code == 422
    assert not Callback.objects.exists()


def test_the_number_is_shown_once_with_a_reason_that_stays() -> None:
    problem, unit = cast.problem("dispatched"), cast.handler()
    url = f"/problems/{problem.number}"
    assert unit.client.post(f"{url}/phone", {"reason": "curiosity"}).status_code == 400
    assert AccessLog.objects.filter(subject_id=problem.pk).count() == 0
    answer = unit.client.post(f"{url}/phone", {"reason": "handle"})
    assert cast.PHONE in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert cast.PHONE not in page(unit.client, url)
    log = AccessLog.objects.get(subject_id=problem.pk)
    assert (log.post_id, log.what, log.reason) == (unit.actor.post_id, "unmask_contact", "handle")
    looks = page(cast.dispatcher().client, f"{url}/looks")
    assert "崧厦供电所 经办 王某" in looks
    assert "办理需要" in looks


def test_the_handling_unit_does_not_learn_who_a_confidential_requester_is() -> None:
    problem = cast.problem("dispatched", confidential=True, text="张大爷家取暖补助未到账。")
    unit = cast.handler()
    html = page(unit.client, f"/problems/{problem.number}")
    for hidden in ("张大爷", "上虞城建", "金", cast.PHONE, "161****", problem.read_code, "赵某"):
        assert hidden not in html, hidden
    assert "诉求人身份保密" in html
    assert "一户居民取暖问题" in html
    assert unit.client.post(f"/problems/{problem.number}/phone", {"reason": "handle"}).status_code == 403
    page(unit.client, f"/problems/{problem.number}/looks", 403)


def test_the_requester_reads_by_code_and_learns_no_more_than_he_should() -> None:
    problem = cast.problem("reviewed")
    html = page(Client(), f"/r/{problem.read_code}")
    assert "崧厦供电所" in html
    assert "已通水通电。" in html
    assert "王某" not in html
    assert cast.PHONE not in html
    assert "<form" not in html.split("</header>")[1]
    page(Client(), "/r/AAAAAAAAAAAA", 404)


def test_wrong_codes_are_counted() -> None:
    visitor = Client(REMOTE_ADDR="192.0.2.77")
    answers = [visitor.get(f"/r/WRONG{n:07d}").status_code for n in range(21)]
    assert answers == [404] * 20 + [429]
    assert visitor.get(f"/r/{cast.problem().read_code}").status_code == 429


def test_a_declined_problem_says_where_to_go_instead() -> None:
    problem, office = cast.problem(), cast.dispatcher()
    act.decline(
        problem.pk,
        Decline(reason_code="not_ours", where_to_go="请到人社局窗口办理。"),
        actor=office.actor,
        now=problem.registered_at,
    )
    html = page(Client(), f"/r/{problem.read_code}")
    assert "不予受理：不属于本级职责" in html
    assert "请到人社局窗口办理。" in html


def test_display_switches_are_cookies_and_need_no_login() -> None:
    visitor = Client()
    answer = visitor.post("/preferences", {"large": "1", "next": "/r/"})
    assert answer["Location"] == "/r/"
    assert 'class="large"' in page(visitor, "/r/")
    visitor.post("/preferences", {"language": "en", "next": "/r/"})
    html = page(visitor, "/r/")
    assert '<html lang="en"' in html
    assert "Follow your problem" in html
    visitor.post("/preferences", {"large": "0"})
    assert 'class="large"' not in page(visitor, "/r/")
    assert visitor.post("/preferences", {"dark": "1", "next": "https://example.org/"})["Location"] == "/"


def test_somebody_without_a_post_today_is_told_whom_to_ask() -> None:
    from sanfuwu.accounts.models import Account
    from sanfuwu.ledger.fields import new_id

    account = Account.objects.create(id=new_id(), username="nobody", password="!", created_at=cast.timezone.now())
    visitor = Client()
    visitor.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert "不是上虞区的账号" in page(visitor, "/", 403)
