"""Columns of the ledgers, exports, and the papers: series of numbers, issued documents, templates, letterhead."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from sanfuwu.ledger.fields import IdField
from sanfuwu.ledger.models import Stream
from sanfuwu.problems.models import Problem


class Ledger(models.TextChoices):
    """The four ledgers (四张清单)."""

    PROBLEMS = "problems"  # 问题清单
    DUTIES = "duties"  # 责任清单
    TASKS = "tasks"  # 任务清单
    RESULTS = "results"  # 效果清单


class LedgerColumns(Stream):
    """Which columns one ledger of this county has, in order. Empty, or no row at all: the default."""

    id = IdField()
    ledger = models.CharField(max_length=10, choices=Ledger.choices, unique=True)
    columns = models.JSONField(default=list)

    stream_kind: ClassVar[str] = "columns"
    replayed: ClassVar[tuple[str, ...]] = ("ledger", "columns")


class Export(models.Model):
    """One file that went out, or is being made. The file is kept encrypted until `expires_at`."""

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"
        EXPIRED = "expired"  # the file was removed

    class What(models.TextChoices):
        PROBLEMS = "problems"
        DUTIES = "duties"
        TASKS = "tasks"
        RESULTS = "results"
        ORDERS = "orders"  # 交办单 of several problems

    id = IdField()
    what = models.CharField(max_length=10, choices=What.choices)
    format = models.CharField(max_length=4)  # xlsx, csv, zip
    asked_enc = models.BinaryField()  # filters or chosen numbers; the words of a search may be a name
    key_id = models.CharField(max_length=16)
    host = models.CharField(max_length=120, default="", blank=True)  # for the code on papers
    account_id = models.UUIDField(null=True)
    post_id = models.UUIDField(null=True)
    on_behalf_of = models.UUIDField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    total = models.PositiveIntegerField(default=0)  # problems
    done = models.PositiveIntegerField(default=0)  # problems written
    rows = models.PositiveIntegerField(default=0)  # lines written: a task ledger has several for one problem
    bytes = models.PositiveBigIntegerField(default=0)
    file_name = models.CharField(max_length=120, default="", blank=True)
    trouble = models.CharField(max_length=300, default="", blank=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["account_id", "-created_at"], name="export_mine_ix"),
            models.Index(fields=["expires_at"], name="export_expiry_ix", condition=models.Q(state="done")),
        ]


class Paper(models.TextChoices):
    """Papers that are issued with a number."""

    ORDER = "order"  # 交办单
    STRIKE_OFF = "strike_off"  # 销号单


class DocumentSeries(models.Model):
    """The last number given in one year. Locked while the next one is taken: no gap, no number twice."""

    id = IdField()
    kind = models.CharField(max_length=10, choices=Paper.choices)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "year"], name="series_kind_year_uq")]


class IssuedDocument(Stream):
    """A paper with its number. Printed again it keeps the number; what it says is read from the records of the day."""

    id = IdField()
    kind = models.CharField(max_length=10, choices=Paper.choices)
    year = models.PositiveSmallIntegerField()
    serial = models.PositiveIntegerField()
    number = models.CharField(max_length=60)  # 三服交〔2019〕12号, with the word of the letterhead of that day
    problem = models.ForeignKey(Problem, models.PROTECT, related_name="documents")
    about_id = models.UUIDField()  # the lead's assignment (交办单), the verification cycle (销号单)
    issued_at = models.DateTimeField()
    issued_by = models.UUIDField(null=True)  # post

    stream_kind: ClassVar[str] = "document"
    replayed: ClassVar[tuple[str, ...]] = (
        "kind",
        "year",
        "serial",
        "number",
        "problem_id",
        "about_id",
        "issued_at",
        "issued_by",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "year", "serial"], name="document_number_uq"),
            models.UniqueConstraint(fields=["kind", "about_id"], name="document_once_uq"),
        ]


class PaperTemplate(Stream):
    """A Word file of the county's own. It is used once somebody else than its author has approved it."""

    class State(models.TextChoices):
        PROPOSED = "proposed"
        APPROVED = "approved"
        REFUSED = "refused"
        RETIRED = "retired"

    id = IdField()
    kind = models.CharField(max_length=10, choices=Paper.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    file = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.UUIDField(null=True)  # post
    uploaded_by_person = models.UUIDField(null=True)  # somebody with two posts is one person
    uploaded_at = models.DateTimeField()
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)

    stream_kind: ClassVar[str] = "template"
    replayed: ClassVar[tuple[str, ...]] = (
        "kind",
        "state",
        "sha256",
        "uploaded_by",
        "uploaded_by_person",
        "uploaded_at",
        "decided_by",
        "decided_at",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], condition=models.Q(state="approved"), name="template_one_approved"
            ),
            models.UniqueConstraint(
                fields=["kind"], condition=models.Q(state="proposed"), name="template_one_proposed"
            ),
        ]


class Letterhead(Stream):
    """Whose papers these are. One row; without it the county's name makes the default."""

    id = IdField()
    only = models.BooleanField(default=True, unique=True)
    agency = models.CharField(max_length=40)  # 发文机关
    order_word = models.CharField(max_length=12)  # 发文字号 of 交办单, before 〔2019〕
    strike_off_word = models.CharField(max_length=12)

    stream_kind: ClassVar[str] = "letterhead"
    replayed: ClassVar[tuple[str, ...]] = ()
