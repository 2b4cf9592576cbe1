"""Other systems that know a problem too (12345, 小管家, 信访, 数字城管 …), and the numbers it has there.

`Problem.source_system/source_ref` says where a row came from and never changes; a `ForeignNumber` says what another
system calls the matter now. Lists, search and exchange read only the latter (ADR 0023).
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from sanfuwu.ledger.fields import IdField
from sanfuwu.ledger.models import Stream

from .problem import Problem


class ForeignSystem(Stream):
    """A system outside that this county exchanges with; kept by the dispatch office."""

    id = IdField()
    code = models.CharField(max_length=24, unique=True)  # in addresses and filters: hotline, xinfang
    name = models.CharField(max_length=40, unique=True)
    active = models.BooleanField(default=True)  # False: known from the past, no new numbers
    told_to_requester = models.BooleanField(default=False)  # its numbers stand on the requester's page
    headings = models.JSONField(default=dict)  # of its workbooks, where they differ from the usual ones
    replayed: ClassVar[tuple[str, ...]] = ("code", "active", "told_to_requester")
    stream_kind: ClassVar[str] = "system"

    def __str__(self) -> str:
        return self.name


class ForeignNumber(models.Model):
    """The number of one problem in one other system. A wrong one is ended and a new row follows it."""

    id = IdField()
    problem = models.ForeignKey(Problem, models.PROTECT, related_name="foreign_numbers")
    system = models.ForeignKey(ForeignSystem, models.PROTECT, to_field="code", related_name="numbers")
    number = models.CharField(max_length=80)  # as people write it
    key = models.CharField(max_length=80, db_index=True)  # by which it is found (`rules.text.reference_key`)
    noted_at = models.DateTimeField()
    noted_by = models.UUIDField(null=True)  # post; null = SYSTEM
    ended_at = models.DateTimeField(null=True)
    # The number itself stays out of events, as the source's reference does: nobody knows what others put into theirs.
    replayed: ClassVar[tuple[str, ...]] = ("problem_id", "system_id", "noted_at", "noted_by", "ended_at")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["system", "key"], condition=Q(ended_at__isnull=True), name="foreign_number_uq"
            )
        ]
