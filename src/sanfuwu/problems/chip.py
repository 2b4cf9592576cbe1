"""The chip shown for a problem: one pure function of the three machines and the overlays (model.md)."""

from __future__ import annotations

from enum import StrEnum

from .models import Problem
from .snapshot import Snapshot


class Stage(StrEnum):
    """What people call the present stage; also the filter of the list."""

    SUBMITTED = "submitted"  # 待受理
    INFO_NEEDED = "info_needed"  # 待补充
    TO_DISPATCH = "to_dispatch"  # 待交办
    TO_SIGN = "to_sign"  # 待签收
    HANDLING = "handling"  # 办理中
    RETURNED = "returned"  # 退单待裁定
    ON_HOLD = "on_hold"  # 挂账
    TO_SIGN_OFF = "to_sign_off"  # 待签发
    TO_REVIEW = "to_review"  # 待审核
    TO_CALL_BACK = "to_call_back"  # 待回访
    TO_STRIKE_OFF = "to_strike_off"  # 待销号
    STRUCK_OFF = "struck_off"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"
    SPLIT = "split"  # 分项办理
    ARCHIVED = "archived"


_OF_PROBLEM = {
    "submitted": Stage.SUBMITTED,
    "info_needed": Stage.INFO_NEEDED,
    "pending_callback": Stage.TO_CALL_BACK,
    "pending_closure": Stage.TO_STRIKE_OFF,
    "struck_off": Stage.STRUCK_OFF,
    "declined": Stage.DECLINED,
    "withdrawn": Stage.WITHDRAWN,
    "merged": Stage.MERGED,
    "archived": Stage.ARCHIVED,
}
_OF_LEAD = {
    "pending_sign": Stage.TO_SIGN,
    "in_progress": Stage.HANDLING,
    "return_pending": Stage.RETURNED,
    "on_hold": Stage.ON_HOLD,
}


def stage(snap: Snapshot) -> Stage:
    """The stage in words of the trade."""
    state = snap.problem.state
    if state != "in_progress":
        return _OF_PROBLEM[state]
    if snap.problem.part_count:
        return Stage.SPLIT
    leads = [a for a in snap.open_assignments if a.parent_id is None and a.role == "lead"]
    if not leads:
        return Stage.TO_DISPATCH
    lead = leads[-1]
    if lead.state == "pending_review":
        return Stage.TO_REVIEW if lead.signed_off_at else Stage.TO_SIGN_OFF
    return _OF_LEAD[lead.state]


def stage_of_new(problem: Problem) -> Stage:
    """The stage of a problem that no unit has yet: its state says it all."""
    return _OF_PROBLEM[problem.state]


class Mark(StrEnum):
    """An overlay worth a chip of its own beside the stage."""

    EXTENSION_ASKED = "extension_asked"  # 延期申请中
    HOLD_ASKED = "hold_asked"  # 挂账申请中
    RETURN_ASKED = "return_asked"  # 有单位退单: of a co-handler or further down, which the stage does not show


_MARKS = {"extension": Mark.EXTENSION_ASKED, "hold": Mark.HOLD_ASKED, "return": Mark.RETURN_ASKED}


def marks(snap: Snapshot) -> tuple[Mark, ...]:
    """What units ask for and nobody has decided yet."""
    asked = {_MARKS[r.kind] for r in snap.requests if r.decided_at is None}
    if stage(snap) is Stage.RETURNED:
        asked.discard(Mark.RETURN_ASKED)
    return tuple(mark for mark in Mark if mark in asked)
