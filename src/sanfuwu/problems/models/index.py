"""The narrow rows that lists, searches and the visibility rule read (model.md, "Tables")."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from .problem import Problem


class Facet(models.Model):
    """The dictionary behind `ProblemRow.facets`: exact, so that a scope token can never collide with another."""

    id = models.AutoField(primary_key=True)
    kind = models.CharField(max_length=12)
    key = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="facet_uq")]


class ProblemRow(models.Model):
    """One narrow row per problem: what may be filtered on, and one token per scope that may see it."""

    problem = models.OneToOneField(Problem, models.PROTECT, primary_key=True, related_name="row")
    registered_at = models.DateTimeField()
    raised_on = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    struck_off_at = models.DateTimeField(null=True)
    is_open = models.BooleanField()
    training = models.BooleanField(default=False, db_default=False)  # never changes; asked by every list of real work
    facets = ArrayField(models.IntegerField())

    class Meta:
        indexes = [
            GinIndex(fields=["facets"], name="problem_row_facets_gin", fastupdate=False),
            models.Index(fields=["registered_at", "problem"], name="problem_row_newest_ix"),
            models.Index(fields=["raised_on", "problem"], name="problem_row_raised_ix"),
            models.Index(fields=["due_at", "problem"], name="problem_row_due_ix", condition=Q(is_open=True)),
            models.Index(
                fields=["struck_off_at", "problem"],
                name="problem_row_struck_ix",
                condition=Q(struck_off_at__isnull=False),
            ),
        ]


class ProblemText(models.Model):
    """Hashed character bigrams of title and text, for two-character search; never a confidential name."""

    problem = models.OneToOneField(Problem, models.PROTECT, primary_key=True, related_name="grams")
    grams = ArrayField(models.IntegerField())

    class Meta:
        indexes = [GinIndex(fields=["grams"], name="problem_text_grams_gin")]
