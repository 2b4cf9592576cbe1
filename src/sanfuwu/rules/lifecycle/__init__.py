"""The one lifecycle definition: three tables (problem, assignment, verification).

Buttons, API operations, permission checks, the diagrams in the docs and the property tests are read from here.
Numbers in `source` are the rows of the transition table of the domain research (12345 rules of 泉州, 泰安, 上高,
数字城管 and others); 更正 and 收回交办 are ours.

A step names the act, where it may start, where it ends, who may do it (as a *relation* to the problem, not as a job
title), what must be given, and what the clock does. `None` as a start means "does not exist yet"; an empty `to`
means the state stays and only an event is written.
"""

from __future__ import annotations

from enum import StrEnum

from .assignment import ASSIGNMENT_STEPS
from .problem import PROBLEM_STEPS
from .states import (
    CLOSED_PROBLEM_STATES,
    OPEN_ASSIGNMENT_STATES,
    OPEN_PROBLEM_STATES,
    AssignmentState,
    Clock,
    Machine,
    ProblemState,
    Step,
    VerificationState,
    Who,
)
from .verification import VERIFICATION_STEPS

__all__ = [
    "ASSIGNMENT_STEPS",
    "CLOSED_PROBLEM_STATES",
    "OPEN_ASSIGNMENT_STATES",
    "OPEN_PROBLEM_STATES",
    "PROBLEM_STEPS",
    "TABLES",
    "VERIFICATION_STEPS",
    "AssignmentState",
    "Clock",
    "Illegal",
    "Machine",
    "ProblemState",
    "Step",
    "VerificationState",
    "Who",
    "allows",
    "mermaid",
    "next_state",
    "states",
    "step",
]

TABLES: dict[Machine, tuple[Step, ...]] = {
    Machine.PROBLEM: PROBLEM_STEPS,
    Machine.ASSIGNMENT: ASSIGNMENT_STEPS,
    Machine.VERIFICATION: VERIFICATION_STEPS,
}

_BY_ACT: dict[tuple[Machine, str], Step] = {
    (machine, step.act): step for machine, steps in TABLES.items() for step in steps
}


class Illegal(Exception):
    """The table has no such step from this state."""

    def __init__(self, machine: Machine, act: str, state: str | None) -> None:
        super().__init__(f"{machine}: {act} is not possible from {state}")
        self.machine, self.act, self.state = machine, act, state


def step(machine: Machine, act: str) -> Step:
    """The line of the table for one act. Raises KeyError for an act that the table does not know."""
    return _BY_ACT[machine, act]


def allows(machine: Machine, act: str, state: str | None) -> bool:
    """Whether `act` may start from `state` (None = does not exist yet)."""
    return state in _BY_ACT[machine, act].start


def next_state(machine: Machine, act: str, state: str | None) -> str:
    """The state after `act`; raises `Illegal` when the table has no such step."""
    line = _BY_ACT[machine, act]
    if state not in line.start:
        raise Illegal(machine, act, state)
    return str(line.to) if line.to is not None else str(state)


_ENUMS: dict[Machine, type[StrEnum]] = {
    Machine.PROBLEM: ProblemState,
    Machine.ASSIGNMENT: AssignmentState,
    Machine.VERIFICATION: VerificationState,
}


def states(machine: Machine) -> tuple[str, ...]:
    """All states of one machine."""
    return tuple(str(s) for s in _ENUMS[machine])


def mermaid(machine: Machine) -> str:
    """The machine as a Mermaid state diagram, for the docs (`sanfuwu lifecycle`)."""
    lines = ["stateDiagram-v2"]
    for s in TABLES[machine]:
        for start in s.start:
            source = "[*]" if start is None else str(start)
            target = source if s.to is None else str(s.to)
            lines.append(f"    {source} --> {target}: {s.act} {s.chinese}")
    return "\n".join(lines) + "\n"
