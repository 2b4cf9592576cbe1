"""领衔、协调、承诺、方案、待备资料: they lie over the states and never change them."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest

from sanfuwu.ledger.errors import IllegalTransition, InvalidInput, NotAllowed
from sanfuwu.ledger.models import Note

from .. import actions
from ..commands import (
    AddRequirement,
    AppointLeader,
    Archive,
    MeetRequirement,
    RecordCommitment,
    RecordCoordination,
    SetPlan,
    Step,
)
from ..facets import known_ids
from ..models import Commitment, CoordinationItem, Deadline, Problem
from .cast import NOW, Cast, at, closing, kinds, last_event, refused, seen

NOBODY = uuid.UUID(int=7)


def commands(cast: Cast) -> dict[str, Any]:
    """One good command for each overlay."""
    water = cast.unit("zlsgs")
    return {
        "appoint_leader": AppointLeader(post_id=cast.district_leader.post_id, members=(water,)),
        "record_coordination": RecordCoordination(
            level="district", held_at=at(11), chaired_by=cast.district_leader.post_id, decision="限期增容"
        ),
        "record_commitment": RecordCommitment(unit_id=water, text="月底前送水", due_on=dt.date(2019, 2, 28)),
        "set_plan": SetPlan(steps=(Step(text="勘查", unit_id=water, due_on=dt.date(2019, 2, 15)),)),
        "add_requirement": AddRequirement(text="用电申请表"),
    }


def run(name: str, problem: Problem, cmd: Any, actor: Any, now: dt.datetime = NOW) -> Problem:
    return getattr(actions, name)(problem.pk, cmd, actor=actor, now=now)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("appoint_leader", "leader_appointed"),
        ("record_coordination", "coordinated"),
        ("record_commitment", "committed"),
        ("set_plan", "planned"),
        ("add_requirement", "requirement_added"),
    ],
)
def test_each_writes_its_event_and_keeps_the_state(cast: Cast, name: str, kind: str) -> None:
    problem, cmd = cast.signed(), commands(cast)[name]
    before = seen(problem)
    run(name, problem, cmd, cast.office)
    after = seen(problem)
    assert kinds(problem)[-1] == kind
    assert len(kinds(problem)) == 5
    assert after.problem.state == before.problem.state
    assert [a.state for a in after.assignments] == [a.state for a in before.assignments]
    assert after.row.due_at == before.row.due_at


@pytest.mark.parametrize("name", ["appoint_leader", "record_coordination", "record_commitment", "add_requirement"])
def test_they_end_with_the_work(cast: Cast, name: str) -> None:
    problem, cmd, office = cast.reviewed(), commands(cast)[name], cast.office
    with refused(IllegalTransition):
        run(name, problem, cmd, office)


@pytest.mark.parametrize(
    ("name", "who"),
    [
        ("appoint_leader", "handler"),
        ("appoint_leader", "collector"),
        ("appoint_leader", "leader"),
        ("record_coordination", "handler"),
        ("record_coordination", "supervisor"),
        ("record_commitment", "water"),
        ("record_commitment", "verifier"),
        ("set_plan", "collector"),
        ("set_plan", "district_leader"),
        ("add_requirement", "water"),
        ("add_requirement", "supervisor"),
    ],
)
def test_who_has_no_part_in_it_may_not(cast: Cast, name: str, who: str) -> None:
    problem, cmd, actor = cast.signed(), commands(cast)[name], getattr(cast, who)
    with refused(NotAllowed):
        run(name, problem, cmd, actor)


@pytest.mark.parametrize(
    ("name", "who"),
    [
        ("appoint_leader", "supervisor"),
        ("appoint_leader", "district_leader"),
        ("record_coordination", "district_leader"),
        ("record_commitment", "handler"),
        ("record_commitment", "collector"),
        ("set_plan", "head"),
        ("add_requirement", "handler"),
        ("add_requirement", "town_office"),
    ],
)
def test_who_has_a_part_in_it_may(cast: Cast, name: str, who: str) -> None:
    problem = cast.signed()
    run(name, problem, commands(cast)[name], getattr(cast, who))
    assert last_event(problem).actor_post == getattr(cast, who).post_id


# 领衔


def test_a_leader_leads_until_the_next_of_his_kind(cast: Cast) -> None:
    problem = cast.signed()
    first, second = cast.district_leader.post_id, cast.other_leader.post_id
    run("appoint_leader", problem, AppointLeader(post_id=first), cast.office)
    run("appoint_leader", problem, AppointLeader(post_id=first, kind="case"), cast.office)
    run("appoint_leader", problem, AppointLeader(post_id=second), cast.office, at(13))
    rows = [(x.kind, x.post_id, x.to_at) for x in seen(problem).leaderships]
    assert rows == [("lead", first, at(13)), ("case", first, None), ("lead", second, None)]


def test_who_leads_sees_it(cast: Cast) -> None:
    problem = cast.signed()
    run("appoint_leader", problem, AppointLeader(post_id=cast.other_leader.post_id), cast.office)
    (number,) = known_ids([("leader", str(cast.other_leader.post_id))]).values()
    assert number in seen(problem).row.facets


# 协调


def test_a_co_ordination_happened_when_it_was_held(cast: Cast) -> None:
    problem = cast.signed()
    run("record_coordination", problem, commands(cast)["record_coordination"], cast.office)
    event = last_event(problem)
    assert (event.happened_at, event.recorded_at) == (at(11), NOW)
    assert CoordinationItem.objects.get(problem=problem).decided is True


def test_without_a_decision_it_decided_nothing(cast: Cast) -> None:
    problem = cast.signed()
    cmd = RecordCoordination(level="town", held_at=at(11), chaired_by=cast.district_leader.post_id)
    run("record_coordination", problem, cmd, cast.office)
    assert CoordinationItem.objects.get(problem=problem).decided is False


# 承诺


def test_a_promise_is_due_at_close_of_business_of_its_day(cast: Cast) -> None:
    problem = cast.signed()
    run("record_commitment", problem, commands(cast)["record_commitment"], cast.office)
    row = Commitment.objects.get(problem=problem)
    deadline = Deadline.objects.get(subject_id=row.pk)
    assert (row.due_at, row.date_to_be_named_by) == (closing(28), None)
    assert (deadline.kind, deadline.due_at) == ("commitment", closing(28))
    assert Note.objects.get(pk=row.text_note_id).audience == "requester"


def test_a_promise_for_a_rest_day_holds_on_that_day(cast: Cast) -> None:
    problem = cast.signed()
    cmd = RecordCommitment(unit_id=cast.unit("zlsgs"), text="周六送水", due_on=dt.date(2019, 2, 16))
    run("record_commitment", problem, cmd, cast.office)
    assert Commitment.objects.get(problem=problem).due_at == closing(16)


def test_a_promise_without_a_day_names_it_within_two_working_days(cast: Cast) -> None:
    problem = cast.signed()
    run("record_commitment", problem, RecordCommitment(unit_id=cast.unit("zlsgs"), text="尽快"), cast.office)
    row = Commitment.objects.get(problem=problem)
    assert (row.due_at, row.date_to_be_named_by) == (None, closing(14))
    assert Deadline.objects.get(subject_id=row.pk).kind == "naming"


# 方案、待备资料


def test_new_steps_follow_those_already_planned(cast: Cast) -> None:
    problem, water = cast.signed(), cast.unit("zlsgs")
    steps = tuple(Step(text=t, unit_id=water, due_on=dt.date(2019, 2, 15)) for t in ("勘查", "立项"))
    run("set_plan", problem, SetPlan(steps=steps), cast.office)
    run("set_plan", problem, SetPlan(steps=steps[:1]), cast.handler)
    assert [s.order for s in seen(problem).plan_steps] == [1, 2, 3]
    assert {s.due_at for s in seen(problem).plan_steps} == {closing(15)}


def test_a_paper_is_owed_until_it_is_there(cast: Cast) -> None:
    problem, office = cast.signed(), cast.office
    run("add_requirement", problem, AddRequirement(text="用电申请表"), office)
    run("add_requirement", problem, AddRequirement(text="线路图", owed_by_unit=cast.unit("gdgs")), office)
    first, second = seen(problem).requirements
    assert (first.owed_by_requester, second.owed_by_requester) == (True, False)
    run("meet_requirement", problem, MeetRequirement(requirement_id=first.pk), cast.collector, at(13))
    assert kinds(problem)[-1] == "requirement_met"
    assert [r.done_at for r in seen(problem).requirements] == [at(13), None]
    for requirement in (first.pk, NOBODY):
        with refused(InvalidInput, field="requirement_id"):
            run("meet_requirement", problem, MeetRequirement(requirement_id=requirement), office)


@pytest.mark.parametrize(
    ("name", "given", "field"),
    [
        ("appoint_leader", {"post_id": NOBODY}, "post_id"),
        ("appoint_leader", {"kind": "friend"}, "kind"),
        ("appoint_leader", {"members": (NOBODY,)}, "members"),
        ("record_coordination", {"level": "province"}, "level"),
        ("record_coordination", {"held_at": at(13)}, "held_at"),
        ("record_coordination", {"decision": "字" * 2001}, "decision"),
        ("record_commitment", {"unit_id": NOBODY}, "unit_id"),
        ("record_commitment", {"text": ""}, "text"),
        ("record_commitment", {"due_on": dt.date(2019, 2, 11)}, "due_on"),
        ("set_plan", {"steps": ()}, "steps"),
        ("set_plan", {"steps": (Step(text="x", unit_id=NOBODY, due_on=dt.date(2019, 2, 15)),)}, "steps"),
        ("add_requirement", {"text": " "}, "text"),
        ("add_requirement", {"owed_by_unit": NOBODY}, "owed_by_unit"),
    ],
)
def test_bad_input_is_refused_at_its_field(cast: Cast, name: str, given: dict[str, Any], field: str) -> None:
    from dataclasses import replace

    problem, office = cast.signed(), cast.office
    cmd = replace(commands(cast)[name], **given)
    with refused(InvalidInput, field=field):
        run(name, problem, cmd, office)


def test_only_a_leader_s_post_leads(cast: Cast) -> None:
    problem, office, post = cast.signed(), cast.office, cast.handler.post_id
    with refused(InvalidInput, field="post_id"):
        run("appoint_leader", problem, AppointLeader(post_id=post), office)


def test_an_archived_one_takes_nothing_more(cast: Cast) -> None:
    problem = cast.struck_off()
    run("archive", problem, Archive(), cast.office)
    for name, cmd in commands(cast).items():
        with refused(IllegalTransition):
            run(name, problem, cmd, cast.office)
