"""登记外部编号、更正外部编号、登记外部反馈: the numbers a problem has in other systems, and what those say about it."""

from __future__ import annotations

import datetime as dt
import hashlib
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.errors import InvalidInput
from sanfuwu.ledger.models import Note
from sanfuwu.rules.text import reference_key

from ..commands import CorrectForeignNumber, NoteForeignNumber, NoteForeignUpdate
from ..models import ForeignNumber, ForeignSystem, Problem
from ..snapshot import Snapshot
from ._shell import Act, Context, require_text

NUMBER_LENGTH = 80


def number_row(problem_id: UUID, system: str, number: str, *, by: UUID | None, now: dt.datetime) -> ForeignNumber:
    """A new row; `number` as people write it."""
    shown = " ".join(number.split())
    return ForeignNumber(
        problem_id=problem_id, system_id=system, number=shown, key=reference_key(shown), noted_at=now, noted_by=by
    )


def digest_of(row: ForeignNumber) -> str:
    """What an event keeps of a number: enough to prove it, nothing to read."""
    return hashlib.sha256(row.pk.bytes + row.key.encode()).hexdigest()


def _free(system: ForeignSystem, number: str, problem: Problem) -> None:
    """Refuses a number that stands on a problem already: there is one problem for each."""
    other = (
        ForeignNumber.objects.filter(system=system, key=reference_key(number), ended_at__isnull=True)
        .values_list("problem_id", "problem__number")
        .first()
    )
    if other is None:
        return
    if other[0] == problem.pk:
        raise InvalidInput(_("This number stands on the problem already."), field="number", code="duplicate")
    raise InvalidInput(
        _("This number of %(system)s belongs to %(problem)s already.") % {"system": system.name, "problem": other[1]},
        field="number",
        code="duplicate",
    )


def plan_note_number(snap: Snapshot, cmd: NoteForeignNumber, ctx: Context, changes: Changes) -> None:
    """A further number; several of one system are possible (somebody called the hotline twice)."""
    system = ForeignSystem.objects.filter(code=cmd.system, active=True).first()
    if system is None:
        raise InvalidInput(_("Choose a system of the list."), field="system")
    number = require_text(cmd.number, "number", most=NUMBER_LENGTH)
    _free(system, number, snap.problem)
    row = changes.insert(number_row(snap.problem.pk, system.code, number, by=ctx.actor.effective_post, now=ctx.now))
    snap.foreign.append(row)
    changes.event(
        snap.problem,
        "foreign_number_noted",
        data={"system": system.code, "foreign": row.pk, "sha256": digest_of(row)},
    )


def plan_correct_number(snap: Snapshot, cmd: CorrectForeignNumber, ctx: Context, changes: Changes) -> None:
    """The wrong row ends and stays readable in the record; the right one follows it."""
    old = next((n for n in snap.foreign_now if n.pk == cmd.foreign_id), None)
    if old is None:
        raise InvalidInput(_("The problem has no such number."), field="foreign_id")
    reason = require_text(cmd.reason, "reason", most=500)
    number = cmd.number.strip()
    if len(number) > NUMBER_LENGTH:
        raise InvalidInput(_("At most %(most)d characters.") % {"most": NUMBER_LENGTH}, field="number")
    system = ForeignSystem.objects.get(code=old.system_id)
    data: dict[str, object] = {"system": old.system_id, "foreign": old.pk}
    changes.update(old, ended_at=ctx.now)
    if number:
        _free(system, number, snap.problem)
        row = changes.insert(number_row(snap.problem.pk, system.code, number, by=ctx.actor.effective_post, now=ctx.now))
        snap.foreign.append(row)
        data |= {"now": row.pk, "sha256": digest_of(row)}
    note = changes.note(reason, _audience(snap.problem))
    changes.event(snap.problem, "foreign_number_corrected", data=data | {"note": note.pk})


def plan_note_update(snap: Snapshot, cmd: NoteForeignUpdate, ctx: Context, changes: Changes) -> None:
    """Their reply is a note: never a result, never a closing by itself."""
    key = reference_key(cmd.number)
    known = next((n for n in snap.foreign_now if n.system_id == cmd.system and n.key == key), None)
    if known is None:
        raise InvalidInput(_("The problem has no such number in this system."), field="number")
    status, text = cmd.status.strip(), cmd.text.strip()
    if not (status or text):
        raise InvalidInput(_("This must be filled in."), field="text")
    if len(status) > 40:
        raise InvalidInput(_("At most %(most)d characters.") % {"most": 40}, field="status")
    if len(text) > 5000:
        raise InvalidInput(_("At most %(most)d characters.") % {"most": 5000}, field="text")
    if cmd.said_on is not None and cmd.said_on > ctx.now.astimezone(ZoneInfo(settings.TIME_ZONE)).date():
        raise InvalidInput(_("It cannot have been said in the future."), field="said_on")
    said = [_("State there: %(status)s") % {"status": status}] if status else []
    note = changes.note("\n".join([*said, text] if text else said), _audience(snap.problem))
    data = {"system": cmd.system, "foreign": known.pk, "said_on": cmd.said_on, "note": note.pk}
    changes.event(snap.problem, "foreign_updated", data=data)


def _audience(problem: Problem) -> str:
    return Note.Audience.OFFICE.value if problem.confidential else Note.Audience.HANDLING.value


note_foreign_number = Act("note_foreign_number", NoteForeignNumber, plan_note_number)
correct_foreign_number = Act("correct_foreign_number", CorrectForeignNumber, plan_correct_number)
note_foreign_update = Act("note_foreign_update", NoteForeignUpdate, plan_note_update)
