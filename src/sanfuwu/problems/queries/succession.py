"""What a merger of units would move: the numbers of its preview. Numbers only: whoever merges sees no problem."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from sanfuwu.rules.lifecycle import OPEN_ASSIGNMENT_STATES
from sanfuwu.territory.models import Post, Unit, UnitVersion

from ..models import Assignment, Commitment, Deadline


@dataclass(frozen=True, slots=True)
class Succession:
    """Of the unit that goes: what is open, what runs, who serves, what stands below it, what promises remain."""

    open_assignments: int
    problems: int
    to_review: int
    deadlines: int
    commitments: int
    posts: int
    units_below: int


def succession(unit_id: UUID, *, on: dt.date) -> Succession:
    """Seven counts, each one small statement."""
    open_ones = Assignment.objects.filter(state__in=[str(s) for s in OPEN_ASSIGNMENT_STATES])
    own = open_ones.filter(unit_id=unit_id)
    serving = Post.objects.filter(unit_id=unit_id, valid_from__lte=on).exclude(valid_to__lte=on)
    below = UnitVersion.objects.filter(parent_id=unit_id, valid_to__isnull=True)
    return Succession(
        open_assignments=own.count(),
        problems=own.values("problem_id").distinct().count(),
        to_review=open_ones.filter(dispatching_unit=unit_id).exclude(unit_id=unit_id).count(),
        deadlines=Deadline.objects.filter(subject_id__in=own.values("pk"), met_at__isnull=True).count(),
        commitments=Commitment.objects.filter(unit_id=unit_id, kept_at__isnull=True).count(),
        posts=serving.count(),
        units_below=below.exclude(unit__status=Unit.Status.CLOSED).count(),
    )
