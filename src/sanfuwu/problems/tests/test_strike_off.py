"""销号、归档: the only closer of what was handled, with the requester's side."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sanfuwu.ledger.errors import IllegalTransition, InvalidInput, NotAllowed, StaleVersion
from sanfuwu.ledger.models import OutboxMessage
from sanfuwu.parties.actions import RequesterInput

from ..actions import archive, decline, record_callback, strike_off
from ..chip import stage
from ..commands import Archive, Decline, RecordCallback, StrikeOff
from .cast import NOW, Cast, at, dissatisfied, kinds, last_event, refused, seen, told


def test_a_confirmed_one_is_struck_off(cast: Cast) -> None:
    problem = cast.called_back()
    strike_off(problem.pk, StrikeOff(remark="已核对材料"), actor=cast.office, now=at(14))
    snap = seen(problem)
    assert kinds(problem) == [
        "registered",
        "accepted",
        "dispatched",
        "signed",
        "contacted",
        "result_submitted",
        "signed_off",
        "result_accepted",
        "callback_recorded",
        "callback_concluded",
        "struck_off",
    ]
    assert (snap.problem.state, stage(snap)) == ("struck_off", "struck_off")
    assert (snap.problem.close_basis, snap.problem.struck_off_at) == ("confirmed", at(14))
    assert (snap.row.is_open, snap.row.due_at) == (False, None)
    assert OutboxMessage.objects.filter(subject_id=problem.pk, topic="struck_off").exists()


def test_the_supervision_may_strike_off_too(cast: Cast) -> None:
    problem = cast.called_back()
    strike_off(problem.pk, StrikeOff(), actor=cast.supervisor, now=NOW)
    assert last_event(problem).payload["data"] == {"basis": "confirmed"}


def test_of_a_dissatisfied_requester_only_a_second_approver_strikes_off(cast: Cast) -> None:
    problem = cast.called_back(answer=dissatisfied())
    for actor in (cast.office, cast.town_office):
        with refused(NotAllowed):
            strike_off(problem.pk, StrikeOff(), actor=actor, now=NOW)
    strike_off(problem.pk, StrikeOff(), actor=cast.supervisor, now=NOW)
    assert seen(problem).problem.close_basis == "dissatisfied_reviewed"


def test_who_concluded_the_call_back_is_not_his_own_second_approver(cast: Cast) -> None:
    problem = cast.called_back(answer=dissatisfied())
    same_person = replace(cast.supervisor, post_id=cast.verifier.post_id)
    with refused(NotAllowed):
        strike_off(problem.pk, StrikeOff(), actor=same_person, now=NOW)


def test_an_unreachable_requester_counts_as_unreachable(cast: Cast) -> None:
    problem = cast.reviewed()
    for channel, day in (("phone", 13), ("phone", 14), ("sms", 14)):
        cmd = RecordCallback(channel=channel, reached=False)
        record_callback(problem.pk, cmd, actor=cast.verifier, now=at(day))
    assert strike_off(problem.pk, StrikeOff(), actor=cast.office, now=at(15)).close_basis == "unreachable"


def test_an_anonymous_one_counts_as_published(cast: Cast) -> None:
    anonymous = told(requester=RequesterInput(), anonymous=True)
    answer = RecordCallback(channel="web", reached=False, outcome="anonymous", words="镇公告栏")
    problem = cast.called_back(anonymous, answer=answer)
    assert strike_off(problem.pk, StrikeOff(), actor=cast.office, now=NOW).close_basis == "anonymous_published"


@pytest.mark.parametrize("step", ["registered", "accepted", "submitted", "reviewed", "struck_off"])
def test_nothing_is_struck_off_without_the_requester_s_side_nor_twice(cast: Cast, step: str) -> None:
    problem, office = getattr(cast, step)(), cast.office
    with refused(IllegalTransition):
        strike_off(problem.pk, StrikeOff(), actor=office, now=NOW)


@pytest.mark.parametrize("who", ["handler", "head", "verifier", "collector", "district_leader", "other_town_office"])
def test_nobody_else_strikes_off(cast: Cast, who: str) -> None:
    problem, actor = cast.called_back(), getattr(cast, who)
    with refused(NotAllowed):
        strike_off(problem.pk, StrikeOff(), actor=actor, now=NOW)


def test_of_two_who_strike_off_at_once_one_is_told(cast: Cast) -> None:
    problem = cast.called_back()
    version = problem.version
    strike_off(problem.pk, StrikeOff(), actor=cast.office, now=NOW, expected_version=version)
    with refused(StaleVersion):
        strike_off(problem.pk, StrikeOff(), actor=cast.supervisor, now=NOW, expected_version=version)


def test_a_remark_has_an_end(cast: Cast) -> None:
    problem, office = cast.called_back(), cast.office
    with refused(InvalidInput, field="remark"):
        strike_off(problem.pk, StrikeOff(remark="字" * 501), actor=office, now=NOW)


# 归档


def test_what_is_closed_is_archived(cast: Cast) -> None:
    declined = cast.registered(told("另一件事"))
    decline(declined.pk, Decline(reason_code="repeated", where_to_go="见前件"), actor=cast.office, now=NOW)
    for problem in (cast.struck_off(), declined):
        archive(problem.pk, Archive(), actor=cast.office, now=NOW)
        assert (kinds(problem)[-1], seen(problem).problem.state) == ("archived", "archived")
        assert seen(problem).row.is_open is False


def test_what_is_open_is_not_archived_and_only_the_office_archives(cast: Cast) -> None:
    problem = cast.called_back()
    with refused(IllegalTransition):
        archive(problem.pk, Archive(), actor=cast.office, now=NOW)
    strike_off(problem.pk, StrikeOff(), actor=cast.office, now=NOW)
    with refused(NotAllowed):
        archive(problem.pk, Archive(), actor=cast.handler, now=NOW)
