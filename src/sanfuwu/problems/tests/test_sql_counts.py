"""How many statements each reading and each act costs: written down in `sql_counts.json`, compared here.

Numbers of facets are looked up anew each time, as only a commit lets a process remember them, and tests roll back.
A changed number is a decision. With `SANFUWU_TEST_UPDATE_SQL_COUNTS=1` the file is written anew; the difference then
stands in the review.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sanfuwu.counties.queries import work_calendar
from sanfuwu.parties.actions import RequesterInput

from .. import actions, queries
from .. import commands as c
from ..acts import ACTS
from ..models import ForeignSystem, Problem
from ..queries import Filters
from .cast import NOW, SONGXIA, VILLAGE, Cast, confirmed, firm, result, told

FILE = Path(__file__).with_name("sql_counts.json")
UPDATE = "SANFUWU_TEST_UPDATE_SQL_COUNTS"


class Counted:
    """Statements sent one by one, and those that share the round trip of a pipeline (snapshots, the writer)."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.beside = 0
        plain = psycopg.Cursor.execute

        def execute(cursor: psycopg.Cursor[Any], *args: Any, **kwargs: Any) -> Any:
            if type(cursor) in (psycopg.Cursor, psycopg.RawCursor):  # Django's cursors are of a class of their own
                self.beside += 1
            return plain(cursor, *args, **kwargs)

        monkeypatch.setattr(psycopg.Cursor, "execute", execute)

    def __call__(self, run: Callable[[], Any]) -> dict[str, int]:
        before = self.beside
        with CaptureQueriesContext(connection) as asked:
            run()
        # Savepoints stand for the transaction's own BEGIN and COMMIT.
        round_trips = [q for q in asked.captured_queries if "SAVEPOINT" not in q["sql"]]
        return {"single": len(round_trips), "pipelined": self.beside - before}


def walk(cast: Cast) -> list[tuple[str, Callable[[], Any]]]:
    """Every act once, in an order in which each is possible; the people are there already."""
    office, handler, head, verifier = cast.office, cast.handler, cast.head, cast.verifier
    town, power, village = cast.town_office, cast.unit("gds-songxia"), cast.unit(VILLAGE)
    leader, category, supervisor = cast.district_leader, cast.category, cast.supervisor
    ForeignSystem.objects.create(code="hotline", name="12345热线")
    first = cast.registered()
    second = actions.register_problem(told("另一件事", firm(2)), actor=office, now=NOW)
    third = cast.dispatched(told("第三件事", firm(3)), lead=SONGXIA)
    actions.sign(third.pk, c.Sign(), actor=town, now=NOW)
    fourth = cast.dispatched(told("第四件事", firm(4)))
    returned = [cast.dispatched(told(f"退回{n}", firm(4 + n))) for n in range(2)]
    at_work = cast.signed(told("挂账", firm(7)))
    follower, of_two = cast.dispatched(told("合并", firm(8))), cast.accepted(told("拆分", firm(9)))
    given_up = cast.dispatched(told("撤回", firm(10)))
    collector, water = cast.collector, cast.unit("zlsgs")

    def on(problem: Problem, name: str, cmd: Any, actor: Any = office) -> tuple[str, Callable[[], Any]]:
        return name, lambda: ACTS[name](problem.pk, cmd, actor=actor, now=NOW)

    day = dt.date(2019, 3, 1)
    steps = c.SetPlan(steps=(c.Step(text="勘查", unit_id=power, due_on=day),))
    waits = c.RequestHold(condition="works", review_on=dt.date(2019, 3, 29), reason="等工程")
    held = c.RecordCoordination(level="town", held_at=NOW, chaired_by=leader.post_id, decision="限期")
    return [
        on(second, "decline", c.Decline(reason_code="repeated", where_to_go="见前件")),
        on(second, "archive", c.Archive()),
        on(first, "request_info", c.RequestInfo(what="户号")),
        on(first, "supply_info", c.SupplyInfo(text="123")),
        on(first, "accept", c.Accept(category_id=category)),
        on(first, "correct", c.Correct(reason="笔误", title="跳闸")),
        on(fourth, "recall", c.Recall(reason="改派")),
        on(first, "dispatch", c.Dispatch(lead=power, co=(cast.unit("trqgs"),))),
        on(third, "hand_down", c.HandDown(lead=village), town),
        on(first, "sign", c.Sign(), handler),
        on(first, "contact", c.MakeContact(text="已约"), handler),
        on(first, "report", c.Report(text="勘查"), handler),
        on(first, "appoint_leader", c.AppointLeader(post_id=leader.post_id)),
        on(first, "record_coordination", held),
        on(first, "record_commitment", c.RecordCommitment(unit_id=power, text="月底", due_on=day)),
        on(first, "set_plan", steps),
        on(first, "add_requirement", c.AddRequirement(text="申请表")),
        ("meet_requirement", lambda: _meet(first, office)),
        on(first, "note_foreign_number", c.NoteForeignNumber(system="hotline", number="GD-1")),
        on(first, "note_foreign_update", c.NoteForeignUpdate(system="hotline", number="GD-1", status="已办结")),
        ("correct_foreign_number", lambda: _correct(first, office)),
        on(first, "submit_result", result(), handler),
        on(first, "send_back", c.SendBack(reason_code="untrue", text="再查"), head),
        on(first, "submit_result", result(), handler),
        on(first, "sign_off", c.SignOff(), head),
        on(first, "review", c.Review()),
        on(first, "record_callback", confirmed(words="好"), verifier),
        on(first, "strike_off", c.StrikeOff(), supervisor),
        on(returned[0], "return", c.Return(reason="非本所", basis="区域", proposed_unit=water), head),
        on(returned[0], "rule_uphold", c.RuleUphold(reason="属本所")),
        on(returned[1], "return", c.Return(reason="非本所", basis="区域", proposed_unit=water), head),
        on(returned[1], "rule_reassign", c.RuleReassign(unit=water)),
        on(at_work, "request_extension", c.RequestExtension(due_on=dt.date(2019, 2, 28), reason="等设备"), handler),
        on(at_work, "decide_extension", c.DecideExtension(granted=True)),
        on(at_work, "request_hold", waits, handler),
        on(at_work, "refuse_hold", c.RefuseHold(reason="先办"), supervisor),
        on(at_work, "request_hold", waits, handler),
        on(at_work, "hold", c.Hold(), supervisor),
        on(at_work, "renew_hold", c.RenewHold(review_on=dt.date(2019, 4, 30), reason="未完"), supervisor),
        on(at_work, "unhold", c.Unhold(), supervisor),
        on(follower, "merge", c.Merge(master=at_work.number, reason="同一件事")),
        on(follower, "unmerge", c.Unmerge(reason="不同")),
        on(of_two, "split", c.Split(parts=("电压不稳。", "道路破损。"))),
        on(given_up, "withdraw", c.Withdraw(reason="自行解决", proof="书面"), collector),
        on(first, "reopen", c.Reopen(reason="又跳闸"), supervisor),
    ]


def _correct(problem: Problem, actor: Any) -> None:
    wrong = problem.foreign_numbers.get().pk
    cmd = c.CorrectForeignNumber(foreign_id=wrong, number="GD-2", reason="抄错")
    actions.correct_foreign_number(problem.pk, cmd, actor=actor, now=NOW)


def _meet(problem: Problem, actor: Any) -> None:
    cmd = c.MeetRequirement(requirement_id=problem.requirements.get().pk)
    actions.meet_requirement(problem.pk, cmd, actor=actor, now=NOW)


def measured(cast: Cast, count: Counted) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    collector, office = cast.collector, cast.office
    queries.desk(office, now=NOW)  # calendars and names of units are remembered from the first request on
    work_calendar()
    cast.registered()
    found["register"] = count(lambda: actions.register_problem(told(), actor=collector, now=NOW))
    resident = told("村道路灯不亮", RequesterInput(contact_name="阮小二"))
    found["register a resident's"] = count(lambda: actions.register_problem(resident, actor=collector, now=NOW))
    spot = c.SpotSolution(how="当场解决", confirmed_by="厂长")
    found["solve on the spot"] = count(lambda: actions.solve_on_spot(told(), spot, actor=collector, now=NOW))
    many = [told(f"第{n}件") for n in range(100)]
    found["register 100"] = count(lambda: actions.register_problems(many, actor=collector, now=NOW))
    for name, act in walk(cast):
        found[f"act {name}"] = count(act)
    return found | reading(cast, count)


def reading(cast: Cast, count: Counted) -> dict[str, dict[str, int]]:
    office = cast.office
    newest = Filters()
    page = queries.list_problems(office, newest)
    problem = cast.dispatched()
    assert page.count > 100
    queries.lines(office, page.ids, now=NOW)  # the names of units are remembered from here on
    queries.list_problems(office, Filters(words="跳闸"))  # how common facets and words are is remembered for minutes
    return {
        "desk": count(lambda: queries.desk(office, now=NOW)),
        "list of 50 with its lines": count(
            lambda: queries.lines(office, queries.list_problems(office, newest).ids, now=NOW)
        ),
        "list of 10 with its lines": count(
            lambda: queries.lines(office, queries.list_problems(office, newest, limit=10).ids, now=NOW)
        ),
        "search": count(lambda: queries.list_problems(office, Filters(words="跳闸"))),
        "detail": count(lambda: queries.get_problem(office, problem.number, now=NOW)),
        "detail for a unit": count(lambda: queries.get_problem(cast.handler, problem.number, now=NOW)),
        "requester's page": count(lambda: queries.by_code(problem.read_code, now=NOW)),
    }


def test_what_is_read_and_written_costs_as_many_statements_as_written_down(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = measured(cast, Counted(monkeypatch))
    if os.environ.get(UPDATE):
        FILE.write_text(json.dumps(found, indent=2, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
    expected = json.loads(FILE.read_text(encoding="utf-8"))
    differs = {
        name: f"{expected.get(name)} → {found.get(name)}"
        for name in sorted({*found, *expected})
        if found.get(name) != expected.get(name)
    }
    assert not differs, f"set {UPDATE}=1 to accept: {differs}"


def test_every_act_is_counted() -> None:
    counted = json.loads(FILE.read_text(encoding="utf-8"))
    assert {name.removeprefix("act ") for name in counted if name.startswith("act ")} == set(ACTS)


def test_a_longer_list_costs_no_more_statements() -> None:
    counted = json.loads(FILE.read_text(encoding="utf-8"))
    assert counted["list of 50 with its lines"] == counted["list of 10 with its lines"]


def test_a_batch_of_a_hundred_asks_hardly_more_than_one() -> None:
    counted = json.loads(FILE.read_text(encoding="utf-8"))
    assert counted["register 100"]["single"] <= counted["register"]["single"] + 5
