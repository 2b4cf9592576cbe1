"""Every change of state of a problem (house rule 1). Import acts from here."""

from .closing import archive, strike_off
from .dispatching import dispatch, hand_down, recall
from .erasing import erase_requester
from .foreign import correct_foreign_number, note_foreign_number, note_foreign_update
from .handling import contact, report, review, send_back, sign, sign_off, submit_result
from .overlays import (
    add_requirement,
    appoint_leader,
    meet_requirement,
    record_commitment,
    record_coordination,
    set_plan,
)
from .recompute import publish_year
from .register import RegisterResult, register_problem, register_problems, solve_on_spot
from .triage import accept, correct, decline, request_info, supply_info
from .units import succeed_unit, undo_succession
from .verifying import record_callback

__all__ = [
    "RegisterResult",
    "accept",
    "add_requirement",
    "appoint_leader",
    "archive",
    "contact",
    "correct",
    "correct_foreign_number",
    "decline",
    "dispatch",
    "erase_requester",
    "hand_down",
    "meet_requirement",
    "note_foreign_number",
    "note_foreign_update",
    "publish_year",
    "recall",
    "record_callback",
    "record_commitment",
    "record_coordination",
    "register_problem",
    "register_problems",
    "report",
    "request_info",
    "review",
    "send_back",
    "set_plan",
    "sign",
    "sign_off",
    "solve_on_spot",
    "strike_off",
    "submit_result",
    "succeed_unit",
    "supply_info",
    "undo_succession",
]
