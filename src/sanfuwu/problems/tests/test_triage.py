"""受理、不予受理、要求补充、补充、更正."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

import pytest

from sanfuwu.ledger.errors import IllegalTransition, InvalidInput, NotAllowed, NotVisible, StaleVersion
from sanfuwu.ledger.models import Note, OutboxMessage
from sanfuwu.parties.actions import RequesterInput, create_party
from sanfuwu.parties.models import Contact
from sanfuwu.parties.queries import contacts_with_phone, open_contact
from sanfuwu.problems.search import grams_asked

from .. import actions
from ..actions.categories import propose_categories
from ..chip import stage
from ..commands import Accept, Correct, Decline, RequestInfo, SupplyInfo
from ..facets import known_ids
from ..models import ProblemText
from .cast import ELSEWHERE, NOW, PERSON, PHONE, SONGXIA, Cast, at, firm, kinds, last_event, refused, seen, told

DECLINED = Decline(reason_code="legal_channel", where_to_go="区人民法院立案庭，江东路8号")


# 受理


def test_an_accepted_problem_waits_to_be_dispatched(cast: Cast) -> None:
    problem = cast.registered()
    cmd = Accept(category_id=cast.category, tier="key", urgency="urgent", nature="study")
    actions.accept(problem.pk, cmd, actor=cast.office, now=at(12, 11))
    snap = seen(problem)
    assert kinds(problem) == ["registered", "accepted"]
    assert (snap.problem.state, stage(snap)) == ("in_progress", "to_dispatch")
    assert (snap.problem.tier, snap.problem.urgency, snap.problem.nature) == ("key", "urgent", "study")
    assert snap.problem.category_id == cast.category
    assert snap.problem.version == 2
    assert last_event(problem).actor_post == cast.office.post_id


def test_an_accepted_problem_is_found_by_its_category_and_the_one_above(cast: Cast) -> None:
    row = seen(cast.accepted()).row
    numbers = known_ids([("category", str(cast.category)), ("category", str(cast.category_above)), ("tier", "limited")])
    assert len(numbers) == 3
    assert set(numbers.values()) <= set(row.facets)


def test_the_town_accepts_for_its_own_place_only(cast: Cast) -> None:
    problem = cast.registered()
    cmd = Accept(category_id=cast.category)
    other = cast.other_town_office
    with refused(NotAllowed):
        actions.accept(problem.pk, cmd, actor=other, now=NOW)
    actions.accept(problem.pk, cmd, actor=cast.town_office, now=NOW)
    assert kinds(problem)[-1] == "accepted"


@pytest.mark.parametrize("who", ["collector", "handler", "head", "verifier", "supervisor", "district_leader"])
def test_nobody_but_a_dispatch_office_accepts(cast: Cast, who: str) -> None:
    problem, actor, cmd = cast.registered(), getattr(cast, who), Accept(category_id=cast.category)
    with refused(NotAllowed):
        actions.accept(problem.pk, cmd, actor=actor, now=NOW)


def test_a_problem_is_accepted_once(cast: Cast) -> None:
    problem = cast.accepted()
    with refused(IllegalTransition):
        actions.accept(problem.pk, Accept(category_id=cast.category), actor=cast.office, now=NOW)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"tier": "on_spot"}, "tier"),
        ({"tier": ""}, "tier"),
        ({"urgency": "soon"}, "urgency"),
        ({"nature": "x"}, "nature"),
        ({"category_id": uuid.UUID(int=7)}, "category_id"),
    ],
)
def test_accepting_with_bad_input_is_refused_at_its_field(cast: Cast, given: dict[str, Any], field: str) -> None:
    problem, office = cast.registered(), cast.office
    cmd = Accept(**({"category_id": cast.category} | given))
    with refused(InvalidInput, field=field):
        actions.accept(problem.pk, cmd, actor=office, now=NOW)


def test_a_category_that_an_import_proposed_must_be_confirmed_first(cast: Cast) -> None:
    problem, office = cast.registered(), cast.office
    proposed = propose_categories(["城乡建设"], actor=office, now=NOW)["城乡建设"]
    with refused(InvalidInput, field="category_id"):
        actions.accept(problem.pk, Accept(category_id=proposed), actor=office, now=NOW)


def test_the_second_of_two_actors_is_told_that_he_is_late(cast: Cast) -> None:
    problem, office, cmd = cast.registered(), cast.office, Accept(category_id=cast.category)
    seen_by_both = problem.version
    actions.accept(problem.pk, cmd, actor=office, now=NOW, expected_version=seen_by_both)
    town = cast.town_office
    with refused(StaleVersion):
        actions.decline(problem.pk, DECLINED, actor=town, now=NOW, expected_version=seen_by_both)


def test_what_does_not_exist_is_not_visible(cast: Cast) -> None:
    cmd, office = Accept(category_id=cast.category), cast.office
    with refused(NotVisible):
        actions.accept(uuid.UUID(int=1), cmd, actor=office, now=NOW)


# 不予受理


def test_a_declined_problem_says_why_and_where_to_go(cast: Cast) -> None:
    problem = cast.registered()
    actions.decline(problem.pk, DECLINED, actor=cast.office, now=NOW)
    snap = seen(problem)
    assert kinds(problem) == ["registered", "declined"]
    assert (snap.problem.state, snap.problem.reason_code) == ("declined", "legal_channel")
    assert snap.row.is_open is False
    data = last_event(problem).payload["data"]
    assert data["reason_code"] == "legal_channel"
    assert Note.objects.get(pk=data["where_note"]).audience == "requester"
    assert OutboxMessage.objects.filter(subject_id=problem.pk, topic="declined").exists()


@pytest.mark.parametrize(
    ("cmd", "field"),
    [
        (Decline(reason_code="no_time", where_to_go="别处"), "reason_code"),
        (Decline(reason_code="not_ours", where_to_go=" "), "where_to_go"),
        (Decline(reason_code="not_ours", where_to_go="字" * 501), "where_to_go"),
    ],
)
def test_declining_without_reason_or_advice_is_refused(cast: Cast, cmd: Decline, field: str) -> None:
    problem, office = cast.registered(), cast.office
    with refused(InvalidInput, field=field):
        actions.decline(problem.pk, cmd, actor=office, now=NOW)


def test_what_is_accepted_can_no_longer_be_declined(cast: Cast) -> None:
    problem = cast.accepted()
    with refused(IllegalTransition):
        actions.decline(problem.pk, DECLINED, actor=cast.office, now=NOW)


def test_only_a_dispatch_office_declines(cast: Cast) -> None:
    problem, actor = cast.registered(), cast.collector
    with refused(NotAllowed):
        actions.decline(problem.pk, DECLINED, actor=actor, now=NOW)


# 要求补充、补充


def test_what_is_missing_is_asked_for_and_supplied(cast: Cast) -> None:
    problem = cast.registered()
    actions.request_info(problem.pk, RequestInfo(what="请提供变压器容量。"), actor=cast.office, now=NOW)
    snap = seen(problem)
    assert (snap.problem.state, stage(snap), snap.row.is_open) == ("info_needed", "info_needed", True)
    actions.supply_info(problem.pk, SupplyInfo(text="630kVA，2009年投运。"), actor=cast.collector, now=at(13))
    assert seen(problem).problem.state == "submitted"
    assert kinds(problem) == ["registered", "info_requested", "info_supplied"]


def test_the_office_may_supply_what_it_was_told_by_telephone(cast: Cast) -> None:
    problem, office = cast.registered(), cast.office
    actions.request_info(problem.pk, RequestInfo(what="容量？"), actor=office, now=NOW)
    actions.supply_info(problem.pk, SupplyInfo(text="630kVA"), actor=office, now=NOW)
    assert kinds(problem)[-1] == "info_supplied"


def test_nobody_else_supplies(cast: Cast) -> None:
    problem, other = cast.registered(), cast.handler
    actions.request_info(problem.pk, RequestInfo(what="容量？"), actor=cast.office, now=NOW)
    with refused(NotAllowed):
        actions.supply_info(problem.pk, SupplyInfo(text="630kVA"), actor=other, now=NOW)


def test_asking_and_supplying_need_words(cast: Cast) -> None:
    problem, office = cast.registered(), cast.office
    with refused(InvalidInput, field="what"):
        actions.request_info(problem.pk, RequestInfo(what=""), actor=office, now=NOW)
    with refused(IllegalTransition):
        actions.supply_info(problem.pk, SupplyInfo(text="x"), actor=office, now=NOW)
    actions.request_info(problem.pk, RequestInfo(what="容量？"), actor=office, now=NOW)
    with refused(InvalidInput, field="text"):
        actions.supply_info(problem.pk, SupplyInfo(text=" \n"), actor=office, now=NOW)
    with refused(IllegalTransition):
        actions.request_info(problem.pk, RequestInfo(what="电话？"), actor=office, now=NOW)


def test_what_lacks_information_may_still_be_declined(cast: Cast) -> None:
    problem, office = cast.registered(), cast.office
    actions.request_info(problem.pk, RequestInfo(what="容量？"), actor=office, now=NOW)
    actions.decline(problem.pk, DECLINED, actor=office, now=at(20))
    assert seen(problem).problem.state == "declined"


# 更正


def test_a_correction_keeps_the_state_and_what_was_before(cast: Cast) -> None:
    problem = cast.accepted()
    cmd = Correct(reason="属地填错", title="高峰跳闸", division=ELSEWHERE, category_id=cast.category_above)
    actions.correct(problem.pk, cmd, actor=cast.office, now=NOW)
    after = seen(problem).problem
    assert kinds(problem)[-1] == "corrected"
    assert (after.state, after.title, after.division) == ("in_progress", "高峰跳闸", ELSEWHERE)
    data = last_event(problem).payload["data"]
    assert data["before"] == {"division": problem.division, "category_id": str(cast.category)}
    assert data["fields"] == ["category_id", "division", "title"]
    grams = set(ProblemText.objects.get(pk=problem.pk).grams)
    assert set(grams_asked("高峰跳闸")) <= grams


def test_a_corrected_place_moves_it_to_the_other_town(cast: Cast) -> None:
    problem = cast.registered()
    cmd = Correct(reason="属地填错", division=ELSEWHERE)
    actions.correct(problem.pk, cmd, actor=cast.town_office, now=NOW)
    places = known_ids([("place", ELSEWHERE), ("place", SONGXIA)])
    facets = seen(problem).row.facets
    assert places["place", ELSEWHERE] in facets
    assert places["place", SONGXIA] not in facets


def test_a_wrong_party_is_replaced(cast: Cast) -> None:
    problem = cast.registered()
    other = create_party(kind="enterprise", name="上虞样例正泰伞厂", actor=cast.office, now=NOW)
    actions.correct(problem.pk, Correct(reason="登记错企业", party_id=other.pk), actor=cast.office, now=NOW)
    after = seen(problem).problem
    assert (after.party_id, after.party_kind) == (other.pk, "enterprise")
    assert last_event(problem).payload["data"]["before"]["party_id"] == str(problem.party_id)


def test_what_becomes_confidential_is_no_longer_found_by_its_words(cast: Cast) -> None:
    problem = cast.registered()
    actions.correct(problem.pk, Correct(reason="要求保密", confidential=True), actor=cast.office, now=NOW)
    assert ProblemText.objects.get(pk=problem.pk).grams == []
    actions.correct(problem.pk, Correct(reason="不再保密", confidential=False), actor=cast.named_office, now=NOW)
    assert set(grams_asked("增容")) <= set(ProblemText.objects.get(pk=problem.pk).grams)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"confidential": False}, "confidential"),
        ({"contact_name": "李某"}, "contact_name"),
        ({"phone": PHONE}, "phone"),
        ({"party_id": uuid.UUID(int=7)}, "party_id"),
    ],
)
def test_what_is_kept_from_somebody_he_neither_changes_nor_brings_to_light(
    cast: Cast, given: dict[str, Any], field: str
) -> None:
    problem = cast.registered(told(confidential=True))
    with refused(InvalidInput, field=field):
        actions.correct(problem.pk, Correct(reason="更正", **given), actor=cast.office, now=NOW)
    assert seen(problem).problem.confidential
    actions.correct(
        problem.pk, Correct(reason="更正", title="换一个标题", confidential=True), actor=cast.office, now=NOW
    )


def test_a_supplement_of_somebody_who_may_not_see_the_requester_brings_no_number(cast: Cast) -> None:
    problem = cast.registered(told(confidential=True))
    actions.request_info(problem.pk, RequestInfo(what="请补充地点"), actor=cast.office, now=NOW)
    with refused(InvalidInput, field="phone"):
        actions.supply_info(problem.pk, SupplyInfo(text="在村东头。", phone=PHONE), actor=cast.office, now=NOW)
    actions.supply_info(problem.pk, SupplyInfo(text="在村东头。", phone=PHONE), actor=cast.collector, now=NOW)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"reason": ""}, "reason"),
        ({}, None),
        ({"title": "我厂夏季用电高峰经常跳闸"}, None),  # as it is already
        ({"title": " "}, "title"),
        ({"title": "字" * 201}, "title"),
        ({"division": "330603001000"}, "division"),
        ({"category_id": uuid.UUID(int=7)}, "category_id"),
        ({"party_id": uuid.UUID(int=7)}, "party_id"),
    ],
)
def test_a_correction_with_bad_input_is_refused(cast: Cast, given: dict[str, Any], field: str | None) -> None:
    problem, office = cast.registered(), cast.office
    with refused(InvalidInput, field=field):
        actions.correct(problem.pk, Correct(**({"reason": "笔误"} | given)), actor=office, now=NOW)


def test_units_do_not_correct_and_closed_ones_stay(cast: Cast) -> None:
    problem, handler = cast.dispatched(), cast.handler
    with refused(NotAllowed):
        actions.correct(problem.pk, Correct(reason="笔误", title="x"), actor=handler, now=NOW)
    closed = cast.registered(told("另一件事"))
    actions.decline(closed.pk, DECLINED, actor=cast.office, now=NOW)
    with refused(IllegalTransition):
        actions.correct(closed.pk, Correct(reason="笔误", title="x"), actor=cast.office, now=NOW)


def test_what_has_gone_out_to_units_cannot_become_confidential(cast: Cast) -> None:
    problem, office = cast.dispatched(), cast.office
    with refused(InvalidInput, field="confidential"):
        actions.correct(problem.pk, Correct(reason="要求保密", confidential=True), actor=office, now=at(13))


# a contact that becomes known later


def test_a_telephone_of_a_corrected_party_leads_to_that_party_and_not_to_the_former(cast: Cast) -> None:
    former = cast.registered(told(requester=firm(phone="")))
    other = cast.registered(told(requester=firm(2, phone="")))
    actions.correct(
        former.pk, Correct(reason="报错了企业", party_id=other.party_id, phone=PHONE), actor=cast.office, now=at(12, 11)
    )
    problem = seen(former).problem
    assert problem.party_id == other.party_id
    assert problem.contact is not None
    assert (problem.contact.party_id, open_contact(problem.contact).phone) == (other.party_id, PHONE)
    assert former.party_id not in {c.party_id for c in Contact.objects.filter(pk__in=contacts_with_phone(PHONE))}


def test_the_same_telephone_again_changes_nothing(cast: Cast) -> None:
    problem = cast.registered(told(requester=RequesterInput(contact_name=PERSON, phone=PHONE)))
    with refused(InvalidInput):
        actions.correct(problem.pk, Correct(reason="再填一次", phone=PHONE), actor=cast.office, now=at(12, 11))


def test_in_training_nobody_is_found_by_a_telephone_that_comes_later(cast: Cast) -> None:
    exercise = cast.collector, cast.office
    collector, office = (replace(actor, training=True) for actor in exercise)
    problem = actions.register_problem(told(requester=RequesterInput(contact_name=PERSON)), actor=collector, now=NOW)
    actions.correct(problem.pk, Correct(reason="补号码", phone=PHONE), actor=office, now=at(12, 11))
    assert contacts_with_phone(PHONE) == []


def test_a_telephone_that_comes_after_the_erasure_is_a_new_row(cast: Cast) -> None:
    problem = cast.registered(told(requester=RequesterInput(contact_name=PERSON, phone=PHONE)))
    gone = problem.contact_id
    Contact.objects.filter(pk=gone).update(name_enc=b"", phone_enc=b"", phone_hmac=None, erased_at=NOW)
    actions.correct(problem.pk, Correct(reason="补号码", phone=PHONE), actor=cast.office, now=at(12, 11))
    assert seen(problem).problem.contact_id != gone
    assert Contact.objects.get(pk=gone).phone_hmac is None
