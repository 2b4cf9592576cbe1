"""Saved views and columns: whose tabs they are, who may change them, what a name may be."""

from __future__ import annotations

import pytest

from sanfuwu.ledger.errors import InvalidInput, NotAllowed, NotVisible
from sanfuwu.territory.actor import Actor

from ..actions import arranging as act
from ..models import ListSetting, SavedView
from ..queries import arranged
from .cast import NOW, Cast

pytestmark = pytest.mark.django_db


def names(actor: Actor) -> list[str]:
    return [view.name for view in arranged(actor).views]


def test_a_view_of_one_s_own_is_nobody_else_s(cast: Cast) -> None:
    act.save_view("我的超期", "overdue=1", actor=cast.handler, now=NOW)
    assert names(cast.handler) == ["我的超期"]
    assert names(cast.head) == names(cast.office) == []


def test_a_view_of_the_unit_is_a_tab_of_its_people_only(cast: Cast) -> None:
    act.save_view("待签收", "stage=to_sign", share="unit", actor=cast.handler, now=NOW)
    assert names(cast.head) == ["待签收"]
    assert names(cast.water) == []


def test_the_county_s_views_come_from_the_district_s_office_and_stand_first(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        act.save_view("全区", "open=1", share="county", actor=cast.handler, now=NOW)
    act.save_view("自己的", "", actor=cast.handler, now=NOW)
    act.save_view("重点件", "tier=key", share="county", actor=cast.office, now=NOW)
    assert names(cast.handler) == ["重点件", "自己的"]


def test_only_who_saved_it_changes_it_and_the_county_s_any_dispatcher_of_the_district(cast: Cast) -> None:
    mine = act.save_view("待签收", "stage=to_sign", share="unit", actor=cast.handler, now=NOW)
    with pytest.raises(NotAllowed):
        act.update_view(mine.pk, "stage=handling", actor=cast.head, now=NOW)
    with pytest.raises(NotVisible):
        act.update_view(mine.pk, "stage=handling", actor=cast.water, now=NOW)
    public = act.save_view("重点件", "tier=key", share="county", actor=cast.office, now=NOW)
    act.rename_view(public.pk, "重点问题", actor=cast.named_office, now=NOW)
    changed = SavedView.objects.get(pk=public.pk)
    assert (changed.name, changed.query, changed.changed_by) == ("重点问题", "tier=key", cast.named_office.post_id)


def test_a_name_is_used_once_and_free_again_after_deletion(cast: Cast) -> None:
    first = act.save_view("超期", "overdue=1", actor=cast.office, now=NOW)
    with pytest.raises(InvalidInput) as error:
        act.save_view(" 超期 ", "soon=1", actor=cast.office, now=NOW)
    assert error.value.field == "name"
    act.delete_view(first.pk, actor=cast.office, now=NOW)
    assert names(cast.office) == []
    act.save_view("超期", "soon=1", actor=cast.office, now=NOW)
    assert names(cast.office) == ["超期"]


@pytest.mark.parametrize("name", ["", "  ", "名" * 21])
def test_a_name_must_be_there_and_short(cast: Cast, name: str) -> None:
    with pytest.raises(InvalidInput) as error:
        act.save_view(name, "", actor=cast.office, now=NOW)
    assert error.value.field == "name"


def test_the_view_that_opens_the_list_is_forgotten_when_it_is_deleted(cast: Cast) -> None:
    view = act.save_view("待签收", "stage=to_sign", share="unit", actor=cast.handler, now=NOW)
    act.open_with(view.pk, actor=cast.head, now=NOW)
    assert arranged(cast.head).opens_with == view
    act.delete_view(view.pk, actor=cast.handler, now=NOW)
    assert arranged(cast.head).opens_with is None
    assert ListSetting.objects.get(pk=cast.head.post_id).opens_with_id is None


def test_a_view_that_one_does_not_have_cannot_open_one_s_list(cast: Cast) -> None:
    view = act.save_view("自己的", "", actor=cast.handler, now=NOW)
    with pytest.raises(NotVisible):
        act.open_with(view.pk, actor=cast.water, now=NOW)


def test_columns_are_kept_for_the_post(cast: Cast) -> None:
    act.set_columns(["number", "title", "leader"], actor=cast.office, now=NOW)
    assert arranged(cast.office).columns == ("number", "title", "leader")
    assert arranged(cast.named_office).columns == ()


def test_an_officer_has_no_list_to_arrange(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        act.save_view("x", "", actor=cast.system_officer, now=NOW)
