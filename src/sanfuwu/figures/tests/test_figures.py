"""Figures, in sentences: what counts, what does not, and who may look."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from uuid import uuid4

import pytest

from sanfuwu.commands.tests.test_commands import sanfuwu
from sanfuwu.figures.queries import records, report
from sanfuwu.figures.windows import Window, last_month, this_month
from sanfuwu.ledger.errors import InvalidInput, NotAllowed, NotVisible
from sanfuwu.meetings.actions import hold_meeting
from sanfuwu.meetings.commands import HoldMeeting, Item, Promise
from sanfuwu.parties.actions import RequesterInput
from sanfuwu.problems import actions as act
from sanfuwu.problems.commands import RecordCoordination, Review, SignOff, SpotSolution, Step
from sanfuwu.problems.models import Problem
from sanfuwu.problems.tests.cast import ELSEWHERE, NOW, SONGXIA, VILLAGE, Cast, at, dissatisfied, firm, result, told
from sanfuwu.territory.actor import SYSTEM
from sanfuwu.visits.actions import record_visit
from sanfuwu.visits.commands import RecordOpinion, RecordVisit

pytestmark = pytest.mark.django_db

DAY = Window(dt.date(2019, 2, 12), dt.date(2019, 2, 12))
SOLVED = SpotSolution(how="当场调整。", confirmed_by="厂长")


@pytest.fixture
def cast() -> Cast:
    return Cast()


def number(name: str, window: Window = DAY, actor: object = SYSTEM) -> int:
    return report(actor, window).numbers[name]


def test_a_window_is_local_days_with_the_last_one_in_it() -> None:
    assert DAY.start.isoformat() == "2019-02-12T00:00:00+08:00"
    assert DAY.end.isoformat() == "2019-02-13T00:00:00+08:00"
    assert last_month(dt.date(2019, 3, 5)) == Window(dt.date(2019, 2, 1), dt.date(2019, 2, 28))
    assert this_month(dt.date(2019, 3, 5)) == Window(dt.date(2019, 3, 1), dt.date(2019, 3, 5))
    with pytest.raises(InvalidInput):
        Window(dt.date(2019, 2, 2), dt.date(2019, 2, 1))


def test_what_happens_in_the_last_minute_of_the_day_counts_and_a_minute_later_does_not(cast: Cast) -> None:
    act.solve_on_spot(told(), SOLVED, actor=cast.collector, now=at(12, 23, 59))
    act.solve_on_spot(told("另一件。", firm(2)), SOLVED, actor=cast.collector, now=at(13, 0, 0))
    assert number("solved_on_spot") == 1


def test_overturned_it_leaves_and_solved_again_it_counts_at_its_new_level(cast: Cast) -> None:
    act.solve_on_spot(told(), SOLVED, actor=cast.collector, now=at(12, 9))
    again = act.solve_on_spot(told("第二件。"), SOLVED, actor=cast.collector, now=at(12, 10))
    assert number("solved_on_spot") == 2
    act.record_callback(again.pk, dissatisfied("redo"), actor=cast.verifier, now=at(12, 15))
    assert number("solved_on_spot") == 1


def test_imported_and_training_records_never_count(cast: Cast) -> None:
    in_training = replace(cast.collector, training=True)
    act.solve_on_spot(told("演练。", firm(2)), SOLVED, actor=in_training, now=NOW)
    act.solve_on_spot(told("导入。", firm(2), origin="import"), SOLVED, actor=cast.collector, now=NOW)
    assert Problem.objects.count() == 2
    assert number("solved_on_spot") == number("problems_registered") == 0


def test_only_what_was_actually_solved_counts(cast: Cast) -> None:
    problem = cast.contacted()
    act.submit_result(problem.pk, result("explained"), actor=cast.handler, now=NOW)
    act.sign_off(problem.pk, SignOff(), actor=cast.head, now=NOW)
    act.review(problem.pk, Review(), actor=cast.office, now=NOW)
    assert number("problems_solved") == 0


def test_a_co_ordination_of_the_district_is_counted_by_its_highest_category(cast: Cast) -> None:
    problem = cast.contacted(now=at(11))
    held = RecordCoordination(
        level="district", held_at=at(11, 15), chaired_by=cast.district_leader.post_id, decision="列入计划。"
    )
    act.record_coordination(problem.pk, held, actor=cast.office, now=at(11, 16))
    act.submit_result(problem.pk, result(), actor=cast.handler, now=at(12, 9))
    act.sign_off(problem.pk, SignOff(), actor=cast.head, now=at(12, 10))
    act.review(problem.pk, Review(), actor=cast.office, now=at(13, 10))
    found = report(SYSTEM, DAY)  # the result happened on the 12th, whenever it was accepted
    assert found.numbers["solved_by_district_coordination"] == 1
    assert [(cell.name, cell.count) for cell in found.by_category] == [("基础设施", 1)]
    assert records("solved_by_district_coordination", SYSTEM, DAY, narrowed=found.by_category[0].key).count == 1


def a_visit(**more: object) -> RecordVisit:
    given: dict[str, object] = {"client_key": uuid4(), "held_at": at(12, 9), "division": VILLAGE} | more
    return RecordVisit(**given)  # type: ignore[arg-type]


def test_visits_count_by_the_rank_of_who_went_and_a_joint_one_once(cast: Cast) -> None:
    leader, deputy = cast.district_leader, cast.collector
    village = RequesterInput("village", "样例村", village_code=VILLAGE)
    heard = (RecordOpinion(text="多开夜班车"), RecordOpinion(text="文件写短"))
    record_visit(a_visit(parties=(firm(1), firm(2), village), opinions=heard), actor=leader, now=NOW)
    record_visit(a_visit(parties=(firm(3), village), opinions=heard[:1]), actor=deputy, now=NOW)
    both = (leader.post_id, deputy.post_id)
    record_visit(a_visit(held_at=at(12, 10), parties=(firm(1),), visitors=both), actor=deputy, now=NOW)
    # The same occasion, written down by two of those who went.
    record_visit(a_visit(held_at=at(12, 10), parties=(firm(1),), visitors=both), actor=leader, now=NOW)
    assert [number(n) for n in ("villages_visited", "enterprise_visits", "opinions_collected")] == [1, 3, 2]


def test_a_meeting_counts_its_firms_its_items_and_what_became_of_them(cast: Cast) -> None:
    unit = cast.unit("jjdd")
    planned = Item(
        registration=told("门口堵车。", firm(2)),
        steps=(Step(text="划线", unit_id=unit, due_on=dt.date(2019, 2, 20)),),
        promises=(Promise(unit_id=unit, text="一周内解决", due_on=dt.date(2019, 2, 19)),),
    )
    unowned = Item(registration=told("缺工人。", firm(2)), steps=planned.steps)
    hold_meeting(
        HoldMeeting(
            title="座谈会",
            held_at=at(12, 9),
            division=SONGXIA,
            chaired_by=cast.district_leader.post_id,
            parties=(firm(1), firm(2)),
            items=(planned, unowned, Item(registration=told("灯不亮。"), solution=SOLVED)),
        ),
        actor=cast.town_office,
        now=NOW,
    )
    names = ("enterprises", "items", "solved_on_spot", "commitments")
    assert [number(f"meeting_{name}") for name in names] == [2, 3, 1, 1]


def test_a_town_counts_its_own_place_and_others_nothing_at_all(cast: Cast) -> None:
    act.solve_on_spot(told(), SOLVED, actor=cast.collector, now=NOW)
    elsewhere = told("别处。", firm(2), division=ELSEWHERE)
    act.solve_on_spot(elsewhere, SOLVED, actor=cast.office, now=NOW)
    record_visit(a_visit(parties=(firm(1),)), actor=cast.district_leader, now=NOW)
    assert number("solved_on_spot", actor=cast.office) == number("solved_on_spot", actor=cast.supervisor) == 2
    assert number("solved_on_spot", actor=cast.district_leader) == 2
    assert number("solved_on_spot", actor=cast.town_office) == 1
    assert number("enterprise_visits", actor=cast.town_office) == 1
    assert number("enterprise_visits", actor=cast.other_town_office) == 0
    for nobody in (cast.handler, cast.head, cast.collector, cast.verifier, cast.system_officer, cast.audit_officer):
        with pytest.raises(NotAllowed):
            report(nobody, DAY)
        with pytest.raises(NotAllowed):
            records("solved_on_spot", nobody, DAY)


def test_a_confidential_problem_is_left_out_of_small_cells(cast: Cast) -> None:
    act.register_problem(told(confidential=True), actor=cast.collector, now=NOW)
    assert report(cast.office, DAY).by_channel == ()
    assert records("problems_registered", cast.office, DAY, narrowed="visit").count == 0
    named = report(cast.named_office, DAY).by_channel
    assert [(cell.key, cell.count) for cell in named] == [("visit", 1)]


def test_there_is_no_figure_that_is_not_defined(cast: Cast) -> None:
    with pytest.raises(NotVisible):
        records("everything", cast.office, DAY)


def test_the_command_prints_them_for_programs_and_for_people(program_env: dict[str, str]) -> None:
    asked = ("figures", "--from", "2019-02-11", "--to", "2019-02-20")
    found = json.loads(sanfuwu(*asked, "--json", env=program_env).stdout)
    assert found["county"] == "shangyu"
    assert (found["from"], found["to"]) == ("2019-02-11", "2019-02-20")
    assert found["solved_on_spot"] == found["enterprise_visits"] == 0
    assert found["by_category"] == found["by_channel"] == {}
    assert "现场" in sanfuwu(*asked, env=program_env).stdout
    wrong = sanfuwu("figures", "--from", "2019-02-20", "--to", "2019-02-11", env=program_env, status=1)
    assert "错误：" in wrong.stderr
