"""Units, their versions and mergers, who serves where (posts), who stands in for whom, and who is on duty."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from sanfuwu.ledger.fields import IdField
from sanfuwu.ledger.models import Stream


class Role(models.TextChoices):
    """What a post may do. The three officers are exclusive and hold no business role (三员分立)."""

    COLLECTOR = "collector"  # 走访干部、网格员
    DISPATCHER = "dispatcher"  # 区三服务办受理员
    TOWN_DISPATCHER = "town_dispatcher"  # 镇街受理员
    HANDLER = "handler"  # 承办人
    UNIT_HEAD = "unit_head"  # 单位负责人
    VERIFIER = "verifier"  # 回访员
    SUPERVISOR = "supervisor"  # 督查员
    LEADER = "leader"  # 区领导
    SYSTEM_OFFICER = "system_officer"
    SECURITY_OFFICER = "security_officer"
    AUDIT_OFFICER = "audit_officer"


OFFICERS = frozenset({Role.SYSTEM_OFFICER, Role.SECURITY_OFFICER, Role.AUDIT_OFFICER})


class Rank(models.TextChoices):
    DISTRICT_LEADER = "district_leader"  # 区领导
    CHIEF = "chief"  # 单位正职
    DEPUTY = "deputy"  # 单位副职 (副镇长 …)
    STAFF = "staff"


class Person(Stream):
    """An official, as a public body names him; the served are `parties`. No name or phone is ever in an event."""

    id = IdField()
    name = models.CharField(max_length=40)
    name_pinyin = models.CharField(max_length=240, default="")  # at most 6 letters a character
    office_phone = models.CharField(max_length=20, default="")
    account_id = models.UUIDField(null=True, db_index=True)  # his log-in; what it opens is in his posts

    stream_kind: ClassVar[str] = "person"
    replayed: ClassVar[tuple[str, ...]] = ("account_id",)


class Unit(Stream):
    """A public body that can be made responsible. Its names and places in the tree are in `UnitVersion`."""

    class Kind(models.TextChoices):
        COUNTY = "county"  # the county itself, root of the tree
        OFFICE = "office"  # 区三服务办 and other offices of the district
        DEPARTMENT = "department"
        TOWN = "town"  # 镇乡街道
        VILLAGE = "village"
        PUBLIC_SERVICE = "public_service"  # 供电所, 自来水公司, 天然气公司
        ZONE = "zone"
        STATE_FIRM = "state_firm"

    class Status(models.TextChoices):
        PROPOSED = "proposed"  # from an import; cannot be dispatched to until confirmed
        ACTIVE = "active"
        CLOSED = "closed"

    id = IdField()
    code = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ACTIVE)

    stream_kind: ClassVar[str] = "unit"
    replayed: ClassVar[tuple[str, ...]] = ("code", "kind", "status")


class UnitVersion(models.Model):
    """What a unit was called and whom it stood under, from a day on (`valid_to` exclusive, null = still)."""

    id = IdField()
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="versions")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    name = models.CharField(max_length=80)
    name_pinyin = models.CharField(max_length=560)  # at most 6 letters and a space a character
    parent = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    division_code = models.CharField(max_length=12, default="")

    replayed: ClassVar[tuple[str, ...]] = ("unit_id", "valid_from", "valid_to", "parent_id", "division_code")

    # The last of a unit is its latest, also beside versions that were replaced on their first day and last no day at
    # all: the present row keeps its id, so that it is older than the copies made of it.
    in_order: ClassVar[tuple[str, ...]] = ("valid_from", "valid_to", "-pk")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit"], condition=models.Q(valid_to__isnull=True), name="unit_one_current_version"
            )
        ]


class UnitMerge(models.Model):
    id = IdField()
    from_unit = models.ForeignKey(Unit, models.PROTECT, related_name="merged_as")
    into_unit = models.ForeignKey(Unit, models.PROTECT, related_name="merger_of")
    on_date = models.DateField()
    undone_at = models.DateTimeField(null=True)
    of_proposed = models.BooleanField(default=False)  # a name met in an import that turned out to be `into_unit`

    replayed: ClassVar[tuple[str, ...]] = ("from_unit_id", "into_unit_id", "on_date", "undone_at", "of_proposed")


class UnitReach(models.Model):
    """Whose records a unit sees: its own, those of units below it and of units it succeeded. Kept by actions."""

    class Why(models.TextChoices):
        SELF = "self"
        DESCENDANT = "descendant"
        PREDECESSOR = "predecessor"

    pk = models.CompositePrimaryKey("scope_id", "unit_id")
    scope = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="reached_by")
    why = models.CharField(max_length=12, choices=Why.choices)


class Post(Stream):
    """A person serving in a unit in a role for a time. The actor of every act is (account, active post)."""

    id = IdField()
    person = models.ForeignKey(Person, models.PROTECT, related_name="posts")
    account_id = models.UUIDField(null=True, db_index=True)  # in the shared schema: no database constraint
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="posts")
    role = models.CharField(max_length=20, choices=Role.choices)
    rank = models.CharField(max_length=20, choices=Rank.choices, default=Rank.STAFF)
    title = models.CharField(max_length=40)  # 副镇长, 经办, 受理员
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    confidential_officer = models.BooleanField(default=False)
    portfolio = models.JSONField(default=list)  # 分管单位: unit ids
    continues = models.UUIDField(null=True)  # the post of the merged unit that goes on in this one

    stream_kind: ClassVar[str] = "post"
    replayed: ClassVar[tuple[str, ...]] = (
        "person_id",
        "account_id",
        "unit_id",
        "role",
        "rank",
        "title",
        "valid_from",
        "valid_to",
        "confidential_officer",
        "portfolio",
        "continues",
    )


class Delegation(models.Model):
    """AB角 and secretaries: `to_post` may act for `post` between two days, for the acts named (empty = all)."""

    id = IdField()
    post = models.ForeignKey(Post, models.PROTECT, related_name="delegated")
    to_post = models.ForeignKey(Post, models.PROTECT, related_name="stands_in_for")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    acts = models.JSONField(default=list)

    replayed: ClassVar[tuple[str, ...]] = ("post_id", "to_post_id", "valid_from", "valid_to", "acts")


class ApiToken(models.Model):
    """An API token is a post. Only its SHA-256 is stored; the token itself is shown once."""

    id = IdField()
    post = models.ForeignKey(Post, models.PROTECT, related_name="tokens")
    token_hash = models.BinaryField(max_length=32, unique=True)
    name = models.CharField(max_length=60)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)


class DutyShift(models.Model):
    """值班: one post on duty for its unit on a day. A line that is taken back stays, with the moment it was."""

    class Shift(models.TextChoices):
        ALL_DAY = "all_day"
        DAY = "day"
        NIGHT = "night"

    id = IdField()
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="duty")
    day = models.DateField(db_index=True)
    shift = models.CharField(max_length=8, choices=Shift.choices, default=Shift.ALL_DAY)
    post = models.ForeignKey(Post, models.PROTECT, related_name="duty")
    leads = models.BooleanField(default=False)  # 带班
    removed_at = models.DateTimeField(null=True)

    replayed: ClassVar[tuple[str, ...]] = ("unit_id", "day", "shift", "post_id", "leads", "removed_at")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day", "shift", "post"],
                condition=models.Q(removed_at__isnull=True),
                name="duty_shift_once",
            )
        ]
