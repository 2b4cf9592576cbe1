"""The one lifecycle definition: three small tables (problem, assignment, verification).

Buttons, API operations, permission checks, the diagrams in the docs and the property tests are read from here.
Numbers in `source` are the rows of the transition table of the domain research (12345 rules of 泉州, 泰安, 上高,
数字城管 and others); 更正 and 收回交办 are ours.

A step names the act, where it may start, where it ends, who may do it (as a *relation* to the problem, not as a job
title), what must be given, and what the clock does. `None` as a start means "does not exist yet"; an empty `to`
means the state stays and only an event is written.
"""

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


_P, _A, _V = ProblemState, AssignmentState, VerificationState
_OPEN = tuple(sorted(OPEN_PROBLEM_STATES))
_CLOSED = tuple(sorted(CLOSED_PROBLEM_STATES))

PROBLEM_STEPS: tuple[Step, ...] = (
    Step(
        Machine.PROBLEM,
        "register",
        "登记",
        (None,),
        _P.SUBMITTED,
        (Who.COLLECTOR,),
        ("title", "division", "requester"),
        source="1",
    ),
    Step(
        Machine.PROBLEM,
        "solve_on_spot",
        "现场解决",
        (None,),
        _P.STRUCK_OFF,
        (Who.COLLECTOR,),
        ("title", "division", "requester", "how", "confirmed_by"),
        source="2",
    ),
    Step(
        Machine.PROBLEM,
        "import_history",
        "导入历史",
        (None,),
        _P.ARCHIVED,
        (Who.OFFICE,),
        ("second_approver",),
        source="model",
    ),
    Step(
        Machine.PROBLEM,
        "accept",
        "受理",
        (_P.SUBMITTED,),
        _P.IN_PROGRESS,
        (Who.OFFICE,),
        ("category", "tier"),
        source="3, 5",
    ),
    Step(
        Machine.PROBLEM,
        "decline",
        "不予受理",
        (_P.SUBMITTED, _P.INFO_NEEDED),
        _P.DECLINED,
        (Who.OFFICE,),
        ("reason_code", "where_to_go"),
        source="3",
    ),
    Step(
        Machine.PROBLEM,
        "request_info",
        "要求补充",
        (_P.SUBMITTED,),
        _P.INFO_NEEDED,
        (Who.OFFICE,),
        ("what",),
        Clock.PAUSE,
        "4",
    ),
    Step(
        Machine.PROBLEM,
        "supply_info",
        "补充",
        (_P.INFO_NEEDED,),
        _P.SUBMITTED,
        (Who.REGISTRAR, Who.OFFICE),
        ("text",),
        Clock.RESUME,
        "4",
    ),
    Step(
        Machine.PROBLEM,
        "correct",
        "更正",
        (_P.SUBMITTED, _P.INFO_NEEDED, _P.IN_PROGRESS, _P.PENDING_CALLBACK, _P.PENDING_CLOSURE),
        None,
        (Who.OFFICE,),
        ("reason",),
        source="model",
    ),
    Step(
        Machine.PROBLEM,
        "result_accepted",
        "结果通过",
        (_P.IN_PROGRESS,),
        _P.PENDING_CALLBACK,
        (Who.SYSTEM,),
        source="21",
    ),
    Step(
        Machine.PROBLEM,
        "verified",
        "回访有结论",
        (_P.PENDING_CALLBACK,),
        _P.PENDING_CLOSURE,
        (Who.SYSTEM,),
        source="23",
    ),
    Step(
        Machine.PROBLEM,
        "redo",
        "重办",
        (_P.PENDING_CALLBACK, _P.PENDING_CLOSURE, _P.STRUCK_OFF),
        _P.IN_PROGRESS,
        (Who.SYSTEM,),
        source="24",
    ),
    Step(
        Machine.PROBLEM,
        "strike_off",
        "销号",
        (_P.PENDING_CLOSURE,),
        _P.STRUCK_OFF,
        (Who.OFFICE, Who.APPROVER),
        ("close_basis",),
        source="25",
    ),
    Step(
        Machine.PROBLEM,
        "reopen",
        "重新打开",
        (_P.STRUCK_OFF, _P.ARCHIVED),
        _P.IN_PROGRESS,
        (Who.VERIFIER, Who.APPROVER),  # on the requester's word
        ("reason",),
        Clock.START,
        "26",
    ),
    Step(
        Machine.PROBLEM,
        "merge",
        "合并",
        (_P.SUBMITTED, _P.IN_PROGRESS),
        _P.MERGED,
        (Who.OFFICE,),
        ("master",),
        source="27",
    ),
    Step(
        Machine.PROBLEM,
        "unmerge",
        "取消合并",
        (_P.MERGED,),
        _P.SUBMITTED,
        (Who.OFFICE,),
        ("reason",),
        source="27",
    ),
    Step(
        Machine.PROBLEM,
        "split",
        "拆分",
        (_P.SUBMITTED, _P.IN_PROGRESS),
        _P.IN_PROGRESS,
        (Who.OFFICE,),
        ("parts",),
        Clock.STOP,
        "28",
    ),
    Step(
        Machine.PROBLEM,
        "parts_closed",
        "分项均已办结",
        (_P.IN_PROGRESS,),
        _P.PENDING_CLOSURE,
        (Who.SYSTEM,),
        source="28",
    ),
    Step(
        Machine.PROBLEM,
        "withdraw",
        "撤回",
        (_P.SUBMITTED, _P.INFO_NEEDED, _P.IN_PROGRESS, _P.PENDING_CALLBACK),
        _P.WITHDRAWN,
        (Who.VERIFIER, Who.REGISTRAR),  # on the requester's word, with proof; never a handling unit
        ("reason", "how", "proof"),
        Clock.STOP,
        "29",
    ),
    Step(
        Machine.PROBLEM,
        "undo_withdrawal",
        "撤回不实恢复",
        (_P.WITHDRAWN,),
        _P.SUBMITTED,
        (Who.SYSTEM,),
        source="29",
    ),
    Step(
        Machine.PROBLEM,
        "archive",
        "归档",
        (_P.STRUCK_OFF, _P.DECLINED, _P.WITHDRAWN, _P.MERGED),
        _P.ARCHIVED,
        (Who.OFFICE, Who.SYSTEM),
        source="30",
    ),
    # What ties it to other systems and other ledgers; only `handed_over` ends it here.
    Step(
        Machine.PROBLEM,
        "note_foreign_number",
        "登记外部编号",
        (*_OPEN, *_CLOSED),
        None,
        (Who.OFFICE, Who.REGISTRAR),
        ("system", "number"),
        source="model",
    ),
    Step(
        Machine.PROBLEM,
        "correct_foreign_number",
        "更正外部编号",
        (*_OPEN, *_CLOSED),
        None,
        (Who.OFFICE,),
        ("reason",),
        source="model",
    ),
    Step(
        Machine.PROBLEM,
        "note_foreign_update",
        "登记外部反馈",
        (*_OPEN, *_CLOSED),
        None,
        (Who.OFFICE,),
        ("system", "number"),
        source="model",
    ),
    Step(
        Machine.PROBLEM,
        "report_up",
        "上报",
        (_P.SUBMITTED, _P.INFO_NEEDED, _P.IN_PROGRESS),
        None,
        (Who.OFFICE,),
        ("partner", "why"),
        source="model",
    ),
    Step(
        Machine.PROBLEM,
        "hand_over",
        "移交",
        (_P.SUBMITTED, _P.INFO_NEEDED, _P.IN_PROGRESS),
        None,
        (Who.OFFICE,),
        ("partner", "why"),
        source="model",
    ),
    Step(
        Machine.PROBLEM,
        "take_answer",
        "收到对方答复",
        (*_OPEN, *_CLOSED),
        None,
        (Who.SYSTEM,),
        source="model",
    ),
    Step(
        Machine.PROBLEM,
        "handed_over",
        "移交成立",
        (_P.SUBMITTED, _P.INFO_NEEDED, _P.IN_PROGRESS),
        _P.DECLINED,
        (Who.SYSTEM,),
        ("where_to_go",),
        Clock.STOP,
        "model",
    ),
)

ASSIGNMENT_STEPS: tuple[Step, ...] = (
    Step(
        Machine.ASSIGNMENT,
        "dispatch",
        "交办",
        (None,),
        _A.PENDING_SIGN,
        (Who.OFFICE,),
        ("lead",),
        Clock.START,
        "6",
    ),
    Step(
        Machine.ASSIGNMENT,
        "hand_down",
        "逐级交办",
        (None,),
        _A.PENDING_SIGN,
        (Who.UNIT,),
        ("lead",),
        Clock.START,
        "6, 11",
    ),
    Step(
        Machine.ASSIGNMENT,
        "recall",
        "收回交办",
        (_A.PENDING_SIGN,),
        _A.RECALLED,
        (Who.DISPATCHING,),
        ("reason",),
        Clock.STOP,
        "model",
    ),
    Step(Machine.ASSIGNMENT, "sign", "签收", (_A.PENDING_SIGN,), _A.IN_PROGRESS, (Who.UNIT,), (), Clock.KEEP, "7"),
    Step(Machine.ASSIGNMENT, "contact", "联系", (_A.IN_PROGRESS,), None, (Who.UNIT,), ("how",), Clock.KEEP, "8"),
    Step(
        Machine.ASSIGNMENT,
        "report",
        "反馈",
        (_A.IN_PROGRESS, _A.ON_HOLD),
        None,
        (Who.UNIT,),
        ("text",),
        Clock.KEEP,
        "14",
    ),
    Step(
        Machine.ASSIGNMENT,
        "return",
        "退回",
        (_A.PENDING_SIGN, _A.IN_PROGRESS),
        _A.RETURN_PENDING,
        (Who.UNIT_HEAD,),
        ("reason", "basis", "proposed_unit"),
        Clock.KEEP,
        "9",
    ),
    Step(
        Machine.ASSIGNMENT,
        "rule_uphold",
        "裁定维持",
        (_A.RETURN_PENDING,),
        _A.IN_PROGRESS,
        (Who.DISPATCHING,),
        ("reason",),
        Clock.KEEP,
        "10",
    ),
    Step(
        Machine.ASSIGNMENT,
        "rule_reassign",
        "裁定改派",
        (_A.RETURN_PENDING,),
        _A.REASSIGNED,
        (Who.DISPATCHING,),
        ("unit",),
        Clock.STOP,
        "10",
    ),
    Step(
        Machine.ASSIGNMENT,
        "call_off",
        "随同收回",
        (_A.PENDING_SIGN, _A.IN_PROGRESS, _A.RETURN_PENDING, _A.ON_HOLD, _A.PENDING_REVIEW),
        _A.RECALLED,
        (Who.SYSTEM,),
        (),
        Clock.STOP,
        "10, 27–29",
    ),
    Step(
        Machine.ASSIGNMENT,
        "revive",
        "恢复待签收",
        (_A.RECALLED,),
        _A.PENDING_SIGN,
        (Who.SYSTEM,),
        (),
        Clock.RESUME,
        "27",
    ),
    Step(
        Machine.ASSIGNMENT,
        "revive_signed",
        "恢复在办",
        (_A.RECALLED,),
        _A.IN_PROGRESS,
        (Who.SYSTEM,),
        (),
        Clock.RESUME,
        "27",
    ),
    Step(
        Machine.ASSIGNMENT,
        "request_extension",
        "申请延期",
        (_A.IN_PROGRESS,),
        None,
        (Who.UNIT,),
        ("due_on", "reason"),
        Clock.KEEP,
        "15",
    ),
    Step(
        Machine.ASSIGNMENT,
        "decide_extension",
        "审批延期",
        (_A.IN_PROGRESS,),
        None,
        (Who.DISPATCHING, Who.LEADER, Who.APPROVER),
        ("granted",),
        Clock.KEEP,
        "15",
    ),
    Step(
        Machine.ASSIGNMENT,
        "request_hold",
        "申请挂账",
        (_A.IN_PROGRESS,),
        None,
        (Who.UNIT,),
        ("condition", "review_on", "reason"),
        Clock.KEEP,
        "16",
    ),
    Step(
        Machine.ASSIGNMENT,
        "hold",
        "同意挂账",
        (_A.IN_PROGRESS,),
        _A.ON_HOLD,
        (Who.LEADER, Who.APPROVER),
        ("condition", "review_on"),
        Clock.PAUSE,
        "16",
    ),
    Step(
        Machine.ASSIGNMENT,
        "refuse_hold",
        "不同意挂账",
        (_A.IN_PROGRESS,),
        None,
        (Who.LEADER, Who.APPROVER),
        ("reason",),
        Clock.KEEP,
        "16",
    ),
    Step(
        Machine.ASSIGNMENT,
        "renew_hold",
        "继续挂账",
        (_A.ON_HOLD,),
        None,
        (Who.LEADER, Who.APPROVER),
        ("review_on", "reason"),
        Clock.KEEP,
        "16",
    ),
    Step(
        Machine.ASSIGNMENT,
        "unhold",
        "恢复办理",
        (_A.ON_HOLD,),
        _A.IN_PROGRESS,
        (Who.LEADER, Who.APPROVER, Who.SYSTEM),
        (),
        Clock.RESUME,
        "16",
    ),
    Step(
        Machine.ASSIGNMENT,
        "submit_result",
        "提交结果",
        (_A.IN_PROGRESS,),
        _A.PENDING_REVIEW,
        (Who.UNIT,),
        ("result_kind", "text", "evidence"),
        Clock.STOP,
        "21",
    ),
    Step(
        Machine.ASSIGNMENT,
        "sign_off",
        "签发",
        (_A.PENDING_REVIEW,),
        None,
        (Who.UNIT_HEAD,),
        (),
        Clock.KEEP,
        "21",
    ),
    Step(
        Machine.ASSIGNMENT,
        "review",
        "审核通过",
        (_A.PENDING_REVIEW,),
        _A.DONE,
        (Who.DISPATCHING,),
        (),
        Clock.STOP,
        "21",
    ),
    Step(
        Machine.ASSIGNMENT,
        "send_back",
        "退回重办",
        (_A.PENDING_REVIEW,),
        _A.IN_PROGRESS,
        (Who.UNIT_HEAD, Who.DISPATCHING),
        ("reason",),
        Clock.RESUME,
        "22",
    ),
    Step(
        Machine.ASSIGNMENT,
        "succeed",
        "机构合并承接",
        (_A.PENDING_SIGN, _A.IN_PROGRESS, _A.RETURN_PENDING, _A.ON_HOLD, _A.PENDING_REVIEW),
        _A.REASSIGNED,
        (Who.SYSTEM,),
        (),
        Clock.KEEP,
        "model",
    ),
)

VERIFICATION_STEPS: tuple[Step, ...] = (
    Step(Machine.VERIFICATION, "open_callback", "转回访", (None,), _V.PENDING, (Who.SYSTEM,), source="23"),
    Step(
        Machine.VERIFICATION,
        "record_callback",
        "回访",
        (_V.PENDING,),
        None,
        (Who.VERIFIER,),
        ("channel", "reached"),
        source="23",
    ),
    Step(
        Machine.VERIFICATION,
        "conclude",
        "回访结论",
        (_V.PENDING,),
        _V.CONCLUDED,
        (Who.VERIFIER, Who.SYSTEM),
        source="23",
    ),
    Step(
        Machine.VERIFICATION,
        "call_for_redo",
        "要求重办",
        (_V.PENDING,),
        _V.REDO,
        (Who.VERIFIER,),
        ("reason",),
        Clock.START,
        "24",
    ),
)

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
