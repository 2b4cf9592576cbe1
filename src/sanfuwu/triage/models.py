"""The catalogue of responsible units."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from sanfuwu.ledger.fields import IdField
from sanfuwu.ledger.models import Stream
from sanfuwu.problems.models import Category
from sanfuwu.territory.models import Unit


class CatalogueEntry(Stream):
    """One line: for a category, anywhere or in one town, a lead and its co-handlers, from a day to a day."""

    id = IdField()
    category = models.ForeignKey(Category, models.PROTECT, related_name="+")
    town = models.CharField(max_length=12, default="", blank=True)  # division of a town; "": the whole county
    lead = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    co = models.JSONField(default=list)  # unit ids
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)  # exclusive; null = still

    stream_kind: ClassVar[str] = "catalogue"
    replayed: ClassVar[tuple[str, ...]] = ("category_id", "town", "lead_id", "co", "valid_from", "valid_to")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["category", "town", "valid_from"], name="catalogue_from_uq")
        ]
