"""Reading meetings."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from sanfuwu.parties.models import Party

from .models import Meeting, MeetingItem, MeetingParty


@dataclass(frozen=True, slots=True)
class Summary:
    """What a meeting came to, counted from its records."""

    enterprises: int
    items: int
    solved: int
    planned: int
    open: int


def summary(meeting_id: UUID) -> Summary:
    """Attendance and outcomes of one meeting."""
    outcomes = Counter(items_of(meeting_id).values_list("outcome", flat=True))
    return Summary(
        enterprises=MeetingParty.objects.filter(meeting=meeting_id, party_kind=Party.Kind.ENTERPRISE).count(),
        items=outcomes.total(),
        solved=outcomes[MeetingItem.Outcome.SOLVED],
        planned=outcomes[MeetingItem.Outcome.PLANNED],
        open=outcomes[MeetingItem.Outcome.OPEN],
    )


def items_of(meeting_id: UUID) -> QuerySet[MeetingItem]:
    """Items in the order in which they were raised."""
    return MeetingItem.objects.filter(meeting=meeting_id).select_related("problem").order_by("order")


def meeting_of(problem_id: UUID) -> Meeting | None:
    """The meeting at which a problem was raised. First ask `visible_to` for the problem."""
    return Meeting.objects.filter(items__problem=problem_id).first()
