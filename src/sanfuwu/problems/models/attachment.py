"""Pictures that belong to a problem, re-encoded on arrival so that no EXIF, position or payload survives."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from sanfuwu.ledger.fields import IdField

from .problem import Problem


class Attachment(models.Model):
    class Purpose(models.TextChoices):
        ORIGINAL = "original"  # came with the problem: stays in the office when confidential
        EVIDENCE = "evidence"  # of a result

    id = IdField()
    problem = models.ForeignKey(Problem, models.PROTECT, related_name="attachments")
    assignment_id = models.UUIDField(null=True)
    purpose = models.CharField(max_length=8, choices=Purpose.choices)
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    path = models.CharField(max_length=120)  # below the county's attachment folder
    by_post = models.UUIDField(null=True)
    at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)
    replayed: ClassVar[tuple[str, ...]] = ("problem_id", "assignment_id", "purpose", "sha256", "by_post", "at")
