"""签收、联系、反馈、提交结果、签发: the work of the responsible unit."""

from __future__ import annotations

import uuid

import pytest

from sanfuwu.ledger.errors import IllegalTransition, InvalidInput, NotAllowed, StaleVersion
from sanfuwu.ledger.models import Note
from sanfuwu.parties.actions import RequesterInput

from .. import actions
from ..chip import stage
from ..commands import MakeContact, Report, Sign, SignOff, SubmitResult
from .cast import NOW, Cast, at, closing, kinds, last_event, refused, result, seen, told

ANONYMOUS = told(requester=RequesterInput(), anonymous=True)


# 签收


def test_signing_does_not_start_the_clock(cast: Cast) -> None:
    problem = cast.dispatched()
    actions.sign(problem.pk, Sign(), actor=cast.handler, now=at(12, 15))
    snap = seen(problem)
    (lead,) = snap.assignments
    assert kinds(problem)[-1] == "signed"
    assert (lead.state, lead.signed_at, lead.handler_post) == ("in_progress", at(12, 15), cast.handler.post_id)
    assert lead.due_at == closing(21)
    assert stage(snap) == "handling"
    assert {d.kind: d.met_at for d in snap.deadlines} == {"sign": at(12, 15), "contact": None, "result": None}


def test_a_head_who_signs_is_not_the_handler(cast: Cast) -> None:
    problem = cast.dispatched()
    actions.sign(problem.pk, Sign(), actor=cast.head, now=NOW)
    assert seen(problem).assignments[0].handler_post is None


def test_each_unit_signs_its_own(cast: Cast) -> None:
    problem = cast.dispatched(co=("zlsgs",))
    actions.sign(problem.pk, Sign(), actor=cast.water, now=NOW)
    assert [a.state for a in seen(problem).assignments] == ["pending_sign", "in_progress"]
    lead = seen(problem).assignments[0]
    with refused(NotAllowed):
        actions.sign(problem.pk, Sign(assignment_id=lead.pk), actor=cast.water, now=NOW)


def test_nobody_signs_for_another_unit(cast: Cast) -> None:
    problem = cast.dispatched()
    for actor in (cast.water, cast.company, cast.office, cast.collector, cast.supervisor, cast.district_leader):
        with refused(NotAllowed):
            actions.sign(problem.pk, Sign(), actor=actor, now=NOW)


def test_it_is_signed_once(cast: Cast) -> None:
    problem = cast.signed()
    with refused(IllegalTransition):
        actions.sign(problem.pk, Sign(), actor=cast.handler, now=NOW)


def test_of_handler_and_head_at_once_one_is_told(cast: Cast) -> None:
    problem = cast.dispatched()
    version = problem.version
    actions.sign(problem.pk, Sign(), actor=cast.handler, now=NOW, expected_version=version)
    head = cast.head
    with refused(StaleVersion):
        actions.sign(problem.pk, Sign(), actor=head, now=NOW, expected_version=version)


# 联系


def test_the_first_contact_meets_the_deadline_and_each_is_an_event(cast: Cast) -> None:
    problem, handler = cast.signed(), cast.handler
    actions.contact(problem.pk, MakeContact(how="phone", text="约周四上门"), actor=handler, now=at(12, 14))
    actions.contact(problem.pk, MakeContact(how="visit"), actor=handler, now=at(14))
    snap = seen(problem)
    assert kinds(problem)[-2:] == ["contacted", "contacted"]
    assert snap.assignments[0].contacted_at == at(12, 14)
    assert next(d.met_at for d in snap.deadlines if d.kind == "contact") == at(12, 14)
    assert last_event(problem).payload["data"]["how"] == "visit"


def test_contact_says_how(cast: Cast) -> None:
    problem = cast.signed()
    for cmd, field in ((MakeContact(how="thought"), "how"), (MakeContact(text="字" * 2001), "text")):
        with refused(InvalidInput, field=field):
            actions.contact(problem.pk, cmd, actor=cast.handler, now=NOW)


def test_contact_comes_after_signing(cast: Cast) -> None:
    problem, handler = cast.dispatched(), cast.handler
    with refused(IllegalTransition):
        actions.contact(problem.pk, MakeContact(), actor=handler, now=NOW)


def test_the_unit_cannot_reach_whom_it_may_not_know(cast: Cast) -> None:
    handler = cast.handler
    for problem in (cast.signed(ANONYMOUS), cast.signed(told(confidential=True))):
        with refused(InvalidInput):
            actions.contact(problem.pk, MakeContact(), actor=handler, now=NOW)


# 反馈


def test_a_report_may_be_for_the_requester_too(cast: Cast) -> None:
    problem = cast.signed()
    for for_requester, audience in ((False, "handling"), (True, "requester")):
        cmd = Report(text="已完成现场勘查。", for_requester=for_requester)
        actions.report(problem.pk, cmd, actor=cast.handler, now=NOW)
        note = last_event(problem).payload["data"]["note"]
        assert Note.objects.get(pk=note).audience == audience
    assert kinds(problem)[-2:] == ["reported", "reported"]
    assert seen(problem).assignments[0].state == "in_progress"


def test_a_report_needs_words_and_a_signed_assignment(cast: Cast) -> None:
    fresh, signed, handler = cast.dispatched(), cast.signed(told("另一件事")), cast.handler
    with refused(IllegalTransition):
        actions.report(fresh.pk, Report(text="x"), actor=handler, now=NOW)
    with refused(InvalidInput, field="text"):
        actions.report(signed.pk, Report(text=""), actor=handler, now=NOW)
    with refused(NotAllowed):
        actions.report(signed.pk, Report(text="x"), actor=cast.water, now=NOW)


# 提交结果


def test_a_result_stops_the_clock_and_waits_for_the_head(cast: Cast) -> None:
    problem = cast.contacted()
    actions.submit_result(problem.pk, result(), actor=cast.handler, now=at(15))
    snap = seen(problem)
    (lead,) = snap.assignments
    assert kinds(problem)[-1] == "result_submitted"
    assert (lead.state, lead.submitted_at, lead.submitted_by) == ("pending_review", at(15), cast.handler.post_id)
    assert (lead.result_kind, lead.evidence_count) == ("solved", 1)
    assert Note.objects.get(pk=lead.result_note_id).audience == "requester"
    assert (stage(snap), snap.row.due_at, snap.row.is_open) == ("to_sign_off", None, True)
    assert all(d.met_at is not None for d in snap.deadlines)
    assert snap.problem.result_kind == ""  # nobody's word yet


def test_a_result_without_contact_is_not_accepted(cast: Cast) -> None:
    problem = cast.signed()
    with refused(IllegalTransition):
        actions.submit_result(problem.pk, result(), actor=cast.handler, now=NOW)


def test_of_an_anonymous_one_no_contact_is_asked(cast: Cast) -> None:
    assert kinds(cast.submitted(ANONYMOUS))[-1] == "result_submitted"


def test_a_co_handler_s_result_is_for_the_lead_not_the_requester(cast: Cast) -> None:
    problem = cast.dispatched(co=("zlsgs",))
    actions.sign(problem.pk, Sign(), actor=cast.water, now=NOW)
    actions.submit_result(problem.pk, result("explained"), actor=cast.water, now=NOW)
    co = seen(problem).assignments[1]
    assert (co.state, Note.objects.get(pk=co.result_note_id).audience) == ("pending_review", "handling")
    assert stage(seen(problem)) == "to_sign"  # the lead's stage is the problem's


@pytest.mark.parametrize(
    ("cmd", "field"),
    [
        (SubmitResult(result_kind="planned", text="x", evidence="x"), "result_kind"),
        (SubmitResult(result_kind="", text="x", evidence="x"), "result_kind"),
        (SubmitResult(result_kind="solved", text="", evidence="x"), "text"),
        (SubmitResult(result_kind="solved", text="字" * 5001, evidence="x"), "text"),
        (SubmitResult(result_kind="solved", text="x", evidence=" "), "evidence"),
        (SubmitResult(result_kind="solved", text="x", evidence="字" * 2001), "evidence"),
        (SubmitResult(result_kind="solved", text="x", evidence="x", assignment_id=uuid.UUID(int=7)), "assignment_id"),
    ],
)
def test_a_result_with_bad_input_is_refused_at_its_field(cast: Cast, cmd: SubmitResult, field: str) -> None:
    problem, handler = cast.contacted(), cast.handler
    with refused(InvalidInput, field=field):
        actions.submit_result(problem.pk, cmd, actor=handler, now=NOW)


def test_a_result_is_submitted_by_the_unit_once(cast: Cast) -> None:
    problem = cast.submitted()
    with refused(IllegalTransition):
        actions.submit_result(problem.pk, result(), actor=cast.handler, now=NOW)
    for actor in (cast.water, cast.office, cast.supervisor, cast.collector):
        with refused(NotAllowed):
            actions.submit_result(problem.pk, result(), actor=actor, now=NOW)


# 签发


def test_the_head_signs_off(cast: Cast) -> None:
    problem = cast.submitted()
    actions.sign_off(problem.pk, SignOff(), actor=cast.head, now=at(15))
    snap = seen(problem)
    (lead,) = snap.assignments
    assert kinds(problem)[-1] == "signed_off"
    assert (lead.state, lead.signed_off_at, lead.signed_off_by) == ("pending_review", at(15), cast.head.post_id)
    assert stage(snap) == "to_review"


def test_only_the_unit_s_own_head_signs_off_and_only_once(cast: Cast) -> None:
    problem = cast.submitted()
    for actor in (cast.handler, cast.water_head, cast.company_head, cast.office, cast.district_leader):
        with refused(NotAllowed):
            actions.sign_off(problem.pk, SignOff(), actor=actor, now=NOW)
    actions.sign_off(problem.pk, SignOff(), actor=cast.head, now=NOW)
    with refused(IllegalTransition):
        actions.sign_off(problem.pk, SignOff(), actor=cast.head, now=NOW)


def test_there_is_nothing_to_sign_off_before_a_result(cast: Cast) -> None:
    problem, head = cast.contacted(), cast.head
    with refused(IllegalTransition):
        actions.sign_off(problem.pk, SignOff(), actor=head, now=NOW)
