"""People and posts."""

from __future__ import annotations

import datetime as dt

import pytest

from sanfuwu.ledger.errors import InvalidInput, NotAllowed, NotVisible
from sanfuwu.ledger.fields import new_id
from sanfuwu.ledger.models import Event
from sanfuwu.territory.actions import create_person, create_post, end_post
from sanfuwu.territory.actor import SYSTEM
from sanfuwu.territory.models import OFFICERS, Person, Post, Rank, Role

from .cast import NOW, SINCE, TODAY, District, actor_in, events_of, post_in


def test_a_person_is_entered_with_a_key_to_sort_by_and_his_name_is_in_no_event(district: District) -> None:
    person = create_person("章 明", office_phone="0575-82000000", actor=SYSTEM, now=NOW)
    assert Person.objects.get(pk=person.pk).name_pinyin.split() == ["zhang", "ming"]
    assert events_of(person) == ["created"]
    payloads = str(list(Event.objects.values_list("payload", flat=True)))
    assert "章" not in payloads
    assert "82000000" not in payloads


def test_a_post_is_entered_without_an_account(district: District) -> None:
    post = post_in(district.town, Role.UNIT_HEAD, rank=Rank.DEPUTY, title="副镇长")
    stored = Post.objects.get(pk=post.pk)
    assert (stored.role, stored.rank, stored.title, stored.account_id) == ("unit_head", "deputy", "副镇长", None)
    assert events_of(post) == ["created"]


def test_a_leader_answers_for_units(district: District) -> None:
    post = post_in(district.county, Role.LEADER, portfolio=[district.bureau.pk, district.zone_a.pk])
    assert set(Post.objects.get(pk=post.pk).portfolio) == {str(district.bureau.pk), str(district.zone_a.pk)}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"role": "king"}, "role"),
        ({"rank": "king"}, "rank"),
        ({"valid_to": SINCE}, "valid_to"),
        ({"portfolio": [new_id()]}, "portfolio"),
    ],
)
def test_a_wrong_post_is_refused(district: District, changed: dict[str, object], field: str) -> None:
    person = create_person("李四", actor=SYSTEM, now=NOW)
    said: dict[str, object] = {"role": Role.HANDLER, "title": "经办", "valid_from": SINCE} | changed
    with pytest.raises(InvalidInput) as refusal:
        create_post(person.pk, district.town.pk, **said, actor=SYSTEM, now=NOW)  # type: ignore[arg-type]
    assert refusal.value.field == field


def test_a_post_needs_a_person_and_a_unit_that_exist(district: District) -> None:
    person = create_person("李四", actor=SYSTEM, now=NOW)
    for who, where in ((new_id(), district.town.pk), (person.pk, new_id())):
        with pytest.raises(NotVisible):
            create_post(who, where, role=Role.HANDLER, title="", valid_from=SINCE, actor=SYSTEM, now=NOW)


@pytest.mark.parametrize("officer", sorted(OFFICERS))
def test_the_same_person_is_not_officer_and_handler(district: District, officer: str) -> None:
    post = post_in(district.bureau, Role.HANDLER)
    with pytest.raises(NotAllowed) as refusal:
        create_post(post.person_id, district.county.pk, role=officer, title="", valid_from=TODAY, actor=SYSTEM, now=NOW)
    assert refusal.value.code == "officers_are_exclusive"
    end_post(post.pk, valid_to=TODAY, actor=SYSTEM, now=NOW)
    create_post(post.person_id, district.county.pk, role=officer, title="", valid_from=TODAY, actor=SYSTEM, now=NOW)


def test_one_person_may_hold_two_business_posts(district: District) -> None:
    post = post_in(district.bureau, Role.HANDLER)
    create_post(
        post.person_id, district.town.pk, role=Role.COLLECTOR, title="", valid_from=TODAY, actor=SYSTEM, now=NOW
    )
    assert Post.objects.filter(person=post.person_id).count() == 2


def test_a_post_does_not_end_before_it_began(district: District) -> None:
    post = post_in(district.bureau)
    with pytest.raises(InvalidInput):
        end_post(post.pk, valid_to=SINCE - dt.timedelta(1), actor=SYSTEM, now=NOW)
    end_post(post.pk, valid_to=TODAY, actor=SYSTEM, now=NOW)
    assert events_of(post) == ["created", "ended"]


@pytest.mark.parametrize("role", [r for r in Role if r != Role.SYSTEM_OFFICER])
def test_only_the_system_officer_enters_people_and_posts(district: District, role: Role) -> None:
    post = post_in(district.bureau)
    actor = actor_in(role)
    with pytest.raises(NotAllowed):
        create_person("王五", actor=actor, now=NOW)
    with pytest.raises(NotAllowed):
        create_post(
            post.person_id, district.town.pk, role=Role.HANDLER, title="", valid_from=TODAY, actor=actor, now=NOW
        )
    with pytest.raises(NotAllowed):
        end_post(post.pk, valid_to=TODAY, actor=actor, now=NOW)
