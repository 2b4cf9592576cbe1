"""Who sees what (model.md): every post × every relation to the problem, in lists, counts, search and detail alike."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from sanfuwu.ledger.errors import NotAllowed, NotVisible
from sanfuwu.ledger.models import AccessLog
from sanfuwu.parties.actions import RequesterInput
from sanfuwu.rules.samples import make_sample_mobile
from sanfuwu.territory.actor import SYSTEM, Actor

from .. import actions, queries
from ..actions.revealing import reveal_contact
from ..commands import AppointLeader, Correct, HandDown, Recall, RequestInfo, Sign, SupplyInfo
from ..models import Attachment, Problem
from ..queries import Filters
from .cast import (
    ELSEWHERE,
    NOW,
    PERSON,
    PHONE,
    SECOND_TEXT,
    SECOND_TITLE,
    SONGXIA,
    TEXT,
    VILLAGE,
    Cast,
    at,
    confirmed,
    firm,
    seen,
    told,
)

WORD, SECOND_WORD = "跳闸", "线路负荷"


def sees(actor: Actor, problem: Problem, word: str = WORD) -> bool:
    """Whether this actor sees the problem; all the ways to ask must agree."""
    listed = queries.list_problems(actor, Filters())
    answers = {
        "list": problem.pk in listed.ids,
        "count": queries.count_problems(actor, Filters()) == (1, False),
        "rows": queries.visible_to(actor).filter(pk=problem.pk).exists(),
        "search": queries.list_problems(actor, Filters(words=word)).ids == [problem.pk],
        "found": queries.count_problems(actor, Filters(words=word)) == (1, False),
        "detail": _opens(actor, problem),
    }
    if seen(problem).row.due_at is not None and seen(problem).row.is_open:
        answers["due first"] = problem.pk in queries.list_problems(actor, Filters(), sort="due").ids
    assert len(set(answers.values())) == 1, answers
    return answers["list"]


def _opens(actor: Actor, problem: Problem) -> bool:
    try:
        queries.get_problem(actor, problem.number, now=NOW)
    except NotVisible:
        return False
    return True


ALL = frozenset(
    {
        *("office", "named_office", "town_office", "other_town_office", "handler", "head", "company", "company_head"),
        *("water", "water_head", "town_head", "villager", "collector", "verifier", "unit_verifier", "supervisor"),
        *("district_leader", "leader", "other_leader", "system_officer", "security_officer", "audit_officer"),
    }
)
COUNTY_WIDE = {"office", "named_office", "supervisor", "district_leader"}
POWER = {"handler", "head", "company", "company_head", "leader"}  # the 供电所, those above it, who is in charge of them


def registered(cast: Cast) -> Problem:
    return cast.registered()


def dispatched(cast: Cast) -> Problem:
    return cast.dispatched()


def with_co(cast: Cast) -> Problem:
    return cast.dispatched(co=("zlsgs",))


def elsewhere(cast: Cast) -> Problem:
    """Of another town, handled by the 供电所."""
    return cast.dispatched(told(division=ELSEWHERE))


def to_the_village(cast: Cast) -> Problem:
    problem = cast.dispatched(told(division="330604000000"), lead=SONGXIA)
    actions.sign(problem.pk, Sign(), actor=cast.town_office, now=NOW)
    return actions.hand_down(problem.pk, HandDown(lead=cast.unit(VILLAGE)), actor=cast.town_office, now=NOW)


def recalled(cast: Cast) -> Problem:
    problem = cast.dispatched()
    return actions.recall(problem.pk, Recall(reason="改派"), actor=cast.office, now=NOW)


def to_be_asked(cast: Cast) -> Problem:
    return cast.reviewed()


def closed(cast: Cast) -> Problem:
    return cast.struck_off()


def led(cast: Cast) -> Problem:
    problem = cast.accepted()
    cmd = AppointLeader(post_id=cast.other_leader.post_id)
    return actions.appoint_leader(problem.pk, cmd, actor=cast.office, now=NOW)


TABLE: list[tuple[Any, set[str]]] = [
    (registered, {*COUNTY_WIDE, "town_office", "collector"}),
    (dispatched, {*COUNTY_WIDE, *POWER, "town_office", "collector"}),
    (with_co, {*COUNTY_WIDE, *POWER, "town_office", "collector", "water", "water_head"}),
    (elsewhere, {*COUNTY_WIDE, *POWER, "other_town_office", "collector"}),
    (to_the_village, {*COUNTY_WIDE, "town_office", "town_head", "villager", "collector"}),
    (recalled, {*COUNTY_WIDE, *POWER, "town_office", "collector"}),  # ever assigned: up to its last event
    (to_be_asked, {*COUNTY_WIDE, *POWER, "town_office", "collector", "verifier"}),
    (closed, {*COUNTY_WIDE, *POWER, "town_office", "collector"}),
    (led, {*COUNTY_WIDE, "town_office", "collector", "other_leader"}),
]


def confidential(cast: Cast) -> Problem:
    return cast.dispatched(told(confidential=True))


TABLE.append((confidential, {*COUNTY_WIDE, *POWER, "town_office", "collector"}))  # the same posts; less of it


def test_the_table_of_who_sees_what(cast: Cast) -> None:
    people = {who: getattr(cast, who) for who in sorted(ALL)} | {"system": SYSTEM}
    assert cast.category
    for relation, expected in TABLE:
        with transaction.atomic():  # one problem at a time, so that counts can be told
            problem = relation(cast)
            word = SECOND_WORD if problem.confidential else WORD
            seen_by = {who for who, actor in people.items() if sees(actor, problem, word)}
            assert seen_by == {*expected, "system"}, relation.__name__
            transaction.set_rollback(True)


def test_what_one_collector_registered_another_does_not_see(cast: Cast) -> None:
    problem = cast.registered()
    assert not sees(cast.hire(SONGXIA, "collector", "另一位"), problem)


def test_a_deputy_sees_what_he_stands_in_for(cast: Cast) -> None:
    from dataclasses import replace

    problem = cast.registered()
    other = cast.hire(SONGXIA, "collector", "另一位")
    assert sees(replace(other, on_behalf_of=cast.collector.post_id), problem)


# The second grade


def test_of_an_open_problem_everybody_who_sees_it_sees_the_requester_masked(cast: Cast) -> None:
    problem = cast.dispatched()
    for who in ("office", "town_office", "handler", "head", "supervisor", "district_leader", "leader", "collector"):
        view = queries.get_problem(getattr(cast, who), problem.number, now=NOW)
        assert (view.sees_requester, view.requester.hidden, view.text) == (True, False, TEXT), who
        assert view.requester.name == firm().name
        shown = repr(view.requester)
        assert PERSON not in shown
        assert PHONE not in shown


@pytest.mark.parametrize("who", ["named_office", "named_supervisor", "collector"])
def test_a_confidential_requester_is_seen_by_named_officers_and_whoever_wrote_it(cast: Cast, who: str) -> None:
    problem = cast.dispatched(told(confidential=True))
    view = queries.get_problem(getattr(cast, who), problem.number, now=NOW)
    assert (view.sees_requester, view.text, view.title) == (True, TEXT, problem.title)
    assert view.requester.name == firm().name


def test_the_call_back_officer_sees_the_confidential_requester_he_has_to_ask(cast: Cast) -> None:
    problem = cast.reviewed(told(confidential=True))
    view = queries.get_problem(cast.verifier, problem.number, now=NOW)
    assert (view.sees_requester, view.requester.hidden) == (True, False)


HIDDEN_FROM = ["office", "town_office", "handler", "head", "company", "supervisor", "district_leader", "leader"]


@pytest.mark.parametrize("who", HIDDEN_FROM)
def test_from_everybody_else_the_confidential_requester_is_hidden(cast: Cast, who: str) -> None:
    secret = told(confidential=True, title="样例1号伞业跳闸")
    problem = cast.dispatched(secret)
    actions.correct(problem.pk, Correct(reason="笔误", division=SONGXIA), actor=cast.office, now=NOW)
    Attachment.objects.create(problem=problem, purpose="original", **PHOTO)
    actor = getattr(cast, who)
    view = queries.get_problem(actor, problem.number, now=NOW)
    assert (view.sees_requester, view.title, view.text) == (False, SECOND_TITLE, SECOND_TEXT)
    assert (view.requester.hidden, view.requester.name, view.requester.party_id) == (True, "", None)
    assert (view.registered_by, view.attachments) == ("", ())
    assert [m.actor for m in view.timeline if m.kind == "registered"] == [""]
    told_to_all = [t for m in view.timeline for t in m.texts]
    assert TEXT not in told_to_all
    (line,) = queries.lines(actor, [problem.pk], now=NOW)
    assert (line.title, line.requester) == (SECOND_TITLE, "")


PHOTO = {
    "content_type": "image/webp",
    "size": 1,
    "width": 1,
    "height": 1,
    "sha256": "0" * 64,
    "path": "a/b",
    "at": NOW,
}


def test_named_officers_get_the_original_attachments(cast: Cast) -> None:
    problem = cast.dispatched(told(confidential=True))
    Attachment.objects.create(problem=problem, purpose="original", **PHOTO)
    assert len(queries.get_problem(cast.named_office, problem.number, now=NOW).attachments) == 1


def test_the_original_of_a_confidential_problem_cannot_be_searched(cast: Cast) -> None:
    problem = cast.dispatched(told(confidential=True))
    for who in ("office", "named_office", "handler", "supervisor"):
        actor = getattr(cast, who)
        for word in (WORD, "样例1号", PERSON, PHONE):
            assert queries.count_problems(actor, Filters(words=word)) == (0, False)
        assert queries.list_problems(actor, Filters(words=SECOND_WORD)).ids == [problem.pk]


def test_names_and_telephones_of_residents_cannot_be_searched(cast: Cast) -> None:
    cast.registered(told(requester=RequesterInput(contact_name=PERSON, phone=PHONE)))
    for word in (PERSON, PHONE):
        assert queries.count_problems(cast.office, Filters(words=word)) == (0, False)


def test_the_party_card_leaves_confidential_problems_out(cast: Cast) -> None:
    cast.dispatched(told("要求保密的事", confidential=True))
    problem = cast.dispatched()
    for who in ("handler", "office", "named_office"):
        card = queries.get_problem(getattr(cast, who), problem.number, now=NOW).requester
        assert (card.earlier, card.earlier_open) == (0, 0)


def test_a_filter_by_party_or_recorder_does_not_give_a_confidential_problem_away(cast: Cast) -> None:
    open_one, secret = cast.dispatched(), cast.dispatched(told(confidential=True))
    assert open_one.party_id == secret.party_id
    by_party = Filters(facets={"party": (str(open_one.party_id),)})
    by_recorder = Filters(facets={"registered_by": (str(cast.collector.post_id),)})
    for who in HIDDEN_FROM:
        for filters in (by_party, by_recorder):
            assert queries.list_problems(getattr(cast, who), filters).ids == [open_one.pk], who
            assert queries.count_problems(getattr(cast, who), filters) == (1, False), who
    assert secret.pk in queries.list_problems(cast.collector, by_recorder).ids


def test_what_was_supplied_before_it_became_confidential_is_hidden_too(cast: Cast) -> None:
    problem, office = cast.registered(), cast.office
    actions.request_info(problem.pk, RequestInfo(what="户号？"), actor=office, now=NOW)
    actions.supply_info(problem.pk, SupplyInfo(text="户名陆建国"), actor=cast.collector, now=NOW)
    actions.correct(problem.pk, Correct(reason="要求保密", confidential=True), actor=office, now=NOW)
    view = queries.get_problem(cast.town_office, problem.number, now=NOW)
    assert not view.sees_requester
    assert "户名陆建国" not in [t for m in view.timeline for t in m.texts]


# Up to its last event


def test_a_unit_from_which_it_was_taken_sees_it_up_to_that_event(cast: Cast) -> None:
    problem = cast.dispatched()
    actions.recall(problem.pk, Recall(reason="改派"), actor=cast.office, now=at(12, 14))
    from ..commands import Dispatch

    cmd = Dispatch(lead=cast.unit("zlsgs"))
    actions.dispatch(problem.pk, cmd, actor=cast.office, now=at(13))
    actions.sign(problem.pk, Sign(), actor=cast.water, now=at(13, 11))
    was = [m.kind for m in queries.get_problem(cast.handler, problem.number, now=at(14)).timeline]
    assert was == ["registered", "accepted", "dispatched", "recalled"]
    now_has = [m.kind for m in queries.get_problem(cast.water, problem.number, now=at(14)).timeline]
    assert now_has == [*was, "dispatched", "signed"]


def test_the_unit_does_not_learn_what_was_said_of_it_to_the_call_back_officer(cast: Cast) -> None:
    problem = cast.called_back(answer=confirmed(words="办得很好"))
    for who, told_in_full in (("handler", False), ("head", False), ("office", True), ("supervisor", True)):
        view = queries.get_problem(getattr(cast, who), problem.number, now=NOW)
        (moment,) = [m for m in view.timeline if m.kind == "callback_recorded"]
        assert (bool(moment.data), bool(moment.texts)) == (told_in_full, told_in_full), who


# The number in clear


def test_a_look_at_the_number_is_logged_with_its_reason(cast: Cast) -> None:
    problem = cast.dispatched()
    plain = reveal_contact(problem.pk, "handle", actor=cast.handler, now=NOW)
    assert (plain.name, plain.phone) == (PERSON, PHONE)
    (entry,) = AccessLog.objects.filter(subject_id=problem.pk)
    assert (entry.post_id, entry.reason, entry.at) == (cast.handler.post_id, "handle", NOW)


def test_a_confidential_number_is_not_shown_and_an_invisible_one_does_not_exist(cast: Cast) -> None:
    secret = cast.dispatched(told(confidential=True))
    with pytest.raises(NotAllowed):
        reveal_contact(secret.pk, "handle", actor=cast.handler, now=NOW)
    with pytest.raises(NotVisible):
        reveal_contact(secret.pk, "handle", actor=cast.water, now=NOW)
    assert not AccessLog.objects.exists()


# The requester, by code


def test_the_requester_reads_by_code_what_was_written_for_him_and_nothing_else(cast: Cast) -> None:
    other = RequesterInput(contact_name="阮小二", phone=make_sample_mobile(5))
    problem = cast.struck_off(told(requester=other))
    view = queries.by_code(problem.read_code, now=NOW)
    assert (view.number, view.stage, view.answer) == (problem.number, "struck_off", "已更换变压器并完成增容。")
    assert view.unit == "崧厦供电所"
    said = repr(view)
    for hidden in ("阮小二", other.phone, "增容验收单"):
        assert hidden not in said
    with pytest.raises(NotVisible):
        queries.by_code("0000000000ZZ", now=NOW)
