"""Exchange with other systems by workbook, and messages between the ledgers of two counties.

No row here points into another county: what crosses is a message with an id that both sides keep (ADR 0023).
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from sanfuwu.ledger.fields import IdField, new_id
from sanfuwu.ledger.models import Note, Stream
from sanfuwu.problems.models import ForeignNumber, ForeignSystem, Problem


class Exchange(models.Model):
    """One workbook that went to a system, or came from it. Numbered for each system and direction."""

    class Direction(models.TextChoices):
        OUT = "out"
        IN = "in"

    class State(models.TextChoices):
        MADE = "made"  # out
        PREVIEW = "preview"  # in: read, nothing recorded
        RECORDED = "recorded"  # in
        DROPPED = "dropped"  # in: a person decided against it, or a newer file took its place

    id = IdField()
    system = models.ForeignKey(ForeignSystem, models.PROTECT, to_field="code", related_name="+")
    direction = models.CharField(max_length=3, choices=Direction.choices)
    no = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=State.choices)
    at = models.DateTimeField()
    by_post = models.UUIDField(null=True)
    recorded_at = models.DateTimeField(null=True)
    lines = models.PositiveIntegerField(default=0)
    recorded = models.PositiveIntegerField(default=0)  # in: lines that became notes
    more = models.BooleanField(default=False)  # out: as many as fit; the next one goes on
    file_name = models.CharField(max_length=120, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["system", "direction", "no"], name="exchange_no_uq")]


class ToldLine(models.Model):
    """One line of a workbook that went out, as codes and ids: it can be written again, less what was erased since."""

    id = IdField()
    exchange = models.ForeignKey(Exchange, models.PROTECT, related_name="told")
    foreign = models.ForeignKey(ForeignNumber, models.PROTECT, related_name="+")
    upto_seq = models.PositiveIntegerField()  # the last event of the problem that it tells of
    said = models.JSONField()  # stage, unit, due, result and call-back: codes, ids and dates
    report_note = models.ForeignKey(Note, models.PROTECT, null=True, related_name="+", db_index=False)
    answer_note = models.ForeignKey(Note, models.PROTECT, null=True, related_name="+", db_index=False)


class ToldUpTo(models.Model):
    """The watermark: up to which event of its problem a system has been told, and what it was told last."""

    foreign = models.OneToOneField(ForeignNumber, models.PROTECT, primary_key=True, related_name="told_up_to")
    upto_seq = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)


class AnswerLine(models.Model):
    """One row of a workbook that came in. Its words are encrypted and emptied once they are recorded or dropped."""

    class Verdict(models.TextChoices):
        MATCHED = "matched"
        CONFLICT = "conflict"  # a person says whether it is recorded
        KNOWN = "known"  # recorded before
        UNKNOWN = "unknown"  # no problem has this number
        FAULT = "fault"  # cannot be read

    id = IdField()
    exchange = models.ForeignKey(Exchange, models.PROTECT, related_name="answers")
    row = models.PositiveIntegerField()  # as the spreadsheet shows it
    number = models.CharField(max_length=80)
    foreign = models.ForeignKey(ForeignNumber, models.PROTECT, null=True, related_name="answers")
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    why = models.CharField(max_length=16, default="")  # of a conflict or a fault
    said_on = models.DateField(null=True)
    words_enc = models.BinaryField(default=b"")  # JSON: status, reply
    key_id = models.CharField(max_length=16, default="")
    digest = models.CharField(max_length=64, default="")
    recorded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["exchange", "row"], name="answer_row_uq"),
            models.UniqueConstraint(
                fields=["digest"], condition=Q(recorded_at__isnull=False), name="answer_recorded_once"
            ),
        ]


class Partner(Stream):
    """A county that this one sends problems to and takes them from: nobody else's message is taken."""

    class Relation(models.TextChoices):
        SUPERIOR = "superior"  # 上级: 上报 goes there
        NEIGHBOUR = "neighbour"  # 平级
        SUBORDINATE = "subordinate"  # 下级

    id = IdField()
    code = models.CharField(max_length=6, unique=True)  # GB/T 2260
    relation = models.CharField(max_length=11, choices=Relation.choices)
    active = models.BooleanField(default=True)
    replayed: ClassVar[tuple[str, ...]] = ("code", "relation", "active")
    stream_kind: ClassVar[str] = "partner"


class Transfer(models.Model):
    """One 上报 or 移交, as one side knows it; the other side has a row of the same id in its own schema."""

    class Direction(models.TextChoices):
        OUT = "out"
        IN = "in"

    class Kind(models.TextChoices):
        UP = "up"  # 上报: it stays open here as well
        ACROSS = "across"  # 移交: once accepted it is theirs

    class State(models.TextChoices):
        WAITING = "waiting"  # sent, no word from there yet
        RECEIVED = "received"  # registered there, not yet accepted
        ACCEPTED = "accepted"
        DECLINED = "declined"
        FINISHED = "finished"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    direction = models.CharField(max_length=3, choices=Direction.choices)
    kind = models.CharField(max_length=6, choices=Kind.choices)
    state = models.CharField(max_length=8, choices=State.choices)
    partner_code = models.CharField(max_length=6)
    problem = models.ForeignKey(Problem, models.PROTECT, related_name="transfers")
    their_number = models.CharField(max_length=24, default="", db_index=True)
    with_requester = models.BooleanField(default=False)
    reason_code = models.CharField(max_length=32, default="")  # of a refusal
    answered_seq = models.PositiveIntegerField(default=0)  # in: up to which event of the problem the sender was told
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["problem"],
                condition=Q(direction="out", state__in=["waiting", "received"]),
                name="transfer_one_waiting",
            )
        ]
        indexes = [models.Index(fields=["direction", "state", "created_at"], name="transfer_list_ix")]


class LedgerMessage(models.Model):
    """What one ledger says to another: outbox of the sender, inbox of the receiver, the same id in both.

    Carried at least once; the id of what was taken already stands in the inbox, so that it is taken once.
    """

    class Direction(models.TextChoices):
        OUT = "out"
        IN = "in"

    class Kind(models.TextChoices):
        OFFER = "offer"
        RECEIVED = "received"
        ACCEPTED = "accepted"
        DECLINED = "declined"
        FINISHED = "finished"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    direction = models.CharField(max_length=3, choices=Direction.choices)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    transfer_id = models.UUIDField(db_index=True)
    partner_code = models.CharField(max_length=6)
    body_enc = models.BinaryField(default=b"")  # JSON; emptied once it has arrived
    key_id = models.CharField(max_length=16, default="")
    created_at = models.DateTimeField()
    sending_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)  # in: when it was taken
    attempts = models.PositiveSmallIntegerField(default=0)
    fault = models.CharField(max_length=40, default="")  # the last one, as a code

    class Meta:
        indexes = [
            models.Index(fields=["created_at"], name="message_todo_ix", condition=Q(direction="out", sent_at=None))
        ]
