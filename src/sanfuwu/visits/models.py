"""Visits to firms, villages and households, whom they met, and what was said there."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from sanfuwu.ledger.fields import IdField
from sanfuwu.ledger.models import Note, Stream
from sanfuwu.parties.models import Contact, Party
from sanfuwu.problems.models import Problem
from sanfuwu.territory.models import Rank


class Visit(Stream):
    """One occasion. `client_key` is made on the visitor's device, so that a visit sent twice is recorded once."""

    class Pairing(models.TextChoices):
        """联系制度: the arrangement under which somebody visits the same place or firm again and again."""

        VILLAGE = "village"  # 结对联系村
        ENTERPRISE = "enterprise"  # 走企连心
        EIGHT_ONES = "eight_ones"  # 区领导“八个一”联系
        HUNDRED = "hundred"  # 百名局级领导联系百家创新成长型企业

    id = IdField()
    client_key = models.UUIDField(unique=True)
    held_at = models.DateTimeField(db_index=True)
    division = models.CharField(max_length=12)  # 12 digits
    unit_id = models.UUIDField(null=True)  # whose visit it was; null = SYSTEM
    pairing = models.CharField(max_length=10, choices=Pairing.choices, default="", blank=True)
    registered_by = models.UUIDField(null=True)  # post; null = SYSTEM
    registered_at = models.DateTimeField()

    stream_kind: ClassVar[str] = "visit"
    replayed: ClassVar[tuple[str, ...]] = (
        "client_key",
        "held_at",
        "division",
        "unit_id",
        "pairing",
        "registered_by",
        "registered_at",
    )


class VisitVisitor(models.Model):
    """Who went, with the rank he had then: figures count “visits by district leaders” as of the day."""

    id = IdField()
    visit = models.ForeignKey(Visit, models.PROTECT, related_name="visitors")
    post_id = models.UUIDField()
    rank_then = models.CharField(max_length=20, choices=Rank.choices)

    replayed: ClassVar[tuple[str, ...]] = ("visit_id", "post_id", "rank_then")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["visit", "post_id"], name="visit_visitor_uq")]


class Attendance(models.Model):
    """Who was met: a party, or a name as given where nobody has decided yet which party it is."""

    id = IdField()
    party = models.ForeignKey(Party, models.PROTECT, null=True, related_name="+")
    party_kind = models.CharField(max_length=12, choices=Party.Kind.choices)
    claimed_party = models.CharField(max_length=120, default="", blank=True)  # of a firm or body, never a resident
    contact = models.ForeignKey(Contact, models.PROTECT, null=True, related_name="+", db_index=False)

    replayed: ClassVar[tuple[str, ...]] = ("party_id", "party_kind", "contact_id")

    class Meta:
        abstract = True


class VisitParty(Attendance):
    """One party at one visit: the 家次 of the figures (firm × occasion)."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="parties")

    replayed: ClassVar[tuple[str, ...]] = ("visit_id", *Attendance.replayed)


class VisitProblem(models.Model):
    """What a visit had to do with a problem."""

    class Role(models.TextChoices):
        RAISED = "raised"
        FOLLOWED_UP = "followed_up"
        SOLVED = "solved"

    id = IdField()
    visit = models.ForeignKey(Visit, models.PROTECT, related_name="problems")
    problem = models.ForeignKey(Problem, models.PROTECT, related_name="visits")
    role = models.CharField(max_length=12, choices=Role.choices)

    replayed: ClassVar[tuple[str, ...]] = ("visit_id", "problem_id", "role")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["visit", "problem", "role"], name="visit_problem_uq")]


class Opinion(Stream):
    """意见建议 heard at a visit or a meeting. It need not be a problem; where it became one, `problem` says which."""

    id = IdField()
    visit = models.ForeignKey(Visit, models.PROTECT, null=True, related_name="opinions")
    meeting_id = models.UUIDField(null=True, db_index=True)
    party = models.ForeignKey(Party, models.PROTECT, null=True, related_name="+")
    text_note = models.ForeignKey(Note, models.PROTECT, related_name="+", db_index=False)
    problem = models.ForeignKey(Problem, models.PROTECT, null=True, related_name="opinions")
    heard_at = models.DateTimeField(db_index=True)

    stream_kind: ClassVar[str] = "opinion"
    replayed: ClassVar[tuple[str, ...]] = (
        "visit_id",
        "meeting_id",
        "party_id",
        "text_note_id",
        "problem_id",
        "heard_at",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(visit__isnull=True) ^ models.Q(meeting_id__isnull=True),
                name="opinion_visit_or_meeting",
            )
        ]
