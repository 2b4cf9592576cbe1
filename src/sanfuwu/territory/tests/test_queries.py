"""Who acts, in how many statements; and names as of a day."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction

from sanfuwu.ledger.errors import NotAllowed
from sanfuwu.ledger.fields import new_id
from sanfuwu.territory.actions import delegate, end_post, issue_token, rename_unit, revoke_token
from sanfuwu.territory.actor import SYSTEM
from sanfuwu.territory.models import Rank, Role, Unit
from sanfuwu.territory.naming import pinyin_key
from sanfuwu.territory.queries import (
    actor_of_token,
    load_actor,
    posts_of,
    scopes_over,
    town_units,
    unit_name,
    unit_names,
    unit_tree,
)

from .cast import NOW, TODAY, District, post_in, unit


def test_a_token_becomes_an_actor_in_one_statement(district: District, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    post = post_in(
        district.county, Role.LEADER, rank=Rank.DISTRICT_LEADER, portfolio=[district.bureau.pk], account=new_id()
    )
    _row, text = issue_token(post.pk, "x", actor=SYSTEM, now=NOW)
    with django_assert_num_queries(1):
        actor = actor_of_token(text, NOW)
    assert actor is not None
    assert actor == load_actor(post.pk, account_id=post.account_id, now=NOW)
    assert actor.portfolio == {district.bureau.pk}
    assert actor.rank == Rank.DISTRICT_LEADER


def test_a_revoked_token_is_nobody(district: District) -> None:
    row, text = issue_token(post_in(district.county, account=new_id()).pk, "x", actor=SYSTEM, now=NOW)
    revoke_token(row.pk, actor=SYSTEM, now=NOW)
    assert actor_of_token(text, NOW) is None


def test_an_unknown_token_is_nobody(district: District) -> None:
    assert actor_of_token("sfw_nobody", NOW) is None
    assert actor_of_token("", NOW) is None


def test_an_actor_is_loaded_in_one_statement(district: District, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    account = new_id()
    post = post_in(district.town, account=account)
    with django_assert_num_queries(1):
        load_actor(post.pk, account_id=account, now=NOW)


def test_only_a_towns_unit_gives_a_place(district: District) -> None:
    account = new_id()
    town = post_in(district.town, Role.TOWN_DISPATCHER, account=account)
    bureau = post_in(district.bureau, name="李四", account=account)
    village = post_in(district.village, name="王五", account=account)
    assert load_actor(town.pk, account_id=account, now=NOW).place == "330604990000"
    assert load_actor(bureau.pk, account_id=account, now=NOW).place == ""
    assert load_actor(village.pk, account_id=account, now=NOW).place == ""


def test_the_post_of_another_account_is_not_ones_own(district: District) -> None:
    post = post_in(district.town, account=new_id())
    for account in (new_id(), None):
        with pytest.raises(NotAllowed) as refusal:
            load_actor(post.pk, account_id=account, now=NOW)
        assert refusal.value.code == "not_your_post"


def test_a_post_without_account_belongs_to_nobody(district: District) -> None:
    post = post_in(district.town)
    with pytest.raises(NotAllowed):
        load_actor(post.pk, account_id=None, now=NOW)


def test_nobody_stands_in_without_a_delegation_or_for_an_ended_post(district: District) -> None:
    account = new_id()
    a, b = post_in(district.town, name="甲"), post_in(district.bureau, name="乙", account=account)
    with pytest.raises(NotAllowed):
        load_actor(b.pk, account_id=account, now=NOW, on_behalf_of=a.pk)
    delegate(a.pk, b.pk, valid_from=TODAY, actor=SYSTEM, now=NOW)
    with pytest.raises(NotAllowed):  # the other way round it does not run
        load_actor(a.pk, account_id=account, now=NOW, on_behalf_of=b.pk)
    end_post(a.pk, valid_to=TODAY, actor=SYSTEM, now=NOW)
    with pytest.raises(NotAllowed):
        load_actor(b.pk, account_id=account, now=NOW, on_behalf_of=a.pk)


def test_my_posts_are_my_own_first_and_then_those_i_stand_in_for(district: District) -> None:
    account = new_id()
    own = post_in(district.bureau, name="乙", account=account, title="科长")
    late = post_in(district.town, name="乙", account=account, title="网格员", valid_from=TODAY)
    over = post_in(district.zone_a, name="乙", account=account, valid_to=TODAY)
    head = post_in(district.zone_b, Role.UNIT_HEAD, name="甲", title="主任")
    delegate(head.pk, own.pk, valid_from=TODAY, actor=SYSTEM, now=NOW)
    delegate(head.pk, own.pk, valid_from=TODAY, acts=["sign"], actor=SYSTEM, now=NOW)
    menu = posts_of(account, TODAY)
    assert [(p.post_id, p.on_behalf_of) for p in menu] == [(own.pk, None), (late.pk, None), (own.pk, head.pk)]
    assert menu[0].label == "新设局 · 科长"
    assert "主任" in menu[2].label
    assert "甲" in menu[2].label
    assert over.pk not in {p.post_id for p in menu}
    assert posts_of(new_id(), TODAY) == []


def test_names_of_units_cost_one_statement_while_nothing_changes(district: District, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    names = unit_names(TODAY)
    with django_assert_num_queries(1):
        again = unit_names(TODAY)
    assert again is names
    with pytest.raises(TypeError):
        names[new_id()] = "x"  # type: ignore[index]


def test_a_rename_shows_at_once_and_is_gone_when_it_is_rolled_back(district: District) -> None:
    assert unit_name(district.town.pk, TODAY) == "新设镇"
    with transaction.atomic():
        rename_unit(district.town.pk, "新设街道", valid_from=TODAY, actor=SYSTEM, now=NOW)
        assert unit_name(district.town.pk, TODAY) == "新设街道"
        transaction.set_rollback(True)
    assert unit_name(district.town.pk, TODAY) == "新设镇"
    assert unit_name(new_id(), TODAY) == ""


def test_the_tree_lists_parents_first_and_siblings_by_pinyin(district: District) -> None:
    for name in ("章镇供电所", "崧厦供电所", "百官供电所"):
        unit(name, Unit.Kind.PUBLIC_SERVICE, name, district.bureau)
    tree = unit_tree(TODAY)
    assert (tree[0].kind, tree[0].depth, tree[0].parent_id) == ("county", 0, None)
    place = {node.id: n for n, node in enumerate(tree)}
    assert all(place[node.parent_id] < place[node.id] for node in tree if node.parent_id)
    below = [node.name for node in tree if node.parent_id == district.bureau.pk]
    assert below == ["百官供电所", "崧厦供电所", "章镇供电所"]
    assert [n.name for n in unit_tree(dt.date(2000, 1, 1))] == []


def test_towns_are_found_by_their_place(district: District) -> None:
    assert town_units(TODAY)["330604990000"] == district.town.pk
    assert "330604990201" not in town_units(TODAY)


def test_scopes_of_many_units_cost_one_statement(district: District, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    stranger = new_id()
    with django_assert_num_queries(1):
        scopes = scopes_over([district.town.pk, district.village.pk, stranger])
    assert scopes[district.town.pk] == {district.town.pk, district.county.pk}
    assert scopes[stranger] == frozenset()


@pytest.mark.parametrize(
    ("name", "key"),
    [("章镇镇", "zhang zhen zhen"), ("崧厦街道", "song sha jie dao"), (" ＡＢ公司 ", "ab gong si")],
)
def test_names_sort_by_pinyin(name: str, key: str) -> None:
    assert pinyin_key(name) == key
