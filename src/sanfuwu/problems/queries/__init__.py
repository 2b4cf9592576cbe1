"""Everything that reads problems; each function starts from what the actor may see."""

from .arranged import Arranged, arranged
from .arranged import view_of as saved_view
from .chosen import chosen
from .desk import Desk, Task, desk
from .detail import ProblemView, find, get_problem, view_of
from .duties import Duty, Moments, UnitDuties, duties, may_see_duties
from .listing import FACET_FILTERS, SORTS, Filters, Page, count_problems, list_problems
from .requester import RequesterView, by_code
from .rows import Line, lines
from .scope import scope_of, sees_confidential, sees_requester, visible_to

__all__ = [
    "FACET_FILTERS",
    "SORTS",
    "Arranged",
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
    "arranged",
    "by_code",
    "chosen",
    "count_problems",
    "desk",
    "duties",
    "find",
    "get_problem",
    "lines",
    "list_problems",
    "may_see_duties",
    "saved_view",
    "scope_of",
    "sees_confidential",
    "sees_requester",
    "view_of",
    "visible_to",
]
