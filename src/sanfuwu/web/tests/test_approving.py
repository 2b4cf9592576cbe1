"""待批: whoever approves finds it on his desk and in the menu; whoever proposed it, and everybody else, does not."""

from __future__ import annotations

import datetime as dt
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sanfuwu.documents.actions import propose_template
from sanfuwu.documents.commands import ProposeTemplate
from sanfuwu.documents.papers import standard
from sanfuwu.intake.models import ImportRun
from sanfuwu.ledger.fields import new_id
from sanfuwu.reference import actions as reference
from sanfuwu.reference.limits import hours_dict, limits_of
from sanfuwu.reference.models import CalendarNotice
from sanfuwu.rules.deadlines import DeadlineRules
from sanfuwu.rules.officehours import OfficeHours
from sanfuwu.rules.worktime import DayKind
from sanfuwu.territory.models import Role
from sanfuwu.web.approving import waiting

from . import cast
from .test_pages import page

pytestmark = pytest.mark.django_db


def supervision() -> cast.Person:
    return cast.person("dcs", "supervisor", name="杜某", title="督查员")


def calendar_of(year: int, by: cast.Person) -> None:
    days = {dt.date(year, 1, 1): DayKind.REST}
    reference.propose_calendar(year, days, names={}, remark="通知", actor=by.actor, now=timezone.now())


def test_the_supervisor_finds_the_proposed_calendar_on_his_desk_and_a_mark_in_the_menu_until_he_decides() -> None:
    office, second = cast.dispatcher(), supervision()
    assert "待您审批" not in page(second.client, "/")
    calendar_of(2027, office)
    html = page(second.client, "/")
    assert '<a class="menu-item" href="/admin/calendar/?year=2027">' in html
    assert "2027 年工作日历" in html
    menu = html.split('class="rail"')[1].split("</nav>")[0]
    assert 'class="count">1<span class="only-read"> 项待批' in menu
    assert "1 项待批" in page(second.client, "/admin/")
    assert "1 项待批" in page(second.client, "/me")
    for other in (office, cast.handler(), cast.head()):
        assert "待您审批" not in page(other.client, "/")
    second.client.post("/admin/calendar/?year=2027", {"year": "2027", "do": "approve"})
    html = page(second.client, "/")
    assert "待您审批" not in html
    assert 'class="count"' not in html.split('class="rail"')[1].split("</nav>")[0]


def test_limits_templates_and_imports_of_the_past_are_found_by_whoever_may_approve_each() -> None:
    office, colleague, second = cast.dispatcher(), cast.dispatcher(), supervision()
    now = timezone.now()
    reference.propose_rules(
        limits_of(DeadlineRules()) | {"limited_lead": "5wd"},
        hours_dict(OfficeHours()),
        valid_from=now + dt.timedelta(days=1),
        remark="文",
        actor=office.actor,
        now=now,
    )
    propose_template(ProposeTemplate(kind="order", file=standard.template("order")), actor=office.actor, now=now)
    run = ImportRun.objects.create(
        id=new_id(), state="awaiting", kind="history", source="x", name_enc=b"", key_id="k", file_kind="xlsx",
        file_size=1, sheet="", head_first=1, head_last=1, signature="", created_at=now,
        post_id=office.actor.post_id, account_id=office.actor.account_id, unit_id=office.actor.unit_id,
    )  # fmt: skip
    told = [(one.label, one.url) for one in waiting(second.actor)]
    assert told == [
        ("办理时限第 2 版", "/admin/limits/2"),
        ("文书模板：交办单", "/admin/papers/"),
        ("历史办件导入", f"/imports/{run.pk}"),
    ]
    assert [one.section for one in waiting(colleague.actor)] == ["web:admin_papers", "web:imports"]
    assert waiting(office.actor) == []
    for _label, url in told[:2]:
        page(second.client, url)
    menu = page(second.client, "/").split('class="rail"')[1].split("</nav>")[0]
    assert menu.count('class="count">') == 2


def test_whoever_approves_nothing_is_asked_nothing_and_the_others_one_statement() -> None:
    for who, statements in ((cast.handler(), 0), (cast.collector(), 0), (cast.dispatcher(), 1), (supervision(), 1)):
        with CaptureQueriesContext(connection) as seen:
            waiting(who.actor)
        assert len(seen) == statements, who.actor.role
    assert who.actor.role == Role.SUPERVISOR


def test_a_supervisor_who_proposed_it_in_another_post_does_not_approve_it_himself() -> None:
    second = supervision()
    calendar_of(2027, cast.dispatcher())
    CalendarNotice.objects.update(proposed_person=second.actor.person_id)
    assert "待您审批" not in unescape(second.client.get("/").content.decode())
