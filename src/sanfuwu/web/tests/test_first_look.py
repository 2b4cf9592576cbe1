"""What somebody meets who knows only the manual: whole names, contacts, questions, and what an act says of itself."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.utils import timezone

from sanfuwu.ledger.models import Event
from sanfuwu.parties.actions import RequesterInput
from sanfuwu.parties.queries import open_contact
from sanfuwu.problems import actions as act
from sanfuwu.problems.actions.categories import create_category
from sanfuwu.problems.commands import Accept, RecordCallback, RequestInfo
from sanfuwu.problems.models import Callback, Problem
from sanfuwu.territory.actor import SYSTEM

from . import cast
from .test_pages import form_of, page

pytestmark = pytest.mark.django_db

THREE = {"who": "上虞样例电器有限公司", "text": "厂区外路灯不亮。夜班出行不便。", "place": "崧厦镇"}
REST = {"channel": "visit", "urgency": "normal", "do": "register"}
VILLAGE = "330604007299"  # 三华村委会
NOBODY = RequesterInput("enterprise", "上虞样例伞业有限公司")


def leaf() -> Problem:
    """An accepted problem of 公用事业 / 供电 / 线路 at a village."""
    top = create_category("gy", "公用事业", actor=SYSTEM, now=timezone.now())
    middle = create_category("gy-gd", "供电", parent_id=top.pk, actor=SYSTEM, now=timezone.now())
    line = create_category("gy-gd-xl", "线路", parent_id=middle.pk, actor=SYSTEM, now=timezone.now())
    made = cast.problem(division=VILLAGE)
    office = cast.dispatcher()
    act.accept(made.pk, Accept(category_id=line.pk), actor=office.actor, now=timezone.now())
    return made


# ── whole names ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_category_says_its_path_on_the_page_in_lists_and_in_every_select() -> None:
    problem, office = leaf(), cast.dispatcher()
    path = "公用事业 / 供电 / 线路"
    assert f'<span class="chip">{path}</span>' in page(office.client, f"/problems/{problem.number}")
    other = cast.problem()
    for url in (f"/problems/{other.number}/accept", "/problems/new"):
        html = page(office.client, url)
        assert re.search(rf'<optgroup label="公用事业">.*<option value="[^"]+">{path}</option>', html, re.S), url
    assert f"<span>{path}</span>" in page(office.client, "/problems/filters")
    listed = page(office.client, "/problems/")
    assert re.search(
        r'class="in-short">[^<]*· 公用事业 / … / 线路 ·.*class="in-full">[^<]*公用事业 / 供电 / 线路 ·', listed
    )
    chosen = page(office.client, f"/problems/?category={problem_category(problem)}&cols=number,title,category")
    assert path in re.findall(r'class="chip accent"[^>]*>([^<]*)', chosen)[0]


def problem_category(problem: Problem) -> object:
    return Problem.objects.get(pk=problem.pk).category_id


def test_a_village_says_its_town_on_the_page_and_in_lists() -> None:
    problem, office = leaf(), cast.dispatcher()
    assert re.search(r"· 崧厦(镇|街道) 三华村委会 ·", page(office.client, f"/problems/{problem.number}"))
    assert re.search(r'class="in-full">崧厦(镇|街道) 三华村委会 · ', page(office.client, "/problems/"))


# ── the call-back ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_unanswered_questions_are_named_at_the_questions_and_not_at_the_conclusion() -> None:
    problem, officer = cast.problem("reviewed"), cast.verifier()
    url = f"/problems/{problem.number}/record_callback"
    answer = officer.client.post(url, form_of(page(officer.client, url)) | {"reached": "yes", "channel": "phone"})
    html = answer.content.decode()
    assert answer.status_code == 422
    for name in ("contacted", "solved", "satisfied"):
        asked = re.search(rf'<fieldset class="field bad" id="f_{name}">.*?</fieldset>', html, re.S)
        assert asked, name
        assert "请回答这一问" in asked.group()
    assert "请填写回访结论" not in html
    assert 'id="f_outcome"' in html
    assert '<details class="more-fields" open>' not in html
    assert not Callback.objects.exists()


def test_a_chosen_conclusion_does_not_stand_in_for_the_answers() -> None:
    problem, officer = cast.problem("reviewed"), cast.verifier()
    url = f"/problems/{problem.number}/record_callback"
    sent = form_of(page(officer.client, url)) | {"reached": "yes", "channel": "phone", "outcome": "confirmed"}
    html = officer.client.post(url, sent).content.decode()
    assert html.count('<fieldset class="field bad"') == 3


def test_by_what_way_one_calls_stands_open_and_only_the_questions_are_said_to_have_no_answer() -> None:
    problem, officer = cast.problem("reviewed"), cast.verifier()
    html = page(officer.client, f"/problems/{problem.number}/record_callback")
    folded = html[html.index('<details class="more-fields"') :]
    assert html.index('id="f_channel"') < html.index('<details class="more-fields"')
    assert 'id="f_outcome"' in folded
    assert "没有默认值" not in html
    at_questions = re.search(r'id="f_contacted">.*?</fieldset>', html, re.S)
    assert at_questions
    assert "没有预选" in at_questions.group()
    assert not re.search(r'name="(contacted|solved|satisfied)"[^>]* checked', html)


def test_the_timeline_says_who_wrote_down_what_the_requester_said() -> None:
    problem, officer = cast.problem("reviewed"), cast.verifier()
    said = RecordCallback(
        channel="phone", reached=True, contacted=True, solved=True, satisfied="yes", outcome="confirmed"
    )
    act.record_callback(problem.pk, said, actor=officer.actor, now=timezone.now())
    html = page(cast.dispatcher().client, f"/problems/{problem.number}")
    assert "回访员 周某 作出回访结论：诉求人表示认可" in html
    assert "<div>诉求人确认</div>" not in html


# ── how to reach the requester ───────────────────────────────────────────────────────────────────────────────────────


def test_the_contact_is_asked_for_in_the_open_and_leaving_it_empty_is_no_refusal() -> None:
    cadre = cast.collector()
    html = page(cadre.client, "/problems/new")
    for name in ("contact_name", "phone"):
        assert html.index(f'id="f_{name}"') < html.index('<details class="more-fields"'), name
    answer = cadre.client.post("/problems/new", THREE | REST, follow=True).content.decode()
    assert Problem.objects.count() == 1
    assert "没有登记联系电话，回访时联系不上" in answer


@pytest.mark.parametrize("more", [{"phone": cast.PHONE}, {"anonymous": "on"}], ids=str)
def test_whoever_can_be_rung_or_is_anonymous_gets_no_hint(more: dict[str, str]) -> None:
    answer = cast.collector().client.post("/problems/new", THREE | REST | more, follow=True).content.decode()
    assert "没有登记联系电话" not in answer
    assert "没有联系电话" not in answer


def test_whoever_accepts_is_told_that_nobody_can_be_called_back_and_how_to_ask() -> None:
    problem, office = cast.problem(requester=NOBODY), cast.dispatcher()
    for url in (f"/problems/{problem.number}", f"/problems/{problem.number}/accept"):
        html = page(office.client, url)
        note = re.search(r'<p class="act-note">.*?</p>', html, re.S)
        assert note, url
        assert "没有联系电话，回访时联系不上诉求人" in note.group()
        assert f"/problems/{problem.number}/request_info" in note.group()
        assert f"/problems/{problem.number}/correct" in note.group()
    reached = page(office.client, f"/problems/{cast.problem().number}/accept")
    assert "没有联系电话" not in reached


def test_a_unit_that_may_not_see_the_requester_is_not_told_about_his_telephone() -> None:
    problem = cast.problem("dispatched", requester=NOBODY, confidential=True)
    assert "没有联系电话" not in page(cast.handler().client, f"/problems/{problem.number}")


def test_a_supplement_brings_the_telephone_encrypted_and_out_of_every_event() -> None:
    cadre, office = cast.collector(), cast.dispatcher()
    problem = cast.problem(requester=NOBODY, by=cadre)
    act.request_info(problem.pk, RequestInfo(what="联系电话"), actor=office.actor, now=timezone.now())
    url = f"/problems/{problem.number}/supply_info"
    sent = form_of(page(cadre.client, url)) | {"text": "已问到。", "contact_name": "金小明", "phone": cast.PHONE}
    assert cadre.client.post(url, sent).status_code == 302
    problem.refresh_from_db()
    assert problem.contact is not None
    assert open_contact(problem.contact).phone == cast.PHONE
    assert open_contact(problem.contact).name == "金小明"
    assert problem.state == "submitted"
    for event in Event.objects.filter(stream_id=problem.pk):
        assert cast.PHONE not in str(event.payload)
        assert "金小明" not in str(event.payload)
    assert "没有联系电话" not in page(office.client, f"/problems/{problem.number}")


def test_a_correction_brings_a_telephone_and_keeps_the_name() -> None:
    office, resident = cast.dispatcher(), RequesterInput("resident", contact_name="王小明")
    problem = cast.problem(requester=resident)
    url = f"/problems/{problem.number}/correct"
    sent = form_of(page(office.client, url)) | {"reason": "问到电话", "phone": cast.PHONE}
    assert office.client.post(url, sent).status_code == 302
    problem.refresh_from_db()
    assert problem.contact is not None
    contact = open_contact(problem.contact)
    assert (contact.name, contact.phone) == ("王小明", cast.PHONE)
    assert Event.objects.filter(stream_id=problem.pk).order_by("-seq")[0].payload["data"]["fields"] == ["contact"]


def test_a_telephone_that_is_none_is_refused_at_its_field() -> None:
    office, problem = cast.dispatcher(), cast.problem(requester=NOBODY)
    url = f"/problems/{problem.number}/correct"
    answer = office.client.post(url, form_of(page(office.client, url)) | {"reason": "问到电话", "phone": "12"})
    assert answer.status_code == 422
    assert 'id="f_phone_error"' in answer.content.decode()
    problem.refresh_from_db()
    assert problem.contact is None


# ── what an act says of itself ───────────────────────────────────────────────────────────────────────────────────────


def test_accepting_names_what_was_proposed_or_says_that_nothing_was() -> None:
    office = cast.dispatcher()
    html = page(office.client, f"/problems/{cast.problem().number}/accept")
    assert "登记时没有建议分类" in html
    assert "登记时建议" not in html
    proposed = cast.problem(
        text="路灯不亮。", category_id=create_category("ld", "路灯", actor=SYSTEM, now=timezone.now()).pk
    )
    assert "登记时建议：路灯。由您确定。" in page(office.client, f"/problems/{proposed.number}/accept")


def test_accepting_explains_what_tier_urgency_and_nature_mean_for_the_time_limit() -> None:
    html = page(cast.dispatcher().client, f"/problems/{cast.problem().number}/accept")
    for name, words in (
        ("tier", ("（7 个工作日）", "（25 个工作日）")),
        ("urgency", ("（24 小时）", "（3 个工作日）")),
        ("nature", ("（90 个自然日）", "（60 个自然日）")),
    ):
        field = re.search(rf'id="f_{name}">.*?</fieldset>', html, re.S)
        assert field, name
        hint = re.search(r'class="hint">([^<]*)<', field.group())
        assert hint, name
        for part in words:
            assert part in hint.group(1)


@pytest.mark.parametrize(("until", "word"), [("submitted", "待签发"), ("signed_off", "待审核")])
def test_the_box_of_responsibility_says_what_the_heading_says(until: str, word: str) -> None:
    problem = cast.problem(until)
    html = page(cast.dispatcher().client, f"/problems/{problem.number}")
    box = html[html.index('aria-labelledby="resp-h"') :].partition("</section>")[0]
    heading = re.search(r'class="row state-line"><span class="chip[^"]*">(?:<svg.*?</svg>)?([^<]+)', html, re.S)
    assert heading
    assert heading.group(1) == word
    assert f"{word}</span>" in box


def test_after_an_act_the_address_leads_to_what_was_done() -> None:
    problem, unit = cast.problem("signed"), cast.handler()
    a = f"?a={problem.assignments.get(role='lead').pk}"
    url = f"/problems/{problem.number}/contact{a}"
    answer = unit.client.post(url, form_of(page(unit.client, url)) | {"how": "phone"})
    assert answer["Location"] == f"/problems/{problem.number}#messages"
    html = page(unit.client, f"/problems/{problem.number}")
    assert re.search(r'id="messages" tabindex="-1"', html)
    assert re.search(r'<div class="message success" role="status">.*已完成', html, re.S)


@pytest.mark.parametrize(
    ("who", "path"),
    [(cast.handler, ""), (cast.handler, "/submit_result"), (cast.dispatcher, ""), (cast.dispatcher, "/accept")],
)
def test_no_two_controls_of_a_problems_page_are_called_more(who: Callable[[], cast.Person], path: str) -> None:
    problem = cast.problem("registered" if who is cast.dispatcher else "contacted")
    html = page(who().client, f"/problems/{problem.number}{path}")
    summaries = [re.sub(r"<[^>]+>", "", s).strip() for s in re.findall(r"<summary[^>]*>(.*?)</summary>", html, re.S)]
    tabs = html[html.index('class="tabbar"') :]
    names = [*summaries, re.sub(r"<[^>]+>", "", tabs.partition("</nav>")[0].rpartition("<a")[2].partition(">")[2])]
    assert "更多" not in [name.strip() for name in names]
    assert "全部功能" in tabs
