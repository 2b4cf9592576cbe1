"""The newspaper's figures (shared scenario, facts 1 to 5), counted from the records of the demonstration."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

import pytest

from sanfuwu.demo.scenario import CHINA
from sanfuwu.figures.definitions import FIGURES
from sanfuwu.figures.queries import Report, ids, records, report
from sanfuwu.figures.windows import Window
from sanfuwu.ledger.models import Event
from sanfuwu.parties.actions import RequesterInput
from sanfuwu.problems import actions as act
from sanfuwu.problems import commands as cmd
from sanfuwu.problems.models import Problem, VerificationCycle
from sanfuwu.rules.samples import make_sample_uscc
from sanfuwu.territory.actor import SYSTEM, Actor
from sanfuwu.territory.models import Post
from sanfuwu.visits.actions import record_visit
from sanfuwu.visits.commands import RecordVisit

pytestmark = pytest.mark.usefixtures("demo")

JANUARY = Window(dt.date(2019, 1, 1), dt.date(2019, 1, 31))
AFTER_THE_FEAST = Window(dt.date(2019, 2, 11), dt.date(2019, 2, 20))
BOTH = Window(dt.date(2019, 1, 1), dt.date(2019, 2, 20))
NOW = dt.datetime(2019, 2, 20, 10, 5, tzinfo=CHINA)
PLACE = "330604104000"


def counted(window: Window) -> Report:
    return report(SYSTEM, window)


def somebody(**more: str) -> Actor:
    post = Post.objects.filter(**more).order_by("pk")[0]
    return Actor(None, post.pk, post.unit_id, post.role, person_id=post.person_id, rank=post.rank)


@pytest.mark.parametrize("window", [AFTER_THE_FEAST, BOTH], ids=["after the feast", "from January"])
def test_313_on_the_spot_87_under_a_leader_264_by_the_district(window: Window) -> None:
    numbers = counted(window).numbers
    assert numbers["solved_on_spot"] == 313
    assert numbers["solved_under_leader"] == 87
    assert numbers["solved_by_district_coordination"] == 264


def test_the_264_are_in_building_support_doctors_and_schools_and_others() -> None:
    cells = {cell.name: cell.count for cell in counted(AFTER_THE_FEAST).by_category}
    assert list(cells)[:3] == ["基础设施建设", "困难群众帮扶", "就医就学"]
    assert sum(cells.values()) == 264
    assert all(count >= 5 for count in cells.values())


def test_in_january_125_villages_277_visits_to_firms_more_than_530_opinions() -> None:
    numbers = counted(JANUARY).numbers
    assert numbers["villages_visited"] == 125
    assert numbers["enterprise_visits"] == 277
    assert 530 <= numbers["opinions_collected"] < 600


def test_the_meeting_13_firms_19_items_6_solved_13_with_plan_and_commitment() -> None:
    numbers = counted(Window(dt.date(2019, 2, 13), dt.date(2019, 2, 13))).numbers
    assert [numbers[f"meeting_{name}"] for name in ("enterprises", "items", "solved_on_spot", "commitments")] == [
        13, 19, 6, 13,
    ]  # fmt: skip


def test_problems_were_found_by_survey_by_line_and_on_visits() -> None:
    cells = {cell.key: cell.count for cell in counted(BOTH).by_channel}
    assert {"survey", "line", "visit", "meeting", "self", "hotline"} <= set(cells)
    assert sum(cells.values()) == Problem.objects.count() >= 1_250


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.name)
@pytest.mark.parametrize("window", [JANUARY, BOTH], ids=["January", "both"])
def test_every_number_is_the_length_of_its_list(figure: object, window: Window) -> None:
    number = counted(window).numbers[figure.name]
    found = ids(figure.name, SYSTEM, window)
    assert number == len(found) == len(set(found))
    assert [row.pk for row in records(figure.name, SYSTEM, window, start=0, limit=10_000).page] == found


def test_every_line_of_a_break_down_is_the_length_of_its_list() -> None:
    found = counted(BOTH)
    for name, cells in (
        ("solved_by_district_coordination", found.by_category),
        ("problems_registered", found.by_channel),
    ):
        for cell in cells:
            assert records(name, SYSTEM, BOTH, narrowed=cell.key).count == cell.count


def test_no_problem_is_counted_at_two_levels() -> None:
    levels = ("on_spot", "under_leader", "by_district_coordination", "by_town_coordination", "by_unit")
    found = [pk for level in levels for pk in ids(f"solved_{level}", SYSTEM, BOTH)]
    assert len(found) == len(set(found)) == counted(BOTH).numbers["problems_solved"]


@pytest.mark.usefixtures("undone")
def test_one_more_solved_on_the_spot_gives_314() -> None:
    registration = cmd.Registration(
        text="门口的路灯不亮，值夜班的看不清台阶。",
        division=PLACE,
        requester=RequesterInput("enterprise", "上虞样例有限公司", uscc=make_sample_uscc(900_001)),
    )
    solution = cmd.SpotSolution(how="当场换了灯泡。", confirmed_by="门卫")
    act.solve_on_spot(registration, solution, actor=somebody(role="collector"), now=NOW)
    assert counted(AFTER_THE_FEAST).numbers["solved_on_spot"] == 314


@pytest.mark.usefixtures("undone")
def test_a_visit_by_the_deputy_head_of_a_town_leaves_277() -> None:
    deputy, leader = somebody(rank="deputy", role="collector"), somebody(rank="district_leader", role="leader")
    firm = RequesterInput("enterprise", "上虞样例有限公司", uscc=make_sample_uscc(900_002))
    held = dt.datetime(2019, 1, 15, 10, 0, tzinfo=CHINA)
    visit = RecordVisit(client_key=uuid4(), held_at=held, division=PLACE, parties=(firm,))
    record_visit(visit, actor=deputy, now=NOW)
    assert counted(JANUARY).numbers["enterprise_visits"] == 277
    together = RecordVisit(
        client_key=uuid4(),
        held_at=held,
        division=PLACE,
        parties=(firm,),
        visitors=(deputy.post_id, leader.post_id),
    )
    record_visit(together, actor=deputy, now=NOW)
    assert counted(JANUARY).numbers["enterprise_visits"] == 278


@pytest.mark.usefixtures("undone")
def test_one_overturned_by_a_call_back_gives_312_by_a_correcting_event() -> None:
    waiting = VerificationCycle.objects.filter(state="pending", problem__on_spot=True)
    problem = waiting.select_related("problem").order_by("pk")[0].problem
    said = cmd.RecordCallback(
        channel="phone",
        reached=True,
        contacted=True,
        solved=False,
        satisfied="no",
        outcome="redo",
        words="还是老样子。",
    )
    act.record_callback(problem.pk, said, actor=somebody(role="verifier"), now=NOW)
    assert counted(AFTER_THE_FEAST).numbers["solved_on_spot"] == 312
    last = Event.objects.filter(stream_kind="problem", stream_id=problem.pk, corrects_seq__isnull=False)
    assert [event.kind for event in last] == ["redo_ordered"]


def test_one_of_the_scenario_was_overturned_and_does_not_count() -> None:
    spot = Event.objects.filter(stream_kind="problem", kind="solved_on_spot").count()
    assert spot == 314
    assert Event.objects.filter(stream_kind="problem", kind="redo_ordered", corrects_seq__isnull=False).count() == 1
