"""A unit is renamed, moved and placed in one act, with a day; past names stay in past records."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db.models import F

from sanfuwu.ledger.errors import InvalidInput, NotAllowed
from sanfuwu.ledger.models import Event
from sanfuwu.ledger.replay import differences, replay
from sanfuwu.territory.actions import (
    change_unit,
    close_unit,
    continue_posts,
    correct_person,
    correct_post,
    create_person,
    create_unit,
    merge_units,
    take_posts_back,
    undo_merge,
)
from sanfuwu.territory.actor import SYSTEM
from sanfuwu.territory.models import Person, Post, Role, Unit, UnitVersion
from sanfuwu.territory.queries import find_people, reach_of, unit_name, unit_tree

from .cast import NOW, SINCE, TODAY, District, actor_in, events_of, post_in


def test_name_superior_and_division_change_together_and_the_past_keeps_them(district: District) -> None:
    change_unit(
        district.village.pk,
        name="新设社区",
        parent_id=district.bureau.pk,
        division_code="330604990202",
        valid_from=TODAY,
        actor=actor_in(Role.SYSTEM_OFFICER),
        now=NOW,
    )
    assert unit_name(district.village.pk, TODAY - dt.timedelta(1)) == "新设村"
    assert unit_name(district.village.pk, TODAY) == "新设社区"
    old, new = UnitVersion.objects.filter(unit=district.village).order_by("valid_from")
    assert (old.parent_id, old.division_code, old.valid_to) == (district.town.pk, "330604990201", TODAY)
    assert (new.parent_id, new.division_code, new.valid_to) == (district.bureau.pk, "330604990202", None)
    assert events_of(district.village) == ["created", "renamed", "moved", "placed"]
    assert district.village.pk in reach_of(district.bureau.pk)
    events = Event.objects.filter(stream_kind="unit", stream_id=district.village.pk)
    assert differences(replay(events), "territory") == []


@pytest.mark.parametrize("code", ["330604", "110101001001", "33060499020x"])
def test_a_division_has_twelve_digits_of_this_county(district: District, code: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        change_unit(district.town.pk, division_code=code, valid_from=TODAY, actor=SYSTEM, now=NOW)
    assert refusal.value.field == "division_code"


def test_a_change_that_changes_nothing_is_refused(district: District) -> None:
    with pytest.raises(InvalidInput):
        change_unit(district.town.pk, name="新设镇", valid_from=TODAY, actor=SYSTEM, now=NOW)
    assert UnitVersion.objects.filter(unit=district.town).count() == 1


def test_a_proposed_unit_is_found_to_be_another_and_that_can_be_undone(district: District) -> None:
    met = create_unit(
        code="p-1", kind="department", name="新设局机关", parent_id=district.county.pk, valid_from=SINCE,
        proposed=True, actor=SYSTEM, now=NOW,
    )  # fmt: skip
    plan = merge_units(met.pk, district.bureau.pk, on_date=TODAY, actor=SYSTEM, now=NOW)
    assert met.pk in reach_of(district.bureau.pk)
    assert events_of(met) == ["proposed", "identified"]
    undo_merge(plan.merge.pk, actor=SYSTEM, now=NOW)
    assert Unit.objects.get(pk=met.pk).status == Unit.Status.PROPOSED


def test_the_people_of_a_merged_unit_go_on_and_come_back(district: District) -> None:
    post = post_in(district.zone_a, title="主任", rank="chief")
    done = {"actor": SYSTEM, "now": NOW}
    assert continue_posts(district.zone_a.pk, district.zone_b.pk, **done) == 1
    new = Post.objects.get(continues=post.pk)
    assert (new.unit_id, new.title, new.rank, new.person_id) == (district.zone_b.pk, "主任", "chief", post.person_id)
    assert Post.objects.get(pk=post.pk).valid_to == TODAY
    assert take_posts_back(district.zone_a.pk, district.zone_b.pk, **done) == 1
    assert Post.objects.get(pk=post.pk).valid_to is None
    assert Post.objects.get(pk=new.pk).valid_to == TODAY
    for row in (post, new):
        events = Event.objects.filter(stream_kind="post", stream_id=row.pk)
        assert differences(replay(events), "territory") == []


@pytest.mark.parametrize("asked", ["王小明", "小明", "wangxiaoming", "wang xiao", "wxm", "WXM", "新设局"])
def test_a_person_is_found_by_name_pinyin_initials_and_unit(district: District, asked: str) -> None:
    post_in(district.bureau, name="王小明")
    post_in(district.town, name="李四")
    assert [p.name for p in find_people(asked, on=TODAY).people] == ["王小明"]


def test_a_mobile_number_is_not_taken_as_an_office_phone(db: None) -> None:
    with pytest.raises(InvalidInput) as refusal:
        create_person("张三", office_phone="13800138000", actor=SYSTEM, now=NOW)
    assert refusal.value.field == "office_phone"
    person = create_person("张三", office_phone="0575-82120012", actor=SYSTEM, now=NOW)
    office = actor_in(Role.DISPATCHER)
    correct_person(person.pk, name="张三", office_phone="0575-82120013", actor=office, now=NOW)
    assert Person.objects.get(pk=person.pk).office_phone == "0575-82120013"
    with pytest.raises(NotAllowed):
        correct_person(person.pk, name="张三丰", office_phone="", actor=office, now=NOW)
    assert "82120013" not in str([e.payload for e in Event.objects.filter(stream_id=person.pk)])


def test_title_and_rank_are_put_right_and_only_a_leader_answers_for_units(district: District) -> None:
    post = post_in(district.bureau)
    correct_post(post.pk, title="科长", rank="deputy", actor=SYSTEM, now=NOW)
    assert Post.objects.get(pk=post.pk).title == "科长"
    with pytest.raises(InvalidInput):
        correct_post(post.pk, title="科长", rank="deputy", portfolio=[district.town.pk], actor=SYSTEM, now=NOW)


def test_what_was_entered_wrongly_today_is_put_right_today_and_nothing_is_lost(district: District) -> None:
    wrong = create_unit(
        code="new-v",
        kind="village",
        name="错写村",
        parent_id=district.county.pk,
        valid_from=TODAY,
        actor=SYSTEM,
        now=NOW,
    )
    officer = actor_in(Role.SYSTEM_OFFICER)
    change_unit(wrong.pk, parent_id=district.town.pk, valid_from=TODAY, actor=officer, now=NOW)
    change_unit(wrong.pk, name="改正村", valid_from=TODAY, actor=officer, now=NOW)
    assert unit_name(wrong.pk, TODAY) == unit_name(wrong.pk, TODAY - dt.timedelta(9)) == "改正村"
    assert wrong.pk in reach_of(district.town.pk)
    assert [node.parent_id for node in unit_tree(TODAY) if node.id == wrong.pk] == [district.town.pk]
    versions = list(UnitVersion.objects.filter(unit=wrong).order_by(*UnitVersion.in_order))
    assert [(v.name, v.valid_to) for v in versions[:2]] == [("错写村", TODAY)] * 2  # they last no day, and stay
    assert (versions[2].name, versions[2].parent_id, versions[2].valid_to) == ("改正村", district.town.pk, None)
    assert events_of(wrong) == ["created", "moved", "renamed"]
    assert differences(replay(Event.objects.filter(stream_kind="unit", stream_id=wrong.pk)), "territory") == []
    change_unit(wrong.pk, name="再改村", valid_from=TODAY, actor=officer, now=NOW)
    assert unit_name(wrong.pk, TODAY) == "再改村"


def test_a_name_under_which_records_were_made_is_not_replaced_and_the_refusal_says_which_day_will_do(
    district: District,
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        change_unit(district.town.pk, name="别的镇", valid_from=SINCE, actor=SYSTEM, now=NOW)
    assert f"起始日期请填 {SINCE + dt.timedelta(1)} 或以后" in refusal.value.message
    with pytest.raises(InvalidInput) as refusal:
        change_unit(
            district.village.pk,
            parent_id=district.bureau.pk,
            valid_from=TODAY + dt.timedelta(1),
            actor=SYSTEM,
            now=NOW,
        )
    assert f"起始日期请填 {TODAY} 或以前" in refusal.value.message


NEXT_MONTH = TODAY + dt.timedelta(30)


def test_a_unit_whose_new_name_is_announced_moves_today_and_takes_the_name_with_it(district: District) -> None:
    officer = actor_in(Role.SYSTEM_OFFICER)
    village = district.village.pk
    change_unit(village, name="新设社区", valid_from=NEXT_MONTH, actor=officer, now=NOW)
    # The form sends the name of today along.
    change_unit(village, name="新设村", parent_id=district.bureau.pk, valid_from=TODAY, actor=officer, now=NOW)
    change_unit(village, division_code="330604990202", valid_from=TODAY, actor=officer, now=NOW)
    said = UnitVersion.objects.filter(unit=village).exclude(valid_to=F("valid_from")).order_by("valid_from")
    town, bureau = district.town.pk, district.bureau.pk
    assert [(v.valid_from, v.valid_to, v.name, v.parent_id, v.division_code) for v in said] == [
        (SINCE, TODAY, "新设村", town, "330604990201"),
        (TODAY, NEXT_MONTH, "新设村", bureau, "330604990202"),
        (NEXT_MONTH, None, "新设社区", bureau, "330604990202"),
    ]
    assert (village in reach_of(bureau), village in reach_of(town)) == (True, False)
    assert events_of(district.village) == ["created", "renamed", "moved", "placed"]
    assert differences(replay(Event.objects.filter(stream_kind="unit", stream_id=village)), "territory") == []


def test_before_an_announced_name_no_other_begins_and_the_refusal_says_what_is_possible(district: District) -> None:
    village = district.village.pk
    change_unit(village, name="新设社区", valid_from=NEXT_MONTH, actor=SYSTEM, now=NOW)
    with pytest.raises(InvalidInput) as refusal:
        change_unit(village, name="别的村", valid_from=TODAY, actor=SYSTEM, now=NOW)
    assert refusal.value.field == "name"
    assert "新设社区" in refusal.value.message
    assert f"填 {NEXT_MONTH} 或以后" in refusal.value.message
    with pytest.raises(InvalidInput) as refusal:
        change_unit(village, parent_id=district.bureau.pk, valid_from=NEXT_MONTH, actor=SYSTEM, now=NOW)
    assert f"起始日期请填 {TODAY} 或以前" in refusal.value.message
    with pytest.raises(InvalidInput) as refusal:
        close_unit(village, on_date=TODAY, actor=SYSTEM, now=NOW)
    assert f"自 {NEXT_MONTH} 起" in refusal.value.message
    change_unit(village, name="新设村", valid_from=NEXT_MONTH, actor=SYSTEM, now=NOW)  # the announcement is taken back
    assert unit_name(village, NEXT_MONTH) == "新设村"


def test_a_unit_that_is_still_to_begin_is_put_right_from_its_own_first_day(district: District) -> None:
    coming = create_unit(
        code="coming", kind="village", name="将设村", parent_id=district.county.pk, valid_from=NEXT_MONTH,
        actor=SYSTEM, now=NOW,
    )  # fmt: skip
    change_unit(coming.pk, parent_id=district.town.pk, valid_from=NEXT_MONTH, actor=SYSTEM, now=NOW)
    assert coming.pk in reach_of(district.town.pk)
    with pytest.raises(InvalidInput):
        change_unit(
            coming.pk, parent_id=district.bureau.pk, valid_from=NEXT_MONTH + dt.timedelta(1), actor=SYSTEM, now=NOW
        )
