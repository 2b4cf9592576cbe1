"""派单目录: the most specific line that holds proposes; a person decides; intake pays nothing for it."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sanfuwu.ledger.errors import InvalidInput, NotAllowed, NotVisible
from sanfuwu.ledger.models import Event
from sanfuwu.ledger.replay import differences, replay
from sanfuwu.problems.actions import register_problem, register_problems
from sanfuwu.problems.actions.categories import create_category, merge_category
from sanfuwu.problems.queries.categories import read_tree
from sanfuwu.problems.tests.cast import ELSEWHERE, NOW, SONGXIA, VILLAGE, Cast, refused, told
from sanfuwu.sheets import Row
from sanfuwu.territory.actor import SYSTEM
from sanfuwu.triage import actions
from sanfuwu.triage.actions.entries import EntryInput
from sanfuwu.triage.models import CatalogueEntry
from sanfuwu.triage.queries import coverage, propose, reason

TODAY = NOW.date()


def add(cast: Cast, lead: str, *, category: UUID | None = None, **more: Any) -> CatalogueEntry:
    given: dict[str, Any] = {"category_id": category or cast.category, "valid_from": TODAY} | more
    return actions.add_entry(EntryInput(lead=cast.unit(lead), **given), actor=cast.office, now=NOW)


def lead(cast: Cast, category: UUID, division: str, on: dt.date = TODAY) -> str:
    found = propose(category, division, on)
    names = {cast.unit(code): code for code in ("gdgs", "gds-songxia", "zlsgs", "jxj")}
    return names[found.lead] if found else ""


def test_the_nearest_category_wins_then_the_town_then_the_whole_county(cast: Cast) -> None:
    leaf = create_category("gd-xl", "线路与停电", parent_id=cast.category, actor=SYSTEM, now=NOW).pk
    add(cast, "jxj", category=cast.category_above)
    assert lead(cast, leaf, VILLAGE) == "jxj"
    add(cast, "gdgs")
    assert lead(cast, leaf, VILLAGE) == "gdgs"
    add(cast, "gds-songxia", town=SONGXIA)
    assert (lead(cast, leaf, VILLAGE), lead(cast, leaf, ELSEWHERE)) == ("gds-songxia", "gdgs")
    add(cast, "zlsgs", category=leaf)
    assert lead(cast, leaf, VILLAGE) == "zlsgs"  # a nearer category before a nearer place


def test_nothing_is_proposed_without_a_line_or_a_category(cast: Cast) -> None:
    assert propose(cast.category, VILLAGE, TODAY) is None
    add(cast, "gdgs")
    assert propose(None, VILLAGE, TODAY) is None


def test_a_line_holds_from_its_first_to_its_last_day(cast: Cast) -> None:
    last = TODAY + dt.timedelta(days=10)
    add(cast, "gdgs", valid_from=TODAY + dt.timedelta(days=2), valid_to=last)
    assert lead(cast, cast.category, VILLAGE, TODAY) == ""
    assert lead(cast, cast.category, VILLAGE, last) == "gdgs"
    assert lead(cast, cast.category, VILLAGE, last + dt.timedelta(days=1)) == ""


def test_a_new_line_ends_the_open_one_the_day_before(cast: Cast) -> None:
    old = add(cast, "gdgs")
    later = TODAY + dt.timedelta(days=5)
    add(cast, "jxj", valid_from=later)
    assert lead(cast, cast.category, VILLAGE, later - dt.timedelta(days=1)) == "gdgs"
    assert lead(cast, cast.category, VILLAGE, later) == "jxj"
    events = list(Event.objects.filter(stream_kind="catalogue", stream_id=old.pk))
    assert [e.kind for e in events] == ["added", "ended"]
    assert differences(replay(events), "triage") == []
    with refused(InvalidInput, field="valid_from"):
        add(cast, "zlsgs", valid_from=TODAY)


def test_an_ended_line_proposes_until_tonight(cast: Cast) -> None:
    entry = add(cast, "gdgs")
    actions.end_entry(entry.pk, last_day=TODAY, actor=cast.office, now=NOW)
    assert lead(cast, cast.category, VILLAGE, TODAY) == "gdgs"
    assert lead(cast, cast.category, VILLAGE, TODAY + dt.timedelta(days=1)) == ""
    with refused(InvalidInput, field="last_day"):
        actions.end_entry(entry.pk, last_day=TODAY + dt.timedelta(days=9), actor=cast.office, now=NOW)
    with refused(NotVisible):
        actions.end_entry(UUID(int=5), last_day=TODAY, actor=cast.office, now=NOW)


def test_the_reason_names_the_line(cast: Cast) -> None:
    add(cast, "gds-songxia", town=SONGXIA)
    found = propose(cast.category, VILLAGE, TODAY)
    assert found is not None
    assert reason(found, TODAY) == "供电 × 崧厦镇 → 崧厦供电所"


def test_whatever_comes_in_gets_the_catalogues_unit_proposed(cast: Cast) -> None:
    add(cast, "gds-songxia", town=SONGXIA)
    problem = register_problem(told(category_id=cast.category), actor=cast.collector, now=NOW)
    assert problem.proposed_unit == cast.unit("gds-songxia")
    own = told(category_id=cast.category, proposed_unit=cast.unit("jxj"))
    assert register_problem(own, actor=cast.collector, now=NOW).proposed_unit == cast.unit("jxj")
    assert register_problem(told(), actor=cast.collector, now=NOW).proposed_unit is None


def test_the_look_up_of_a_batch_costs_two_statements_at_most_a_row(cast: Cast) -> None:
    add(cast, "gds-songxia", town=SONGXIA)
    propose(cast.category, VILLAGE, TODAY)
    with CaptureQueriesContext(connection) as seen:
        propose(cast.category, VILLAGE, TODAY)
    assert [q["sql"] for q in seen.captured_queries if "reference_stamp" not in q["sql"]] == []
    many = [told(f"第{n}件", category_id=cast.category) for n in range(3)]
    assert {r.status for r in register_problems(many, actor=cast.collector, now=NOW)} == {"created"}


def test_only_the_district_office_keeps_it(cast: Cast) -> None:
    given = EntryInput(category_id=cast.category, lead=cast.unit("gdgs"), valid_from=TODAY)
    for actor in (cast.town_office, cast.handler, cast.supervisor, cast.system_officer):
        with refused(NotAllowed):
            actions.add_entry(given, actor=actor, now=NOW)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"town": "330604"}, "town"),
        ({"town": VILLAGE}, "town"),
        ({"lead": UUID(int=1)}, "lead"),
        ({"co": (UUID(int=1),)}, "co"),
        ({"category_id": UUID(int=1)}, "category_id"),
        ({"valid_to": TODAY - dt.timedelta(days=1)}, "valid_to"),
    ],
)
def test_a_line_is_checked_at_its_field(cast: Cast, more: dict[str, Any], field: str) -> None:
    given = {"category_id": cast.category, "lead": cast.unit("gdgs"), "valid_from": TODAY} | more
    with refused(InvalidInput, field=field):
        actions.add_entry(EntryInput(**given), actor=cast.office, now=NOW)


def test_coverage_names_what_has_no_unit(cast: Cast) -> None:
    leaf = create_category("gd-xl", "线路", parent_id=cast.category, actor=SYSTEM, now=NOW).pk
    add(cast, "gds-songxia", town=SONGXIA)
    found = {one.category.pk: one for one in coverage(read_tree(), [SONGXIA, ELSEWHERE], TODAY)}
    assert not found[cast.category_above].covered
    assert found[cast.category_above].towns == {}
    assert found[leaf].towns == {SONGXIA: cast.unit("gds-songxia")}
    add(cast, "gdgs")
    found = {one.category.pk: one for one in coverage(read_tree(), [SONGXIA, ELSEWHERE], TODAY)}
    assert found[leaf].covered
    assert found[leaf].inherited


def test_a_merged_category_no_longer_proposes(cast: Cast) -> None:
    add(cast, "gdgs")
    into = create_category("dl", "电力", actor=SYSTEM, now=NOW).pk
    merge_category(cast.category, into, actor=cast.office, now=NOW)
    assert propose(into, VILLAGE, TODAY) is None


def rows(*given: tuple[str, ...]) -> list[Row]:
    return [
        Row(n, dict(zip(actions.CATALOGUE.headings, cells, strict=False))) for n, cells in enumerate(given, start=2)
    ]


def test_a_workbook_is_looked_at_first_and_adds_nothing_a_second_time(cast: Cast) -> None:
    assert cast.category
    sheet = rows(
        ("基础设施/供电", "崧厦镇", "崧厦供电所", "供电公司", "2019-02-12", ""),
        ("gd", "", "gdgs", "", "", ""),
        ("供电", "崧夏镇", "供电公司", "", "", ""),
        ("供热", "", "供电公司", "", "", ""),
        ("供电", "崧厦镇", "不存在的单位", "", "", ""),
        ("供电", "", "供电公司", "", "明天", ""),
        ("gd", "全区", "供电公司", "", "", ""),
        ("供电", "", "", "", "", ""),
    )
    looked = actions.preview_entries(sheet, actor=cast.office, now=NOW)
    assert [line.row for line in looked.new] == [2, 3]
    assert [(line.row, line.heading) for line in looked.errors] == [
        (4, "镇街"),
        (5, "分类"),
        (6, "主办单位"),
        (7, "起始日期"),
        (8, "分类"),
        (9, "主办单位"),
    ]
    assert CatalogueEntry.objects.count() == 0
    actions.import_entries(sheet, actor=cast.office, now=NOW)
    again = actions.import_entries(sheet, actor=cast.office, now=NOW)
    assert (again.new, again.count("same"), CatalogueEntry.objects.count()) == ([], 2, 2)
    found = propose(cast.category, VILLAGE, TODAY)
    assert found is not None
    assert (found.lead, found.co) == (cast.unit("gds-songxia"), (cast.unit("gdgs"),))
