"""The served: enterprises, residents, villages, organisations, projects; and how to reach them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from sanfuwu.ledger.fields import IdField
from sanfuwu.ledger.models import Stream


class Party(Stream):
    """One served party. Matched automatically by exact USCC or village code only; other likenesses are for a person
    to decide. `unit_id` is set where a public unit is itself the served (its own people may not call it back)."""

    class Kind(models.TextChoices):
        ENTERPRISE = "enterprise"
        RESIDENT = "resident"
        VILLAGE = "village"
        ORGANISATION = "organisation"
        PROJECT = "project"

    id = IdField()
    kind = models.CharField(max_length=12, choices=Kind.choices)
    name = models.CharField(max_length=120)  # of a resident: empty; his name is in the contact, encrypted
    name_norm = models.CharField(max_length=120, db_index=True)
    uscc = models.CharField(max_length=18, null=True)
    division_code = models.CharField(max_length=12, default="")
    unit_id = models.UUIDField(null=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    verified = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    stream_kind: ClassVar[str] = "party"
    replayed: ClassVar[tuple[str, ...]] = ("kind", "uscc", "division_code", "unit_id", "merged_into_id", "verified")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["uscc"], name="party_uscc_uq"),
            models.UniqueConstraint(
                fields=["division_code"], condition=models.Q(kind="village"), name="party_village_uq"
            ),
        ]


class Contact(models.Model):
    """A person to be reached, encrypted (AES-GCM, `key_id`); the phone is found again by its HMAC."""

    id = IdField()
    party = models.ForeignKey(Party, models.PROTECT, null=True, related_name="contacts")
    name_enc = models.BinaryField()
    phone_enc = models.BinaryField()
    phone_hmac = models.BinaryField(max_length=32, null=True, db_index=True)
    key_id = models.CharField(max_length=16)
    erased_at = models.DateTimeField(null=True)
