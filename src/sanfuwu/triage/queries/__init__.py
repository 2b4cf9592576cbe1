"""What triage suggests: nothing here decides."""

from .catalogue import TOPIC, Coverage, Proposed, coverage, entries_on, propose, proposed_unit, reason
from .lookalikes import LookAlike, Reason, look_alikes, of_problem

__all__ = [
    "TOPIC",
    "Coverage",
    "LookAlike",
    "Proposed",
    "Reason",
    "coverage",
    "entries_on",
    "look_alikes",
    "of_problem",
    "propose",
    "proposed_unit",
    "reason",
]
