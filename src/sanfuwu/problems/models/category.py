"""What problems are about: a tree of at most three levels, kept by the office."""

from __future__ import annotations

from django.db import models

from sanfuwu.ledger.fields import IdField


class Category(models.Model):
    class Status(models.TextChoices):
        PROPOSED = "proposed"  # a heading met in an import; a person confirms it
        ACTIVE = "active"
        CLOSED = "closed"

    id = IdField()
    code = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=60)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ACTIVE)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["parent", "name"], name="category_name_uq")]
