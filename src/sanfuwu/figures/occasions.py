"""A visit and a meeting as pages show them, so that every number leads to where its records come from.

Problems are listed only as far as this reader sees them; opinions are read by whoever sees the occasion.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from sanfuwu.ledger.crypto import decrypt
from sanfuwu.ledger.errors import NotVisible
from sanfuwu.ledger.models import Note
from sanfuwu.meetings.models import Meeting, MeetingParty
from sanfuwu.meetings.queries import Summary, items_of, summary
from sanfuwu.parties.models import Party
from sanfuwu.problems.models import Commitment, PlanStep, Problem
from sanfuwu.problems.queries import visible_to
from sanfuwu.territory.actor import Actor
from sanfuwu.territory.queries import division_name, post_labels, unit_name, unit_names
from sanfuwu.visits.models import Opinion, Visit, VisitParty

from .policies import sees_occasion


@dataclass(frozen=True, slots=True)
class Met:
    """A party that was met; `name` is empty for a resident."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Raised:
    """A problem of the occasion; `role` of a visit's link or `outcome` of a meeting's item; what was promised."""

    order: int
    role: str
    number: str
    title: str
    steps: tuple[tuple[str, str, PlanStep], ...] = ()  # (text, unit, row)
    promises: tuple[tuple[str, str, Commitment], ...] = ()


@dataclass(frozen=True, slots=True)
class VisitView:
    visit: Visit
    place: str
    visitors: tuple[tuple[str, str, str], ...]  # (unit, title, name)
    met: tuple[Met, ...]
    opinions: tuple[str, ...]
    problems: tuple[Raised, ...]
    hidden: int  # problems of this visit that the reader does not see


@dataclass(frozen=True, slots=True)
class MeetingView:
    meeting: Meeting
    place: str
    unit: str
    chair: tuple[str, str, str] | None
    met: tuple[Met, ...]
    opinions: tuple[str, ...]
    items: tuple[Raised, ...]
    hidden: int
    summary: Summary


def visit_view(visit_id: UUID, actor: Actor) -> VisitView:
    """One visit. Raises `NotVisible`."""
    visit = Visit.objects.filter(pk=visit_id).first()
    if visit is None or not sees_occasion(actor, visit.division, visit.unit_id, visit.registered_by):
        raise NotVisible(_("There is no such visit."))
    on = timezone.localdate(visit.held_at)
    visitors = list(visit.visitors.order_by("pk"))
    labels = post_labels([v.post_id for v in visitors], on)
    links = list(visit.problems.select_related("problem").order_by("pk"))
    seen = _visible(actor, (link.problem_id for link in links))
    return VisitView(
        visit=visit,
        place=division_name(visit.division, on),
        visitors=tuple(labels[v.post_id] for v in visitors if v.post_id in labels),
        met=_met(visit.parties.select_related("party").order_by("pk")),
        opinions=_opinions(visit.opinions.select_related("text_note").order_by("pk")),
        problems=tuple(
            Raised(n, link.role, link.problem.number, _title(link.problem))
            for n, link in enumerate((x for x in links if x.problem_id in seen), start=1)
        ),
        hidden=len({link.problem_id for link in links} - seen),
    )


def meeting_view(meeting_id: UUID, actor: Actor) -> MeetingView:
    """One meeting with its items, their plans and what was promised. Raises `NotVisible`."""
    meeting = Meeting.objects.filter(pk=meeting_id).first()
    if meeting is None or not sees_occasion(actor, meeting.division, meeting.unit_id, meeting.registered_by):
        raise NotVisible(_("There is no such meeting."))
    on = timezone.localdate(meeting.held_at)
    items = list(items_of(meeting.pk))
    seen = _visible(actor, (item.problem_id for item in items))
    names = unit_names(on)
    steps: dict[UUID, list[tuple[str, str, PlanStep]]] = {}
    for step in PlanStep.objects.filter(problem__in=seen).select_related("text_note").order_by("problem", "order"):
        steps.setdefault(step.problem_id, []).append((_text(step.text_note), names.get(step.unit_id, ""), step))
    promises: dict[UUID, list[tuple[str, str, Commitment]]] = {}
    said = Commitment.objects.filter(problem__in=seen, meeting_id=meeting.pk).select_related("text_note")
    for one in said.order_by("pk"):
        promises.setdefault(one.problem_id, []).append((_text(one.text_note), names.get(one.unit_id, ""), one))
    return MeetingView(
        meeting=meeting,
        place=division_name(meeting.division, on),
        unit=unit_name(meeting.unit_id, on) if meeting.unit_id else "",
        chair=post_labels([meeting.chaired_by], on).get(meeting.chaired_by),
        met=_met(meeting.parties.select_related("party").order_by("pk")),
        opinions=_opinions(Opinion.objects.filter(meeting_id=meeting.pk).select_related("text_note").order_by("pk")),
        items=tuple(
            Raised(
                item.order,
                item.outcome,
                item.problem.number,
                _title(item.problem),
                tuple(steps.get(item.problem_id, ())),
                tuple(promises.get(item.problem_id, ())),
            )
            for item in items
            if item.problem_id in seen
        ),
        hidden=len(items) - len(seen),
        summary=summary(meeting.pk),
    )


def opinion_text(opinion: Opinion) -> str:
    """What was said; empty when it was erased."""
    return _text(opinion.text_note)


def _visible(actor: Actor, ids: Iterable[UUID]) -> set[UUID]:
    return set(visible_to(actor).filter(pk__in=list(ids)).values_list("pk", flat=True))


def _title(problem: Problem) -> str:
    return problem.title_for_units if problem.confidential else problem.title


def _met(rows: Iterable[VisitParty | MeetingParty]) -> tuple[Met, ...]:
    return tuple(Met("" if row.party_kind == Party.Kind.RESIDENT else _name(row), row.party_kind) for row in rows)


def _name(row: VisitParty | MeetingParty) -> str:
    return row.party.name if row.party is not None else row.claimed_party


def _opinions(rows: Iterable[Opinion]) -> tuple[str, ...]:
    return tuple(text for row in rows if (text := opinion_text(row)))


def _text(note: Note) -> str:
    return "" if note.erased_at is not None else decrypt(note.text_enc, note.pk, note.key_id)
