"""`GET /problems`: one page of what this post may see, with the filters of `problems.queries`."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query
from pydantic import Field, StringConstraints, create_model

from sanfuwu.config import clock
from sanfuwu.ledger.errors import InvalidInput
from sanfuwu.problems.chip import Mark, Stage
from sanfuwu.problems.queries import FACET_FILTERS, SORTS, Filters, Line, lines, list_problems
from sanfuwu.rules.identifiers import check_division

from .routers import problems as problems_router
from .shapes import NO_NUL, Day, Given, Told, answers
from .tokens import actor_of

MOST_LINES = 200

Value = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=NO_NUL)]


class Asked(Given):
    """What every list can be asked besides the facets. Days are local and both inclusive."""

    q: Annotated[str, StringConstraints(max_length=80, pattern=NO_NUL)] = Field(
        "", description="Two characters or more, in title, text and firm"
    )
    number: Annotated[str, StringConstraints(max_length=80, pattern=NO_NUL)] = Field(
        "", description="A whole number in some other system"
    )
    open: bool | None = Field(None, description="Only open ones, or only those that are not")
    overdue: bool = Field(False, description="Only open ones that are past their date")
    from_: Day | None = Field(None, alias="from", description="Registered on this local day or later")
    until: Day | None = Field(None, description="Registered on this local day or earlier")
    raised_from: Day | None = Field(None, description="Raised on this local day or later")
    raised_until: Day | None = Field(None, description="Raised on this local day or earlier")
    due_from: Day | None = Field(None, description="With a running clock that ends on this local day or later")
    due_until: Day | None = Field(None, description="With a running clock that ends on this local day or earlier")
    struck_from: Day | None = Field(None, description="Struck off on this local day or later")
    struck_until: Day | None = Field(None, description="Struck off on this local day or earlier")
    sort: Literal[tuple(SORTS)] = "newest"  # type: ignore[valid-type]
    cursor: Annotated[str, StringConstraints(max_length=200)] | None = Field(
        None, description="`next` or `prev` of another page"
    )
    limit: int = Field(50, ge=1, le=MOST_LINES)


# One query parameter per facet of the heart, repeatable: values of one are alternatives.
_FACETS: dict[str, Any] = {
    name: (Annotated[list[Value], Field(max_length=50)], Field(default_factory=list)) for name in FACET_FILTERS
}
Question: Any = create_model("Question", __base__=Asked, **_FACETS)
_NAMES = frozenset(field.alias or name for name, field in Question.model_fields.items())


class RemainingOut(Told):
    """Working time up to the due date, or past it when `overdue`: whole days, and the minutes beyond them."""

    working_days: int
    working_minutes: int
    overdue: bool


class LineOut(Told):
    """One problem as a list shows it. `requester` is never a resident's name, and empty when confidential."""

    id: UUID
    number: str
    version: int
    title: str
    stage: Stage
    tier: str
    channel: str
    urgency: str
    place: str
    category: str
    requester: str
    party_kind: str
    confidential: bool
    lead: str
    co: list[str]
    registered_at: dt.datetime
    raised_on: dt.datetime
    due_at: dt.datetime | None
    remaining: RemainingOut | None
    running: bool
    standing: bool = Field(description="On hold: the clock goes on with what is left")
    marks: list[Mark]
    master: str = Field(description="The number of the problem it was merged into, otherwise empty")


class PageOut(Told):
    """`count` is exact unless `capped`: then there are more than that."""

    items: list[LineOut]
    count: int
    capped: bool
    next: str | None
    prev: str | None


@problems_router.get(
    "/problems",
    response=answers({200: PageOut}, 422),
    operation_id="list_problems",
    summary="List problems",
    url_name="problems",
)
def listed(request: HttpRequest, asked: Query[Question]) -> PageOut:
    """Newest first, or what is due first (`sort=due`: open ones with a date), raised last, struck off last.

    Follow `next` for the page after.
    """
    actor, now = actor_of(request), clock.now()
    if unknown := sorted(request.GET.keys() - _NAMES):
        # A misspelt filter would otherwise answer with everything.
        raise InvalidInput(_("There is no such filter."), field=unknown[0])
    page = list_problems(actor, _filters(asked, now), sort=asked.sort, cursor=asked.cursor, limit=asked.limit)
    found: list[Line] = lines(actor, page.ids, now=now)
    return PageOut.model_construct(
        items=[LineOut.model_validate(line) for line in found],
        count=page.count,
        capped=page.capped,
        next=page.next_cursor,
        prev=page.prev_cursor,
    )


def _filters(asked: Any, now: dt.datetime) -> Filters:
    facets = {name: tuple(values) for name in FACET_FILTERS if (values := getattr(asked, name))}
    if "place" in facets:
        facets["place"] = tuple(_place(code) for code in facets["place"])
    return Filters(
        facets=facets,
        words=asked.q,
        foreign_number=asked.number,
        open_only=asked.open,
        overdue_at=now if asked.overdue else None,
        registered_from=_begin(asked.from_),
        registered_until=_end(asked.until),
        raised_from=_begin(asked.raised_from),
        raised_until=_end(asked.raised_until),
        due_from=_begin(asked.due_from),
        due_before=_end(asked.due_until),
        struck_from=_begin(asked.struck_from),
        struck_until=_end(asked.struck_until),
    )


def _place(code: str) -> str:
    checked = check_division(code)
    if not checked.ok:
        raise InvalidInput(_("Choose the town or village it belongs to."), field="place")
    return checked.value


def _begin(day: dt.date | None) -> dt.datetime | None:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min)) if day else None


def _end(day: dt.date | None) -> dt.datetime | None:
    """The midnight after a day."""
    return _begin(day + dt.timedelta(days=1)) if day else None
