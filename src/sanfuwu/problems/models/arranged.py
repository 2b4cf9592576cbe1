"""How people arrange the 问题清单 for themselves and each other. No part of the ledger: nothing here is an event."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from sanfuwu.ledger.fields import IdField
from sanfuwu.territory.models import Unit

NAME_LENGTH = 20
QUERY_LENGTH = 2000


class SavedView(models.Model):
    """A view of the list under a name: the query of its address (filters, order, columns), and who gets it as a tab."""

    class Share(models.TextChoices):
        MINE = "mine"  # only the post that saved it
        UNIT = "unit"  # every post of the unit
        COUNTY = "county"  # everybody; by the district's office

    id = IdField()
    name = models.CharField(max_length=NAME_LENGTH)
    query = models.CharField(max_length=QUERY_LENGTH)
    share = models.CharField(max_length=6, choices=Share.choices, default=Share.MINE)
    post_id = models.UUIDField()  # whose it is
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    changed_by = models.UUIDField()  # post
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["post_id", "name"], condition=Q(deleted_at__isnull=True), name="savedview_name_uq"
            )
        ]
        indexes = [models.Index(fields=["share", "unit"], name="savedview_shared_ix")]


class ListSetting(models.Model):
    """What the list is for one post before it asks for anything: the view it opens with, and its columns."""

    post_id = models.UUIDField(primary_key=True)
    opens_with = models.ForeignKey(SavedView, models.PROTECT, null=True, related_name="+", db_index=False)
    columns = ArrayField(models.CharField(max_length=16), default=list)  # empty: the usual ones
