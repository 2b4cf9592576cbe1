"""What an office may set without a programmer. Each row is the present value of one stream of events.

Texts set here are official and public (a reason's name, a notice), never about a person; all the same no event holds
them: it names the row, the fields that changed and their SHA-256.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from sanfuwu.ledger.fields import IdField
from sanfuwu.ledger.models import Stream


class Stamp(models.Model):
    """One random mark a topic, new at every change: a process compares it and reads again (`reference.stamps`)."""

    topic = models.CharField(primary_key=True, max_length=16)
    stamp = models.UUIDField()


class SettingsBook(Stream):
    """The stream that all values of the county belong to; there is one row."""

    id = IdField()
    name = models.CharField(max_length=16, unique=True)

    stream_kind: ClassVar[str] = "settings"
    replayed: ClassVar[tuple[str, ...]] = ("name",)


class SettingValue(models.Model):
    """One value of one key from a moment on; the newest one holds, the older ones show what stood there before."""

    id = IdField()
    key = models.CharField(max_length=32)
    value = models.JSONField()
    set_at = models.DateTimeField()
    set_by = models.UUIDField(null=True)  # post; null = SYSTEM

    class Meta:
        indexes = [models.Index(fields=["key", "set_at"], name="setting_key_ix")]


class ReasonCode(Stream):
    """A reason that an act may name. A row with the code of a built-in one changes its words or takes it out of use."""

    id = IdField()
    kind = models.CharField(max_length=20)  # reference.reasons.KINDS
    code = models.CharField(max_length=32)
    label = models.CharField(max_length=60)
    where_to_go = models.CharField(max_length=300, default="", blank=True)
    place = models.PositiveSmallIntegerField(default=100)  # in the list, ascending
    active = models.BooleanField(default=True)

    stream_kind: ClassVar[str] = "reason_code"
    replayed: ClassVar[tuple[str, ...]] = ("kind", "code", "place", "active")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "code"], name="reason_code_uq")]


class Phrase(Stream):
    """常用语: words to put into a form with one press, for one act or for all of them."""

    class Scope(models.TextChoices):
        PERSONAL = "personal"
        UNIT = "unit"
        COUNTY = "county"

    id = IdField()
    scope = models.CharField(max_length=8, choices=Scope.choices)
    post_id = models.UUIDField(null=True)  # whose, when personal
    unit_id = models.UUIDField(null=True)  # whose, when the unit's
    act = models.CharField(max_length=32, default="", blank=True)  # "": every act
    text = models.CharField(max_length=500)
    active = models.BooleanField(default=True)

    stream_kind: ClassVar[str] = "phrase"
    replayed: ClassVar[tuple[str, ...]] = ("scope", "post_id", "unit_id", "act", "active")


class Proposal(Stream):
    """What one office proposes and another one approves."""

    class Status(models.TextChoices):
        PROPOSED = "proposed"
        APPROVED = "approved"
        REFUSED = "refused"
        WITHDRAWN = "withdrawn"

    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PROPOSED)
    proposed_by = models.UUIDField(null=True)  # post
    proposed_person = models.UUIDField(null=True)
    proposed_at = models.DateTimeField()
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    remark = models.CharField(max_length=300, default="", blank=True)  # why, by whoever proposes
    answer = models.CharField(max_length=300, default="", blank=True)  # why not, by whoever refuses

    class Meta:
        abstract = True


_PROPOSAL_FIELDS = ("status", "proposed_by", "proposed_person", "proposed_at", "decided_by", "decided_at")


class RuleVersion(Proposal):
    """One version of the time limits and of the office hours that they rest on. Version 1 is the program's own."""

    id = IdField()
    number = models.PositiveSmallIntegerField(unique=True)
    valid_from = models.DateTimeField()
    limits = models.JSONField()  # {name of the limit: "7wd"}
    hours = models.JSONField()  # {"morning_from": "08:30", …}

    stream_kind: ClassVar[str] = "rule_version"
    replayed: ClassVar[tuple[str, ...]] = ("number", "valid_from", "limits", "hours", *_PROPOSAL_FIELDS)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["status"], condition=Q(status="proposed"), name="rule_version_one_proposed")
        ]


class CalendarNotice(Proposal):
    """The days of a year that differ from Monday to Friday, as read from the State Council's notice."""

    id = IdField()
    year = models.PositiveSmallIntegerField()
    days = models.JSONField()  # {"2027-01-01": "rest" | "work" | "half_am" | "half_pm"}
    names = models.JSONField(default=dict)  # {"2027-01-01": "元旦"}

    stream_kind: ClassVar[str] = "calendar_notice"
    replayed: ClassVar[tuple[str, ...]] = ("year", "days", *_PROPOSAL_FIELDS)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["year"], condition=Q(status="proposed"), name="calendar_one_proposed")
        ]
