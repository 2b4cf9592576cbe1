"""Every change of what an office sets: policy, values, one event, a new mark for the caches, in one transaction."""

from .calendar import propose_calendar, refuse_calendar, withdraw_calendar
from .county import set_county
from .phrases import add_phrase, change_phrase, close_phrase
from .reasons import set_reason
from .rules import approve_rules, propose_rules, refuse_rules, withdraw_rules

__all__ = [
    "add_phrase",
    "approve_rules",
    "change_phrase",
    "close_phrase",
    "propose_calendar",
    "propose_rules",
    "refuse_calendar",
    "refuse_rules",
    "set_county",
    "set_reason",
    "withdraw_calendar",
    "withdraw_rules",
]
