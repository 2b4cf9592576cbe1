"""Who is responsible, step by step of the hand-down, and until when."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from sanfuwu.ledger.fields import IdField
from sanfuwu.ledger.models import Note
from sanfuwu.rules.lifecycle import OPEN_ASSIGNMENT_STATES, AssignmentState
from sanfuwu.territory.models import Unit

from .problem import Problem

_OPEN = Q(state__in=sorted(s.value for s in OPEN_ASSIGNMENT_STATES))


class Assignment(models.Model):
    """One unit at one step. A child's due time is never after its parent's."""

    class Role(models.TextChoices):
        LEAD = "lead"
        CO = "co"

    id = IdField()
    problem = models.ForeignKey(Problem, models.PROTECT, related_name="assignments")
    cycle_no = models.PositiveSmallIntegerField()
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    depth = models.PositiveSmallIntegerField(default=0)
    role = models.CharField(max_length=4, choices=Role.choices)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    handler_post = models.UUIDField(null=True)
    state = models.CharField(max_length=16, choices=[(s.value, s.value) for s in AssignmentState])
    dispatched_by = models.UUIDField(null=True)  # post
    dispatching_unit = models.UUIDField(null=True)  # who reviews the result
    dispatched_at = models.DateTimeField()
    duration = models.CharField(max_length=8)  # the rule's length, "7wd": the due date can be computed again
    due_original = models.DateTimeField()
    due_at = models.DateTimeField()
    extended_days = models.PositiveSmallIntegerField(default=0)  # working days granted on top of `duration`
    signed_at = models.DateTimeField(null=True)
    contacted_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.UUIDField(null=True)
    signed_off_at = models.DateTimeField(null=True)  # 单位负责人签发
    signed_off_by = models.UUIDField(null=True)
    accepted_at = models.DateTimeField(null=True)
    result_kind = models.CharField(max_length=10, default="", blank=True)
    result_note = models.ForeignKey(Note, models.PROTECT, null=True, related_name="+", db_index=False)
    evidence_count = models.PositiveSmallIntegerField(default=0)
    rework_count = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=24, default="", blank=True)
    rule_version = models.PositiveSmallIntegerField()
    calendar_assumed = models.BooleanField(default=False)  # a year without a published calendar was counted Mon–Fri

    replayed: ClassVar[tuple[str, ...]] = (
        "problem_id",
        "cycle_no",
        "parent_id",
        "depth",
        "role",
        "unit_id",
        "handler_post",
        "state",
        "dispatched_by",
        "dispatching_unit",
        "dispatched_at",
        "duration",
        "due_original",
        "due_at",
        "extended_days",
        "signed_at",
        "contacted_at",
        "submitted_at",
        "submitted_by",
        "signed_off_at",
        "signed_off_by",
        "accepted_at",
        "result_kind",
        "result_note_id",
        "evidence_count",
        "rework_count",
        "ended_at",
        "end_reason",
        "rule_version",
        "calendar_assumed",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["problem"],
                condition=Q(parent__isnull=True, role="lead") & _OPEN,
                name="assignment_one_open_top_lead",
            ),
            models.UniqueConstraint(
                fields=["parent"], condition=Q(role="lead") & _OPEN, name="assignment_one_open_lead_per_parent"
            ),
            models.UniqueConstraint(fields=["problem", "unit"], condition=_OPEN, name="assignment_one_open_per_unit"),
        ]
        # The 责任清单 counts in these alone (queries.duties): what units have in hand, and what they have finished.
        indexes = [
            models.Index(fields=["unit", "state", "due_at"], name="assignment_in_hand_ix", condition=_OPEN),
            models.Index(fields=["ended_at", "unit"], name="assignment_finished_ix", condition=Q(state="done")),
        ]


class ClockPause(models.Model):
    """A time the clock does not run: `suspend` (legal procedure, papers awaited) or `hold` (挂账)."""

    class Kind(models.TextChoices):
        SUSPEND = "suspend"
        HOLD = "hold"

    id = IdField()
    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="pauses")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    from_at = models.DateTimeField()
    to_at = models.DateTimeField(null=True)
    reason_code = models.CharField(max_length=32)
    proof = models.UUIDField(null=True)  # attachment

    replayed: ClassVar[tuple[str, ...]] = ("assignment_id", "kind", "from_at", "to_at", "reason_code", "proof")


class Deadline(models.Model):
    """What the sweep looks at: only rows not met and due to fire, however many are open."""

    id = IdField()
    subject_kind = models.CharField(max_length=12)  # assignment | commitment | request
    subject_id = models.UUIDField()
    problem = models.ForeignKey(Problem, models.PROTECT, related_name="deadlines")
    kind = models.CharField(max_length=12)  # sign | contact | result | commitment | naming | decision | review
    due_at = models.DateTimeField()
    fire_at = models.DateTimeField()
    step = models.PositiveSmallIntegerField(default=0)
    met_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["fire_at"], name="deadline_sweep_ix", condition=Q(met_at__isnull=True)),
            models.Index(fields=["subject_id"], name="deadline_subject_ix"),
        ]
