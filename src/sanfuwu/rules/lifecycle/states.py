"""The words of the lifecycle: states, who acts, what happens to the clock, and the line of a table."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ProblemState(StrEnum):
    SUBMITTED = "submitted"  # 待受理
    INFO_NEEDED = "info_needed"  # 待补充
    IN_PROGRESS = "in_progress"  # 办理中 (before the first dispatch shown as 待交办)
    PENDING_CALLBACK = "pending_callback"  # 待回访
    PENDING_CLOSURE = "pending_closure"  # 待销号
    STRUCK_OFF = "struck_off"  # 已销号
    DECLINED = "declined"  # 不予受理
    WITHDRAWN = "withdrawn"  # 已撤回
    MERGED = "merged"  # 已合并
    ARCHIVED = "archived"  # 已归档


class AssignmentState(StrEnum):
    PENDING_SIGN = "pending_sign"  # 待签收
    IN_PROGRESS = "in_progress"  # 办理中
    RETURN_PENDING = "return_pending"  # 退单待裁定
    ON_HOLD = "on_hold"  # 挂账
    PENDING_REVIEW = "pending_review"  # 待审核 (first the head's sign-off, then the dispatching office)
    DONE = "done"  # 已完成
    REASSIGNED = "reassigned"  # 已改派
    RECALLED = "recalled"  # 已收回


class VerificationState(StrEnum):
    PENDING = "pending"  # 待回访
    CONCLUDED = "concluded"  # 有结论
    REDO = "redo"  # 重办


OPEN_PROBLEM_STATES = frozenset(
    {
        ProblemState.SUBMITTED,
        ProblemState.INFO_NEEDED,
        ProblemState.IN_PROGRESS,
        ProblemState.PENDING_CALLBACK,
        ProblemState.PENDING_CLOSURE,
    }
)
CLOSED_PROBLEM_STATES = frozenset(
    {
        ProblemState.STRUCK_OFF,
        ProblemState.DECLINED,
        ProblemState.WITHDRAWN,
        ProblemState.MERGED,
        ProblemState.ARCHIVED,
    }
)
OPEN_ASSIGNMENT_STATES = frozenset(
    {
        AssignmentState.PENDING_SIGN,
        AssignmentState.IN_PROGRESS,
        AssignmentState.RETURN_PENDING,
        AssignmentState.ON_HOLD,
        AssignmentState.PENDING_REVIEW,
    }
)


class Machine(StrEnum):
    PROBLEM = "problem"
    ASSIGNMENT = "assignment"
    VERIFICATION = "verification"


class Who(StrEnum):
    """A relation of the actor to the problem. Which posts stand in it is `problems.policies`."""

    COLLECTOR = "collector"  # anybody who may register
    REGISTRAR = "registrar"  # who registered this one
    OFFICE = "office"  # the dispatch office: the district's, or the town's for its own place
    DISPATCHING = "dispatching"  # the office or unit that gave this assignment
    UNIT = "unit"  # handler or head of the assignment's unit
    UNIT_HEAD = "unit_head"  # head of the assignment's unit
    VERIFIER = "verifier"  # call-back officer outside every handling unit
    APPROVER = "approver"  # supervision: the second approver
    LEADER = "leader"
    SYSTEM = "system"


class Clock(StrEnum):
    """What a step does to the deadline of the assignment."""

    NONE = "none"
    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a table. `start` None = creation; `to` None = the state stays."""

    machine: Machine
    act: str
    chinese: str
    start: tuple[StrEnum | None, ...]
    to: StrEnum | None
    who: tuple[Who, ...]
    needs: tuple[str, ...] = ()
    clock: Clock = Clock.NONE
    source: str = ""
