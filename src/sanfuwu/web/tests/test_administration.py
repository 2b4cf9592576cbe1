"""管理: what an office sets on its pages, who may open them, and what typing something wrong keeps."""

from __future__ import annotations

import datetime as dt
import io
import re
from html import unescape
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from sanfuwu.problems.actions.categories import create_category, propose_categories
from sanfuwu.problems.models import Category, Problem
from sanfuwu.reference.actions import add_phrase, set_county
from sanfuwu.reference.limits import limit_names
from sanfuwu.reference.models import CalendarNotice, Phrase, RuleVersion
from sanfuwu.reference.queries import county_data, in_force, reason
from sanfuwu.territory.actor import SYSTEM
from sanfuwu.territory.models import Unit
from sanfuwu.triage import actions as catalogue
from sanfuwu.triage.actions.entries import EntryInput
from sanfuwu.triage.models import CatalogueEntry

from . import cast
from .cast import SONGXIA, Person

pytestmark = pytest.mark.django_db

PAGES = {
    "/admin/categories/": {"office"},
    "/admin/categories/import": {"office"},
    "/admin/catalogue/": {"office"},
    "/admin/catalogue/coverage": {"office"},
    "/admin/catalogue/import": {"office"},
    "/admin/limits/": {"office", "supervision"},
    "/admin/limits/new": {"office"},
    "/admin/calendar/": {"office", "supervision"},
    "/admin/reasons/decline/": {"office"},
    "/admin/reasons/decline/military": {"office"},
    "/admin/county": {"officer"},
    "/phrases/": {"office", "supervision", "handler"},
}


def officer() -> Person:
    return cast.person("sfwb", "system_officer", name="彭某", title="系统管理员")


def supervision() -> Person:
    return cast.person("dcs", "supervisor", name="钱某", title="督查员")


PEOPLE = {"office": cast.dispatcher, "supervision": supervision, "officer": officer, "handler": cast.handler}


def page(answer: Any) -> str:
    return unescape(answer.content.decode())


@pytest.mark.parametrize("who", PEOPLE)
def test_each_page_opens_to_those_whom_the_policy_names(who: str) -> None:
    person = PEOPLE[who]()
    found = {path for path in PAGES if person.client.get(path).status_code == 200}
    assert found == {path for path, may in PAGES.items() if who in may}
    assert {person.client.get(path).status_code for path in PAGES.keys() - found} <= {403}


@pytest.mark.parametrize(
    ("who", "names"),
    [
        (
            "office",
            [
                "值班表",
                "问题分类",
                "派单目录",
                "办理时限",
                "工作日历",
                "事由",
                "常用语",
                "清单列设置",
                "文书",
                "其他系统",
                "往来县区",
            ],
        ),
        ("supervision", ["办理时限", "工作日历", "文书"]),
        ("officer", ["启用清单", "单位", "人员岗位", "代理（AB 角）", "县域资料"]),
        ("handler", []),
    ],
)
def test_the_first_page_names_ones_own_sections(who: str, names: list[str]) -> None:
    answer = PEOPLE[who]().client.get("/admin/")
    assert answer.status_code == (200 if names else 404)
    if names:
        assert [str(section.label) for section, _waits in answer.context["sections"]] == names


def test_a_category_is_added_and_a_refusal_keeps_what_was_typed() -> None:
    client = cast.dispatcher().client
    client.post("/admin/categories/", {"name": "公用事业", "code": "gy", "parent_id": ""})
    assert Category.objects.get(code="gy").name == "公用事业"
    again = client.post("/admin/categories/", {"name": "交通出行", "code": "gy", "parent_id": ""})
    assert again.status_code == 422
    assert 'value="交通出行"' in page(again)


def test_a_proposed_category_is_merged_on_its_page_and_the_page_says_how_many_follow() -> None:
    now = timezone.now()
    proposed = propose_categories(["用电难"], actor=SYSTEM, now=now)["用电难"]
    into = create_category("gd", "供电", actor=SYSTEM, now=now)
    cast.problem(category_id=proposed)
    client = cast.dispatcher().client
    assert "用电难" in page(client.get("/admin/categories/"))
    answer = client.post(f"/admin/categories/{proposed}", {"do": "merge", "into": str(into.pk)}, follow=True)
    assert "1 个问题随之转入" in page(answer)
    assert Problem.objects.get().proposed_category_id == into.pk


def workbook(*rows: tuple[str, ...]) -> SimpleUploadedFile:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for n, row in enumerate(rows):
            sheet.write_row(n, 0, row)
    return SimpleUploadedFile("表.xlsx", out.getvalue())


def test_a_workbook_is_looked_at_then_entered() -> None:
    client = cast.dispatcher().client
    file = workbook(("一级", "二级", "三级", "编码"), ("公用事业", "", "", "gy"), ("公用事业", "供热", "管网", "坏码"))
    looked = client.post("/admin/categories/import", {"file": file})
    assert "录入 1 行" in page(looked)
    assert "编码只能用英文字母" in page(looked)
    assert Category.objects.count() == 0
    rows = looked.context["signed"]
    done = page(client.post("/admin/categories/import", {"rows": rows}))
    assert "已录入 1 行" in done
    assert Category.objects.get().code == "gy"
    assert client.post("/admin/categories/import", {"rows": rows + "x"}).status_code == 422


@pytest.mark.parametrize("content", [b"not a workbook", b"PK\x03\x04broken", b""])
def test_a_file_that_is_no_workbook_is_refused_in_words(content: bytes) -> None:
    file = SimpleUploadedFile("表.xlsx", content)
    assert cast.dispatcher().client.post("/admin/categories/import", {"file": file}).status_code == 422


def test_the_dispatch_form_proposes_the_catalogues_units_and_says_why() -> None:
    office = cast.dispatcher()
    problem = cast.problem("accepted")
    lead, co = cast.lead_unit(), Unit.objects.get(code="zlsgs").pk
    given = EntryInput(
        category_id=cast.category().pk, town=SONGXIA, lead=lead, co=(co,), valid_from=timezone.localdate()
    )
    catalogue.add_entry(given, actor=office.actor, now=timezone.now())
    answer = page(office.client.get(reverse("web:act", args=[problem.number, "dispatch"])))
    assert "派单目录：水电气 × 崧厦街道 → 崧厦供电所。由您决定。" in answer
    assert f'<option value="{lead}" selected>' in answer
    assert [str(unit) for unit in office_initial(office, problem)] == [str(co)]


def test_the_town_of_the_place_is_named_but_not_chosen_for_a_dispatch() -> None:
    office = cast.dispatcher()
    url = reverse("web:act", args=[cast.problem("accepted").number, "dispatch"])
    answer = office.client.get(url)
    assert "按属地：崧厦街道。没有人建议主办单位。" in page(answer)
    assert "登记时建议：" not in page(answer)
    assert not answer.context["form"]["lead"].value()
    assert not re.search(r'<option value="[^"]+" selected>', page(answer).split('id="f_lead"')[1].split("</select>")[0])


def test_a_town_that_the_registrar_really_proposed_is_chosen_and_said_to_be_his() -> None:
    office = cast.dispatcher()
    town = Unit.objects.get(code=SONGXIA).pk
    url = reverse("web:act", args=[cast.problem("accepted", proposed_unit=town).number, "dispatch"])
    answer = office.client.get(url)
    assert "登记时建议：崧厦街道。" in page(answer)
    assert answer.context["form"]["lead"].value() == str(town)


def office_initial(office: Person, problem: Problem) -> list[str]:
    """The co-handlers ticked in the form as it opens."""
    answer = office.client.get(reverse("web:act", args=[problem.number, "dispatch"]))
    ticked: list[str] = answer.context["form"]["co"].value()
    return ticked


def test_the_register_page_shows_the_catalogues_unit_as_one_chooses() -> None:
    office = cast.dispatcher()
    given = EntryInput(category_id=cast.category().pk, lead=cast.lead_unit(), valid_from=timezone.localdate())
    catalogue.add_entry(given, actor=office.actor, now=timezone.now())
    asked = {"place": "崧厦街道", "category_id": str(cast.category().pk)}
    assert "水电气 → 崧厦供电所" in page(office.client.get("/problems/new/unit", asked))
    assert "→" not in page(office.client.get("/problems/new/unit", {"place": "无此地", "category_id": "x"}))


def test_a_catalogue_line_is_added_and_ended_on_the_page() -> None:
    client = cast.dispatcher().client
    said = {
        "category_id": str(cast.category().pk),
        "town": "",
        "lead": str(cast.lead_unit()),
        "valid_from": timezone.localdate().isoformat(),
    }
    client.post("/admin/catalogue/", said)
    entry = CatalogueEntry.objects.get()
    assert "崧厦供电所" in page(client.get("/admin/catalogue/"))
    client.post("/admin/catalogue/", {"do": "end", "entry": str(entry.pk)})
    entry.refresh_from_db()
    assert entry.valid_to == timezone.localdate() + dt.timedelta(days=1)


def limits(**other: tuple[str, str]) -> dict[str, str]:
    """The form of a new version as the browser would send it back."""
    from sanfuwu.reference.limits import hours_dict, key_of, limits_of
    from sanfuwu.rules.deadlines import DeadlineRules
    from sanfuwu.rules.durations import Duration
    from sanfuwu.rules.officehours import OfficeHours

    sent = dict(hours_dict(OfficeHours()))
    present = limits_of(DeadlineRules())
    for name, role in limit_names():
        key = key_of(name, role)
        length = Duration.parse(present[key])
        sent[f"{key}_0"] = str(length.amount)
        sent[f"{key}_1"] = present[key].removeprefix(str(length.amount))
    for key, (number, unit) in other.items():
        sent |= {f"{key}_0": number, f"{key}_1": unit}
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    return sent | {"valid_from": tomorrow.isoformat(), "remark": "区政办〔2026〕8号"}


def test_time_limits_go_from_the_preview_to_the_proposal_to_the_approval() -> None:
    office, second = cast.dispatcher(), supervision()
    cast.problem("dispatched")
    looked = office.client.post("/admin/limits/new", limits(limited_lead=("5", "wd")) | {"do": "look"})
    assert "其中 1 件的期限会不同" in page(looked)
    assert RuleVersion.objects.count() == 0
    office.client.post("/admin/limits/new", limits(limited_lead=("5", "wd")) | {"do": "propose"})
    assert "第 2 版待督查审批" in page(office.client.get("/admin/limits/"))
    assert office.client.post("/admin/limits/2", {"do": "approve"}).status_code == 403
    assert "7 个工作日 / 3 个工作日" in page(second.client.get("/admin/limits/2"))
    second.client.post("/admin/limits/2", {"do": "approve"})
    assert in_force(timezone.now() + dt.timedelta(days=2)).number == 2


def test_a_wrong_limit_comes_back_at_its_field_with_everything_typed() -> None:
    answer = cast.dispatcher().client.post("/admin/limits/new", limits(limited_co=("9", "wd")) | {"do": "look"})
    assert answer.status_code == 422
    assert "协办时限不得长于主办时限" in page(answer)
    assert 'name="limited_co_0" value="9"' in page(answer)


NOTICE = "元旦：1月1日（周五）至3日（周日）放假，共3天。春节：2月5日至11日放假调休，共7天。1月31日（周日）上班。"


def test_a_pasted_notice_becomes_days_then_a_proposal_then_the_calendar() -> None:
    office, second = cast.dispatcher(), supervision()
    path = "/admin/calendar/?year=2027"
    assert "2027 年放假安排尚未公布" in page(office.client.get(path))
    read = office.client.post(path, {"year": "2027", "do": "read", "notice": NOTICE})
    days = read.context["form"]["days"].value()
    assert "2027-02-05 休 春节" in days
    assert "2027-01-31 班 春节" in days
    proposed = {"year": "2027", "do": "propose", "days": days, "remark": "国办发明电〔2026〕1号"}
    office.client.post(path, proposed)
    assert CalendarNotice.objects.get().days["2027-01-31"] == "work"
    assert "2027 年放假安排尚未公布" in page(second.client.get(path))
    second.client.post(path, {"year": "2027", "do": "approve"})
    assert "尚未公布" not in page(second.client.get(path))


def test_what_a_notice_says_wrongly_is_named() -> None:
    sent = {"year": "2027", "do": "read", "notice": "元旦：1月1日（周一）放假。春节：2月5日至11日放假，共7天。"}
    assert "“1月1日（周一）”：星期与日期不符" in page(cast.dispatcher().client.post("/admin/calendar/", sent))


def test_a_workbook_of_days_is_read_too() -> None:
    file = workbook(("日期", "类型", "名称"), ("2027-01-01", "休", "元旦"), ("2027-01-09", "班", ""))
    answer = cast.dispatcher().client.post("/admin/calendar/", {"year": "2027", "do": "read", "file": file})
    assert answer.context["form"]["days"].value() == "2027-01-01 休 元旦\n2027-01-09 班"


def test_a_reason_is_renamed_and_the_next_form_offers_it_so() -> None:
    office = cast.dispatcher()
    sent = {"label": "不归本区管", "where_to_go": "请拨 12345。", "place": "10", "active": "on", "version": "0"}
    office.client.post("/admin/reasons/decline/not_ours", sent)
    found = reason("decline", "not_ours")
    assert found is not None
    assert found.label == "不归本区管"
    form = page(office.client.get(reverse("web:act", args=[cast.problem().number, "decline"])))
    assert "不归本区管" in form
    assert "请拨 12345。" in form


def test_words_stand_beside_the_form_with_their_placeholders_filled() -> None:
    who, now = cast.handler(), timezone.now()
    problem = cast.problem("contacted", by=None)
    add_phrase(scope="personal", act="report", text="{编号}：{本单位}已现场查看。", actor=who.actor, now=now)
    form = page(who.client.get(reverse("web:act", args=[problem.number, "report"]) + _assignment(problem)))
    assert f"{problem.number}：崧厦供电所已现场查看。" in form
    assert "data-phrase" in form


def _assignment(problem: Problem) -> str:
    return f"?a={problem.assignments.get().pk}"


def test_ones_words_are_added_changed_and_removed() -> None:
    client = cast.handler().client
    client.post("/phrases/", {"act": "report", "text": "已电话联系。"})
    one = Phrase.objects.get()
    client.post(f"/phrases/{one.pk}", {"act": "", "text": "已当面沟通。", "version": str(one.version)})
    assert "已当面沟通。" in page(client.get("/phrases/"))
    bad = client.post("/phrases/", {"act": "", "text": "{姓名}您好"})
    assert bad.status_code == 422
    assert "{姓名}" in page(bad)
    assert cast.handler().client.get(f"/phrases/{one.pk}").status_code == 404
    client.post(f"/phrases/{one.pk}", {"do": "remove"})
    assert "已当面沟通。" not in page(client.get("/phrases/"))


def test_the_countys_name_and_notices_stand_where_people_read_them() -> None:
    sent = {
        "name": "上虞",
        "phone": "0575-82210000",
        "hours_text": "工作日 8:30—17:30",
        "spot_sample": "20",
        "slip_text": "有疑问请来电。",
        "privacy_notice": "仅用于办理您的诉求。",
    }
    officer().client.post("/admin/county", sent)
    assert "上虞三服务" in page(cast.handler().client.get("/"))
    slip = page(cast.handler().client.get(f"/r/{cast.problem().read_code}"))
    assert "有疑问请来电。" in slip
    assert "0575-82210000" in slip
    assert "仅用于办理您的诉求。" in page(cast.collector().client.get("/problems/new"))
    assert county_data().spot_sample == 20


def test_training_marks_every_page_and_ends_with_one_press() -> None:
    who = cast.dispatcher()
    assert who.client.post("/training", {"on": "1"}).status_code == 403
    set_county({"training": True}, actor=SYSTEM, now=timezone.now())
    real = cast.problem()
    who.client.post("/training", {"on": "1"})
    for path in ("/", "/problems/", "/problems/new", "/me", "/admin/"):
        assert "演练中" in page(who.client.get(path)), path
    sent = {
        "who": "演练企业有限公司",
        "text": "演练内容。",
        "place": "崧厦街道",
        "channel": "visit",
        "urgency": "normal",
    }
    who.client.post("/problems/new", sent | {"do": "register"})
    exercise = Problem.objects.get(origin="training")
    assert exercise.number in page(who.client.get("/problems/"))
    assert who.client.get(f"/problems/{real.number}").status_code == 404
    who.client.post("/training", {"on": "0"})
    assert "演练中" not in page(who.client.get("/"))
    assert exercise.number not in page(who.client.get("/problems/"))
    assert who.client.get(f"/problems/{exercise.number}").status_code == 404


def test_when_training_is_closed_every_session_is_back_in_real_work() -> None:
    who, now = cast.dispatcher(), timezone.now()
    set_county({"training": True}, actor=SYSTEM, now=now)
    who.client.post("/training", {"on": "1"})
    set_county({"training": False}, actor=SYSTEM, now=now + dt.timedelta(seconds=1))
    assert "演练中" not in page(who.client.get("/"))
    set_county({"training": True}, actor=SYSTEM, now=now + dt.timedelta(seconds=2))
    assert "演练中" not in page(who.client.get("/"))


def test_in_training_nothing_real_is_set() -> None:
    who = cast.dispatcher()
    set_county({"training": True}, actor=SYSTEM, now=timezone.now())
    who.client.post("/training", {"on": "1"})
    answer = who.client.post("/admin/categories/", {"name": "某类", "code": "x", "parent_id": ""})
    assert answer.status_code == 422
    assert "演练中不能这样做" in page(answer)


def test_the_system_officer_clears_the_training() -> None:
    who, now = cast.dispatcher(), timezone.now()
    set_county({"training": True}, actor=SYSTEM, now=now)
    who.client.post("/training", {"on": "1"})
    sent = {
        "who": "演练企业有限公司",
        "text": "演练内容。",
        "place": "崧厦街道",
        "channel": "visit",
        "urgency": "normal",
    }
    who.client.post("/problems/new", sent | {"do": "register"})
    answer = officer().client.post("/admin/county", {"do": "clear"}, follow=True)
    assert "已清除 1 个演练问题" in page(answer)
    assert Problem.objects.get().title == "—"
    assert "没有演练数据" in page(officer().client.get("/admin/county"))


def test_in_training_empty_pages_say_why_they_are_empty() -> None:
    who = cast.dispatcher()
    set_county({"training": True}, actor=SYSTEM, now=timezone.now())
    cast.problem()
    assert "演练中不统计真实问题" not in page(who.client.get("/figures/"))
    who.client.post("/training", {"on": "1"})
    assert "演练中不统计真实问题" in page(who.client.get("/figures/"))
    assert "演练中还没有登记问题" in page(who.client.get("/problems/"))
    assert "没有符合条件的问题" in page(who.client.get("/problems/?stage=to_sign"))


def test_the_number_beside_a_category_counts_those_below_it() -> None:
    now = timezone.now()
    top = create_category("gy", "公用事业", actor=SYSTEM, now=now)
    below = create_category("gd", "供电", parent_id=top.pk, actor=SYSTEM, now=now)
    cast.problem(category_id=below.pk)
    cast.problem(category_id=top.pk)
    lines = cast.dispatcher().client.get("/admin/categories/").context["lines"]
    counted = {line.category.name: line.problems for line in lines}
    assert (counted["公用事业"], counted["供电"]) == (2, 1)
