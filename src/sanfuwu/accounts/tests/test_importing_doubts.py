"""What an import can take but its reader should look at: villages without their town, units that are there otherwise,
codes that were proposed, telephones of another length."""

from __future__ import annotations

from sanfuwu.accounts.importing import UNITS, import_units, plan_units
from sanfuwu.accounts.importing.unit_known import standing
from sanfuwu.sheets import read_table
from sanfuwu.territory.actions import close_unit
from sanfuwu.territory.models import Unit
from sanfuwu.territory.queries import reach_of

from .test_importing import NOW, OFFICER, TODAY, people, pytestmark, states, units, workbook  # noqa: F401

TOWN = ("xcz", "示范新镇", "镇街", "", "330604880000")


def test_a_village_without_its_town_is_taken_with_a_warning_that_names_the_town_of_its_division() -> None:
    report = units(
        TOWN, ("v1", "东新村", "村社", "", "330604880201"), ("v2", "西新村", "村社", "示范新镇", "330604880202")
    )
    assert states(report) == ["new"] * 3
    assert [line.warns for line in report.lines] == [False, True, False]
    assert "按区划代码应属示范新镇" in report.lines[1].reason
    assert report.columns == ("编码", "类型", "上级", "区划")
    assert report.lines[2].extra == ("v2", "村社", "示范新镇", "330604880202")
    assert report.lines[0].extra[2] == "上虞区"  # where it will stand, not an empty cell


def test_a_village_under_a_department_or_under_another_town_is_warned_about() -> None:
    other = ("xcz2", "示范二镇", "镇街", "", "330604870000")
    under_bureau = ("v1", "东新村", "村社", "330604000000-x", "330604880201")
    report = units(
        TOWN,
        other,
        ("jj", "示范局", "部门", "", ""),
        (*under_bureau[:3], "示范局", under_bureau[4]),
        ("v2", "西新村", "村社", "示范二镇", "330604880202"),
    )
    assert [line.warns for line in report.lines] == [False, False, False, True, True]
    assert "上级示范局不是镇街" in report.lines[3].reason
    assert "不在示范二镇之内" in report.lines[4].reason


def test_a_unit_that_is_there_with_another_superior_is_named_as_such_and_left_as_it_is() -> None:
    import_units(units(TOWN, ("v1", "东新村", "村社", "", "330604880201")), valid_from=TODAY, actor=OFFICER, now=NOW)
    again = units(TOWN, ("v1", "东新村", "村社", "示范新镇", "330604880201"))
    assert states(again) == ["same", "differs"]
    assert "已有，但上级不同：表里是示范新镇，系统里是上虞区" in again.lines[1].reason
    assert import_units(again, valid_from=TODAY, actor=OFFICER, now=NOW) == 0


def test_the_usual_heading_of_the_superior_is_known() -> None:
    head = ("单位编码", "单位名称", "单位性质", "上级主管部门", "行政区划代码")
    sheet = read_table(workbook(head, TOWN, ("v1", "东新村", "村社", "示范新镇", "330604880201")), UNITS)
    assert sheet.unused == ()
    import_units(plan_units(sheet.rows, today=TODAY), valid_from=TODAY, actor=OFFICER, now=NOW)
    assert Unit.objects.get(code="v1").pk in reach_of(Unit.objects.get(code="xcz").pk)


def test_without_codes_the_initials_are_proposed_each_once_and_the_same_workbook_adds_nothing_again() -> None:
    rows = [
        ("", "示范新镇", "镇街", "", "330604880000"),
        ("", "示范二镇", "镇街", "", "330604870000"),
        ("", "东新村", "村社", "示范新镇", "330604880201"),
        ("", "东新村", "村社", "示范二镇", "330604870201"),
    ]
    report = units(*rows)
    assert [line.extra[0] for line in report.lines] == ["sfxz", "sfez", "dxc", "dxc-2"]
    assert all("拟定" in line.reason and not line.warns for line in report.lines)
    assert import_units(report, valid_from=TODAY, actor=OFFICER, now=NOW) == 4
    assert states(units(*rows)) == ["same"] * 4
    assert states(units(("sfxz", "示范新镇", "镇街", "", "330604880000"))) == ["same"]


def test_a_telephone_of_another_length_than_most_of_its_area_is_taken_with_a_warning() -> None:
    rows = [
        (name, "区水利局", "科员", "承办人", "", phone, "")
        for name, phone in (("甲一", "0575-82120012"), ("乙二", "0575-82120013"), ("丙三", "0575-82120014"))
    ]
    report = people(*rows, ("丁四", "区水利局", "科员", "承办人", "", "0575-8602013", ""))
    assert states(report) == ["new"] * 4
    assert [line.warns for line in report.lines] == [False, False, False, True]
    assert "区号 0575 后面是 7 位，其他号码多为 8 位" in report.lines[3].reason
    (alone,) = people(("丁四", "区水利局", "科员", "承办人", "", "0571-8602013", "")).lines
    assert not alone.warns  # seven digits are usual elsewhere


def test_the_nearest_unit_is_offered_and_not_the_county() -> None:
    (line,) = people(("甲一", "上虞区水利", "", "承办人", "", "", "")).lines
    assert "水利局" in line.reason
    assert "上虞区？" not in line.reason


def test_a_closed_unit_is_known_by_the_name_that_it_had() -> None:
    closed = Unit.objects.get(code="slj")
    before = standing(TODAY).units["slj"].name
    close_unit(closed.pk, on_date=TODAY, actor=OFFICER, now=NOW)
    assert before
    assert standing(TODAY).units["slj"].name == before
    report = units(("slj", "示范水务局", "部门", "", ""))
    assert before in report.lines[0].reason
