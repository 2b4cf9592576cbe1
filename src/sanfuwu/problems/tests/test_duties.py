"""责任清单: a unit's numbers are its own assignments, and each number is as long as its list."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from .. import actions
from ..commands import HandDown, Recall, Sign
from ..models import Assignment
from ..queries import Duty, Filters, Moments, duties, list_problems, may_see_duties
from ..queries.duties import NUMBERS
from .cast import NOW, SONGXIA, VILLAGE, Cast, at, firm, told

pytestmark = pytest.mark.django_db

AT = Moments(now=at(13), soon=at(15, 17, 30), lately=at(1))


def numbers(cast: Cast, actor: object, code: str) -> dict[str, int]:
    unit = cast.unit(code)
    row = next((r for r in duties(actor, AT) if r.unit_id == unit), None)  # type: ignore[arg-type]
    return {name: getattr(row, name) for name in NUMBERS} if row else {}


@pytest.fixture
def work(cast: Cast) -> Cast:
    """The 供电所 has four in hand (one signed, one recalled again), the 自来水公司 helps with one, one is finished."""
    cast.dispatched(co=("zlsgs",))
    cast.signed(told("二", firm(2)))
    late = cast.dispatched(told("三", firm(3)))
    soon = cast.dispatched(told("四", firm(4)))
    recalled = cast.dispatched(told("五", firm(5)))
    actions.recall(recalled.pk, Recall(reason="改派"), actor=cast.office, now=NOW)
    cast.reviewed(told("六", firm(6)))
    Assignment.objects.filter(problem=late).update(due_at=at(12, 17, 30))
    Assignment.objects.filter(problem=soon).update(due_at=at(14, 17, 30))
    return cast


def test_a_unit_s_numbers_are_what_it_has_in_hand(work: Cast) -> None:
    found = numbers(work, work.office, "gds-songxia")
    assert found == {"in_hand": 4, "to_sign": 3, "overdue": 1, "soon": 1, "returned": 0, "finished": 1}
    assert numbers(work, work.office, "zlsgs")["in_hand"] == 1


def test_every_number_is_as_long_as_its_list(work: Cast) -> None:
    for actor in (work.office, work.handler, work.company):
        for row in duties(actor, AT):
            for name in NUMBERS:
                page = list_problems(actor, Filters(duty=Duty(row.unit_id, name, AT)))
                assert (page.count, page.capped) == (getattr(row, name), False), (name, actor.role)


def test_a_unit_sees_its_own_and_those_below_and_no_other(work: Cast) -> None:
    power, water = work.unit("gds-songxia"), work.unit("zlsgs")
    assert {r.unit_id for r in duties(work.office, AT)} == {power, water}
    assert {r.unit_id for r in duties(work.company, AT)} == {power}  # 供电公司, above the 供电所
    assert {r.unit_id for r in duties(work.water, AT)} == {water}
    assert {r.unit_id for r in duties(work.leader, AT)} == {power}  # in charge of the 供电公司
    assert duties(work.other_leader, AT) == []


def test_posts_that_see_no_units_have_no_such_list(cast: Cast) -> None:
    for actor in (cast.collector, cast.verifier, cast.system_officer):
        assert not may_see_duties(actor)
        assert duties(actor, AT) == []


def test_a_unit_below_is_late_by_its_own_date(cast: Cast) -> None:
    problem = cast.dispatched(lead=SONGXIA)
    actions.sign(problem.pk, Sign(), actor=cast.town_office, now=NOW)
    actions.hand_down(problem.pk, HandDown(lead=cast.unit(VILLAGE)), actor=cast.town_office, now=NOW)
    Assignment.objects.filter(problem=problem, depth=1).update(due_at=at(12, 17, 30))
    assert numbers(cast, cast.office, VILLAGE)["overdue"] == 1
    assert numbers(cast, cast.office, SONGXIA)["overdue"] == 0


def test_it_costs_one_statement_however_many_units(work: Cast) -> None:
    actor = work.office
    with CaptureQueriesContext(connection) as asked:
        duties(actor, AT)
    assert len(asked) == 1


def test_what_was_finished_long_ago_is_not_counted(work: Cast) -> None:
    Assignment.objects.filter(state="done").update(ended_at=AT.lately - dt.timedelta(seconds=1))
    assert numbers(work, work.office, "gds-songxia")["finished"] == 0
