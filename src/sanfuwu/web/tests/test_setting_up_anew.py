"""What a second county's people meet on the pages of the administration when they set it up from the manual alone."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape

import pytest
from django.utils import timezone

from sanfuwu.accounts.importing import UNITS
from sanfuwu.documents.queries import letterhead
from sanfuwu.reference.actions import set_county
from sanfuwu.reference.queries import county_data
from sanfuwu.sheets import read_table
from sanfuwu.territory.actions import change_unit, create_unit
from sanfuwu.territory.actor import SYSTEM
from sanfuwu.territory.models import Unit
from sanfuwu.web.views.admin import calendar as calendar_page

from . import cast
from .test_administration_people import officer, workbook
from .test_pages import page

pytestmark = pytest.mark.django_db
COUNTY = {
    "name": "上虞区",
    "phone": "0575-82211234",
    "hours_text": "",
    "spot_sample": "10",
    "slip_text": "",
    "privacy_notice": "",
}


def said(answer: object) -> str:
    return re.sub(r"\s+", " ", unescape(answer.content.decode()))  # type: ignore[attr-defined]


def test_the_preview_names_the_columns_it_did_not_use_and_shows_where_each_unit_will_stand() -> None:
    client = officer().client
    head = ("单位编码", "名称", "类型", "分管领导")
    looked = client.post("/admin/units/import", {"file": workbook(head, ("xj", "新局", "部门", "某人"))})
    html = said(looked)
    assert "文件里有 1 列没有用上：</strong> 分管领导" in html
    assert "单位编码 → 编码" in html
    assert 'data-label="上级">上虞区' in html
    assert 'data-label="类型">部门' in html
    signed = looked.context["signed"]
    assert "没有用上" in said(client.post("/admin/units/import", {"rows": signed}))  # still said in the report


def test_refused_rows_are_handed_back_with_the_columns_that_were_not_used() -> None:
    client = officer().client
    head = ("编码", "名称", "类型", "分管领导")
    looked = client.post("/admin/units/import", {"file": workbook(head, ("xj", "新局", "公司", "某人"))})
    back = client.post("/admin/units/import", {"rejects": looked.context["rejects"]})
    assert read_table(back.content, UNITS).rows[0].others == {"分管领导": "某人"}


def test_a_unit_made_today_is_put_right_today_on_its_page_whose_form_speaks_of_names_of_units() -> None:
    client, today = officer().client, timezone.localdate()
    root = Unit.objects.get(kind="county")
    made = create_unit(
        code="new-v",
        kind="office",
        name="错写办",
        parent_id=root.pk,
        valid_from=today,
        actor=SYSTEM,
        now=timezone.now(),
    )
    form = page(client, f"/admin/units/{made.pk}/change")
    assert "名称</label>" in form
    assert "姓名" not in form
    sent = {"name": "改正办", "parent_id": str(root.pk), "division_code": "", "valid_from": today.isoformat()}
    assert client.post(f"/admin/units/{made.pk}/change", sent).status_code == 302
    html = page(client, f"/admin/units/{made.pk}")
    assert "<h1>改正办</h1>" in html
    assert "当天改正" in html


def test_a_mobile_number_is_no_telephone_of_the_office_on_the_countys_page_either() -> None:
    answer = officer().client.post("/admin/county", COUNTY | {"phone": "13800138000"})
    assert answer.status_code == 422
    assert "手机号" in said(answer)
    assert county_data().phone != "13800138000"


def test_the_sample_of_the_notice_is_filled_in_to_be_read_and_changed_and_saves_nothing() -> None:
    client = officer().client
    set_county({"privacy_notice": ""}, actor=SYSTEM, now=timezone.now())
    assert "填入告知样本" in page(client, "/admin/county")
    answer = client.post("/admin/county", COUNTY | {"do": "sample", "hours_text": "工作日 9:00–17:00"})
    text = answer.context["form"]["privacy_notice"].value()
    for word in (
        letterhead().agency,
        "0575-82211234",
        "处理目的",
        "处理方式",
        "保存期限",
        "更正",
        "删除",
        "工作日 9:00–17:00",
    ):
        assert word in text
    assert "现在还没有保存" in said(answer)
    assert county_data().privacy_notice == ""
    assert client.post("/admin/county", COUNTY | {"privacy_notice": text}).status_code == 302
    assert county_data().privacy_notice == text.strip()
    assert "填入告知样本" not in page(client, "/admin/county")


def test_papers_are_issued_in_the_name_of_the_office_unit_where_nobody_has_set_another() -> None:
    offices = Unit.objects.filter(kind="office", status="active")
    today, now = timezone.localdate(), timezone.now()
    office = offices.get(code="sfwb")
    assert letterhead().agency == "上虞区三服务办"  # the tree says 区三服务办
    change_unit(office.pk, name="上虞区“三服务”工作专班", valid_from=today, actor=SYSTEM, now=now)
    assert letterhead().agency == "上虞区“三服务”工作专班"


def test_a_calendar_without_the_number_of_the_notice_is_refused_above_the_year_that_it_would_make() -> None:
    client, year = cast.dispatcher().client, timezone.localdate().year + 1
    rest = dt.date(year, 3, 4)
    rest += dt.timedelta((2 - rest.weekday()) % 7)  # a Wednesday
    answer = client.post(
        f"/admin/calendar/?year={year}", {"year": str(year), "days": f"{rest} 休 试节", "remark": "", "do": "propose"}
    )
    html = said(answer)
    assert answer.status_code == 422
    assert html.index('id="errors"') < html.index('class="year"')
    assert html.count('id="errors"') == 1
    months = dict(answer.context["months"])
    cells = [cell for week in months[rest.month] for cell in week if cell]
    assert next(cell.mark for cell in cells if cell.day == rest) == "休"


def test_the_calendars_page_says_that_all_counties_share_it(monkeypatch: pytest.MonkeyPatch) -> None:
    client = cast.dispatcher().client
    monkeypatch.setattr(calendar_page, "counties_here", lambda: 2)
    assert "2 个县（市、区）共用这份工作日历" in page(client, "/admin/calendar/")
    monkeypatch.setattr(calendar_page, "counties_here", lambda: 1)
    assert "共用这份工作日历" not in page(client, "/admin/calendar/")


def test_the_persons_own_name_stands_in_the_corner_and_on_the_own_page_also_while_standing_in() -> None:
    somebody = cast.handler()
    html = page(somebody.client, "/me")
    assert '<span class="who">王某</span><span class="who-post">崧厦供电所 · 经办</span>' in html
    assert "<strong>王某</strong>" in html.split("page-head")[1]


def test_an_account_of_another_county_reads_that_and_not_that_it_has_no_post_today() -> None:
    from django.test import Client

    from sanfuwu.accounts.models import Account
    from sanfuwu.ledger.fields import new_id

    account = Account.objects.create(id=new_id(), username="xinchang-li", password="!", created_at=timezone.now())
    client = Client()
    client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    html = page(client, "/", 403)
    assert "<h1>不是上虞区的账号</h1>" in html
    assert "今天没有岗位" not in html
