"""What a unit asks of those above it: to be rid of an assignment, to get more time, to be put on hold."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from sanfuwu.ledger.fields import IdField
from sanfuwu.ledger.models import Note

from .assignment import Assignment
from .problem import Problem


class UnitRequest(models.Model):
    """One request and what became of it; at most one of an assignment is open at a time."""

    class Kind(models.TextChoices):
        RETURN = "return"  # 退回
        EXTENSION = "extension"  # 延期
        HOLD = "hold"  # 挂账

    class Decision(models.TextChoices):
        UPHELD = "upheld"  # of a return: the unit keeps it, and may not return it again
        REASSIGNED = "reassigned"  # of a return: another unit gets it
        GRANTED = "granted"
        REFUSED = "refused"
        LAPSED = "lapsed"  # the assignment ended, or its result came, before anybody decided

    class Condition(models.TextChoices):
        SEASON = "season"  # 季节
        POLICY = "policy"  # 政策
        FUNDS = "funds"  # 资金
        WORKS = "works"  # 工程

    id = IdField()
    problem = models.ForeignKey(Problem, models.PROTECT, related_name="requests")
    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="requests")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    unit_id = models.UUIDField()  # of the assignment: "this unit may not return it again"
    asked_at = models.DateTimeField()
    asked_by = models.UUIDField(null=True)  # post
    asked_person = models.UUIDField(null=True)  # nobody decides on what he asked himself, whatever post he is in
    reason_note = models.ForeignKey(Note, models.PROTECT, related_name="+", db_index=False)
    basis_note = models.ForeignKey(Note, models.PROTECT, null=True, related_name="+", db_index=False)
    proposed_unit = models.UUIDField(null=True)  # of a return
    due_from = models.DateTimeField(null=True)  # of an extension: the date when it was asked for
    due_wanted = models.DateTimeField(null=True)
    needs_approver = models.BooleanField(default=False)  # a leader or the supervision decides, not the office
    condition = models.CharField(max_length=8, choices=Condition.choices, default="", blank=True)  # of a hold
    review_on = models.DateField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True)  # post; null with a decision: it lapsed
    decision = models.CharField(max_length=10, choices=Decision.choices, default="", blank=True)
    decision_note = models.ForeignKey(Note, models.PROTECT, null=True, related_name="+", db_index=False)

    replayed: ClassVar[tuple[str, ...]] = (
        "problem_id",
        "assignment_id",
        "kind",
        "unit_id",
        "asked_at",
        "asked_by",
        "asked_person",
        "reason_note_id",
        "basis_note_id",
        "proposed_unit",
        "due_from",
        "due_wanted",
        "needs_approver",
        "condition",
        "review_on",
        "decided_at",
        "decided_by",
        "decision",
        "decision_note_id",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assignment"], condition=Q(decided_at__isnull=True), name="request_one_open_per_assignment"
            )
        ]
