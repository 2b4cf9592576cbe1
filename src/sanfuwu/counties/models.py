"""Shared by all counties, in the `public` schema: the counties themselves, divisions, the work calendar.

A county's own tables point here by code only: no foreign key ever crosses from a county's schema.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django_tenants.models import DomainMixin, TenantMixin

_LEVELS = [("county", "County"), ("town", "Town"), ("village", "Village")]
_KINDS = [("work", "Work"), ("rest", "Rest"), ("half_am", "Half Am"), ("half_pm", "Half Pm")]


class County(TenantMixin):
    """One county, one schema. `sanfuwu migrate` makes the row and the schema."""

    auto_create_schema = False
    auto_drop_schema = False

    code = models.CharField(max_length=6, unique=True)  # GB/T 2260
    name = models.CharField(max_length=60)
    created_on = models.DateField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


class CountyDomain(DomainMixin):
    """A host name under which a county is reached. Without any, every host shows the default county."""


class Division(models.Model):
    """An administrative division as it is today: county, town or street, village or community, and what is above."""

    code = models.CharField(primary_key=True, max_length=12)  # GB/T 2260 and below, padded to 12 digits
    name = models.CharField(max_length=80)
    level = models.CharField(max_length=8, choices=_LEVELS)

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class DivisionVersion(models.Model):
    """What a division was called from a day on (`valid_to` exclusive, null = still): 崧厦镇, then 崧厦街道."""

    code = models.CharField(max_length=12, db_index=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    name = models.CharField(max_length=80)
    level = models.CharField(max_length=8, choices=_LEVELS)
    parent_code = models.CharField(max_length=12, blank=True, default="")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["code", "valid_from"], name="division_version_uq")]


class CalendarYear(models.Model):
    """Whether the State Council's notice for a year is known. Without it Monday to Friday are counted, and flagged.

    `version` grows with every change of any year: the greatest one names the calendar as a whole.
    """

    year = models.PositiveSmallIntegerField(primary_key=True)
    published = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.year}{'' if self.published else ' (unpublished)'}"


class CalendarDay(models.Model):
    """One day of a known year: worked, rest, or one half of it worked. Editable, because notices get amended."""

    date = models.DateField(primary_key=True)
    kind = models.CharField(max_length=8, choices=_KINDS)
    note = models.CharField(max_length=40, blank=True, default="")

    def __str__(self) -> str:
        return f"{self.date} {self.kind}"
