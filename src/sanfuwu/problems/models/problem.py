"""The problem: present values of one stream of events."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from sanfuwu.ledger.fields import IdField
from sanfuwu.ledger.models import Note, Stream
from sanfuwu.parties.models import Contact, Party
from sanfuwu.rules.lifecycle import ProblemState

from .category import Category


class Problem(Stream):
    """One line of the 问题清单. `state` is the first of the three machines; see `rules.lifecycle`."""

    class Nature(models.TextChoices):
        PROBLEM = "problem"  # 重点难题
        STUDY = "study"  # 重大课题
        DISPUTE = "dispute"  # 重大矛盾纠纷

    class Tier(models.TextChoices):
        ON_SPOT = "on_spot"  # 现场
        LIMITED = "limited"  # 限期
        KEY = "key"  # 重点

    class Urgency(models.TextChoices):
        NORMAL = "normal"
        URGENT = "urgent"
        CONSULT = "consult"

    class Channel(models.TextChoices):
        SURVEY = "survey"  # 属地摸排
        LINE = "line"  # 条线收集
        VISIT = "visit"  # 走访发现
        MEETING = "meeting"  # 政企对接会
        SELF = "self"  # 自报
        HOTLINE = "hotline"  # 12345 及其他系统
        IMPORT = "import"  # 台账导入

    class WaitingOn(models.TextChoices):
        UP = "up"  # 已上报, 等上级
        ACROSS = "across"  # 已提出移交, 等对方

    class ResultKind(models.TextChoices):
        SOLVED = "solved"  # 实际解决
        EXPLAINED = "explained"  # 解释说明
        PLANNED = "planned"  # 计划解决
        UNSOLVABLE = "unsolvable"  # 无法解决

    class CloseBasis(models.TextChoices):
        CONFIRMED = "confirmed"
        DISSATISFIED_REVIEWED = "dissatisfied_reviewed"
        UNREACHABLE = "unreachable"
        ANONYMOUS_PUBLISHED = "anonymous_published"
        IMPORTED_UNKNOWN = "imported_unknown"
        PARTS_CLOSED = "parts_closed"  # it was split, and all its parts are closed

    id = IdField()
    # Both unique, by a constraint: a unique column of text has a second index, for LIKE, which nobody asks by.
    number = models.CharField(max_length=24)  # 330604-2019-000123
    read_code = models.CharField(max_length=16)  # on the paper slip: only reads
    state = models.CharField(max_length=20, choices=[(s.value, s.value) for s in ProblemState])
    nature = models.CharField(max_length=8, choices=Nature.choices, default=Nature.PROBLEM)
    tier = models.CharField(max_length=8, choices=Tier.choices, default="", blank=True)
    urgency = models.CharField(max_length=8, choices=Urgency.choices, default=Urgency.NORMAL)
    category = models.ForeignKey(Category, models.PROTECT, null=True, related_name="+")
    proposed_category = models.ForeignKey(Category, models.PROTECT, null=True, related_name="+", db_index=False)
    proposed_unit = models.UUIDField(null=True)  # 建议主办, by whoever registered it or the catalogue; null: nobody's
    channel = models.CharField(max_length=8, choices=Channel.choices)
    origin = models.CharField(max_length=8, default="live")  # live | import | training
    source_system = models.CharField(max_length=40, default="")
    source_ref = models.CharField(max_length=80, null=True)
    raised_on = models.DateTimeField()
    registered_at = models.DateTimeField()
    registered_by = models.UUIDField(null=True)  # post; null = SYSTEM
    minded_by = models.UUIDField(null=True)  # post that answers for the registration since `registered_by` handed over
    division = models.CharField(max_length=12)
    title = models.CharField(max_length=200)
    text_note = models.ForeignKey(Note, models.PROTECT, related_name="+", db_index=False)
    title_for_units = models.CharField(max_length=200, default="")
    text_for_units = models.ForeignKey(Note, models.PROTECT, null=True, related_name="+", db_index=False)
    party = models.ForeignKey(Party, models.PROTECT, null=True, related_name="problems")
    party_kind = models.CharField(max_length=12, choices=Party.Kind.choices, default=Party.Kind.RESIDENT)
    claimed_party = models.CharField(max_length=120, default="")  # as given, of a firm or body; never a resident
    contact = models.ForeignKey(Contact, models.PROTECT, null=True, related_name="+", db_index=False)
    anonymous = models.BooleanField(default=False)
    confidential = models.BooleanField(default=False)
    promised_due = models.DateTimeField(null=True)
    cycle_no = models.PositiveSmallIntegerField(default=1)
    visit_id = models.UUIDField(null=True)
    meeting_id = models.UUIDField(null=True)
    campaign_id = models.UUIDField(null=True)
    master = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="parts")
    waiting_on = models.CharField(max_length=6, choices=WaitingOn.choices, default="", blank=True)  # another ledger
    merged_count = models.PositiveSmallIntegerField(default=0)  # how many others follow this one
    part_count = models.PositiveSmallIntegerField(default=0)  # into how many it was split
    reason_code = models.CharField(max_length=32, default="")  # of 不予受理 or 已撤回
    result_kind = models.CharField(max_length=10, choices=ResultKind.choices, default="", blank=True)
    resolution_level = models.CharField(max_length=12, default="", blank=True)
    solved_at = models.DateTimeField(null=True)
    on_spot = models.BooleanField(default=False)
    close_basis = models.CharField(max_length=22, choices=CloseBasis.choices, default="", blank=True)
    struck_off_at = models.DateTimeField(null=True)

    # Ids, codes and dates: an event may carry them, and replaying the events gives them back.
    replayed: ClassVar[tuple[str, ...]] = (
        "number",
        "state",
        "nature",
        "tier",
        "urgency",
        "category_id",
        "proposed_category_id",
        "proposed_unit",
        "channel",
        "origin",
        "source_system",
        "raised_on",
        "registered_at",
        "registered_by",
        "minded_by",
        "division",
        "party_id",
        "party_kind",
        "contact_id",
        "text_note_id",
        "text_for_units_id",
        "anonymous",
        "confidential",
        "promised_due",
        "cycle_no",
        "visit_id",
        "meeting_id",
        "master_id",
        "parent_id",
        "waiting_on",
        "merged_count",
        "part_count",
        "reason_code",
        "result_kind",
        "resolution_level",
        "solved_at",
        "on_spot",
        "close_basis",
        "struck_off_at",
    )
    stream_kind: ClassVar[str] = "problem"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="problems_problem_number_key"),
            models.UniqueConstraint(fields=["read_code"], name="problems_problem_read_code_key"),
            models.UniqueConstraint(fields=["source_system", "source_ref"], name="problem_source_uq"),
        ]
        indexes = [  # figures: what was solved in a window; costs nothing before something is solved
            models.Index(fields=["solved_at"], name="problem_solved_ix", condition=models.Q(solved_at__isnull=False))
        ]
