"""What must be said to do each act: one frozen dataclass per act, read by pages, API and scripts alike.

Free text stays in these objects only until the plan has put it into encrypted notes.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from sanfuwu.parties.actions import RequesterInput


@dataclass(frozen=True, kw_only=True)  # no slots: an import pickles them for other processes: faster so
class Registration:
    """One problem as it comes in. `text`, `division` (6, 9 or 12 digits) and `requester` suffice."""

    text: str
    division: str
    requester: RequesterInput
    anonymous: bool = False
    title: str = ""  # empty: the first sentence of `text`
    channel: str = "visit"
    urgency: str = "normal"
    nature: str = "problem"
    category_id: UUID | None = None  # as proposed; a person confirms it when accepting
    proposed_unit: UUID | None = None
    raised_on: dt.datetime | None = None  # None: now
    confidential: bool = False
    source_system: str = ""
    source_ref: str | None = None
    origin: str = "live"
    visit_id: UUID | None = None
    meeting_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PastCase:
    """A case that another ledger closed: what was raised, the reply of that time, and the units that handled it, the
    responsible one first. The reply is a text and no result: some say "not ours"."""

    reg: Registration
    reply: str = ""
    replied_on: dt.datetime | None = None
    units: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SpotSolution:
    """How it was solved there and then, and who of the requester's side confirmed it."""

    how: str
    confirmed_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Accept:
    category_id: UUID
    tier: str = "limited"  # limited | key
    urgency: str = "normal"
    nature: str = "problem"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decline:
    """`reason_code`: one in use of the kind “decline” (`reference.queries.reasons`).

    The requester is told why and where to go instead (need 17); left empty, the reason's own sentence goes out.
    """

    reason_code: str
    where_to_go: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestInfo:
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyInfo:
    """补充. A contact or telephone that was missing is kept apart from the text, encrypted."""

    text: str
    contact_name: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correct:
    """更正: what is None stays. The old values stay in the events."""

    reason: str
    title: str | None = None
    division: str | None = None
    category_id: UUID | None = None
    party_id: UUID | None = None
    confidential: bool | None = None
    contact_name: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """One lead and n co-handlers. A confidential problem goes out with a second title and text."""

    lead: UUID
    co: tuple[UUID, ...] = ()
    instruction: str = ""
    title_for_units: str = ""
    text_for_units: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandDown:
    """From the unit that holds `assignment_id` to one below it or serving its place, which then leads for that unit."""

    lead: UUID
    co: tuple[UUID, ...] = ()
    instruction: str = ""
    assignment_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    reason: str
    assignment_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """退回: why it is not the unit's, by which provision, and whose it is instead."""

    reason: str
    basis: str
    proposed_unit: UUID
    assignment_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleUphold:
    """The unit keeps it; it may not return it again."""

    reason: str
    assignment_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleReassign:
    """Another unit gets it, with its own full time."""

    unit: UUID
    reason: str = ""
    assignment_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestExtension:
    """Until the close of business of `due_on`, a working day."""

    due_on: dt.date
    reason: str
    assignment_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideExtension:
    """A refusal says why."""

    granted: bool
    remark: str = ""
    assignment_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestHold:
    condition: str  # HOLD_CONDITIONS: what is waited for
    review_on: dt.date  # when it is looked at again
    reason: str
    assignment_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """挂账 granted. What is None stays as the unit asked for it."""

    condition: str | None = None
    review_on: dt.date | None = None
    remark: str = ""
    assignment_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseHold:
    reason: str
    assignment_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewHold:
    """The condition lasts: another day of review."""

    review_on: dt.date
    reason: str
    assignment_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unhold:
    remark: str = ""
    assignment_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    assignment_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeContact:
    """先行联系: how the requester was reached and what was said."""

    how: str = "phone"  # phone | visit | sms
    text: str = ""
    assignment_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    text: str
    for_requester: bool = False
    assignment_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitResult:
    """`evidence` says what proves it (a document, a date, who was there); photographs are never compulsory."""

    result_kind: str  # solved | explained | unsolvable
    text: str
    evidence: str
    assignment_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOff:
    assignment_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SendBack:
    reason_code: str  # one in use of the kind “send_back”
    text: str
    assignment_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    assignment_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordCallback:
    """One attempt to ask the requester. `outcome` only when reached: confirmed, dissatisfied or redo
    (or `anonymous`: there is nobody to call and the result was published)."""

    channel: str
    reached: bool
    contacted: bool | None = None
    solved: bool | None = None
    satisfied: str | None = None  # yes | basically | no
    outcome: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StrikeOff:
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopen:
    """What the requester says now, and how he said it."""

    reason: str
    how: str = "phone"  # phone | visit | sms


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw:
    """On the requester's word: why, how he said it, and what proves it (a letter, a recording, who was there)."""

    reason: str
    proof: str
    how: str = "phone"  # phone | visit | sms


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """Into the problem of this number: the same facts and the same reasons."""

    master: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmerge:
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """The text of each part: two to ten. Its first sentence is its title."""

    parts: tuple[str, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointLeader:
    post_id: UUID
    kind: str = "lead"  # lead | case
    members: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordCoordination:
    """A district or town co-ordination and what it decided on this problem (empty: no decision yet)."""

    level: str
    held_at: dt.datetime
    chaired_by: UUID
    decision: str = ""
    units: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordCommitment:
    """A promise. Without `due_on` a day to name the date by is set (2 working days)."""

    unit_id: UUID
    text: str
    due_on: dt.date | None = None
    visit_id: UUID | None = None
    meeting_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    text: str
    unit_id: UUID
    due_on: dt.date


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPlan:
    """方案和落实路径: steps that follow those already planned."""

    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AddRequirement:
    text: str
    owed_by_unit: UUID | None = None  # None: the requester
    due_on: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetRequirement:
    requirement_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteForeignNumber:
    """The number that another system of the county's list gave this problem."""

    system: str
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectForeignNumber:
    """更正外部编号: an empty `number` takes the wrong one away."""

    foreign_id: UUID
    number: str = ""
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteForeignUpdate:
    """What another system says about it: their word for the state, their reply. A person decides what follows."""

    system: str
    number: str
    status: str = ""
    text: str = ""
    said_on: dt.date | None = None


HOLD_CONDITIONS = ("season", "policy", "funds", "works")  # 季节、政策、资金、工程
