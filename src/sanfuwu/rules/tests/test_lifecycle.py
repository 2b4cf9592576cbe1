"""The three tables hold together: nothing unreachable, nothing stuck, nothing ambiguous."""

from __future__ import annotations

import pytest

from sanfuwu.rules import lifecycle as lc
from sanfuwu.rules.lifecycle import Machine


@pytest.mark.parametrize("machine", list(Machine))
def test_every_state_can_be_reached_from_nothing(machine: Machine) -> None:
    reached: set[str | None] = {None}
    grown = True
    while grown:
        new = {str(s.to) for s in lc.TABLES[machine] if s.to is not None and reached & set(s.start)} - reached
        grown = bool(new)
        reached |= new
    assert reached - {None} == set(lc.states(machine))


@pytest.mark.parametrize("machine", list(Machine))
def test_every_act_stands_once_in_its_table(machine: Machine) -> None:
    acts = [s.act for s in lc.TABLES[machine]]
    assert len(acts) == len(set(acts))


@pytest.mark.parametrize("machine", list(Machine))
def test_every_open_state_has_a_way_out(machine: Machine) -> None:
    open_states = {
        Machine.PROBLEM: lc.OPEN_PROBLEM_STATES,
        Machine.ASSIGNMENT: lc.OPEN_ASSIGNMENT_STATES,
        Machine.VERIFICATION: frozenset({lc.VerificationState.PENDING}),
    }[machine]
    for state in open_states:
        assert any(s.to not in (None, state) for s in lc.TABLES[machine] if state in s.start), state


def test_only_strike_off_and_on_the_spot_end_in_struck_off() -> None:
    closers = {s.act for s in lc.PROBLEM_STEPS if s.to is lc.ProblemState.STRUCK_OFF}
    assert closers == {"strike_off", "solve_on_spot"}


def test_every_step_names_who_and_where_the_rule_comes_from() -> None:
    for steps in lc.TABLES.values():
        for s in steps:
            assert all((s.who, s.source, s.chinese)), s.act


def test_an_illegal_step_is_refused_and_a_legal_one_taken() -> None:
    assert lc.next_state(Machine.PROBLEM, "accept", "submitted") == "in_progress"
    assert lc.next_state(Machine.ASSIGNMENT, "report", "in_progress") == "in_progress"
    with pytest.raises(lc.Illegal):
        lc.next_state(Machine.PROBLEM, "accept", "struck_off")


@pytest.mark.parametrize("machine", list(Machine))
def test_the_diagram_draws_every_step(machine: Machine) -> None:
    drawn = lc.mermaid(machine)
    assert drawn.count("-->") == sum(len(s.start) for s in lc.TABLES[machine])
