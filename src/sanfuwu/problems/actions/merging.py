"""合并、取消合并、拆分: what is one matter becomes one, what is several becomes several; each is answered."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.utils.translation import gettext as _

from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.errors import IllegalTransition, InvalidInput
from sanfuwu.ledger.models import Note
from sanfuwu.ledger.together import settle
from sanfuwu.rules.lifecycle import Machine, next_state

from .. import policies
from ..commands import Merge, Split, Unmerge
from ..models import Assignment, Problem, ProblemText
from ..snapshot import Snapshot
from . import _clock, _family
from ._checking import TEXT_LENGTH, first_sentence
from ._numbering import new_read_code, next_numbers
from ._shell import Act, Context, new_row, require_text
from .returning import call_off
from .triage import search_grams

_MASTER_STATES = frozenset({"submitted", "info_needed", "in_progress", "pending_callback"})
LEAST_PARTS, MOST_PARTS = 2, 10


def with_master(problem_id: UUID, cmd: Merge) -> set[UUID]:
    """The problem itself and the one it is merged into."""
    settle()
    return set(Problem.objects.filter(number=cmd.master.strip()).values_list("pk", flat=True))


def plan_merge(snap: Snapshot, cmd: Merge, ctx: Context, changes: Changes) -> None:
    """合并: it follows the other one from now on. What units had of it is called off, and can be given back."""
    problem = snap.problem
    master = _master(snap, cmd, ctx)
    note = changes.note(require_text(cmd.reason, "reason", most=1000))
    if any(a.state not in ("pending_sign", "in_progress") for a in snap.open_assignments):
        raise IllegalTransition(_("A unit waits for a ruling, a review or the end of a hold: decide on that first."))
    if any(snap.open_request(a) for a in snap.open_assignments):
        raise IllegalTransition(_("A unit has asked for something: decide on that first."))
    for a in [a for a in snap.open_assignments if a.parent_id is None]:
        call_off(snap, ctx, changes, a, "merged")
    changes.update(problem, state=next_state(Machine.PROBLEM, "merge", problem.state), master_id=master.problem.pk)
    changes.event(
        problem, "merged", data={"master": master.problem.pk, "number": master.problem.number, "note": note.pk}
    )
    changes.update(master.problem, merged_count=master.problem.merged_count + 1)
    changes.event(master.problem, "merged_in", data={"problem": problem.pk, "number": problem.number})


def _master(snap: Snapshot, cmd: Merge, ctx: Context) -> Snapshot:
    number = cmd.master.strip()
    master = next((s for s in ctx.others.values() if s.problem.number == number), None)
    # Of a place that is not the office's it must not learn even that the number exists.
    if master is None or not (ctx.actor.is_system or policies.is_office(ctx.actor, master)):
        raise InvalidInput(_("There is no problem with this number in your charge."), field="master")
    if master.problem.pk == snap.problem.pk:
        raise InvalidInput(_("A problem is not merged into itself."), field="master")
    if master.problem.state == "merged":
        raise InvalidInput(_("That one is merged itself; name the one it follows."), field="master")
    if master.problem.part_count or master.problem.state not in _MASTER_STATES:
        raise InvalidInput(_("That one is closed or was split: it cannot carry another."), field="master")
    if master.problem.waiting_on == "across":
        raise InvalidInput(_("That one has been offered to another county: wait for the answer."), field="master")
    return master


def plan_unmerge(snap: Snapshot, cmd: Unmerge, ctx: Context, changes: Changes) -> None:
    """取消合并: as it was before, and the time in between does not count."""
    note = changes.note(require_text(cmd.reason, "reason", most=1000))
    since = max((a.ended_at for a in _merged_away(snap) if a.ended_at), default=ctx.now)
    master = separate(snap, ctx, changes)
    for a in sorted(_merged_away(snap), key=lambda x: x.depth):
        _revive(snap, ctx, changes, a, since)
    changes.event(snap.problem, "unmerged", data={"note": note.pk})
    let_go(snap, master, changes)


def _merged_away(snap: Snapshot) -> list[Assignment]:
    return [a for a in snap.assignments if a.end_reason == "merged"]


def _revive(snap: Snapshot, ctx: Context, changes: Changes, a: Assignment, since: dt.datetime) -> None:
    act = "revive" if a.signed_at is None else "revive_signed"
    changes.update(a, state=next_state(Machine.ASSIGNMENT, act, a.state), ended_at=None, end_reason="")
    _clock.stood(snap, ctx, changes, a, since, "merged")


def separate(snap: Snapshot, ctx: Context, changes: Changes) -> Snapshot | None:
    """It stands for itself again: 办理中 if it had been accepted, otherwise 待受理. The event is the caller's."""
    problem = snap.problem
    master = _family.master_of(snap, ctx)
    state = next_state(Machine.PROBLEM, "unmerge", problem.state)
    if problem.tier:
        state = next_state(Machine.PROBLEM, "accept", state)
    changes.update(problem, state=state, master_id=None)
    return master


def let_go(snap: Snapshot, master: Snapshot | None, changes: Changes) -> None:
    if master is not None:
        changes.update(master.problem, merged_count=master.problem.merged_count - 1)
        data = {"problem": snap.problem.pk, "number": snap.problem.number}
        changes.event(master.problem, "merged_out", data=data)


def plan_split(snap: Snapshot, cmd: Split, ctx: Context, changes: Changes) -> None:
    """拆分: each part is registered with a clock of its own; the whole is closed when all of them are."""
    problem = snap.problem
    texts = [require_text(text, "parts", most=TEXT_LENGTH) for text in cmd.parts if text.strip()]
    if not LEAST_PARTS <= len(texts) <= MOST_PARTS:
        raise InvalidInput(
            _("Write %(least)d to %(most)d parts.") % {"least": LEAST_PARTS, "most": MOST_PARTS}, field="parts"
        )
    note = changes.note(require_text(cmd.reason, "reason", most=1000)) if cmd.reason.strip() else None
    for a in [a for a in snap.open_assignments if a.parent_id is None]:
        call_off(snap, ctx, changes, a, "split")
    changes.update(problem, state=next_state(Machine.PROBLEM, "split", problem.state), part_count=len(texts))
    numbers = next_numbers(ctx.now, len(texts), training=problem.origin == "training")
    changes.event(problem, "split", data={"numbers": numbers, "note": note.pk if note else None})
    for text, number in zip(texts, numbers, strict=True):
        ctx.made.append(_part(problem, text, number, ctx, changes))


def _part(whole: Problem, text: str, number: str, ctx: Context, changes: Changes) -> Snapshot:
    note = changes.note(text, Note.Audience.OFFICE if whole.confidential else Note.Audience.HANDLING)
    part = Problem(
        number=number,
        read_code=new_read_code(),
        state=next_state(Machine.PROBLEM, "register", None),
        nature=whole.nature,
        urgency=whole.urgency,
        proposed_category_id=whole.category_id or whole.proposed_category_id,
        proposed_unit=whole.proposed_unit,
        channel=whole.channel,
        origin=whole.origin,
        raised_on=whole.raised_on,
        registered_at=ctx.now,
        registered_by=whole.registered_by,
        division=whole.division,
        title=first_sentence(text),
        text_note_id=note.pk,
        party_id=whole.party_id,
        party_kind=whole.party_kind,
        claimed_party=whole.claimed_party,
        contact_id=whole.contact_id,
        anonymous=whole.anonymous,
        confidential=whole.confidential,
        visit_id=whole.visit_id,
        meeting_id=whole.meeting_id,
        campaign_id=whole.campaign_id,
        parent_id=whole.pk,
    )
    changes.insert(part)
    snap = Snapshot(problem=part, row=changes.insert(new_row(part)))
    changes.insert(ProblemText(problem_id=part.pk, grams=search_grams(part, text)))
    changes.event(part, "split_off", data={"parent": whole.pk, "number": whole.number, "note": note.pk})
    return snap


merge = Act("merge", Merge, plan_merge, with_master)
unmerge = Act("unmerge", Unmerge, plan_unmerge, _family.family)
split = Act("split", Split, plan_split)
