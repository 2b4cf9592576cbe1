"""An import while it runs and what stays of it. Files and refused rows are kept encrypted, and only for a while."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from sanfuwu.ledger.fields import IdField
from sanfuwu.ledger.models import Stream


class ImportRun(Stream):
    """One file on its way into the ledger. Its counts are brought up to date with every 500 rows, in their
    transaction."""

    class State(models.TextChoices):
        UPLOADED = "uploaded"  # the columns are to be looked at
        CHECKING = "checking"  # every row is read, nothing is written
        CHECKED = "checked"  # the preview is to be confirmed
        AWAITING = "awaiting"  # history: a second person is to approve
        RUNNING = "running"
        DONE = "done"
        CANCELLED = "cancelled"
        REFUSED = "refused"  # by the second approver
        FAILED = "failed"

    class Kind(models.TextChoices):
        LIVE = "live"  # waiting to be accepted
        HISTORY = "history"  # cases of the past

    id = IdField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.UPLOADED)
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.LIVE)
    source = models.CharField(max_length=40)  # the source system, by which a row is known again
    name_enc = models.BinaryField()  # the file's name: people write names into it
    key_id = models.CharField(max_length=16)
    file_kind = models.CharField(max_length=4)
    file_size = models.PositiveIntegerField()
    sheets = models.JSONField(default=list)  # [[name, hidden, rows]]
    sheet = models.CharField(max_length=120)
    head_first = models.PositiveIntegerField()
    head_last = models.PositiveIntegerField()
    headings = models.JSONField(default=list)
    signature = models.CharField(max_length=32)
    mapping = models.JSONField(default=dict)  # column (from 1, as text) → field
    post_id = models.UUIDField(null=True)  # whose right it is done by; null = SYSTEM (the command line)
    own_post = models.UUIDField(null=True)  # of who uploaded it, where he stands in for another
    account_id = models.UUIDField(null=True)
    unit_id = models.UUIDField(null=True)
    approver_post = models.UUIDField(null=True)
    approver_own_post = models.UUIDField(null=True)
    approver_account = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)  # of the phase that runs or ran last
    beat_at = models.DateTimeField(null=True)  # last sign of life of the worker, in real time
    ended_at = models.DateTimeField(null=True)
    file_gone_at = models.DateTimeField(null=True)
    total = models.PositiveIntegerField(default=0)  # rows with something in them
    done = models.PositiveIntegerField(default=0)  # rows up to which all is written
    ahead = models.JSONField(default=list, db_default=[])  # [[rows before, rows]]: batches written beyond `done`
    created = models.PositiveIntegerField(default=0)
    duplicates = models.PositiveIntegerField(default=0)
    lookalikes = models.PositiveIntegerField(default=0)  # of the created ones
    rejected = models.PositiveIntegerField(default=0)
    undated = models.PositiveIntegerField(default=0)  # of the created ones
    proposed_units = models.PositiveIntegerField(default=0)
    proposed_categories = models.PositiveIntegerField(default=0)
    trouble = models.CharField(max_length=200, default="")  # why it failed, in a sentence

    stream_kind: ClassVar[str] = "import"
    replayed: ClassVar[tuple[str, ...]] = (
        "state",
        "kind",
        "post_id",
        "own_post",
        "unit_id",
        "approver_post",
        "created_at",
    )

    class Meta:
        indexes = [
            models.Index(fields=["-created_at"], name="import_newest_ix"),
            models.Index(
                fields=["beat_at"], name="import_running_ix", condition=models.Q(state__in=["checking", "running"])
            ),
        ]


class ImportPiece(models.Model):
    """A piece of the uploaded file, encrypted. In the database, because any worker on any machine may go on with it."""

    id = IdField()
    run = models.ForeignKey(ImportRun, models.PROTECT, related_name="pieces")
    at = models.PositiveIntegerField()
    data_enc = models.BinaryField()
    key_id = models.CharField(max_length=16)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "at"], name="import_piece_uq")]


class ImportRows(models.Model):
    """A piece of the table laid out: rows as they were read, encrypted. They go when the file goes."""

    id = IdField()
    run = models.ForeignKey(ImportRun, models.PROTECT, related_name="rows")
    at = models.PositiveIntegerField()  # rows before it
    length = models.PositiveIntegerField()
    data_enc = models.BinaryField()
    key_id = models.CharField(max_length=16)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "at"], name="import_rows_uq")]


class ImportFindings(models.Model):
    """What was found in a stretch of rows: refused ones with their cells, duplicates, look-alikes, notices;
    encrypted."""

    id = IdField()
    run = models.ForeignKey(ImportRun, models.PROTECT, related_name="findings")
    phase = models.CharField(max_length=5)  # look | head | check | run
    at = models.PositiveIntegerField()  # rows before it
    found_enc = models.BinaryField()
    key_id = models.CharField(max_length=16)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "phase", "at"], name="import_findings_uq")]


class ImportMapping(models.Model):
    """How the columns of a source's table were understood the last time."""

    id = IdField()
    source = models.CharField(max_length=40)
    signature = models.CharField(max_length=32)
    fields = models.JSONField()  # plain heading → field
    kind = models.CharField(max_length=8)
    used_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "signature"], name="import_mapping_uq")]
        indexes = [models.Index(fields=["signature", "-used_at"], name="import_mapping_ix")]


class ImportedText(models.Model):
    """By which an exact repeat of a text is found again. The key is an HMAC: it tells nothing of the text."""

    problem_id = models.UUIDField(primary_key=True)
    key = models.BinaryField(max_length=16)
    first = models.UUIDField(null=True)  # the problem that had this text before; null = nobody had

    class Meta:
        indexes = [models.Index(fields=["key"], name="imported_text_ix")]
