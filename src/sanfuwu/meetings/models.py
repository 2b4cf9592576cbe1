"""Meetings (政企对接会, 现场会): who came, what was raised, and what became of each item before the meeting ended."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from sanfuwu.ledger.fields import IdField
from sanfuwu.ledger.models import Stream
from sanfuwu.problems.models import Problem
from sanfuwu.visits.models import Attendance


class Meeting(Stream):
    """One meeting. Its items are problems with `meeting_id`."""

    id = IdField()
    title = models.CharField(max_length=120)
    held_at = models.DateTimeField(db_index=True)
    division = models.CharField(max_length=12)  # 12 digits
    chaired_by = models.UUIDField()  # post
    unit_id = models.UUIDField(null=True)  # which unit held it; null = SYSTEM
    registered_by = models.UUIDField(null=True)  # post; null = SYSTEM
    registered_at = models.DateTimeField()

    stream_kind: ClassVar[str] = "meeting"
    replayed: ClassVar[tuple[str, ...]] = (
        "held_at",
        "division",
        "chaired_by",
        "unit_id",
        "registered_by",
        "registered_at",
    )


class MeetingParty(Attendance):
    """One party at one meeting."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="parties")

    replayed: ClassVar[tuple[str, ...]] = ("meeting_id", *Attendance.replayed)


class MeetingItem(models.Model):
    """One thing raised at the meeting, in the order in which it was raised."""

    class Outcome(models.TextChoices):
        SOLVED = "solved"  # there and then
        PLANNED = "planned"  # with steps: what, who, by when
        OPEN = "open"

    id = IdField()
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="items")
    order = models.PositiveSmallIntegerField()  # from 1
    problem = models.OneToOneField(Problem, models.PROTECT, related_name="meeting_item")
    outcome = models.CharField(max_length=8, choices=Outcome.choices)

    replayed: ClassVar[tuple[str, ...]] = ("meeting_id", "order", "problem_id", "outcome")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["meeting", "order"], name="meeting_item_order_uq")]
