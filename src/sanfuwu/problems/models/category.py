"""What problems are about: a tree of at most three levels, kept by the office."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from sanfuwu.ledger.fields import IdField
from sanfuwu.ledger.models import Stream


class Category(Stream):
    class Status(models.TextChoices):
        PROPOSED = "proposed"  # a heading met in an import; a person confirms it
        ACTIVE = "active"
        CLOSED = "closed"

    id = IdField()
    code = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=60)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ACTIVE)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")

    stream_kind: ClassVar[str] = "category"
    replayed: ClassVar[tuple[str, ...]] = ("code", "parent_id", "status", "merged_into_id")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["parent", "name"], name="category_name_uq")]
