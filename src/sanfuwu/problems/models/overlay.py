"""What lies over the states: leaders, co-ordination, promises, plans, papers to prepare."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from sanfuwu.ledger.fields import IdField
from sanfuwu.ledger.models import Note
from sanfuwu.territory.models import Unit

from .problem import Problem


class Leadership(models.Model):
    """领衔/包案: a named leader's post over one problem, with members and a next step."""

    class Kind(models.TextChoices):
        LEAD = "lead"  # 领衔督办
        CASE = "case"  # 包案

    id = IdField()
    problem = models.ForeignKey(Problem, models.PROTECT, related_name="leaderships")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    post_id = models.UUIDField()
    from_at = models.DateTimeField()
    to_at = models.DateTimeField(null=True)
    members = models.JSONField(default=list)  # unit ids of the 专班
    replayed: ClassVar[tuple[str, ...]] = ("problem_id", "kind", "post_id", "from_at", "to_at", "members")


class Coordination(models.Model):
    """A co-ordination (专题协调) of district or town level; each item is a decision on one problem."""

    class Level(models.TextChoices):
        DISTRICT = "district"
        TOWN = "town"

    id = IdField()
    level = models.CharField(max_length=8, choices=Level.choices)
    held_at = models.DateTimeField()
    chaired_by = models.UUIDField()  # post
    units = models.JSONField(default=list)


class CoordinationItem(models.Model):
    id = IdField()
    coordination = models.ForeignKey(Coordination, models.PROTECT, related_name="items")
    problem = models.ForeignKey(Problem, models.PROTECT, related_name="coordination_items")
    decision_note = models.ForeignKey(Note, models.PROTECT, null=True, related_name="+", db_index=False)
    decided = models.BooleanField()
    replayed: ClassVar[tuple[str, ...]] = ("coordination_id", "problem_id", "decision_note_id", "decided")


class Commitment(models.Model):
    """What was promised aloud: a unit, a text and a day; without a day, a day by which the day is named."""

    id = IdField()
    problem = models.ForeignKey(Problem, models.PROTECT, related_name="commitments")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    text_note = models.ForeignKey(Note, models.PROTECT, related_name="+", db_index=False)
    promised_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    date_to_be_named_by = models.DateTimeField(null=True)
    kept_at = models.DateTimeField(null=True)
    meeting_id = models.UUIDField(null=True)
    visit_id = models.UUIDField(null=True)
    replayed: ClassVar[tuple[str, ...]] = (
        "problem_id",
        "unit_id",
        "text_note_id",
        "promised_at",
        "due_at",
        "date_to_be_named_by",
        "kept_at",
        "meeting_id",
        "visit_id",
    )


class PlanStep(models.Model):
    """One step of a 方案: what, who, by when."""

    id = IdField()
    problem = models.ForeignKey(Problem, models.PROTECT, related_name="plan_steps")
    order = models.PositiveSmallIntegerField()
    text_note = models.ForeignKey(Note, models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    replayed: ClassVar[tuple[str, ...]] = ("problem_id", "order", "text_note_id", "unit_id", "due_at", "done_at")


class Requirement(models.Model):
    """A paper or a thing to prepare, and who owes it: the requester or a unit."""

    id = IdField()
    problem = models.ForeignKey(Problem, models.PROTECT, related_name="requirements")
    text_note = models.ForeignKey(Note, models.PROTECT, related_name="+", db_index=False)
    owed_by_requester = models.BooleanField(default=True)
    owed_by_unit = models.UUIDField(null=True)
    due_on = models.DateField(null=True)
    done_at = models.DateTimeField(null=True)
    replayed: ClassVar[tuple[str, ...]] = (
        "problem_id",
        "text_note_id",
        "owed_by_requester",
        "owed_by_unit",
        "due_on",
        "done_at",
    )
