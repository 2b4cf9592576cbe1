"""What the newspaper told, counted from the records of the demonstration (shared scenario, facts 5 to 7)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth.hashers import check_password

from sanfuwu.accounts.models import Account
from sanfuwu.demo.cast import PARTS, Credential
from sanfuwu.demo.scenario import CHINA, PRESENT
from sanfuwu.ledger.crypto import decrypt
from sanfuwu.ledger.models import Event, Note
from sanfuwu.ledger.replay import differences, replay
from sanfuwu.meetings.models import Meeting, MeetingParty
from sanfuwu.meetings.queries import items_of, summary
from sanfuwu.parties.models import Contact
from sanfuwu.problems.models import Assignment, Commitment, Problem, VerificationCycle
from sanfuwu.problems.queries import Filters, desk, list_problems
from sanfuwu.territory.models import OFFICERS, Post, Unit, UnitVersion
from sanfuwu.territory.queries import load_actor, unit_name
from sanfuwu.visits.models import Visit
from sanfuwu.visits.queries import coverage, visits_of

pytestmark = pytest.mark.usefixtures("demo")
FEBRUARY = dt.date(2019, 2, 1), dt.date(2019, 2, 20)


def local(moment: dt.datetime | None) -> str:
    return moment.astimezone(CHINA).strftime("%m-%d %H:%M") if moment else ""


def unit_code(assignment: Assignment) -> str:
    return assignment.unit.code


def test_thirteen_firms_raised_nineteen_items_six_solved_at_once_thirteen_planned() -> None:
    meeting = Meeting.objects.get()
    told = summary(meeting.pk)
    assert (told.enterprises, told.items, told.solved, told.planned, told.open) == (13, 19, 6, 13, 0)
    assert local(meeting.held_at) == "02-13 14:00"
    assert MeetingParty.objects.values("party").distinct().count() == 13
    for item in items_of(meeting.pk):
        problem = item.problem
        assert (problem.channel, problem.meeting_id) == ("meeting", meeting.pk)
        assert problem.on_spot == (item.outcome == "solved")
        if item.outcome == "planned":
            assert problem.plan_steps.count() >= 1
            assert problem.commitments.count() >= 1


def test_one_firm_asked_three_questions_and_three_bodies_answered() -> None:
    (three,) = [
        party
        for party in MeetingParty.objects.values_list("party", flat=True)
        if Problem.objects.filter(party=party, channel="meeting").count() == 3
    ]
    promises = Commitment.objects.filter(problem__party=three)
    assert {unit_name(c.unit_id, FEBRUARY[1]) for c in promises} == {"天然气公司", "交警大队", "自然资源和规划分局"}


def test_a_promise_without_a_day_has_a_day_by_which_it_is_named() -> None:
    undated = Commitment.objects.filter(due_at__isnull=True)
    assert undated.count() == 4
    # Recorded on Wednesday 13 February, two working days.
    assert {local(c.date_to_be_named_by) for c in undated} == {"02-15 17:30"}
    assert not Commitment.objects.filter(due_at__isnull=False, date_to_be_named_by__isnull=False).exists()


def test_the_deputy_head_visited_his_village_and_then_the_park() -> None:
    mine = Visit.objects.filter(registered_by=_actor("zoufang").post_id).order_by("held_at")
    village, park, *later = mine
    assert [local(v.held_at) for v in (village, park)] == ["02-12 09:00", "02-12 13:50"]
    assert (village.pairing, village.visitors.get().rank_then) == ("village", "deputy")
    assert coverage(dt.date(2019, 2, 12), dt.date(2019, 2, 12), rank="deputy").villages >= 1
    assert len(later) == 2
    party = park.parties.get().party
    assert unit_name(party.unit_id, FEBRUARY[1]) == "上虞城建资产经营管理有限公司"
    assert park.parties.get().contact_id is not None


def test_one_problem_two_responsible_units_a_list_of_papers_a_dated_promise_several_visits() -> None:
    problem = Problem.objects.get(title="小微企业工业园区二期临时用水用电")
    open_ones = problem.assignments.filter(state="in_progress")
    assert {(a.role, unit_code(a)) for a in open_ones} == {("lead", "gds-songxia"), ("co", "zlsgs")}
    assert problem.requirements.count() == 4
    assert problem.requirements.filter(done_at__isnull=True).count() == 0
    promise = problem.commitments.get()
    assert local(promise.due_at) == "02-26 17:30"
    assert problem.plan_steps.values("unit").distinct().count() == 2
    assert [v.problems.get().role for v in visits_of(problem.pk)] == ["raised", "followed_up", "followed_up"]
    # 2019 says 崧厦镇.
    assert UnitVersion.objects.filter(unit=problem.proposed_unit).exists()
    assert unit_name(visits_of(problem.pk)[0].unit_id, FEBRUARY[1]) == "崧厦镇"


def test_courses_go_well_and_badly() -> None:
    stages = {
        stage
        for stage in ("submitted", "info_needed", "to_dispatch", "to_sign", "handling", "to_sign_off", "to_review",
                      "to_call_back", "to_strike_off", "struck_off", "declined")
        if list_problems(_actor("shouli"), Filters(facets={"stage": (stage,)}), limit=1).ids
    }  # fmt: skip
    assert len(stages) == 11
    assert Problem.objects.count() >= 60
    assert Assignment.objects.filter(rework_count__gt=0).exists()  # sent back
    assert Problem.objects.filter(cycle_no=2).exists()  # done again
    late = [a for a in Assignment.objects.filter(submitted_at__isnull=False) if a.submitted_at > a.due_at]
    assert late
    overdue = Assignment.objects.filter(state="in_progress", due_at__lt=PRESENT)
    assert overdue.exists()
    assert Assignment.objects.filter(depth=1, state="done").exists()  # handed down
    assert set(VerificationCycle.objects.values_list("conclusion", flat=True)) >= {
        "confirmed", "dissatisfied", "unreachable", "anonymous", "redo",
    }  # fmt: skip
    assert set(Problem.objects.values_list("resolution_level", flat=True)) >= {
        "on_spot", "under_leader", "district", "unit",
    }  # fmt: skip
    assert Problem.objects.filter(confidential=True, state="struck_off").count() == 1
    assert Problem.objects.filter(close_basis="").exclude(state="struck_off").count() > 300  # the desks are full


def test_nothing_happens_after_the_present_and_numbers_follow_time() -> None:
    assert not Event.objects.filter(recorded_at__gt=PRESENT).exists()
    assert not Event.objects.filter(happened_at__gt=PRESENT).exists()
    registered = list(Problem.objects.order_by("number").values_list("registered_at", flat=True))
    assert registered == sorted(registered)


def _actor(username: str) -> object:
    account = Account.objects.get(username=username)
    return load_actor(Post.objects.get(account_id=account.pk).pk, account_id=account.pk, now=PRESENT)


@pytest.mark.parametrize("part", [p for p in PARTS if p.username], ids=lambda p: p.username)
def test_whoever_can_log_in_finds_work_unless_he_is_an_officer(demo: list[Credential], part: object) -> None:
    (known,) = [one for one in demo if one.username == part.username]
    account = Account.objects.get(username=known.username)
    assert check_password(known.password, account.password)
    assert known.password not in account.password
    waiting = sum(task.count for task in desk(_actor(known.username), now=PRESENT).tasks)
    assert (waiting == 0) == (part.role in OFFICERS)


def test_there_is_one_person_of_each_role(demo: list[Credential]) -> None:
    from sanfuwu.territory.models import Role

    assert {p.role for p in PARTS if p.username} == set(Role.values)
    assert len({one.password for one in demo}) == len(demo)


def test_what_the_smaller_zone_held_is_with_its_successor() -> None:
    gone, into = (Unit.objects.get(code=code) for code in ("kfq-sy", "kfq-hzw"))
    assert gone.status == "closed"
    assert not Assignment.objects.filter(unit=gone, ended_at__isnull=True).exists()
    moved = Assignment.objects.filter(unit=gone, state="reassigned").values_list("problem_id", flat=True)
    assert len(moved) >= 4
    assert set(moved) == set(
        Assignment.objects.filter(unit=into, problem__in=moved).values_list("problem_id", flat=True)
    )


def test_no_text_names_the_contact_whom_the_page_masks() -> None:
    contacts = {c.pk: decrypt(c.name_enc, c.pk, c.key_id) for c in Contact.objects.exclude(name_enc=b"")}
    told_of: dict[str, str] = {}
    for stream, payload in Event.objects.filter(stream_kind="problem").values_list("stream_id", "payload"):
        told_of |= dict.fromkeys(payload.get("notes", {}), stream)
    name_of = {p: contacts.get(c, "") for p, c in Problem.objects.values_list("pk", "contact_id")}
    for note in Note.objects.all():
        name = name_of.get(told_of.get(str(note.pk)), "")
        assert not name or name not in decrypt(note.text_enc, note.pk, note.key_id)


def test_every_row_can_be_told_again_from_the_events() -> None:
    for label, kind in (("problems", "problem"), ("visits", "visit"), ("meetings", "meeting"), ("visits", "opinion")):
        events = Event.objects.filter(stream_kind=kind)
        # One in seven: with the courses of single acts all kinds of events are among them.
        for stream in sorted(set(events.values_list("stream_id", flat=True)))[::7]:
            assert differences(replay(events.filter(stream_id=stream)), label) == []
