"""Everything that reads problems; each function starts from what the actor may see."""

from .desk import Desk, Task, desk
from .detail import ProblemView, find, get_problem, view_of
from .duties import Duty, Moments, UnitDuties, duties, may_see_duties
from .listing import FACET_FILTERS, SORTS, Filters, Page, count_problems, list_problems
from .requester import RequesterView, by_code
from .rows import Line, lines
from .scope import scope_of, sees_requester, visible_to

__all__ = [
    "FACET_FILTERS",
    "SORTS",
    "Desk",
    "Duty",
    "Filters",
    "Line",
    "Moments",
    "Page",
    "ProblemView",
    "RequesterView",
    "Task",
    "UnitDuties",
    "by_code",
    "count_problems",
    "desk",
    "duties",
    "find",
    "get_problem",
    "lines",
    "list_problems",
    "may_see_duties",
    "scope_of",
    "sees_requester",
    "view_of",
    "visible_to",
]
