"""Administration of territory through the pages: who may open them, what they do, what comes back when refused."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sanfuwu.accounts.importing import PEOPLE, UNITS
from sanfuwu.accounts.models import Account
from sanfuwu.problems.models import Assignment
from sanfuwu.reference.actions import set_county
from sanfuwu.sheets import read_table
from sanfuwu.territory.actions import OnDuty, create_unit, set_duty
from sanfuwu.territory.actor import SYSTEM
from sanfuwu.territory.models import Delegation, DutyShift, Person, Post, Unit, UnitMerge
from sanfuwu.territory.queries import unit_name
from sanfuwu.web.administration import SECTIONS, sections_for

from . import cast
from .test_pages import INLINE, page

pytestmark = pytest.mark.django_db


def officer() -> cast.Person:
    return cast.person("qwqzf", "system_officer", name="孙系统", title="系统管理员")


def security() -> cast.Person:
    return cast.person("qwqzf", "security_officer", name="安管理", title="安全管理员")


def audit() -> cast.Person:
    return cast.person("qwqzf", "audit_officer", name="江审计", title="审计管理员")


def unit(code: str) -> Unit:
    return Unit.objects.get(code=code)


def today() -> str:
    return timezone.localdate().isoformat()


def sent(client: Client, url: str, **said: object) -> str:
    """A form sent that is accepted; the page it leads to."""
    answer = client.post(url, said, follow=True)
    html = unescape(answer.content.decode())
    assert answer.redirect_chain, re.findall(r"field-error[^>]*>.*?</p>|<li>[^<]*<", html)[:6]
    return html


# ── who sees which section ───────────────────────────────────────────────────────────────────────────────────────────
def test_each_officer_finds_his_sections_and_nobody_else_does() -> None:
    names = {who: {s.url_name for s in sections_for(who().actor)} for who in (officer, security, audit)}  # type: ignore[operator]
    assert {"web:admin_units", "web:admin_people", "web:admin_setup"} <= names[officer]
    assert "web:admin_access" in names[security] - names[officer]
    assert "web:admin_access" not in names[audit]
    assert {s.url_name for s in sections_for(cast.handler().actor)}.isdisjoint(
        {"web:admin_units", "web:admin_people", "web:admin_access"}
    )
    assert "web:duty" in {s.url_name for s in sections_for(cast.dispatcher().actor)}
    assert "web:admin_own_unit" in {s.url_name for s in sections_for(cast.head().actor)}


def test_every_section_opens_for_whom_it_is_offered_and_holds_nothing_inline() -> None:
    for who in (officer, security, audit, cast.dispatcher, cast.head):
        somebody = who()  # type: ignore[operator]
        for section in SECTIONS:
            if section.url_name.startswith(("web:admin_", "web:duty")) and section.open_to(somebody.actor):
                assert not INLINE.search(page(somebody.client, section.url)), section.url


def test_the_officers_desk_leads_to_his_sections_instead_of_a_command_line() -> None:
    html = page(officer().client, "/")
    assert "命令行" not in html
    for url in ("/admin/units", "/admin/people", "/admin/delegations"):
        assert f'href="{url}"' in html


# ── units ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_tree_hides_villages_and_closed_units_until_asked_for() -> None:
    client = officer().client
    html = page(client, "/admin/units")
    assert "崧厦供电所" in html
    village = Unit.objects.filter(kind="village")[0]
    name = unit_name(village.pk, timezone.localdate())
    assert f">{name}</a>" not in html
    assert f">{name}</a>" in page(client, f"/admin/units?q={name}")
    assert f">{name}</a>" in page(client, "/admin/units?kind=village")


def test_a_unit_is_made_renamed_with_a_day_and_keeps_its_past_name() -> None:
    client = officer().client
    new = {"name": "新设局", "kind": "department", "code": "xsj", "valid_from": "2019-01-01"}
    sent(client, "/admin/units/new", parent_id=unit("330604000000").pk, **new)
    made = unit("xsj")
    url = f"/admin/units/{made.pk}"
    change = {"name": "新设管理局", "parent_id": unit("330604000000").pk, "valid_from": "2019-02-01"}
    html = sent(client, f"{url}/change", **change)
    assert "新设管理局" in html
    assert "新设局" in html
    assert unit_name(made.pk, dt.date(2019, 1, 15)) == "新设局"


def test_a_name_announced_for_later_is_said_to_begin_then_and_the_unit_still_moves() -> None:
    client = officer().client
    village = Unit.objects.filter(kind="village")[0]
    name, url = unit_name(village.pk, timezone.localdate()), f"/admin/units/{village.pk}"
    later = timezone.localdate() + dt.timedelta(days=20)
    present = village.versions.get(valid_to__isnull=True)
    same = {"parent_id": present.parent_id, "division_code": present.division_code}
    html = sent(client, f"{url}/change", name="新名社区", valid_from=later.isoformat(), **same)
    assert f"新名称自 {later} 起用" in html
    assert f"自 {later} 起</span>" in html
    moved = sent(client, f"{url}/change", name=name, valid_from=today(), **same | {"parent_id": unit("sfwb").pk})
    assert "已变更" in moved
    assert {v.parent_id for v in village.versions.filter(valid_to__isnull=True)} == {unit("sfwb").pk}


def test_a_refused_form_comes_back_with_what_was_typed_and_the_field_named() -> None:
    client = officer().client
    said = {"name": "某局", "kind": "department", "code": "sfwb", "valid_from": today()}
    answer = client.post("/admin/units/new", said | {"parent_id": unit("330604000000").pk})
    html = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert 'value="某局"' in html
    assert 'href="#f_code"' in html


def test_a_merger_is_looked_at_before_it_is_done_and_can_be_undone() -> None:
    problem = cast.problem("signed")
    client = officer().client
    gone, into = unit("gds-songxia"), unit("gds-zhangzhen")
    url = f"/admin/units/{gone.pk}/merge"
    said = {"into_id": into.pk, "on_date": today()}
    looked = client.post(url, {**said, "do": "look"})
    html = unescape(looked.content.decode())
    assert looked.status_code == 200
    assert "将发生以下变化" in html
    assert re.search(r"<dt>未办结的问题</dt><dd>1", html)
    assert re.search(r"<dt>岗位</dt><dd>1", html)
    assert not UnitMerge.objects.exists()
    sent(client, url, **said, do="confirm")
    merge = UnitMerge.objects.get()
    assert Assignment.objects.get(problem=problem, ended_at=None).unit_id == into.pk
    handler = Post.objects.get(unit=into, continues__isnull=False)
    assert handler.valid_to is None
    sent(client, f"/admin/mergers/{merge.pk}/undo", do="confirm")
    assert Unit.objects.get(pk=gone.pk).status == "active"
    assert Post.objects.get(pk=handler.continues).valid_to is None
    page(client, f"/admin/mergers/{merge.pk}/undo", 404)


def test_a_proposed_unit_is_confirmed_or_found_to_be_another() -> None:
    client = officer().client
    for code, name in (("p-1", "区供电局"), ("p-2", "区三服务办公室")):
        create_unit(
            code=code, kind="department", name=name, parent_id=unit("330604000000").pk,
            valid_from=dt.date(2019, 1, 1), proposed=True, actor=SYSTEM, now=timezone.now(),
        )  # fmt: skip
    assert "区供电局" in page(client, "/admin/units?kind=proposed")
    one, two = unit("p-1"), unit("p-2")
    sent(
        client, f"/admin/units/{one.pk}/confirm", name="区供电局", kind="department", parent_id=unit("330604000000").pk
    )
    assert Unit.objects.get(pk=one.pk).status == "active"
    sent(client, f"/admin/units/{two.pk}/identify", into_id=unit("sfwb").pk, on_date=today(), do="confirm")
    assert UnitMerge.objects.get().of_proposed


def test_a_unit_with_open_work_or_people_is_not_closed() -> None:
    cast.problem("signed")
    client = officer().client
    answer = client.post(f"/admin/units/{unit('gds-songxia').pk}/close", {"on_date": today()})
    assert answer.status_code == 422
    assert Unit.objects.get(code="gds-songxia").status == "active"
    sent(client, f"/admin/units/{unit('gds-zhangzhen').pk}/close", on_date=today())
    assert Unit.objects.get(code="gds-zhangzhen").status == "closed"
    assert "章镇供电所" in page(client, "/admin/units?closed=1")


def test_a_head_sees_his_own_units_posts_and_no_other_units() -> None:
    head, other = cast.head(), unit("zlsgs")
    assert "李某" in page(head.client, "/admin/unit")
    page(head.client, f"/admin/units/{other.pk}", 404)
    page(head.client, "/admin/units", 404)
    page(cast.handler().client, "/admin/unit", 404)


# ── people ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def new_person(client: Client, **more: object) -> Person:
    said = {"name": "钱新人", "unit_id": unit("zlsgs").pk, "role": "handler", "title": "经办", "rank": "staff"}
    sent(client, "/admin/people/new", valid_from=today(), **(said | more))
    return Person.objects.get(name="钱新人")


def test_a_new_person_logs_in_once_two_officers_have_done_their_part() -> None:
    one, two = officer(), security()
    person = new_person(one.client, username="qianxinren")
    answer = one.client.post(f"/admin/people/{person.pk}/slip")
    slip = unescape(answer.content.decode())
    password = re.search(r">([a-z2-9]{4}(-[a-z2-9]{4}){3})<", slip).group(1)  # type: ignore[union-attr]
    assert "no-store" in answer["Cache-Control"]
    post = Post.objects.get(person=person)
    assert "钱新人" in page(two.client, "/admin/access")
    page(one.client, "/admin/access", 403)
    sent(two.client, "/admin/access", post=[post.pk])
    browser = Client()
    browser.post("/login/", {"login": "qianxinren", "password": password})
    assert browser.get("/")["Location"] == "/password/"
    own = "wo-zi-ji-de-mi-ma"
    answer = browser.post("/password/", {"oldpassword": password, "password1": own, "password2": own}, follow=True)
    assert answer.redirect_chain == [("/", 302)]
    html = unescape(answer.content.decode())
    assert "自来水公司" in html
    assert html.count("密码修改成功") == 1
    assert "退出" not in html.split("<main")[1]


def test_slips_of_several_people_are_printed_together() -> None:
    client = officer().client
    person = new_person(client, username="qianxinren")
    assert "钱新人" in page(client, "/admin/people/slips")
    assert client.post("/admin/people/slips", {}).status_code == 422
    assert "qianxinren" in unescape(client.post("/admin/people/slips", {"person": [person.pk]}).content.decode())
    assert "钱新人" not in page(client, "/admin/people/slips")


def test_a_person_is_searched_by_initials_and_shown_with_posts_and_account() -> None:
    client = officer().client
    person = new_person(client, username="qianxinren")
    assert "钱新人" in page(client, "/admin/people?q=qxr")
    html = page(client, f"/admin/people/{person.pk}")
    for word in ("自来水公司", "qianxinren", "还没有密码", "待安全管理员授权"):
        assert word in html


def test_a_hand_over_is_looked_at_and_then_done_in_one_act() -> None:
    cast.problem("signed")
    old = Post.objects.get(role="handler", unit=unit("gds-songxia"))
    new = cast.handler().actor.post_id
    client = officer().client
    url = f"/admin/posts/{old.pk}/handover"
    assert "经办的在办交办件" in page(client, url)
    assert 'value="look"' in page(client, url)
    assert 'value="confirm"' not in page(client, url)
    html = unescape(client.post(url, {"successor": new, "do": "look"}).content.decode())
    assert 'value="confirm"' in html
    assert "将发生以下变化" in html
    assert Post.objects.get(pk=old.pk).valid_to is None
    html = sent(client, url, successor=new, do="confirm")
    assert "已移交" in html
    assert Post.objects.get(pk=old.pk).valid_to == timezone.localdate()
    assert Assignment.objects.get(ended_at=None).handler_post == new
    page(client, url, 404)


def test_a_hand_over_without_a_successor_comes_back() -> None:
    cast.problem("signed")
    old = Post.objects.get(role="handler", unit=unit("gds-songxia"))
    answer = officer().client.post(f"/admin/posts/{old.pk}/handover", {"do": "confirm"})
    assert answer.status_code == 422
    assert Post.objects.get(pk=old.pk).valid_to is None


def test_the_security_officer_names_withdraws_and_shuts_and_the_system_officer_does_not() -> None:
    office, one, two = cast.dispatcher(), officer(), security()
    post, person = office.actor.post_id, office.actor.person_id
    for act in ("withdraw", "confidential"):
        page(one.client, f"/admin/posts/{post}/{act}", 404)
    page(one.client, f"/admin/people/{person}/shut", 404)
    sent(two.client, f"/admin/posts/{post}/confidential")
    assert Post.objects.get(pk=post).confidential_officer
    sent(two.client, f"/admin/posts/{post}/withdraw")
    assert office.client.get("/").status_code == 302
    sent(two.client, f"/admin/people/{person}/shut")
    assert not Account.objects.get(pk=office.actor.account_id).is_active


def test_the_audit_officer_looks_and_changes_nothing() -> None:
    somebody, who = cast.handler(), audit()
    page(who.client, f"/admin/people/{somebody.actor.person_id}")
    for url in ("/admin/people/new", "/admin/units/new", "/admin/units/import", "/admin/people/slips"):
        page(who.client, url, 403)
    page(who.client, f"/admin/posts/{somebody.actor.post_id}/handover", 404)


# ── delegation ───────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_head_names_a_deputy_who_finds_the_post_in_his_menu_and_ends_it() -> None:
    head, deputy = cast.head(), cast.handler()
    sent(head.client, "/me/delegations", to_post=deputy.actor.post_id, valid_from=today(), acts=["sign_off"])
    row = Delegation.objects.get()
    assert (row.post_id, row.acts, row.valid_to) == (head.actor.post_id, ["sign_off"], None)
    assert "李某" in page(deputy.client, "/me/delegations")
    assert f'value="{head.actor.post_id}"' in page(deputy.client, "/me")
    page(deputy.client, f"/delegations/{row.pk}/end", 404)
    sent(head.client, f"/delegations/{row.pk}/end", valid_to=today())
    assert f'value="{head.actor.post_id}"' not in page(deputy.client, "/me")


def test_the_system_officer_records_a_delegation_with_its_last_day() -> None:
    head, deputy, who = cast.head(), cast.handler(), officer()
    last = timezone.localdate() + dt.timedelta(6)
    said = {"post": head.actor.post_id, "to_post": deputy.actor.post_id, "valid_from": today(), "last_day": last}
    html = sent(who.client, "/admin/delegations/new", **said)
    assert "李某" in html
    assert Delegation.objects.get().valid_to == last + dt.timedelta(1)


def test_a_delegation_that_names_its_acts_opens_no_other_page_of_the_office() -> None:
    office, deputy = cast.dispatcher(), cast.person("sfwb", "handler", name="代某")
    said = {"to_post": deputy.actor.post_id, "valid_from": today(), "acts": ["accept"]}
    sent(office.client, "/me/delegations", **said)
    form = {"post": deputy.actor.post_id, "on_behalf_of": office.actor.post_id}
    assert deputy.client.post("/posts/switch", form).status_code == 302
    page(deputy.client, "/duty/new", 403)


# ── duty and phones ──────────────────────────────────────────────────────────────────────────────────────────────────
def test_who_is_on_duty_today_stands_on_the_offices_desk_and_in_the_phone_book() -> None:
    office, handler = cast.dispatcher(), cast.handler()
    assert "值班表上今天没有安排" in page(office.client, "/")
    sent(office.client, "/duty/new", day=today(), shift="night", post=handler.actor.post_id, leads="on")
    for client, url in ((office.client, "/"), (handler.client, "/phones"), (handler.client, "/duty")):
        html = page(client, url)
        assert "王某" in html
        assert "夜班" in html
    row = DutyShift.objects.get()
    assert handler.client.post(f"/duty/{row.pk}/remove").status_code == 403
    sent(office.client, f"/duty/{row.pk}/remove")
    assert "夜班" not in page(office.client, "/")


def test_the_phone_book_is_searched_and_holds_office_phones_only() -> None:
    handler, head = cast.handler(), cast.head()
    for asked in ("李某", "lm", "limou", "崧厦供电所"):
        html = page(handler.client, f"/phones?q={asked}")
        assert "李某" in html, asked
        assert "0575-82120012" in html
    assert "没有找到" in page(handler.client, "/phones?q=不存在的人")
    page(handler.client, f"/phones/{head.actor.person_id}", 403)
    office = cast.dispatcher()
    sent(office.client, f"/phones/{head.actor.person_id}", office_phone="0575-82120099")
    assert "0575-82120099" in page(handler.client, "/phones?q=lm")
    answer = office.client.post(f"/phones/{head.actor.person_id}", {"office_phone": "13800138000"})
    assert answer.status_code == 422


def test_the_officers_of_the_system_are_not_in_the_phone_book() -> None:
    officer()
    assert "没有找到" in page(cast.handler().client, "/phones?q=孙系统")


# ── workbooks and the empty county ───────────────────────────────────────────────────────────────────────────────────
def workbook(*rows: tuple[str, ...]) -> SimpleUploadedFile:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    return SimpleUploadedFile("名单.xlsx", file.getvalue())


def test_a_workbook_is_looked_through_confirmed_and_reported_and_then_adds_nothing() -> None:
    client = officer().client
    rows = [
        PEOPLE.headings,
        ("钱新人", "自来水公司", "经办", "承办人", "", "", "qian"),
        ("赵某", "自来水司", "", "承办人", "", "", ""),
    ]
    looked = client.post("/admin/people/import", {"file": workbook(*rows)})
    html = unescape(looked.content.decode())
    assert "没有单位“自来水司”" in html
    assert not Person.objects.filter(name="钱新人").exists()
    signed = re.search(r'name="rows" value="([^"]+)"', html).group(1)  # type: ignore[union-attr]
    done = unescape(client.post("/admin/people/import", {"rows": signed}).content.decode())
    assert "已录入 1 行" in done
    assert "另有 1 行有误" in done
    assert Person.objects.get(name="钱新人").account_id
    again = unescape(client.post("/admin/people/import", {"rows": signed}).content.decode())
    assert "已录入 0 行" in again
    assert Person.objects.filter(name="钱新人").count() == 1


def test_a_report_says_entered_and_gives_the_refused_rows_back_to_be_corrected() -> None:
    client = officer().client
    rows = [UNITS.headings, ("a", "甲局", "部门", "", ""), ("b", "乙局", "公司", "", "")]
    looked = client.post("/admin/units/import", {"file": workbook(*rows)})
    done = client.post("/admin/units/import", {"rows": looked.context["signed"]})
    assert [chip.word for _line, chip, _cells in done.context["lines"]] == ["有误", "已录入"]
    back = client.post("/admin/units/import", {"rejects": done.context["rejects"]})
    assert quote("单位未录入的行.xlsx") in back["Content-Disposition"]
    (row,) = read_table(back.content, UNITS).rows
    assert (row["编码"], row["类型"]) == ("b", "公司")
    assert client.post("/admin/people/import", {"rejects": done.context["rejects"]}).status_code == 422


def test_a_refused_file_is_to_be_chosen_again_and_nothing_else_is_promised() -> None:
    client = officer().client
    answer = client.post("/admin/units/import", {"file": workbook(("标题",), ("编码", "名称"), ("a", "甲局"))})
    html = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert "第 2 行是表头，缺少：类型。" in html
    assert "重新选择文件" in html
    assert "填写的内容都在" not in html


def test_every_import_offers_its_empty_workbook_which_holds_no_row() -> None:
    office = cast.dispatcher().client
    for client, kind, name in (
        (officer().client, "units", "单位"),
        (officer().client, "people", "人员"),
        (office, "duty", "值班"),
        (office, "categories", "问题分类"),
        (office, "catalogue", "派单目录"),
        (office, "calendar", "工作日历"),
    ):
        answer = client.get(f"/admin/workbooks/{kind}")
        assert quote(f"{name}导入表.xlsx") in answer["Content-Disposition"]
        if kind != "calendar":
            url = "/duty/import" if kind == "duty" else f"/admin/{kind}/import"
            again = client.post(url, {"file": SimpleUploadedFile("空表.xlsx", answer.content)})
            assert "没有可以录入的行" in unescape(again.content.decode())


def test_a_slip_shows_unit_and_post_so_that_namesakes_are_told_apart() -> None:
    client = officer().client
    person = new_person(client, username="qianxinren")
    html = unescape(client.post(f"/admin/people/{person.pk}/slip").content.decode())
    assert "自来水公司 · 经办" in html
    assert "data-print" in html


def test_what_was_read_cannot_be_changed_on_its_way() -> None:
    client = officer().client
    looked = client.post("/admin/units/import", {"file": workbook(UNITS.headings, ("a", "甲局", "部门", "", ""))})
    signed = re.search(r'name="rows" value="([^"]+)"', unescape(looked.content.decode())).group(1)  # type: ignore[union-attr]
    for bad in (signed[:-2] + "xx", "nonsense", ""):
        answer = client.post("/admin/units/import", {"rows": bad})
        assert answer.status_code == 422
    assert client.post("/admin/people/import", {"rows": signed}).status_code == 422  # signed for another page
    assert not Unit.objects.filter(code="a").exists()


def test_a_file_that_is_no_workbook_says_so_and_an_empty_one_is_offered() -> None:
    client = officer().client
    answer = client.post("/admin/units/import", {"file": SimpleUploadedFile("a.xlsx", b"nothing")})
    assert answer.status_code == 422
    assert "这个文件读不了" in unescape(answer.content.decode())
    for kind in ("units", "people"):
        assert client.get(f"/admin/workbooks/{kind}").content.startswith(b"PK")
    page(client, "/admin/workbooks/else", 404)
    page(client, "/admin/workbooks/duty", 403)


def test_the_checklist_names_what_is_missing_in_order_and_goes_once_all_is_there() -> None:
    client = officer().client
    html = page(client, "/")
    assert "启用之前" in html  # nobody is a dispatcher yet
    assert html.index("受理员</strong>") < html.index("问题分类</strong>")
    cast.dispatcher()
    cast.category()
    html = page(client, "/admin/setup")
    assert "问题分类" in html
    done = html.split("<li")
    assert any("is-done" in part and "受理员</strong>" in part for part in done)


def test_the_checklist_leads_each_only_to_pages_that_open_for_him_and_names_who_does_the_rest() -> None:
    office = cast.dispatcher()
    for who in (officer(), security(), audit(), office):
        html = page(who.client, "/admin/setup")
        ways = re.findall(r'<a class="btn btn-small push[^"]*" href="([^"]+)"', html)
        for url in ways:
            page(who.client, url)
        assert ("/admin/people/slips" in ways) == (who.actor.role == "system_officer")
        assert ("/admin/categories/" in ways) == (who is office)
    one = officer()
    new_person(one.client, username="qianxinren")
    html = page(one.client, "/admin/setup")
    assert "责任岗位：三服务办受理员" in html
    assert "责任岗位：安全管理员" in html
    page(cast.handler().client, "/admin/setup", 404)


def test_a_post_that_waits_for_access_keeps_its_step_open_and_is_what_the_step_says() -> None:
    one, two = officer(), security()
    cast.dispatcher()
    new_person(one.client, username="qianxinren")
    html = page(two.client, "/admin/setup")
    (line,) = (part for part in html.split("<li") if "岗位授权</strong>" in part)
    assert "is-done" not in line
    assert "还有 1 个岗位待授权" in line
    assert "未完成" in line
    assert 'href="/admin/access"' in line
    sent(two.client, "/admin/access", post=[Post.objects.get(person__name="钱新人").pk])
    (line,) = (part for part in page(two.client, "/admin/setup").split("<li") if "岗位授权</strong>" in part)
    assert "is-done" in line
    assert "已完成" in line


def test_the_countys_data_are_missing_until_telephone_and_notice_are_there() -> None:
    one = officer()
    assert "尚缺：三服务办电话、" in page(one.client, "/admin/setup")
    set_county(
        {"phone": "0575-82120000", "privacy_notice": "为办理您反映的问题而收集。"}, actor=SYSTEM, now=timezone.now()
    )
    assert "尚缺" not in page(one.client, "/admin/setup")


def test_the_dispatch_office_finds_its_own_steps_on_its_desk_until_they_are_done() -> None:
    office = cast.dispatcher()
    html = page(office.client, "/")
    assert "启用之前" in html
    assert "问题分类</strong>" in html
    assert "首次密码" not in html
    assert "文书</strong>" in html
    cast.category()
    assert "启用之前" in page(office.client, "/")
    words = {"agency": "上虞区三服务办公室", "order_word": "三服交", "strike_off_word": "三服销"}
    office.client.post("/admin/papers/", words)
    assert "启用之前" not in page(office.client, "/")
    assert "启用之前" not in page(cast.handler().client, "/")


def test_todays_duty_is_one_of_the_days_of_the_month() -> None:
    handler = cast.handler()
    day = timezone.localdate()
    set_duty([OnDuty(handler.actor.post_id, day)], actor=SYSTEM, now=timezone.now())  # type: ignore[arg-type]
    assert "今天" in page(handler.client, f"/duty?month={day:%Y-%m}")
    assert "这个月还没有值班表" in page(handler.client, "/duty?month=2001-01")
    page(handler.client, "/duty?month=nonsense")


COUNTS = Path(__file__).with_name("sql_counts.json")


@pytest.mark.parametrize("name", ["admin_units", "admin_people", "admin_access", "phones", "phones_found", "duty"])
def test_a_list_costs_the_known_number_of_statements_however_many_rows(name: str) -> None:
    """The numbers stand in sql_counts.json; a change of one is looked at, not overlooked."""
    url = {
        "admin_units": "/admin/units",
        "admin_people": "/admin/people",
        "admin_access": "/admin/access",
        "phones": "/phones",
        "phones_found": "/phones?q=wm",
        "duty": "/duty",
    }[name]
    client = {"admin_access": security, "phones": cast.handler, "phones_found": cast.handler}.get(
        name, officer
    )().client

    def statements() -> int:
        client.get(url)  # names are remembered from here on
        with CaptureQueriesContext(connection) as seen:
            assert client.get(url).status_code == 200
        return len(seen)

    def more(count: int) -> None:
        for n in range(count):
            somebody = cast.person("zlsgs", "handler", name=f"王某{n}")
            line = OnDuty(somebody.actor.post_id, timezone.localdate())  # type: ignore[arg-type]
            set_duty([line], actor=SYSTEM, now=timezone.now())

    more(1)
    few = statements()
    more(4)
    assert statements() == few
    assert few == json.loads(COUNTS.read_text())[name]
