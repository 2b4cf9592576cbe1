"""Every cell of acts.txt: through the policies, through the API, through the pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from sanfuwu.api.tests.callers import SAID
from sanfuwu.ledger.errors import NotAllowed
from sanfuwu.problems import policies
from sanfuwu.problems.acts import ACTS, ACTS_WITH_FORM
from sanfuwu.problems.models import Problem
from sanfuwu.problems.queries import visible_to
from sanfuwu.problems.snapshot import load
from sanfuwu.territory.actor import Actor

from .people import STANDS_IN, People

TABLE = Path(__file__).with_name("acts.txt")
REGISTERING = ("register", "solve_on_spot")
MEANING = {"+": "may", "-": "may not", ".": "does not see it"}


@dataclass(frozen=True)
class Row:
    act: str
    stage: str
    cells: dict[str, str]  # letter → sign

    def __str__(self) -> str:
        return f"{self.act}-{self.stage}"


@lru_cache(maxsize=1)
def rows() -> tuple[Row, ...]:
    lines = [line.split() for line in TABLE.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
    head, *body = lines
    letters = head[3:]  # after "act at stage"
    assert letters == [chr(65 + n) for n in range(26)]
    return tuple(Row(act, stage, dict(zip(letters, cells, strict=True))) for act, stage, *cells in body)


ON_A_PROBLEM = [row for row in rows() if row.act not in REGISTERING]


@pytest.fixture(scope="module")
def people(shared_db: str) -> People:
    """Entered once for all cells: each cell takes back what it did."""
    found = People()
    assert set(found.by_letter) == set(rows()[0].cells) == set(found.browsers) == {*found.programs, STANDS_IN}
    return found


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside has not happened afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def compare(row: Row, found: dict[str, str]) -> None:
    wrong = {
        letter: f"{MEANING[row.cells[letter]]!s} by the table, {MEANING.get(sign, sign)} in fact"
        for letter, sign in found.items()
        if sign != row.cells[letter]
    }
    assert not wrong, (str(row), wrong)


def test_every_act_stands_in_the_table_and_every_act_of_the_table_exists() -> None:
    assert {row.act for row in rows()} == set(ACTS) | set(REGISTERING)


def by_policy(actor: Actor, act: str, problem: Problem, said: dict[str, Any]) -> str:
    if not visible_to(actor).filter(pk=problem.pk).exists():
        return "."
    snap = load(problem.pk)
    about = next((a.pk for a in snap.assignments if str(a.pk) == said.get("assignment_id")), None)
    try:
        policies.authorise(actor, act, snap, about)
    except NotAllowed:
        refused = True
    else:
        refused = False
    offered = any(o.act == act and o.assignment_id == about for o in policies.offers(actor, snap, (act,)))
    assert offered is not refused, (act, actor.role)
    return "-" if refused else "+"


@pytest.mark.parametrize("row", ON_A_PROBLEM, ids=str)
def test_by_the_policies(people: People, row: Row) -> None:
    problem = people.at_stage(row.stage)
    said = people.said_with(row.act, problem)
    compare(row, {letter: by_policy(actor, row.act, problem, said) for letter, actor in people.by_letter.items()})


def sign_of(response: Any, good: tuple[int, ...]) -> str:
    status = response.status_code
    return "+" if status in good else {403: "-", 404: "."}.get(status, f"answered {status}")


@pytest.mark.parametrize("row", ON_A_PROBLEM, ids=str)
def test_by_the_api(people: People, row: Row) -> None:
    problem = people.at_stage(row.stage)
    path = f"/problems/{problem.number}/{row.act.replace('_', '-')}"
    said = people.said_with(row.act, problem)
    found = {}
    for letter, program in people.programs.items():
        with undone():
            found[letter] = sign_of(program.post(path, said), (200,))
    compare(row, found)


@pytest.mark.slow
@pytest.mark.parametrize("row", [row for row in ON_A_PROBLEM if row.act in ACTS_WITH_FORM], ids=str)
def test_by_the_pages(people: People, row: Row) -> None:
    """The empty form is enough: whoever may do it is told what is missing, or has done it."""
    problem = people.at_stage(row.stage)
    about = people.said_with(row.act, problem).get("assignment_id")
    path = f"/problems/{problem.number}/{row.act}" + (f"?a={about}" if about else "")
    found = {}
    for letter, browser in people.browsers.items():
        with undone():
            found[letter] = sign_of(browser.post(path, {"version": problem.version}), (302, 422))
    compare(row, found)


@pytest.mark.parametrize("row", [row for row in rows() if row.act in REGISTERING], ids=str)
def test_who_may_register(people: People, row: Row) -> None:
    said = SAID | ({"on_spot": {"how": "当场接通。", "confirmed_by": "陆建国"}} if row.act == "solve_on_spot" else {})
    compare(row, {letter: "+" if policies.may_register(actor) else "-" for letter, actor in people.by_letter.items()})
    compare(row, {letter: sign_of(who.get("/problems/new"), (200,)) for letter, who in people.browsers.items()})
    with undone():
        compare(row, {letter: sign_of(who.post("/problems", said), (201,)) for letter, who in people.programs.items()})
