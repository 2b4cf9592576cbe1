"""Units, people and the duty roster from Excel: looked through first, wrong rows named, twice adds nothing."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence

import pytest
import xlsxwriter

from sanfuwu.accounts.importing import (
    DUTY,
    PEOPLE,
    UNITS,
    import_duty,
    import_people,
    import_units,
    plan_duty,
    plan_people,
    plan_units,
)
from sanfuwu.accounts.models import Account
from sanfuwu.counties.queries import division_exists
from sanfuwu.ledger.errors import NotAllowed
from sanfuwu.ledger.fields import new_id
from sanfuwu.ledger.models import Event
from sanfuwu.ledger.replay import differences, replay
from sanfuwu.sheets import Report, read_table
from sanfuwu.territory.models import DutyShift, Person, Post, Role, Unit
from sanfuwu.territory.queries import reach_of, unit_name
from sanfuwu.territory.tests.cast import NOW, TODAY, actor_in

pytestmark = pytest.mark.django_db
OFFICER = actor_in(Role.SYSTEM_OFFICER)


def workbook(*rows: Sequence[object], above: int = 0) -> bytes:
    """A workbook with these rows, some empty ones above."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(rows, start=above):
            for column, cell in enumerate(row):
                sheet.write(at, column, cell)
    return file.getvalue()


def units(*rows: Sequence[object]) -> Report:  # type: ignore[type-arg]
    return plan_units(read_table(workbook(UNITS.headings, *rows), UNITS).rows, today=TODAY)


def people(*rows: Sequence[object]) -> Report:  # type: ignore[type-arg]
    return plan_people(read_table(workbook(PEOPLE.headings, *rows), PEOPLE).rows, today=TODAY)


def states(report: Report) -> list[str]:  # type: ignore[type-arg]
    return [line.state for line in report.lines]


UNIT_ROWS = (
    ("xcz-1", "示范新村", "村社", "示范新镇", "330604880201"),  # before its town
    ("xcz", "示范新镇", "镇街", "", "330604880000"),
    ("xj", "示范新局", "部门", "330604000000", ""),
)
PEOPLE_ROWS = (
    ("郑一", "区三服务办", "受理员", "受理员", "工作人员", "0575-82120012", "zhengyi"),
    ("郑一", "区水利局", "联络员", "走访干部", "", "", "zhengyi"),
    ("钱二", "崧厦镇", "镇长", "单位负责人", "单位正职", "", ""),
)


def test_units_are_made_parents_first_whatever_the_order_of_the_rows() -> None:
    report = units(*UNIT_ROWS)
    assert states(report) == ["new"] * 3
    assert not Unit.objects.filter(code="xcz").exists()  # looking writes nothing
    assert import_units(report, valid_from=TODAY, actor=OFFICER, now=NOW) == 3
    town, village = Unit.objects.get(code="xcz"), Unit.objects.get(code="xcz-1")
    assert village.pk in reach_of(town.pk)
    assert unit_name(village.pk, TODAY) == "示范新村"
    assert division_exists("330604880201")
    assert differences(replay(Event.objects.filter(stream_id=village.pk)), "territory") == []


def test_the_same_workbook_again_adds_nothing() -> None:
    import_units(units(*UNIT_ROWS), valid_from=TODAY, actor=OFFICER, now=NOW)
    again = units(*UNIT_ROWS)
    assert states(again) == ["same"] * 3
    assert import_units(again, valid_from=TODAY, actor=OFFICER, now=NOW) == 0
    import_people(people(*PEOPLE_ROWS), valid_from=TODAY, actor=OFFICER, now=NOW)
    before = (Person.objects.count(), Post.objects.count(), Account.objects.count())
    again = people(*PEOPLE_ROWS)
    assert states(again) == ["same"] * 3
    assert import_people(again, valid_from=TODAY, actor=OFFICER, now=NOW) == 0
    assert (Person.objects.count(), Post.objects.count(), Account.objects.count()) == before


@pytest.mark.parametrize(
    ("row", "heading"),
    [
        (("a" * 33, "长码局", "部门", "", ""), "编码"),
        (("a", "", "部门", "", ""), "名称"),
        (("a", "某局", "局", "", ""), "类型"),
        (("a", "某局", "部门", "没有的单位", ""), "上级"),
        (("a", "某局", "部门", "a", ""), "上级"),
        (("a", "某镇", "镇街", "", ""), "区划"),
        (("a", "某镇", "镇街", "", "110101001000"), "区划"),
        (("sfwb", "另一个局", "部门", "", ""), "编码"),
    ],
)
def test_a_wrong_row_is_named_and_the_good_ones_are_not_lost(row: Sequence[object], heading: str) -> None:
    report = units(row, ("b", "好局", "部门", "", ""))
    wrong, good = report.lines
    assert (wrong.state, wrong.heading, wrong.row) == ("error", heading, 2)
    assert wrong.reason
    assert good.state == "new"
    assert import_units(report, valid_from=TODAY, actor=OFFICER, now=NOW) == 1


def test_rows_in_a_circle_and_below_a_wrong_row_are_refused() -> None:
    report = units(("a", "甲局", "部门", "b", ""), ("b", "乙局", "部门", "a", ""), ("c", "丙局", "部门", "b", ""))
    assert states(report) == ["error"] * 3


def test_one_account_is_one_person_with_two_posts_and_no_password() -> None:
    report = people(*PEOPLE_ROWS)
    assert states(report) == ["new"] * 3
    assert import_people(report, valid_from=TODAY, actor=OFFICER, now=NOW) == 3
    zheng = Person.objects.get(name="郑一")
    assert Post.objects.filter(person=zheng).count() == 2
    assert set(Post.objects.filter(person=zheng).values_list("account_id", flat=True)) == {None}
    account = Account.objects.get(username="zhengyi")
    assert zheng.account_id == account.pk
    assert not account.has_usable_password()
    assert Person.objects.get(name="钱二").account_id is None
    assert differences(replay(Event.objects.filter(stream_id=zheng.pk)), "territory") == []


def test_an_account_named_later_is_given_to_the_person_who_is_there() -> None:
    import_people(people(*PEOPLE_ROWS), valid_from=TODAY, actor=OFFICER, now=NOW)
    later = people(("钱二", "崧厦镇", "镇长", "单位负责人", "单位正职", "", "qianer"))
    assert states(later) == ["new"]
    import_people(later, valid_from=TODAY, actor=OFFICER, now=NOW)
    assert Person.objects.get(name="钱二").account_id == Account.objects.get(username="qianer").pk
    assert Post.objects.filter(person__name="钱二").count() == 1
    assert states(people(("钱二", "崧厦镇", "镇长", "单位负责人", "单位正职", "", "qianer"))) == ["same"]


def test_a_dispatcher_of_a_town_is_a_town_dispatcher() -> None:
    report = people(("孙三", "崧厦镇", "受理员", "受理员", "", "", ""))
    assert report.items[0].role == Role.TOWN_DISPATCHER


@pytest.mark.parametrize(
    ("row", "heading", "said"),
    [
        (("", "区水利局", "", "承办人", "", "", ""), "姓名", ""),
        (("李四", "区水利", "", "承办人", "", "", ""), "单位", "区水利局"),
        (("李四", "水利区局", "", "承办人", "", "", ""), "单位", "区水利局"),
        (("李四", "区水利局", "", "系统管理员", "", "", ""), "角色", "承办人"),
        (("李四", "区水利局", "", "承办人", "科级", "", ""), "级别", "单位正职"),
        (("李四", "区水利局", "", "承办人", "", "13800138000", ""), "办公电话", ""),
        (("李四", "区水利局", "", "承办人", "", "1380000", ""), "办公电话", "1380000"),
        (("李四", "区水利局", "", "承办人", "", "", "li si"), "账号", ""),
    ],
)
def test_a_wrong_person_is_named_with_what_would_be_right(row: Sequence[object], heading: str, said: str) -> None:
    (line,) = people(row).lines
    assert (line.state, line.heading) == ("error", heading)
    assert said in line.reason


def test_two_people_do_not_share_an_account_and_a_row_does_not_count_twice() -> None:
    report = people(
        ("李四", "区水利局", "", "承办人", "", "", "lisi"),
        ("王五", "区水利局", "", "承办人", "", "", "lisi"),
        ("李四", "区水利局", "", "承办人", "", "", "lisi"),
    )
    assert states(report) == ["new", "error", "error"]
    import_people(report, valid_from=TODAY, actor=OFFICER, now=NOW)
    (line,) = people(("赵六", "区水利局", "", "承办人", "", "", "LiSi")).lines
    assert (line.state, line.heading) == ("error", "账号")


def test_an_account_of_another_county_is_named_as_taken_by_all_counties() -> None:
    Account.objects.create(id=new_id(), username="keqiao-li", password="!", created_at=NOW)
    (line,) = people(("李三", "崧厦镇", "", "承办人", "", "", "KeQiao-Li")).lines
    assert (line.state, line.heading) == ("error", "账号")
    assert line.reason == "账号“KeQiao-Li”已被占用（本系统各县共用账号名），请换一个。"


def test_only_the_system_officer_imports_people_and_units() -> None:
    for role in (Role.SECURITY_OFFICER, Role.DISPATCHER):
        with pytest.raises(NotAllowed):
            import_people(people(*PEOPLE_ROWS), valid_from=TODAY, actor=actor_in(role), now=NOW)
        with pytest.raises(NotAllowed):
            import_units(units(*UNIT_ROWS), valid_from=TODAY, actor=actor_in(role), now=NOW)
    assert not Person.objects.filter(name="钱二").exists()


def test_the_duty_roster_is_read_with_real_dates_and_names_who_does_not_serve() -> None:
    import_people(people(*PEOPLE_ROWS), valid_from=TODAY, actor=OFFICER, now=NOW)
    rows = (
        (dt.datetime(2019, 2, 15), "夜班", "区三服务办", "郑一", "带班"),  # noqa: DTZ001 - a cell knows no time zone
        ("2019年2月16日", "", "区三服务办", "郑一", ""),
        ("2019-02-16", "夜班", "区三服务办", "没有人", "值班"),
        ("2019-02-30", "夜班", "区三服务办", "郑一", "值班"),
        ("2019-02-17", "早班", "区三服务办", "郑一", "值班"),
    )

    def plan() -> Report:  # type: ignore[type-arg]
        return plan_duty(read_table(workbook(DUTY.headings, *rows), DUTY).rows, today=TODAY)

    report = plan()
    assert states(report) == ["new", "new", "error", "error", "error"]
    assert [line.heading for line in report.errors] == ["姓名", "日期", "班次"]
    assert import_duty(report, actor=actor_in(Role.DISPATCHER), now=NOW) == 2
    first = DutyShift.objects.order_by("day")[0]
    assert (first.day, first.shift, first.leads) == (dt.date(2019, 2, 15), "night", True)
    assert states(plan())[:2] == ["same", "same"]


def test_a_second_row_that_repeats_a_first_is_said_to_do_so() -> None:
    twice = units(("a", "甲局", "部门", "", ""), ("a", "甲局", "部门", "", ""))
    assert [(line.state, line.heading, line.reason) for line in twice.lines][1] == ("error", "编码", "与第 2 行重复。")
    import_people(people(*PEOPLE_ROWS), valid_from=TODAY, actor=OFFICER, now=NOW)
    row = ("2019-02-15", "夜班", "区三服务办", "郑一", "带班")
    duty = plan_duty(read_table(workbook(DUTY.headings, row, row), DUTY).rows, today=TODAY)
    assert [line.state for line in duty.lines] == ["new", "error"]
    assert duty.lines[1].reason == "与第 2 行重复。"


def test_what_is_not_filled_in_is_said_so_with_what_may_stand_there() -> None:
    (line,) = people(("李四", "", "", "承办人", "", "", "")).lines
    assert (line.heading, line.reason) == ("单位", "没有填单位。")
    (line,) = units(("a", "某局", "", "", "")).lines
    assert line.heading == "类型"
    assert "可填：办公室、部门、镇街、村社、公共服务单位、开发区、国有企业" in line.reason


def test_a_user_name_that_is_taken_is_refused_with_whose_it_is() -> None:
    import_people(people(*PEOPLE_ROWS), valid_from=TODAY, actor=OFFICER, now=NOW)
    (line,) = people(("赵六", "区水利局", "", "承办人", "", "", "ZhengYi")).lines
    assert "郑一" in line.reason


@pytest.mark.parametrize("username", ["李四", "li四", "ｌisi"])
def test_nobody_needs_an_input_method_to_log_in(username: str) -> None:
    (line,) = people(("李四", "区水利局", "", "承办人", "", "", username)).lines
    assert (line.state, line.heading) == ("error", "账号") if not username.startswith("ｌ") else ("new", "")
