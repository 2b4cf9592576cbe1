"""回访: what the requester says, asked by somebody outside every handling unit."""

from __future__ import annotations

from typing import Any

import pytest

from sanfuwu.ledger.errors import IllegalTransition, InvalidInput, NotAllowed
from sanfuwu.ledger.models import Note, OutboxMessage
from sanfuwu.parties.actions import RequesterInput, create_party
from sanfuwu.territory.models import Role

from ..actions import record_callback, sign
from ..chip import stage
from ..commands import RecordCallback, Sign
from ..models import Callback
from .cast import (
    NOW,
    SONGXIA,
    Cast,
    at,
    closing,
    confirmed,
    dissatisfied,
    kinds,
    last_event,
    refused,
    result,
    seen,
    told,
)

IN_VAIN = RecordCallback(channel="phone", reached=False)
ANONYMOUS = told(requester=RequesterInput(), anonymous=True)


def test_a_confirmed_result_waits_to_be_struck_off(cast: Cast) -> None:
    problem = cast.reviewed()
    record_callback(problem.pk, confirmed(words="很满意"), actor=cast.verifier, now=at(13))
    snap = seen(problem)
    assert kinds(problem)[-3:] == ["result_accepted", "callback_recorded", "callback_concluded"]
    assert (snap.problem.state, stage(snap)) == ("pending_closure", "to_strike_off")
    (cycle,) = snap.cycles
    assert (cycle.state, cycle.conclusion, cycle.concluded_at) == ("concluded", "confirmed", at(13))
    assert cycle.concluded_by == cast.verifier.post_id
    (attempt,) = snap.callbacks
    assert (attempt.attempt, attempt.contacted, attempt.solved, attempt.satisfied) == (1, True, True, "yes")
    assert (attempt.proof, attempt.valid, attempt.by_post) == ("phone", True, cast.verifier.post_id)
    assert Note.objects.get(pk=attempt.words_note_id).audience == "office"


def test_dissatisfied_although_done_waits_for_a_second_approver(cast: Cast) -> None:
    problem = cast.called_back(answer=dissatisfied())
    assert (seen(problem).problem.state, seen(problem).cycles[0].conclusion) == ("pending_closure", "dissatisfied")


def test_a_call_for_redo_gives_the_same_lead_new_time(cast: Cast) -> None:
    problem = cast.reviewed()
    record_callback(problem.pk, dissatisfied("redo"), actor=cast.verifier, now=at(18))
    snap = seen(problem)
    assert kinds(problem)[-2:] == ["callback_recorded", "redo_ordered"]
    first, again = snap.assignments
    assert (first.state, first.cycle_no) == ("done", 1)
    assert (again.state, again.cycle_no, again.unit_id) == ("pending_sign", 2, first.unit_id)
    assert again.dispatching_unit == first.dispatching_unit == cast.unit("sfwb")
    assert again.due_at == closing(21)  # three working days for what is redone
    assert (snap.problem.state, snap.problem.cycle_no, stage(snap)) == ("in_progress", 2, "to_sign")
    assert (snap.problem.result_kind, snap.problem.resolution_level, snap.problem.solved_at) == ("", "", None)
    assert (snap.cycles[0].state, snap.cycles[0].conclusion) == ("redo", "redo")
    assert OutboxMessage.objects.filter(subject_id=problem.pk, topic="redo").exists()


def test_what_is_redone_is_asked_about_in_a_new_cycle(cast: Cast) -> None:
    from .. import actions
    from ..commands import MakeContact, Review, SignOff

    problem = cast.called_back(answer=dissatisfied("redo"))
    sign(problem.pk, Sign(), actor=cast.handler, now=NOW)
    actions.contact(problem.pk, MakeContact(), actor=cast.handler, now=NOW)
    actions.submit_result(problem.pk, result(), actor=cast.handler, now=NOW)
    actions.sign_off(problem.pk, SignOff(), actor=cast.head, now=NOW)
    actions.review(problem.pk, Review(), actor=cast.office, now=NOW)
    record_callback(problem.pk, confirmed(), actor=cast.verifier, now=NOW)
    snap = seen(problem)
    assert [(c.cycle_no, c.conclusion) for c in snap.cycles] == [(1, "redo"), (2, "confirmed")]
    assert [c.attempt for c in snap.callbacks] == [1, 1]
    assert snap.problem.state == "pending_closure"


def test_three_vain_attempts_on_two_days_over_two_channels_conclude_it(cast: Cast) -> None:
    problem, verifier = cast.reviewed(), cast.verifier
    by_visit = RecordCallback(channel="visit", reached=False)
    for cmd, day in ((IN_VAIN, 13), (IN_VAIN, 13)):
        record_callback(problem.pk, cmd, actor=verifier, now=at(day))
        assert seen(problem).problem.state == "pending_callback"
    record_callback(problem.pk, by_visit, actor=verifier, now=at(14))
    snap = seen(problem)
    assert kinds(problem)[-4:] == ["callback_recorded"] * 3 + ["callback_concluded"]
    assert (snap.problem.state, snap.cycles[0].conclusion) == ("pending_closure", "unreachable")
    assert [c.attempt for c in snap.callbacks] == [1, 2, 3]
    assert all(c.solved is None and c.satisfied is None and not c.valid for c in snap.callbacks)


@pytest.mark.parametrize(
    "attempts",
    [
        [("phone", 13), ("phone", 13), ("visit", 13)],  # one day
        [("phone", 13), ("phone", 14), ("phone", 15)],  # one channel
        [("phone", 13), ("visit", 14)],  # two attempts
    ],
)
def test_fewer_do_not(cast: Cast, attempts: list[tuple[str, int]]) -> None:
    problem, verifier = cast.reviewed(), cast.verifier
    for channel, day in attempts:
        cmd = RecordCallback(channel=channel, reached=False)
        record_callback(problem.pk, cmd, actor=verifier, now=at(day))
    assert seen(problem).problem.state == "pending_callback"


def test_nothing_is_filled_in_for_whoever_was_not_reached(cast: Cast) -> None:
    problem = cast.reviewed()
    cmd = RecordCallback(channel="phone", reached=False, contacted=True, solved=True, satisfied="yes")
    record_callback(problem.pk, cmd, actor=cast.verifier, now=NOW)
    attempt = Callback.objects.get(problem=problem)
    assert (attempt.contacted, attempt.solved, attempt.satisfied) == (None, None, None)


def test_an_answer_that_does_not_come_by_telephone_is_unverified(cast: Cast) -> None:
    problem = cast.reviewed()
    record_callback(problem.pk, confirmed(channel="sms"), actor=cast.verifier, now=NOW)
    assert Callback.objects.get(problem=problem).proof == "unverified"


def test_an_anonymous_one_is_published_instead(cast: Cast) -> None:
    problem, verifier = cast.reviewed(ANONYMOUS), cast.verifier
    with refused(InvalidInput, field="outcome"):
        record_callback(problem.pk, confirmed(), actor=verifier, now=NOW)
    with refused(InvalidInput, field="outcome"):
        record_callback(problem.pk, IN_VAIN, actor=verifier, now=NOW)
    published = RecordCallback(channel="web", reached=False, outcome="anonymous", words="镇公告栏，2月20日")
    with refused(InvalidInput, field="words"):
        cmd = RecordCallback(channel="web", reached=False, outcome="anonymous")
        record_callback(problem.pk, cmd, actor=verifier, now=NOW)
    record_callback(problem.pk, published, actor=verifier, now=NOW)
    assert seen(problem).cycles[0].conclusion == "anonymous"


def test_whoever_is_known_is_asked(cast: Cast) -> None:
    problem, verifier = cast.reviewed(), cast.verifier
    cmd = RecordCallback(channel="web", reached=False, outcome="anonymous", words="公告")
    with refused(InvalidInput, field="outcome"):
        record_callback(problem.pk, cmd, actor=verifier, now=NOW)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"channel": "letter"}, "channel"),
        ({"outcome": "fine"}, "outcome"),
        ({"outcome": ""}, "outcome"),
        ({"reached": False}, "outcome"),
        ({"contacted": None}, "contacted"),
        ({"solved": None}, "solved"),
        ({"satisfied": None}, "satisfied"),
        ({"satisfied": "very"}, "satisfied"),
        ({"satisfied": "no"}, "outcome"),  # confirmed although dissatisfied
        ({"solved": False}, "outcome"),  # confirmed although not solved
        ({"outcome": "redo", "words": "x"}, "outcome"),  # done again although satisfied
        ({"outcome": "dissatisfied", "words": "x"}, "outcome"),
        ({"outcome": "redo", "satisfied": "no"}, "words"),
        ({"words": "字" * 2001}, "words"),
    ],
)
def test_answers_must_fit_together(cast: Cast, given: dict[str, Any], field: str) -> None:
    problem, verifier = cast.reviewed(), cast.verifier
    with refused(InvalidInput, field=field):
        record_callback(problem.pk, confirmed(**given), actor=verifier, now=NOW)


def test_what_was_explained_can_be_confirmed_without_being_solved(cast: Cast) -> None:
    from .. import actions
    from ..commands import Review, SignOff

    problem = cast.contacted()
    actions.submit_result(problem.pk, result("explained"), actor=cast.handler, now=NOW)
    actions.sign_off(problem.pk, SignOff(), actor=cast.head, now=NOW)
    actions.review(problem.pk, Review(), actor=cast.office, now=NOW)
    answer = confirmed(solved=False, satisfied="basically")
    record_callback(problem.pk, answer, actor=cast.verifier, now=NOW)
    assert seen(problem).cycles[0].conclusion == "confirmed"


def test_nobody_rates_himself(cast: Cast) -> None:
    problem = cast.reviewed()
    for actor in (cast.handler, cast.head, cast.office, cast.supervisor, cast.collector, cast.unit_verifier):
        with refused(NotAllowed):
            record_callback(problem.pk, confirmed(), actor=actor, now=NOW)


def test_a_unit_that_is_itself_the_requester_does_not_call_itself_back(cast: Cast) -> None:
    party = create_party(
        kind="organisation", name="崧厦镇人民政府", unit_id=cast.unit(SONGXIA), actor=cast.office, now=NOW
    )
    asked_by_town = told(requester=RequesterInput("organisation", party_id=party.pk))
    problem = cast.reviewed(asked_by_town)
    of_the_town = cast.hire(SONGXIA, Role.VERIFIER, "吴回访")
    with refused(NotAllowed):
        record_callback(problem.pk, confirmed(), actor=of_the_town, now=NOW)
    record_callback(problem.pk, confirmed(), actor=cast.verifier, now=NOW)


def test_there_is_nobody_to_call_before_a_result_and_after_the_conclusion(cast: Cast) -> None:
    verifier = cast.verifier
    for problem in (cast.submitted(), cast.called_back(told("另一件事"))):
        with refused(IllegalTransition):
            record_callback(problem.pk, confirmed(), actor=verifier, now=NOW)


def test_the_event_names_codes_only(cast: Cast) -> None:
    problem = cast.called_back(answer=dissatisfied())
    assert last_event(problem).payload["data"] == {"conclusion": "dissatisfied"}
