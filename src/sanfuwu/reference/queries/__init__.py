"""What pages and actions ask; every answer is remembered until somebody changes it (`reference.stamps`)."""

from .county import CountyData, county_data, history
from .phrases import insertable, phrases_of
from .reasons import Reason, reason, reasons
from .rules import InForce, calendar_at, in_force, rules_at, versions

__all__ = [
    "CountyData",
    "InForce",
    "Reason",
    "calendar_at",
    "county_data",
    "history",
    "in_force",
    "insertable",
    "phrases_of",
    "reason",
    "reasons",
    "rules_at",
    "versions",
]
