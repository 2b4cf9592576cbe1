"""交办、逐级交办、收回交办: who becomes responsible, and from when the clock runs."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.errors import InvalidInput
from sanfuwu.ledger.models import Note
from sanfuwu.ledger.together import settle
from sanfuwu.rules.lifecycle import Machine, next_state

from ..commands import Dispatch, HandDown, Recall
from ..models import Assignment, ProblemText
from ..snapshot import Snapshot
from . import _clock
from ._shell import Act, Context, require_text
from .reaching import require_below_or_serving
from .triage import search_grams


def _check_units(
    snap: Snapshot, ctx: Context, lead: UUID, co: tuple[UUID, ...], *, within: Assignment | None = None
) -> None:
    ctx.unit(lead, "lead")
    for unit_id in co:
        ctx.unit(unit_id, "co")
    if lead in co or len(set(co)) != len(co):
        raise InvalidInput(_("The same unit is named twice."), field="co")
    busy = {a.unit_id for a in snap.open_assignments}
    if within is not None and lead == within.unit_id:
        raise InvalidInput(_("The problem is already with this unit."), field="lead")
    for unit_id in (lead, *co):
        if unit_id in busy:
            raise InvalidInput(
                _("This unit already has an open assignment on the problem."), field="lead" if unit_id == lead else "co"
            )


def plan_dispatch(snap: Snapshot, cmd: Dispatch, ctx: Context, changes: Changes) -> None:
    """One lead, n co-handlers; the clock starts. The lead's date is what the requester is promised."""
    next_state(Machine.ASSIGNMENT, "dispatch", None)
    problem = snap.problem
    _check_units(snap, ctx, cmd.lead, cmd.co)
    _second_text(snap, cmd, changes)
    lead = _clock.begin(snap, ctx, changes, unit_id=cmd.lead, role="lead")
    co = [_clock.begin(snap, ctx, changes, unit_id=u, role="co") for u in cmd.co]
    if problem.promised_due is None:
        changes.update(problem, promised_due=lead.due_at)
    data: dict[str, object] = {"lead": lead.unit_id, "co": [a.unit_id for a in co], "due_at": lead.due_at}
    if cmd.instruction.strip():
        data["note"] = changes.note(require_text(cmd.instruction, "instruction", most=500)).pk
    changes.event(problem, "dispatched", data=data, assignment_id=lead.pk)


def _second_text(snap: Snapshot, cmd: Dispatch, changes: Changes) -> None:
    """A confidential problem goes out with a second title and text: the original stays in the office."""
    problem = snap.problem
    if not problem.confidential:
        if cmd.text_for_units.strip() or cmd.title_for_units.strip():
            raise InvalidInput(_("A second text is only for confidential problems."), field="text_for_units")
        return
    if problem.text_for_units_id is not None and not cmd.text_for_units.strip():
        return
    title = require_text(cmd.title_for_units, "title_for_units", most=200)
    text = require_text(cmd.text_for_units, "text_for_units")
    note = changes.note(text, Note.Audience.HANDLING)
    changes.update(problem, title_for_units=title, text_for_units_id=note.pk)
    settle()
    grams = ProblemText.objects.get(pk=problem.pk)
    changes.update(grams, grams=search_grams(problem, text))


def plan_hand_down(snap: Snapshot, cmd: HandDown, ctx: Context, changes: Changes) -> None:
    """From the unit that holds it to one below it or serving its place (a town to its power station); the upper unit
    stays answerable, the chain is kept."""
    next_state(Machine.ASSIGNMENT, "hand_down", None)
    parent = ctx.subject
    assert parent is not None
    _check_units(snap, ctx, cmd.lead, cmd.co, within=parent)
    require_below_or_serving(snap, ctx, parent, {"lead": (cmd.lead,), "co": cmd.co})
    lead = _clock.begin(snap, ctx, changes, unit_id=cmd.lead, role="lead", parent=parent)
    co = [_clock.begin(snap, ctx, changes, unit_id=u, role="co", parent=parent) for u in cmd.co]
    data: dict[str, object] = {
        "from": parent.unit_id,
        "lead": lead.unit_id,
        "co": [a.unit_id for a in co],
        "due_at": lead.due_at,
    }
    if cmd.instruction.strip():
        data["note"] = changes.note(require_text(cmd.instruction, "instruction", most=500)).pk
    changes.event(snap.problem, "handed_down", data=data, assignment_id=lead.pk)


def plan_recall(snap: Snapshot, cmd: Recall, ctx: Context, changes: Changes) -> None:
    """收回交办, before it is signed. Recalling the lead recalls its co-handlers who have not signed either."""
    assignment = ctx.subject
    assert assignment is not None
    reason = require_text(cmd.reason, "reason", most=500)
    together = [assignment]
    if assignment.role == "lead":
        together += [
            a
            for a in snap.open_assignments
            if a.role == "co" and a.parent_id == assignment.parent_id and a.state == "pending_sign"
        ]
    for one in together:
        changes.update(
            one, state=next_state(Machine.ASSIGNMENT, "recall", one.state), ended_at=ctx.now, end_reason="recalled"
        )
        _clock.end(snap, changes, one, ctx.now)
    note = changes.note(reason)
    changes.event(
        snap.problem,
        "recalled",
        data={"units": [a.unit_id for a in together], "note": note.pk},
        assignment_id=assignment.pk,
    )


dispatch = Act("dispatch", Dispatch, plan_dispatch)
hand_down = Act("hand_down", HandDown, plan_hand_down)
recall = Act("recall", Recall, plan_recall)
