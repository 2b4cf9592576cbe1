"""The tables of the heart (model.md, "Tables"), one module per noun."""

from .arranged import ListSetting, SavedView
from .assignment import Assignment, ClockPause, Deadline
from .attachment import Attachment
from .category import Category
from .foreign import ForeignNumber, ForeignSystem
from .index import Facet, ProblemRow, ProblemText
from .overlay import Commitment, Coordination, CoordinationItem, Leadership, PlanStep, Requirement
from .problem import Problem
from .request import UnitRequest
from .verification import Callback, VerificationCycle

__all__ = [
    "Assignment",
    "Attachment",
    "Callback",
    "Category",
    "ClockPause",
    "Commitment",
    "Coordination",
    "CoordinationItem",
    "Deadline",
    "Facet",
    "ForeignNumber",
    "ForeignSystem",
    "Leadership",
    "ListSetting",
    "PlanStep",
    "Problem",
    "ProblemRow",
    "ProblemText",
    "Requirement",
    "SavedView",
    "UnitRequest",
    "VerificationCycle",
]
