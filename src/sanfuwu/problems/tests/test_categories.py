"""分类: a tree with events; moving and merging takes along what is filed there."""

from __future__ import annotations

from uuid import UUID

import pytest

from sanfuwu.ledger.errors import IllegalTransition, InvalidInput, NotAllowed, NotVisible
from sanfuwu.ledger.models import Event
from sanfuwu.ledger.replay import differences, replay
from sanfuwu.sheets import Row
from sanfuwu.territory.actor import SYSTEM

from .. import queries
from ..actions import categories as act
from ..actions.category_sheet import CATEGORIES, import_categories, preview_categories
from ..models import Category, Problem
from ..queries import Filters
from ..queries.categories import category_tree, problems_filed
from .cast import NOW, Cast, kinds, refused, told


def made(code: str, name: str, parent: UUID | None = None) -> UUID:
    return act.create_category(code, name, parent_id=parent, actor=SYSTEM, now=NOW).pk


def events_of(category_id: UUID) -> list[Event]:
    return list(Event.objects.filter(stream_kind="category", stream_id=category_id).order_by("seq"))


def filed_below(cast: Cast, category_id: UUID) -> int:
    return queries.list_problems(cast.office, Filters(facets={"category": (str(category_id),)})).count


def test_every_change_is_an_event_that_gives_the_row_back_without_its_name(cast: Cast) -> None:
    top, other = made("a", "公用事业"), made("b", "基础设施")
    leaf = made("c", "供水", top)
    act.rename_category(leaf, "供水排水", actor=cast.office, now=NOW)
    act.move_category(leaf, other, actor=cast.office, now=NOW)
    act.close_category(leaf, actor=cast.office, now=NOW)
    found = events_of(leaf)
    assert [e.kind for e in found] == ["created", "renamed", "moved", "closed"]
    assert found[1].actor_post == cast.office.post_id
    assert differences(replay(found), "problems") == []
    assert "供水" not in str([e.payload for e in found])


def test_a_category_older_than_its_stream_tells_everything_first(cast: Cast) -> None:
    old = Category.objects.create(code="old", name="旧分类")
    act.rename_category(old.pk, "新名称", actor=cast.office, now=NOW)
    found = events_of(old.pk)
    assert [e.kind for e in found] == ["taken_over", "renamed"]
    assert differences(replay(found), "problems") == []


def test_moving_takes_along_what_lists_by_the_upper_level_show(cast: Cast) -> None:
    problem = cast.accepted()
    elsewhere = made("qy", "企业服务")
    assert filed_below(cast, cast.category_above) == 1
    act.move_category(cast.category, elsewhere, actor=cast.office, now=NOW)
    assert (filed_below(cast, cast.category_above), filed_below(cast, elsewhere)) == (0, 1)
    assert kinds(problem) == ["registered", "accepted"]  # the problem itself did not change


def test_merging_takes_problems_along_with_an_event_on_each(cast: Cast) -> None:
    proposed = act.propose_categories(["用电难"], actor=cast.office, now=NOW)["用电难"]
    waits = cast.registered(told(category_id=proposed))
    accepted = cast.accepted()
    assert act.merge_category(proposed, cast.category, actor=cast.office, now=NOW) == 1
    waits.refresh_from_db()
    assert (waits.proposed_category_id, kinds(waits)[-1]) == (cast.category, "category_merged")
    into = made("dl", "电力")
    assert act.merge_category(cast.category, into, actor=cast.office, now=NOW) == 2
    accepted.refresh_from_db()
    assert accepted.category_id == into
    assert filed_below(cast, into) == 1
    problem_events = Event.objects.filter(stream_kind="problem", stream_id=accepted.pk)
    assert differences(replay(problem_events), "problems") == []
    row = Category.objects.get(pk=cast.category)
    assert (row.status, row.merged_into_id) == ("closed", into)


def test_a_merged_heading_met_again_means_the_category_it_became(cast: Cast) -> None:
    proposed = act.propose_categories(["用电难"], actor=cast.office, now=NOW)["用电难"]
    act.merge_category(proposed, cast.category, actor=cast.office, now=NOW)
    assert act.propose_categories(["用电难"], actor=cast.office, now=NOW) == {"用电难": cast.category}


def test_a_confirmed_category_gets_its_place_and_its_code(cast: Cast) -> None:
    proposed = act.propose_categories(["路灯"], actor=cast.office, now=NOW)["路灯"]
    row = act.confirm_category(proposed, parent_id=cast.category_above, code="ld", actor=cast.office, now=NOW)
    assert (row.status, row.parent_id, row.code) == ("active", cast.category_above, "ld")
    with refused(IllegalTransition):
        act.confirm_category(proposed, actor=cast.office, now=NOW)


def test_the_tree_stays_a_tree_of_three_levels(cast: Cast) -> None:
    top = made("a", "一")
    middle = made("b", "二", top)
    leaf = made("c", "三", middle)
    with refused(InvalidInput, field="parent_id"):
        act.move_category(top, leaf, actor=cast.office, now=NOW)
    with refused(InvalidInput, field="parent_id"):
        act.move_category(top, made("d", "甲"), actor=cast.office, now=NOW)  # four levels
    with refused(InvalidInput, field="parent_id"):
        made("e", "四", leaf)
    with refused(InvalidInput):
        act.close_category(top, actor=cast.office, now=NOW)
    with refused(InvalidInput):
        act.merge_category(top, made("f", "乙"), actor=cast.office, now=NOW)
    with refused(InvalidInput, field="name"):
        made("g", "二", top)
    with refused(NotVisible):
        act.close_category(UUID(int=1), actor=cast.office, now=NOW)


def test_only_the_district_office_keeps_categories(cast: Cast) -> None:
    for actor in (cast.town_office, cast.handler, cast.supervisor, cast.system_officer):
        with refused(NotAllowed):
            act.create_category("x", "某类", actor=actor, now=NOW)
        with refused(NotAllowed):
            act.merge_category(cast.category, cast.category_above, actor=actor, now=NOW)


def test_the_remembered_tree_follows_every_change(cast: Cast) -> None:
    top = made("a", "公用事业")
    assert category_tree().full_name(top) == "公用事业"
    act.rename_category(top, "公共事业", actor=cast.office, now=NOW)
    assert category_tree().full_name(top) == "公共事业"


ROWS = [
    Row(2, {"一级": "公用事业", "二级": "", "三级": "", "编码": "gy"}),
    Row(3, {"一级": "公用事业", "二级": "供电", "三级": "", "编码": "gd"}),
    Row(4, {"一级": "公用事业", "二级": "供电", "三级": "停电", "编码": "gd-td"}),
    Row(5, {"一级": "公用事业", "二级": "供热", "三级": "管网", "编码": "gr-gw"}),
    Row(6, {"一级": "交通", "二级": "", "三级": "", "编码": "gd"}),
    Row(7, {"一级": "", "二级": "停车", "三级": "", "编码": "tc"}),
    Row(8, {"一级": "公用事业", "二级": "供电", "三级": "", "编码": "gd"}),
]


def test_a_workbook_is_looked_at_first_and_adds_nothing_a_second_time(cast: Cast) -> None:
    looked = preview_categories(ROWS, actor=cast.office)
    assert [line.what for line in looked.new] == [
        "公用事业", "公用事业 / 供电", "公用事业 / 供电 / 停电", "公用事业 / 供热 / 管网"
    ]  # fmt: skip
    assert looked.new[3].reason == "一并新增上级“供热”，编码 gr。"
    assert [(line.row, line.heading) for line in looked.errors] == [(6, "编码"), (7, "一级"), (8, "二级")]
    assert [line.reason for line in looked.errors][::2] == ["与第 3 行重复。", "与第 3 行重复。"]
    assert Category.objects.count() == 0
    import_categories(ROWS, actor=cast.office, now=NOW)
    again = import_categories(ROWS, actor=cast.office, now=NOW)
    assert (again.new, again.count("same"), Category.objects.count()) == ([], 4, 5)
    with refused(NotAllowed):
        import_categories(ROWS, actor=cast.handler, now=NOW)


def test_a_code_that_is_taken_is_refused_with_whose_it_is(cast: Cast) -> None:
    import_categories(ROWS[:2], actor=cast.office, now=NOW)
    (line,) = preview_categories(
        [Row(2, {"一级": "交通", "二级": "", "三级": "", "编码": "gd"})], actor=cast.office
    ).lines
    assert (line.heading, line.reason) == ("编码", "编码“gd”已用于“公用事业 / 供电”。")


def test_problems_are_counted_where_they_are_filed(cast: Cast) -> None:
    cast.accepted()
    cast.registered(told(category_id=cast.category))
    assert problems_filed() == {cast.category: 2}
    assert Problem.objects.count() == 2


@pytest.mark.parametrize("code", ["", "with space", "x" * 33, "分类"])
def test_a_code_is_plain(cast: Cast, code: str) -> None:
    with refused(InvalidInput, field="code"):
        made(code, "某类")


def test_the_usual_layout_with_upper_names_written_once_makes_the_upper_categories_too(cast: Cast) -> None:
    cells = [("公用事业", "供电", "停电"), ("", "", "线路"), ("", "供水", "管网"), ("交通", "停车", "")]
    rows = [
        Row(n, dict(zip(("一级", "二级", "三级", "编码"), (*names, ""), strict=True)))
        for n, names in enumerate(cells, start=2)
    ]
    report = import_categories(rows, actor=cast.office, now=NOW)
    assert [line.what for line in report.lines] == [
        "公用事业 / 供电 / 停电", "公用事业 / 供电 / 线路", "公用事业 / 供水 / 管网", "交通 / 停车"
    ]  # fmt: skip
    assert (len(report.new), Category.objects.count()) == (4, 8)
    tree = category_tree()
    assert {tree.full_name(c.pk) for c in Category.objects.filter(code__in=["gysy", "gd", "tc"])} == {
        "公用事业", "公用事业 / 供电", "交通 / 停车"
    }  # fmt: skip
    again = import_categories(rows, actor=cast.office, now=NOW)
    assert (again.count("same"), Category.objects.count()) == (4, 8)


def test_a_row_that_is_refused_leaves_no_upper_category_behind(cast: Cast) -> None:
    rows = [Row(2, {"一级": "公用事业", "二级": "供电", "三级": "", "编码": "坏 码"})]
    assert import_categories(rows, actor=cast.office, now=NOW).errors
    assert Category.objects.count() == 0


def test_the_headings_of_an_offices_own_list_are_known(cast: Cast) -> None:
    assert {"大类", "一级分类"} <= set(CATEGORIES.columns[0].also)
    assert ("中类" in CATEGORIES.columns[1].also, "小类" in CATEGORIES.columns[2].also) == (True, True)
