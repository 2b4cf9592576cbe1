"""What the requester sees by his code: stage, unit, contact, promised date, what was written for him. Reads only."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from sanfuwu.ledger.crypto import decrypt
from sanfuwu.ledger.errors import NotVisible
from sanfuwu.ledger.models import Event, Note
from sanfuwu.territory.models import Person, Post, Role
from sanfuwu.territory.queries import unit_names

from .. import facets
from ..chip import Stage, stage
from ..models import Assignment, Problem
from ..snapshot import load, load_many
from .foreign import NumberElsewhere, numbers_of

_SHOWN = frozenset(
    {
        "registered",
        "solved_on_spot",
        "accepted",
        "declined",
        "info_requested",
        "dispatched",
        "handed_down",
        "contacted",
        "reported",
        "result_accepted",
        "redo_ordered",
        "struck_off",
        "handed_over",
        "committed",
        "requirement_added",
        "requirement_met",
        "return_reassigned",
        "extension_granted",
        "held",
        "hold_renewed",
        "unheld",
        "reopened",
        "withdrawn",
        "withdrawal_denied",
        "merged",
        "unmerged",
        "master_solved",
        "split",
        "split_off",
        "parts_closed",
        "part_reopened",
    }
)


@dataclass(frozen=True, slots=True)
class Told:
    """One line told to the requester."""

    kind: str
    at: dt.datetime
    texts: tuple[str, ...]
    data: dict[str, object]


@dataclass(frozen=True, slots=True)
class RequesterView:
    number: str
    title: str
    stage: Stage
    raised_on: dt.datetime
    unit: str
    unit_phone: str
    promised_due: dt.datetime | None
    answer: str  # of an accepted result
    merged: bool  # it is handled together with another one
    parts: tuple[tuple[str, Stage], ...]  # (number, stage) of what it was split into
    told: tuple[Told, ...]
    elsewhere: tuple[NumberElsewhere, ...] = ()  # where the requester may ask as well
    training: bool = False


def by_code(code: str, *, now: dt.datetime) -> RequesterView:
    """Raises `NotVisible` for an unknown code. Whoever holds the paper slip may read, and nothing more."""
    problem_id = Problem.objects.filter(read_code=code.strip().upper()).values_list("pk", flat=True).first()
    if problem_id is None:
        raise NotVisible(_("This code is not known. Check it against your slip of paper."))
    own = load(problem_id)
    # What was merged follows the other one: its stage, its unit, its date and its answer, and not a word besides.
    snap = load(own.problem.master_id) if own.problem.master_id else own
    training = own.problem.origin == "training"
    if training and facets.known_ids({facets.CLEARED}).get(facets.CLEARED) in own.row.facets:
        raise NotVisible(_("This code is not known. Check it against your slip of paper."))
    lead = snap.top_lead
    events = Event.objects.filter(stream_kind="problem", stream_id=problem_id, kind__in=_SHOWN).order_by("seq")
    found = list(events)
    notes = _texts(found)
    return RequesterView(
        number=own.problem.number,
        title=own.problem.title,
        stage=stage(snap),
        raised_on=own.problem.raised_on,
        unit=unit_names(timezone.localdate(now)).get(lead.unit_id, "") if lead else "",
        unit_phone=_office_phone(lead.unit_id) if lead else "",
        promised_due=snap.problem.promised_due,
        answer=_answer(lead),
        merged=snap is not own,
        parts=_parts(own.problem),
        told=tuple(
            Told(
                e.kind,
                e.happened_at,
                tuple(notes[n] for n in e.payload.get("notes", {}) if n in notes),
                e.payload.get("data", {}),
            )
            for e in found
        ),
        elsewhere=tuple(n for n in numbers_of(snap) if n.told_to_requester),
        training=training,
    )


def _parts(problem: Problem) -> tuple[tuple[str, Stage], ...]:
    if not problem.part_count:
        return ()
    ids = Problem.objects.filter(parent=problem).values_list("pk", flat=True)
    return tuple((part.problem.number, stage(part)) for part in load_many(ids))


def _answer(lead: Assignment | None) -> str:
    """The unit's answer once its result has passed the review; before that it is nobody's word yet."""
    if lead is None or lead.accepted_at is None or lead.result_note_id is None:
        return ""
    note = Note.objects.get(pk=lead.result_note_id)
    readable = note.audience == Note.Audience.REQUESTER and note.erased_at is None
    return decrypt(note.text_enc, note.pk, note.key_id) if readable else ""


def _texts(events: list[Event]) -> dict[str, str]:
    ids = [n for e in events for n in e.payload.get("notes", {})]
    return {
        str(n.pk): decrypt(n.text_enc, n.pk, n.key_id)
        for n in Note.objects.filter(pk__in=ids, audience=Note.Audience.REQUESTER, erased_at__isnull=True)
    }


def _office_phone(unit_id: UUID) -> str:
    """The unit's office telephone: a public number, so not masked."""
    people = Post.objects.filter(unit=unit_id, role__in=[Role.HANDLER, Role.TOWN_DISPATCHER], valid_to__isnull=True)
    return (
        Person.objects.filter(pk__in=people.values("person"))
        .exclude(office_phone="")
        .order_by("pk")
        .values_list("office_phone", flat=True)
        .first()
        or ""
    )
