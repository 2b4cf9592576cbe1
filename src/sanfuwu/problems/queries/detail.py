"""问题详情: everything one reader may see of one problem, in a fixed number of queries."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from sanfuwu.ledger.errors import NotVisible
from sanfuwu.ledger.models import Event
from sanfuwu.parties.queries import open_contact
from sanfuwu.reference.queries import calendar_at
from sanfuwu.rules.durations import Duration, Unit
from sanfuwu.rules.masking import mask_name, mask_phone
from sanfuwu.rules.worktime import Progress, Remaining
from sanfuwu.territory.actor import Actor
from sanfuwu.territory.models import Role
from sanfuwu.territory.queries import places_named, post_labels, reach_of, unit_names

from .. import policies
from ..acts import ACTS
from ..chip import Mark, Stage, marks, stage
from ..models import Assignment, Attachment, Commitment, Problem, ProblemRow, Requirement
from ..policies import Offer
from ..snapshot import Snapshot, load
from .categories import category_tree
from .foreign import NumberElsewhere, numbers_of
from .kin import Asked, Kin, asked_of, kin_of
from .notes import texts
from .scope import sees_requester, visible_to


@dataclass(frozen=True, slots=True)
class Clock:
    """The deadline bar: shares for drawing, working time for words. `running` is False once it has ended."""

    due_at: dt.datetime
    remaining: Remaining
    progress: Progress
    extended: bool
    running: bool
    calendar_assumed: bool
    standing_since: dt.datetime | None  # 挂账: it goes on with what is left


@dataclass(frozen=True, slots=True)
class Holder:
    """One unit of the responsibility card."""

    assignment: Assignment
    unit_name: str
    handler: str
    result_text: str
    clock: Clock


@dataclass(frozen=True, slots=True)
class RequesterCard:
    """The requester as this reader may see him: masked, or hidden."""

    hidden: bool
    kind: str
    name: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    earlier: int = 0
    earlier_open: int = 0
    party_id: UUID | None = None
    anonymous: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the timeline; the page turns `kind` and `data` into a sentence."""

    seq: int
    kind: str
    happened_at: dt.datetime
    recorded_at: dt.datetime
    actor: str
    on_behalf: str
    data: dict[str, Any]
    texts: tuple[str, ...] = ()
    corrects_seq: int | None = None


@dataclass(frozen=True, slots=True)
class ProblemView:
    problem: Problem
    stage: Stage
    title: str
    text: str
    place: str
    place_full: str  # a village with its town
    category: str
    category_full: str  # from the top of the tree
    proposed_category: str
    proposed_category_full: str
    proposed_unit: str
    sees_requester: bool
    requester: RequesterCard
    clock: Clock | None
    lead: Holder | None
    holders: tuple[Holder, ...]
    leaders: tuple[tuple[str, str], ...]  # (kind, person and post)
    registered_by: str
    timeline: tuple[Moment, ...]
    attachments: tuple[Attachment, ...]
    commitments: tuple[tuple[Commitment, str, str], ...]  # (row, unit name, text)
    requirements: tuple[tuple[Requirement, str, str], ...]  # (row, who owes it, text)
    plan: tuple[tuple[Any, str, str], ...]
    requests: tuple[Asked, ...]
    kin: tuple[Kin, ...]
    marks: tuple[Mark, ...]
    being_asked: bool  # a call-back is open
    waits_for: str  # the unit whose turn it is: to sign, to handle, to review; empty when it is none's
    offers: tuple[Offer, ...]
    beyond: tuple[Offer, ...]  # towards other counties
    elsewhere: tuple[NumberElsewhere, ...]  # empty where they could lead to a confidential requester
    unit_names: dict[UUID, str] = field(repr=False)
    post_names: dict[UUID, str] = field(repr=False, default_factory=dict)  # of posts that an event's sentence names
    version: int = 0


def find(actor: Actor, number: str) -> ProblemRow:
    """The visible row by number; what is not visible does not exist."""
    row = visible_to(actor).filter(problem__number=number).select_related("problem").first()
    if row is None:
        raise NotVisible(_("There is no such problem, or it is not visible to you."))
    return row


def get_problem(actor: Actor, number: str, *, now: dt.datetime) -> ProblemView:
    """One problem for one reader. Raises `NotVisible` (404)."""
    row = find(actor, number)
    return view_of(actor, load(row.pk), now=now)


def view_of(actor: Actor, snap: Snapshot, *, now: dt.datetime) -> ProblemView:
    """The view of a snapshot already known to be visible."""
    p = snap.problem
    today = timezone.localdate(now)
    sees = sees_requester(actor, p)
    names = dict(unit_names(today))
    events = _events(actor, snap)
    commitments = list(p.commitments.order_by("pk"))
    # An office's original text of a confidential problem; everybody else reads the second text.
    body_id = p.text_note_id if sees or not p.confidential else p.text_for_units_id
    notes = texts(actor, p, [body_id, *_note_ids(events), *_note_ids_of(snap, commitments)])
    posts = post_labels(_post_ids(snap, events), today)
    holders = tuple(_holder(snap, a, names, posts, notes, now) for a in snap.assignments)
    top = snap.top_lead
    lead = next((h for h in holders if top is not None and h.assignment is top), None)
    tree = category_tree()
    (category, category_full), (proposed, proposed_full) = map(tree.names, (p.category_id, p.proposed_category_id))
    place, place_full = places_named([p.division], today).get(p.division, ("", ""))
    offers = tuple(policies.offers(actor, snap, tuple(ACTS)))
    return ProblemView(
        problem=p,
        stage=stage(snap),
        title=p.title if sees or not p.confidential else p.title_for_units,
        text=notes.get(body_id, "") if body_id else "",
        place=place,
        place_full=place_full,
        category=category,
        category_full=category_full,
        proposed_category=proposed,
        proposed_category_full=proposed_full,
        proposed_unit=names.get(p.proposed_unit, "") if p.proposed_unit else "",
        sees_requester=sees,
        requester=_requester(p, sees),
        clock=lead.clock if lead else None,
        lead=lead,
        holders=holders,
        leaders=tuple((x.kind, _label(posts, x.post_id)) for x in snap.leaderships if x.to_at is None),
        registered_by=_label(posts, p.registered_by) if sees or not p.confidential else "",
        timeline=tuple(_moment(e, actor, posts, notes, hide_recorder=not sees and p.confidential) for e in events),
        attachments=_attachments(p, sees),
        commitments=tuple((c, names.get(c.unit_id, ""), notes.get(c.text_note_id, "")) for c in commitments),
        requirements=tuple(
            (r, names.get(r.owed_by_unit, "") if r.owed_by_unit else "", notes.get(r.text_note_id, ""))
            for r in snap.requirements
        ),
        plan=tuple((s, names.get(s.unit_id, ""), notes.get(s.text_note_id, "")) for s in snap.plan_steps),
        requests=asked_of(snap, names, notes),
        kin=kin_of(actor, snap),
        marks=marks(snap),
        being_asked=snap.open_cycle is not None,
        waits_for=_waits_for(snap, names),
        offers=offers,
        beyond=tuple(policies.offers(actor, snap, policies.BEYOND)),
        elsewhere=numbers_of(snap) if sees else (),
        unit_names=names,
        post_names={pk: _label(posts, pk) for pk in _named_posts(events) if pk in posts},
        version=p.version,
    )


def _waits_for(snap: Snapshot, names: dict[UUID, str]) -> str:
    lead = snap.top_lead
    if lead is None:
        return ""
    of_the_office = stage(snap) in (Stage.TO_REVIEW, Stage.RETURNED)
    unit_id = lead.dispatching_unit if of_the_office else lead.unit_id
    return names.get(unit_id, "") if unit_id else ""


def clock_of(snap: Snapshot, a: Assignment, now: dt.datetime) -> Clock:
    """The bar of one assignment, drawn at `now` or at its end."""
    calendar = calendar_at(now)
    pauses = [(x.from_at, x.to_at) for x in snap.pauses_of(a) if x.to_at is not None]
    stopped = a.submitted_at if a.state == "pending_review" else None
    held_since = min((x.from_at for x in snap.pauses_of(a) if x.to_at is None), default=None)
    at = stopped or a.ended_at or held_since or now
    unit = Duration.parse(a.duration).unit
    wall = unit in (Unit.HOURS, Unit.MINUTES)
    return Clock(
        due_at=a.due_at,
        remaining=calendar.remaining(at, a.due_at),
        progress=calendar.progress(
            a.dispatched_at, a.due_at, at, pauses, unit=Unit.HOURS if wall else Unit.WORKING_DAYS
        ),
        extended=a.due_at > a.due_original,
        running=a.ended_at is None and a.state != "pending_review" and held_since is None,
        standing_since=held_since,
        calendar_assumed=a.calendar_assumed,
    )


def _holder(
    snap: Snapshot,
    a: Assignment,
    names: dict[UUID, str],
    posts: dict[UUID, Any],
    notes: dict[UUID, str],
    now: dt.datetime,
) -> Holder:
    return Holder(
        assignment=a,
        unit_name=names.get(a.unit_id, ""),
        handler=_person(posts, a.handler_post),
        result_text=notes.get(a.result_note_id, "") if a.result_note_id else "",
        clock=clock_of(snap, a, now),
    )


def _events(actor: Actor, snap: Snapshot) -> list[Event]:
    """Of a unit whose every assignment was taken away: only up to its last event (model.md)."""
    events = list(Event.objects.filter(stream_kind="problem", stream_id=snap.problem.pk).order_by("seq"))
    if actor.role not in (Role.HANDLER, Role.UNIT_HEAD) or actor.unit_id is None:
        return events
    reach = reach_of(actor.unit_id)
    mine = [a for a in snap.assignments if a.unit_id in reach]
    if not mine or any(a.end_reason not in ("recalled", "reassigned") for a in mine):
        return events
    last = max(a.ended_at for a in mine if a.ended_at is not None)
    return [e for e in events if e.recorded_at <= last]


_CALLBACK_DETAILS = frozenset({"callback_recorded"})


def _moment(e: Event, actor: Actor, posts: dict[UUID, Any], notes: dict[UUID, str], *, hide_recorder: bool) -> Moment:
    data = dict(e.payload.get("data", {}))
    handling = actor.role in (Role.HANDLER, Role.UNIT_HEAD)
    if handling and e.kind in _CALLBACK_DETAILS:
        data = {}  # the unit cannot see the rating per caller (domain §3.3)
    recorder_hidden = hide_recorder and e.kind in ("registered", "solved_on_spot", "info_supplied")
    if hide_recorder and "party_id" in data.get("before", {}):
        # A corrected party would name, by its id, whoever is hidden.
        data["before"] = {k: v for k, v in data["before"].items() if k != "party_id"}
    return Moment(
        seq=e.seq,
        kind=e.kind,
        happened_at=e.happened_at,
        recorded_at=e.recorded_at,
        actor="" if recorder_hidden else _label(posts, e.actor_post),
        on_behalf="" if recorder_hidden else _label(posts, e.on_behalf_of),
        data=data,
        texts=() if recorder_hidden else tuple(notes[n] for n in _ids_in(e) if n in notes),
        corrects_seq=e.corrects_seq,
    )


def _ids_in(e: Event) -> list[UUID]:
    """Notes of an event worth showing in its line; the registered text stands above the timeline already."""
    if e.kind == "registered":
        return []
    data = e.payload.get("data", {})
    own = data.get("note") if e.kind == "solved_on_spot" else None
    return [UUID(n) for n in e.payload.get("notes", {}) if n != own]


def _note_ids(events: list[Event]) -> list[UUID]:
    return [n for e in events for n in _ids_in(e)]


def _note_ids_of(snap: Snapshot, commitments: list[Commitment]) -> list[UUID | None]:
    return [
        *(a.result_note_id for a in snap.assignments),
        *(r.text_note_id for r in snap.requirements),
        *(s.text_note_id for s in snap.plan_steps),
        *(c.text_note_id for c in commitments),
        *(n for r in snap.requests for n in (r.reason_note_id, r.basis_note_id, r.decision_note_id)),
    ]


def _post_ids(snap: Snapshot, events: list[Event]) -> set[UUID]:
    ids = {e.actor_post for e in events} | {e.on_behalf_of for e in events}
    ids |= {a.handler_post for a in snap.assignments} | {x.post_id for x in snap.leaderships}
    ids.add(snap.problem.registered_by)
    ids |= _named_posts(events)
    return {i for i in ids if i is not None}


def _named_posts(events: list[Event]) -> set[UUID]:
    """Posts in the data of events: who leads it, who handed it over to whom."""
    said = [e.payload.get("data", {}) for e in events if e.kind in ("leader_appointed", "handler_changed")]
    return {UUID(data[key]) for data in said for key in ("post", "from", "to") if data.get(key)}


def _label(posts: dict[UUID, Any], post_id: UUID | None) -> str:
    """ "供电所 经办 张某", or empty for the system."""
    if post_id is None or post_id not in posts:
        return ""
    return " ".join(part for part in posts[post_id] if part)


def _person(posts: dict[UUID, Any], post_id: UUID | None) -> str:
    if post_id is None or post_id not in posts:
        return ""
    _unit, title, name = posts[post_id]
    return f"{title} {name}".strip()


def _requester(p: Problem, sees: bool) -> RequesterCard:
    if not sees:
        return RequesterCard(hidden=True, kind=p.party_kind)
    party = p.party
    name = phone = ""
    if p.contact is not None:
        contact = open_contact(p.contact)
        name, phone = mask_name(contact.name), mask_phone(contact.phone) if contact.phone else ""
    # A confidential problem never shows on a party's card (model.md).
    earlier = Problem.objects.filter(party=party, confidential=False).exclude(pk=p.pk) if party else None
    states = list(earlier.values_list("row__is_open", flat=True)[:1000]) if earlier is not None else []
    return RequesterCard(
        hidden=False,
        kind=p.party_kind,
        name=party.name if party else p.claimed_party,
        contact_name=name,
        contact_phone=phone,
        earlier=len(states),
        earlier_open=sum(states),
        party_id=party.pk if party else None,
        anonymous=p.anonymous,
    )


def _attachments(p: Problem, sees: bool) -> tuple[Attachment, ...]:
    rows = Attachment.objects.filter(problem=p, erased_at__isnull=True).order_by("pk")
    if p.confidential and not sees:
        rows = rows.exclude(purpose=Attachment.Purpose.ORIGINAL)
    return tuple(rows)
