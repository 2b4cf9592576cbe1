"""Verification by somebody other than the handler: the third machine."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from sanfuwu.ledger.fields import IdField
from sanfuwu.ledger.models import Note
from sanfuwu.rules.lifecycle import VerificationState

from .problem import Problem


class VerificationCycle(models.Model):
    """One round of asking the requester about one result."""

    class Why(models.TextChoices):
        RESULT = "result"
        SAMPLE = "sample"  # of what was solved on the spot
        WITHDRAWAL = "withdrawal"  # whether he withdrew it of his own will

    class Conclusion(models.TextChoices):
        CONFIRMED = "confirmed"
        DISSATISFIED = "dissatisfied"  # objectively done; needs a second approver
        UNREACHABLE = "unreachable"
        ANONYMOUS = "anonymous"
        REDO = "redo"

    id = IdField()
    problem = models.ForeignKey(Problem, models.PROTECT, related_name="verification_cycles")
    cycle_no = models.PositiveSmallIntegerField()
    why = models.CharField(max_length=10, choices=Why.choices, default=Why.RESULT)
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in VerificationState])
    opened_at = models.DateTimeField()
    opened_by = models.UUIDField(null=True)  # post that recorded a withdrawal: somebody else asks about it
    concluded_at = models.DateTimeField(null=True)
    concluded_by = models.UUIDField(null=True)
    conclusion = models.CharField(max_length=14, choices=Conclusion.choices, default="", blank=True)

    replayed: ClassVar[tuple[str, ...]] = (
        "problem_id",
        "cycle_no",
        "why",
        "state",
        "opened_at",
        "opened_by",
        "concluded_at",
        "concluded_by",
        "conclusion",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["problem"], condition=models.Q(state="pending"), name="verification_one_open"
            )
        ]


class Callback(models.Model):
    """One attempt. `solved` and `satisfied` stay null unless the requester said so: never a default."""

    class Channel(models.TextChoices):
        PHONE = "phone"
        SMS = "sms"
        VISIT = "visit"
        WEB = "web"

    class Satisfied(models.TextChoices):
        YES = "yes"  # 满意
        BASICALLY = "basically"  # 基本满意
        NO = "no"  # 不满意

    class Proof(models.TextChoices):
        PHONE = "phone"
        SECOND_CODE = "second_code"
        UNVERIFIED = "unverified"

    id = IdField()
    problem = models.ForeignKey(Problem, models.PROTECT, related_name="callbacks")
    cycle = models.ForeignKey(VerificationCycle, models.PROTECT, related_name="attempts")
    attempt = models.PositiveSmallIntegerField()
    by_post = models.UUIDField()
    at = models.DateTimeField()
    channel = models.CharField(max_length=8, choices=Channel.choices)
    reached = models.BooleanField()
    contacted = models.BooleanField(null=True)  # 承办单位是否联系过
    solved = models.BooleanField(null=True)
    satisfied = models.CharField(max_length=10, choices=Satisfied.choices, null=True)
    valid = models.BooleanField(default=True)
    proof = models.CharField(max_length=12, choices=Proof.choices)
    words_note = models.ForeignKey(Note, models.PROTECT, null=True, related_name="+", db_index=False)

    replayed: ClassVar[tuple[str, ...]] = (
        "problem_id",
        "cycle_id",
        "attempt",
        "by_post",
        "at",
        "channel",
        "reached",
        "contacted",
        "solved",
        "satisfied",
        "valid",
        "proof",
        "words_note_id",
    )
