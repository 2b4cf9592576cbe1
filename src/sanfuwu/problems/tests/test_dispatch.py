"""交办: one lead, n co-handlers, and the clock from now on."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest

from sanfuwu.ledger.errors import IllegalTransition, InvalidInput, NotAllowed
from sanfuwu.ledger.models import Note
from sanfuwu.problems.search import grams_asked
from sanfuwu.territory.actions import create_unit

from ..actions import dispatch
from ..chip import stage
from ..commands import Dispatch
from ..facets import known_ids
from ..models import Deadline, ProblemText
from .cast import (
    NOW,
    SECOND_TEXT,
    SECOND_TITLE,
    SINCE,
    Cast,
    at,
    closing,
    kinds,
    last_event,
    refused,
    seen,
    told,
)


def test_a_dispatched_problem_waits_to_be_signed(cast: Cast) -> None:
    problem = cast.dispatched(co=("zlsgs",))
    snap = seen(problem)
    assert kinds(problem) == ["registered", "accepted", "dispatched"]
    assert (snap.problem.state, stage(snap)) == ("in_progress", "to_sign")
    lead, co = snap.assignments
    assert (lead.role, lead.unit_id, lead.state) == ("lead", cast.unit("gds-songxia"), "pending_sign")
    assert (co.role, co.unit_id, co.state) == ("co", cast.unit("zlsgs"), "pending_sign")
    assert (lead.dispatched_by, lead.dispatching_unit) == (cast.office.post_id, cast.unit("sfwb"))
    assert (lead.cycle_no, lead.depth, lead.parent_id) == (1, 0, None)
    event = last_event(problem)
    assert event.assignment_id == lead.pk
    assert event.payload["data"] == {
        "lead": str(lead.unit_id),
        "co": [str(co.unit_id)],
        "due_at": lead.due_at.astimezone(dt.UTC).isoformat(),
    }


def test_its_deadlines_are_written_for_the_sweep(cast: Cast) -> None:
    snap = seen(cast.dispatched())
    lead = snap.assignments[0]
    found = {d.kind: (d.due_at, d.met_at) for d in snap.deadlines_of(lead.pk)}
    assert found == {
        "sign": (closing(13), None),
        "contact": (closing(13), None),
        "result": (closing(21), None),
    }
    assert all(NOW <= d.fire_at <= d.due_at for d in snap.deadlines)
    assert lead.duration == "7wd"
    assert not lead.calendar_assumed


@pytest.mark.parametrize(
    ("tier", "urgency", "nature", "lead", "co"),
    [
        ("limited", "normal", "problem", closing(21), closing(15)),
        ("limited", "consult", "problem", closing(15), closing(14)),
        ("limited", "urgent", "problem", at(13), at(12, 22)),
        ("key", "normal", "problem", closing(19, month=3), closing(26)),
        ("key", "normal", "study", closing(13, month=5), closing(26)),
        ("key", "normal", "dispute", closing(15, month=4), closing(26)),  # the 60th day is a Saturday
    ],
)
def test_the_time_given_follows_tier_urgency_and_nature(
    cast: Cast, tier: str, urgency: str, nature: str, lead: dt.datetime, co: dt.datetime
) -> None:
    problem = cast.dispatched(co=("zlsgs",), tier=tier, urgency=urgency, nature=nature)
    first, second = seen(problem).assignments
    assert (first.due_at, second.due_at) == (lead, co)
    assert (first.due_original, second.due_original) == (lead, co)


def test_an_urgent_one_is_signed_in_half_an_hour_and_contacted_in_two(cast: Cast) -> None:
    snap = seen(cast.dispatched(urgency="urgent"))
    found = {d.kind: d.due_at for d in snap.deadlines}
    assert (found["sign"], found["contact"]) == (at(12, 11, 0), at(12, 12, 30))


def test_the_lead_s_date_is_what_the_requester_is_promised_and_what_is_due(cast: Cast) -> None:
    snap = seen(cast.dispatched(co=("zlsgs",)))
    assert snap.problem.promised_due == snap.row.due_at == closing(21)


def test_whoever_is_above_the_units_sees_it_from_now_on(cast: Cast) -> None:
    facets = seen(cast.dispatched(co=("zlsgs",))).row.facets
    scopes = [("scope", str(cast.unit(code))) for code in ("gds-songxia", "gdgs", "zlsgs")]
    numbers = known_ids([*scopes, ("lead", str(cast.unit("gds-songxia"))), ("co", str(cast.unit("zlsgs")))])
    assert len(numbers) == 5
    assert set(numbers.values()) <= set(facets)


def test_an_instruction_is_a_note_for_whoever_handles(cast: Cast) -> None:
    problem = cast.accepted()
    cmd = Dispatch(lead=cast.unit("gds-songxia"), instruction="请会同镇里上门一次。")
    dispatch(problem.pk, cmd, actor=cast.office, now=NOW)
    note = last_event(problem).payload["data"]["note"]
    assert Note.objects.get(pk=note).audience == "handling"


def test_the_town_dispatches_in_its_own_place(cast: Cast) -> None:
    problem = cast.accepted()
    cmd = Dispatch(lead=cast.unit("gds-songxia"))
    other = cast.other_town_office
    with refused(NotAllowed):
        dispatch(problem.pk, cmd, actor=other, now=NOW)
    dispatch(problem.pk, cmd, actor=cast.town_office, now=NOW)
    assert seen(problem).assignments[0].dispatching_unit == cast.town_office.unit_id


@pytest.mark.parametrize("who", ["collector", "handler", "head", "verifier", "supervisor", "district_leader"])
def test_nobody_else_dispatches(cast: Cast, who: str) -> None:
    problem, actor, cmd = cast.accepted(), getattr(cast, who), Dispatch(lead=cast.unit("gds-songxia"))
    with refused(NotAllowed):
        dispatch(problem.pk, cmd, actor=actor, now=NOW)


def test_only_what_is_accepted_and_without_a_lead_is_dispatched(cast: Cast) -> None:
    office, cmd = cast.office, Dispatch(lead=cast.unit("zlsgs"))
    fresh, taken, answered = cast.registered(), cast.dispatched(), cast.reviewed()
    for problem in (fresh, taken, answered):
        with refused(IllegalTransition):
            dispatch(problem.pk, cmd, actor=office, now=NOW)


def test_a_unit_is_named_once(cast: Cast) -> None:
    problem, office = cast.accepted(), cast.office
    power, water = cast.unit("gds-songxia"), cast.unit("zlsgs")
    for cmd in (Dispatch(lead=power, co=(power,)), Dispatch(lead=power, co=(water, water))):
        with refused(InvalidInput, field="co"):
            dispatch(problem.pk, cmd, actor=office, now=NOW)


def test_only_confirmed_units_that_exist_are_made_responsible(cast: Cast) -> None:
    problem, office, power = cast.accepted(), cast.office, cast.unit("gds-songxia")
    proposed = create_unit(
        code="x",
        kind="department",
        name="某处",
        parent_id=cast.unit("330604000000"),
        valid_from=SINCE,
        proposed=True,
        actor=office,
        now=NOW,
    ).pk
    refusals: list[tuple[dict[str, Any], str]] = [
        ({"lead": uuid.UUID(int=7)}, "lead"),
        ({"lead": proposed}, "lead"),
        ({"lead": power, "co": (uuid.UUID(int=7),)}, "co"),
        ({"lead": power, "co": (proposed,)}, "co"),
        ({"lead": power, "instruction": "字" * 501}, "instruction"),
        ({"lead": power, "text_for_units": "第二文本"}, "text_for_units"),
    ]
    for given, field in refusals:
        with refused(InvalidInput, field=field):
            dispatch(problem.pk, Dispatch(**given), actor=office, now=NOW)


def test_a_confidential_one_needs_a_second_title_and_text(cast: Cast) -> None:
    problem, office = cast.accepted(told(confidential=True)), cast.office
    lead = cast.unit("gds-songxia")
    with refused(InvalidInput, field="title_for_units"):
        dispatch(problem.pk, Dispatch(lead=lead), actor=office, now=NOW)
    with refused(InvalidInput, field="text_for_units"):
        dispatch(problem.pk, Dispatch(lead=lead, title_for_units=SECOND_TITLE), actor=office, now=NOW)
    cmd = Dispatch(lead=lead, title_for_units=SECOND_TITLE, text_for_units=SECOND_TEXT)
    dispatch(problem.pk, cmd, actor=office, now=NOW)
    after = seen(problem).problem
    assert after.title_for_units == SECOND_TITLE
    assert Note.objects.get(pk=after.text_for_units_id).audience == "handling"
    assert Note.objects.get(pk=after.text_note_id).audience == "office"
    grams = set(ProblemText.objects.get(pk=problem.pk).grams)
    assert set(grams_asked("线路负荷")) <= grams
    assert not set(grams_asked("每周停工")) <= grams


def test_deadlines_belong_to_the_problem(cast: Cast) -> None:
    problem = cast.dispatched(co=("zlsgs", "trqgs"))
    assert Deadline.objects.filter(problem=problem, met_at__isnull=True).count() == 9
