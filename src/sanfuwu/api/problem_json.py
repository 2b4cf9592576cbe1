"""The JSON of one problem: what `problems.queries.ProblemView` holds for this reader, and nothing it does not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from pydantic import Field

from sanfuwu.problems.chip import Stage
from sanfuwu.problems.policies import Offer
from sanfuwu.problems.queries import ProblemView
from sanfuwu.problems.queries.detail import Clock, Holder
from sanfuwu.rules.lifecycle import AssignmentState, ProblemState

from .shapes import Named, Place, Told


class OfferOut(Told):
    """An act that may be done now: POST its command to `href`."""

    act: str
    assignment_id: UUID | None
    href: str


class OffersOut(Told):
    number: str
    version: int
    offers: list[OfferOut]


class ClockOut(Told):
    """A deadline: what is left in working time, and shares (0–1, adding up to 1) for drawing it."""

    due_at: dt.datetime
    overdue: bool
    working_days: int
    working_minutes: int
    elapsed: float
    paused: float
    left: float
    running: bool
    extended: bool
    standing: bool = Field(description="On hold: it goes on with what is left")
    calendar_assumed: bool = Field(description="A year without a published calendar was counted Monday to Friday")


class RequesterOut(Told):
    """Masked for reading; `hidden` when this post may not know who it is."""

    hidden: bool
    kind: str
    anonymous: bool
    name: str
    contact_name: str
    contact_phone: str
    party_id: UUID | None
    earlier: int = Field(description="Earlier problems of the same party")
    earlier_open: int


class ElsewhereOut(Told):
    """A number of the problem in another system; `system` is the code to filter by."""

    id: UUID
    system: str
    name: str
    number: str


class AssignmentOut(Told):
    """One unit's part, in the order of making. `parent_id` is the assignment it was handed down from."""

    id: UUID
    parent_id: UUID | None
    depth: int
    cycle_no: int
    role: str
    unit: Named
    handler: str
    state: AssignmentState
    dispatched_at: dt.datetime
    due_original: dt.datetime
    due_at: dt.datetime
    signed_at: dt.datetime | None
    contacted_at: dt.datetime | None
    submitted_at: dt.datetime | None
    signed_off_at: dt.datetime | None
    accepted_at: dt.datetime | None
    ended_at: dt.datetime | None
    end_reason: str
    rework_count: int
    result_kind: str
    result_text: str
    clock: ClockOut


class LeaderOut(Told):
    kind: str
    who: str


class CommitmentOut(Told):
    id: UUID
    unit: Named
    text: str
    promised_at: dt.datetime
    due_at: dt.datetime | None
    date_to_be_named_by: dt.datetime | None
    kept_at: dt.datetime | None


class RequirementOut(Told):
    id: UUID
    text: str
    owed_by_requester: bool
    owed_by_unit: str
    due_on: dt.date | None
    done_at: dt.datetime | None


class PlanStepOut(Told):
    id: UUID
    order: int
    unit: Named
    text: str
    due_at: dt.datetime
    done_at: dt.datetime | None


class RequestOut(Told):
    """What a unit asks of those above it (return, extension, hold), and what became of it."""

    id: UUID
    assignment_id: UUID
    kind: str
    unit: Named
    asked_at: dt.datetime
    reason: str
    basis: str
    proposed_unit: Named | None
    due_from: dt.datetime | None
    due_wanted: dt.datetime | None
    condition: str
    review_on: dt.date | None
    needs_approver: bool = Field(description="A leader or the supervision decides, not the dispatching office")
    decision: str
    decided_at: dt.datetime | None
    remark: str


class KinOut(Told):
    """A problem that hangs together with this one: its master, a follower, a part, the whole."""

    relation: str
    number: str
    title: str
    stage: Stage


class AttachmentOut(Told):
    id: UUID
    purpose: str
    content_type: str
    size: int
    width: int
    height: int
    sha256: str
    at: dt.datetime


class MomentOut(Told):
    """One event. `data` holds ids, codes and dates; `texts` what was written for readers like this one."""

    seq: int
    kind: str
    happened_at: dt.datetime
    recorded_at: dt.datetime
    actor: str
    on_behalf: str
    data: dict[str, Any]
    texts: list[str]
    corrects_seq: int | None


class ProblemOut(Told):
    id: UUID
    number: str
    version: int
    state: ProblemState
    stage: Stage
    title: str
    text: str
    nature: str
    tier: str
    urgency: str
    channel: str
    origin: str
    source_system: str
    source_ref: str | None
    elsewhere: list[ElsewhereOut]
    waiting_on: str = Field(description="up, across, or empty: an answer of another county is awaited")
    raised_on: dt.datetime
    registered_at: dt.datetime
    registered_by: str
    place: Place
    category: Named | None
    proposed_category: Named | None
    proposed_unit: Named | None
    anonymous: bool
    confidential: bool
    requester: RequesterOut
    promised_due: dt.datetime | None
    clock: ClockOut | None
    cycle_no: int
    assignments: list[AssignmentOut]
    leaders: list[LeaderOut]
    commitments: list[CommitmentOut]
    requirements: list[RequirementOut]
    plan: list[PlanStepOut]
    requests: list[RequestOut]
    kin: list[KinOut]
    attachments: list[AttachmentOut]
    result_kind: str
    resolution_level: str
    solved_at: dt.datetime | None
    close_basis: str
    struck_off_at: dt.datetime | None
    reason_code: str
    timeline: list[MomentOut]
    offers: list[OfferOut]


def problem_json(view: ProblemView, path: str) -> ProblemOut:
    """The whole answer. `path` is the problem's own address, below which its acts stand."""
    p = view.problem
    return ProblemOut(
        **{name: getattr(p, name) for name in _AS_STORED},
        number=p.number,
        version=view.version,
        stage=view.stage,
        title=view.title,
        text=view.text,
        # Another system's number may lead to the person there: as hidden as the person.
        source_ref=p.source_ref if view.sees_requester else None,
        elsewhere=[ElsewhereOut.model_validate(n) for n in view.elsewhere],
        registered_by=view.registered_by,
        place=Place(code=p.division, name=view.place),
        category=_named(p.category_id, view.category),
        proposed_category=_named(p.proposed_category_id, view.proposed_category),
        proposed_unit=_named(p.proposed_unit, view.proposed_unit),
        requester=RequesterOut.model_validate(view.requester),
        clock=_clock(view.clock) if view.clock else None,
        assignments=[_assignment(holder) for holder in view.holders],
        leaders=[LeaderOut(kind=kind, who=who) for kind, who in view.leaders],
        commitments=[
            CommitmentOut(**_of(c, _COMMITMENT), unit=Named(id=c.unit_id, name=unit), text=text)
            for c, unit, text in view.commitments
        ],
        requirements=[
            RequirementOut(**_of(r, _REQUIREMENT), owed_by_unit=unit, text=text) for r, unit, text in view.requirements
        ],
        plan=[
            PlanStepOut(**_of(s, _STEP), unit=Named(id=s.unit_id, name=unit), text=text) for s, unit, text in view.plan
        ],
        requests=[
            RequestOut(
                **_of(a.request, _REQUEST),
                unit=Named(id=a.request.unit_id, name=a.unit),
                reason=a.reason,
                basis=a.basis,
                proposed_unit=_named(a.request.proposed_unit, a.proposed_unit),
                remark=a.remark,
            )
            for a in view.requests
        ],
        kin=[KinOut.model_validate(k) for k in view.kin],
        attachments=[AttachmentOut.model_validate(a) for a in view.attachments],
        timeline=[MomentOut.model_validate(moment) for moment in view.timeline],
        offers=offers_json(view.offers, path),
    )


def offers_json(offered: Iterable[Offer], path: str) -> list[OfferOut]:
    """Acts as sub-resources: `submit_result` stands at `…/submit-result`."""
    return [
        OfferOut(act=o.act, assignment_id=o.assignment_id, href=f"{path}/{o.act.replace('_', '-')}") for o in offered
    ]


_AS_STORED = (
    "id", "state", "nature", "tier", "urgency", "channel", "origin", "source_system", "waiting_on", "raised_on",
    "registered_at", "anonymous", "confidential", "promised_due", "cycle_no", "result_kind", "resolution_level",
    "solved_at", "close_basis", "struck_off_at", "reason_code",
)  # fmt: skip
_COMMITMENT = ("id", "promised_at", "due_at", "date_to_be_named_by", "kept_at")
_REQUIREMENT = ("id", "owed_by_requester", "due_on", "done_at")
_STEP = ("id", "order", "due_at", "done_at")
_REQUEST = (
    "id", "assignment_id", "kind", "asked_at", "due_from", "due_wanted", "condition", "review_on", "needs_approver",
    "decision", "decided_at",
)  # fmt: skip
_ASSIGNMENT = tuple(AssignmentOut.model_fields.keys() - {"unit", "handler", "result_text", "clock"})


def _of(row: Any, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _named(id_: UUID | None, name: str) -> Named | None:
    return Named(id=id_, name=name) if id_ is not None else None


def _assignment(holder: Holder) -> AssignmentOut:
    return AssignmentOut(
        **_of(holder.assignment, _ASSIGNMENT),
        unit=Named(id=holder.assignment.unit_id, name=holder.unit_name),
        handler=holder.handler,
        result_text=holder.result_text,
        clock=_clock(holder.clock),
    )


def _clock(clock: Clock) -> ClockOut:
    return ClockOut(
        due_at=clock.due_at,
        overdue=clock.remaining.overdue,
        working_days=clock.remaining.working_days,
        working_minutes=clock.remaining.working_minutes,
        elapsed=clock.progress.elapsed,
        paused=clock.progress.paused,
        left=clock.progress.left,
        running=clock.running,
        extended=clock.extended,
        standing=clock.standing_since is not None,
        calendar_assumed=clock.calendar_assumed,
    )
