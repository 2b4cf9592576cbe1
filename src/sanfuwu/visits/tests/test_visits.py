"""走访, in sentences."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from sanfuwu.ledger.errors import InvalidInput, NotAllowed, NotVisible
from sanfuwu.ledger.models import Event, Note
from sanfuwu.ledger.replay import differences, replay
from sanfuwu.parties.actions import RequesterInput
from sanfuwu.problems.actions import register_problem
from sanfuwu.problems.commands import SpotSolution
from sanfuwu.problems.models import Problem
from sanfuwu.territory.models import Post
from sanfuwu.visits.actions import link_problem, record_opinion, record_visit
from sanfuwu.visits.commands import Found, LinkProblem, RecordOpinion, RecordVisit
from sanfuwu.visits.models import Opinion, Visit, VisitParty, VisitProblem
from sanfuwu.visits.queries import coverage, visits_of

from .people import HELD, NOW, SONGXIA, act_as, events_of, firm, told

pytestmark = pytest.mark.django_db


def a_visit(**more: object) -> RecordVisit:
    given: dict[str, object] = {"client_key": uuid4(), "held_at": HELD, "division": SONGXIA} | more
    return RecordVisit(**given)  # type: ignore[arg-type]


def village_code() -> str:
    from sanfuwu.territory.seed import places

    return next(code for code, _name in places() if code.startswith("330604007") and code != SONGXIA)


def test_a_visit_names_who_went_with_the_rank_of_that_day_and_whom_they_met() -> None:
    deputy = act_as(SONGXIA, "collector", rank="deputy")
    visit = record_visit(a_visit(parties=(firm(1), firm(2)), pairing="village"), actor=deputy, now=NOW)
    Post.objects.filter(pk=deputy.post_id).update(rank="unit_chief")  # promoted later
    assert [v.rank_then for v in visit.visitors.all()] == ["deputy"]
    assert visit.parties.count() == 2
    assert (visit.unit_id, visit.pairing, visit.registered_by) == (deputy.unit_id, "village", deputy.post_id)
    assert events_of(visit) == ["recorded"]
    assert Event.objects.get(stream_id=visit.pk).happened_at == HELD


def test_the_same_visit_sent_twice_is_recorded_once() -> None:
    deputy = act_as(SONGXIA, "collector")
    cmd = a_visit(parties=(firm(1),), found=(Found(registration=told("园区道路没有路灯，晚上下班不安全。")),))
    first = record_visit(cmd, actor=deputy, now=NOW)
    again = record_visit(cmd, actor=deputy, now=NOW + dt.timedelta(hours=3))
    assert again.pk == first.pk
    assert (Visit.objects.count(), VisitParty.objects.count(), Problem.objects.count()) == (1, 1, 1)


def test_what_was_found_is_registered_and_what_was_solved_is_struck_off() -> None:
    deputy = act_as(SONGXIA, "collector")
    found = (
        Found(registration=told("临时用电还没有接通，设备不能调试。")),
        Found(
            registration=told("公司门口垃圾桶满了没有人清运。", firm(2)),
            solution=SpotSolution(how="当场联系环卫所派车清运", confirmed_by="公司办公室主任"),
        ),
    )
    visit = record_visit(a_visit(found=found), actor=deputy, now=NOW)
    linked = {p.problem.state: p.role for p in visit.problems.select_related("problem")}
    assert linked == {"submitted": "raised", "struck_off": "solved"}
    assert set(Problem.objects.values_list("visit_id", flat=True)) == {visit.pk}
    assert events_of(visit) == ["recorded", "problem_linked", "problem_linked"]
    assert visit.version == 3


def test_a_follow_up_visit_points_at_the_problem_and_shows_in_its_visits() -> None:
    deputy = act_as(SONGXIA, "collector")
    problem = register_problem(told("用水管道没有接到围墙边。"), actor=deputy, now=NOW)
    later = NOW + dt.timedelta(days=2)
    visit = record_visit(a_visit(held_at=later, followed_up=(problem.pk, problem.pk)), actor=deputy, now=later)
    assert [(p.problem_id, p.role) for p in visit.problems.all()] == [(problem.pk, "followed_up")]
    assert [v.pk for v in visits_of(problem.pk)] == [visit.pk]
    link_problem(visit.pk, LinkProblem(problem_id=problem.pk, role="followed_up"), actor=deputy, now=later)
    assert VisitProblem.objects.count() == 1
    assert events_of(visit) == ["recorded", "problem_linked"]


def test_nobody_links_a_problem_he_does_not_see_or_a_visit_of_others() -> None:
    deputy, other = act_as(SONGXIA, "collector"), act_as("zlsgs", "handler")
    problem = register_problem(told("管道渗水。"), actor=deputy, now=NOW)
    visit = record_visit(a_visit(), actor=deputy, now=NOW)
    theirs = record_visit(a_visit(), actor=other, now=NOW)
    with pytest.raises(NotAllowed):
        link_problem(visit.pk, LinkProblem(problem_id=problem.pk), actor=other, now=NOW)
    with pytest.raises(NotVisible):
        link_problem(theirs.pk, LinkProblem(problem_id=problem.pk), actor=other, now=NOW)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"division": "330603001000"}, "division"),
        ({"held_at": NOW + dt.timedelta(minutes=1)}, "held_at"),
        ({"pairing": "golf"}, "pairing"),
        ({"visitors": (uuid4(),)}, "visitors"),
        ({"parties": (firm(3), firm(3))}, "parties"),
        ({"parties": (RequesterInput("enterprise", "样例公司", uscc="91330604YY000000X0"),)}, "uscc"),
        ({"found": (Found(registration=told("  ")),)}, "text"),
    ],
)
def test_a_visit_that_cannot_be_true_leaves_nothing_behind(wrong: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        record_visit(a_visit(**wrong), actor=act_as(SONGXIA, "collector"), now=NOW)
    assert caught.value.field == field
    assert not Visit.objects.exists()
    assert not VisitParty.objects.exists()


@pytest.mark.parametrize("officer", ["system_officer", "security_officer", "audit_officer"])
def test_officers_record_no_visits(officer: str) -> None:
    with pytest.raises(NotAllowed):
        record_visit(a_visit(), actor=act_as("sfwb", officer), now=NOW)


def test_an_opinion_is_kept_whether_or_not_it_became_a_problem() -> None:
    deputy = act_as(SONGXIA, "collector")
    visit = record_visit(a_visit(parties=(firm(1),)), actor=deputy, now=NOW)
    party = visit.parties.get().party
    words = "希望政策宣讲能走进车间。"
    opinion = record_opinion(visit.pk, RecordOpinion(text=words, party_id=party.pk), actor=deputy, now=NOW)
    assert (opinion.problem_id, opinion.heard_at) == (None, HELD)
    event = Event.objects.get(stream_kind="opinion", stream_id=opinion.pk)
    assert event.kind == "heard"
    assert words not in str(event.payload)
    assert bytes(Note.objects.get(pk=opinion.text_note_id).text_enc) != words.encode()


def test_an_opinion_needs_words_and_a_colleague() -> None:
    deputy, other = act_as(SONGXIA, "collector"), act_as("zlsgs", "handler")
    visit = record_visit(a_visit(), actor=deputy, now=NOW)
    with pytest.raises(InvalidInput):
        record_opinion(visit.pk, RecordOpinion(text=" "), actor=deputy, now=NOW)
    with pytest.raises(NotAllowed):
        record_opinion(visit.pk, RecordOpinion(text="好"), actor=other, now=NOW)
    with pytest.raises(NotVisible):
        record_opinion(UUID(int=1), RecordOpinion(text="好"), actor=deputy, now=NOW)
    assert not Opinion.objects.exists()


def test_coverage_counts_villages_once_firms_by_occasion_and_only_visitors_of_that_rank() -> None:
    leader = act_as("qwqzf", "leader", rank="district_leader")
    staff = act_as(SONGXIA, "collector")
    village = RequesterInput("village", "样例村", village_code=village_code())
    for day in (0, 1):
        at = HELD - dt.timedelta(days=day)
        cmd = a_visit(held_at=at, parties=(firm(1), village), visitors=(leader.post_id, staff.post_id))
        visit = record_visit(cmd, actor=staff, now=NOW)
        record_opinion(visit.pk, RecordOpinion(text="请多来走走。"), actor=staff, now=NOW)
    record_visit(a_visit(parties=(firm(2),)), actor=staff, now=NOW)
    told_of = coverage(HELD.date() - dt.timedelta(days=1), HELD.date(), rank="district_leader")
    assert (told_of.visits, told_of.villages, told_of.enterprise_visits, told_of.opinions) == (2, 1, 2, 2)
    assert coverage(HELD.date(), HELD.date()).enterprise_visits == 2
    assert coverage(HELD.date() + dt.timedelta(days=1), NOW.date() + dt.timedelta(days=9)).visits == 0


def test_the_rows_of_a_visit_can_be_told_again_from_its_events() -> None:
    deputy = act_as(SONGXIA, "collector")
    cmd = replace(a_visit(parties=(firm(1),), pairing="enterprise"), found=(Found(registration=told("门牌不清。")),))
    visit = record_visit(cmd, actor=deputy, now=NOW)
    present = replay(Event.objects.filter(stream_id=visit.pk))
    assert {name for name, _id in present} == {"visit", "visitvisitor", "visitparty", "visitproblem"}
    assert differences(present, "visits") == []
