"""The append-only ledger: events, the notes they point at, checkpoints, access, idempotency and the outbox.

House rule 4: events are the truth, rows are the present. No event holds free text, names, phones or identity
numbers; those live encrypted in `Note` (and in `parties.Contact`) and can be erased without breaking the chain.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from .fields import IdField, new_id


class Stream(models.Model):
    """Mixed into every row that owns an event stream. `version` guards against two people acting at once."""

    version = models.PositiveIntegerField(default=0)
    event_seq = models.PositiveIntegerField(default=0)
    chain_head = models.BinaryField(max_length=32, default=b"")

    stream_kind: ClassVar[str]

    class Meta:
        abstract = True


class Event(models.Model):
    """One thing that happened. INSERT and SELECT only, held by privilege; hash-chained within its stream."""

    pk = models.CompositePrimaryKey("stream_kind", "stream_id", "seq")
    stream_kind = models.CharField(max_length=16)
    stream_id = models.UUIDField()
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=40)
    schema_v = models.PositiveSmallIntegerField(default=1)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    actor_post = models.UUIDField(null=True)  # null = SYSTEM or the requester; payload says which
    on_behalf_of = models.UUIDField(null=True)
    assignment_id = models.UUIDField(null=True)
    payload = models.JSONField()  # ids, codes, dates and hashes only
    corrects_seq = models.PositiveIntegerField(null=True)
    origin = models.CharField(max_length=12, default="live")
    request_id = models.CharField(max_length=64, default="")
    prev_hash = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)

    class Meta:
        indexes = [models.Index(fields=["recorded_at"], name="event_recorded_ix")]


class Note(models.Model):
    """Free text. The event holds sha256(salt‖text): erasing empties text and salt and the chain stays valid."""

    class Audience(models.TextChoices):
        OFFICE = "office"  # dispatch and supervision only: originals of confidential problems
        HANDLING = "handling"  # whoever sees the problem
        REQUESTER = "requester"  # also shown on the requester's page

    id = IdField()
    salt = models.BinaryField(max_length=16)
    text_enc = models.BinaryField()
    key_id = models.CharField(max_length=16)
    audience = models.CharField(max_length=12, choices=Audience.choices, default=Audience.HANDLING)
    erased_at = models.DateTimeField(null=True)


class Checkpoint(models.Model):
    """A Merkle root over all chain heads of a day: shows a deleted stream or a cut tail. Exported off the machine."""

    day = models.DateField(primary_key=True)
    streams = models.PositiveIntegerField()
    merkle_root = models.BinaryField(max_length=32)
    made_at = models.DateTimeField()


class AccessLog(models.Model):
    """Who saw which personal data, when and why; also exports. No delete path."""

    id = IdField()
    at = models.DateTimeField(db_index=True)
    post_id = models.UUIDField(null=True)
    account_id = models.UUIDField(null=True)
    what = models.CharField(max_length=32)  # unmask_phone, export, original_text …
    subject_kind = models.CharField(max_length=16)
    subject_id = models.UUIDField(null=True)
    reason = models.CharField(max_length=200, default="")

    class Meta:
        indexes = [models.Index(fields=["subject_kind", "subject_id"], name="access_subject_ix")]


class IdempotencyKey(models.Model):
    """The answer to a write that may be sent twice, kept in the act's own transaction."""

    id = IdField()
    principal = models.UUIDField()
    key = models.CharField(max_length=128)
    body_hash = models.BinaryField(max_length=32)
    answer = models.JSONField()
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["principal", "key"], name="idempotency_uq")]


class OutboxMessage(models.Model):
    """Something to be told outside the database, written in the act's transaction and sent by a job.

    `sending_at` set and `sent_at` empty after a crash means "maybe sent twice": shown as such, never guessed.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    topic = models.CharField(max_length=32)
    subject_id = models.UUIDField()
    payload = models.JSONField()
    created_at = models.DateTimeField()
    sending_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="outbox_todo_ix", condition=models.Q(sent_at__isnull=True))]
