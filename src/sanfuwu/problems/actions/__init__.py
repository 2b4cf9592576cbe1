"""Every change of state of a problem (house rule 1). Import acts from here."""

from ._checking import TEXT_LENGTH
from .calendars import approve_calendar
from .clearing import clear_training
from .closing import archive, strike_off
from .dispatching import dispatch, hand_down, recall
from .erasing import erase_requester
from .extending import decide_extension, request_extension
from .foreign import correct_foreign_number, note_foreign_number, note_foreign_update
from .handling import contact, report, review, send_back, sign, sign_off, submit_result
from .history import import_history
from .holding import hold, refuse_hold, renew_hold, request_hold, unhold
from .merging import merge, split, unmerge
from .overlays import (
    add_requirement,
    appoint_leader,
    meet_requirement,
    record_commitment,
    record_coordination,
    set_plan,
)
from .recompute import publish_year
from .register import (
    Also,
    Incoming,
    RegisterResult,
    known_source,
    register_problem,
    register_problems,
    register_together,
    solve_on_spot,
)
from .reopening import reopen, withdraw
from .returning import give_back, rule_reassign, rule_uphold
from .triage import accept, correct, decline, request_info, supply_info
from .units import succeed_unit, undo_succession
from .verifying import record_callback

__all__ = [
    "TEXT_LENGTH",
    "Also",
    "Incoming",
    "RegisterResult",
    "accept",
    "add_requirement",
    "appoint_leader",
    "approve_calendar",
    "archive",
    "clear_training",
    "contact",
    "correct",
    "correct_foreign_number",
    "decide_extension",
    "decline",
    "dispatch",
    "erase_requester",
    "give_back",
    "hand_down",
    "hold",
    "import_history",
    "known_source",
    "meet_requirement",
    "merge",
    "note_foreign_number",
    "note_foreign_update",
    "publish_year",
    "recall",
    "record_callback",
    "record_commitment",
    "record_coordination",
    "refuse_hold",
    "register_problem",
    "register_problems",
    "register_together",
    "renew_hold",
    "reopen",
    "report",
    "request_extension",
    "request_hold",
    "request_info",
    "review",
    "rule_reassign",
    "rule_uphold",
    "send_back",
    "set_plan",
    "sign",
    "sign_off",
    "solve_on_spot",
    "split",
    "strike_off",
    "submit_result",
    "succeed_unit",
    "supply_info",
    "undo_succession",
    "unhold",
    "unmerge",
    "withdraw",
]
