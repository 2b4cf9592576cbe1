"""Everything that reads problems; each function starts from what the actor may see."""

from .desk import Desk, Task, desk
from .detail import ProblemView, find, get_problem, view_of
from .listing import FACET_FILTERS, SORTS, Filters, Page, count_problems, list_problems
from .requester import RequesterView, by_code
from .rows import Line, lines
from .scope import scope_of, sees_confidential, sees_requester, visible_to

__all__ = [
    "FACET_FILTERS",
    "SORTS",
    "Desk",
    "Filters",
    "Line",
    "Page",
    "ProblemView",
    "RequesterView",
    "Task",
    "by_code",
    "count_problems",
    "desk",
    "find",
    "get_problem",
    "lines",
    "list_problems",
    "scope_of",
    "sees_confidential",
    "sees_requester",
    "view_of",
    "visible_to",
]
