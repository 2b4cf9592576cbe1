"""收到对方答复: what the other ledger says about a problem that was sent there. A person decides next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from sanfuwu.counties.models import County
from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.errors import InvalidInput
from sanfuwu.ledger.models import Note
from sanfuwu.problems.actions import _family
from sanfuwu.problems.actions._shell import Act, Context
from sanfuwu.problems.models import Problem
from sanfuwu.problems.snapshot import Snapshot
from sanfuwu.rules.lifecycle import Machine, allows, next_state

from ..messages import taken
from ..models import LedgerMessage, Transfer

_RANK = {state: n for n, state in enumerate(("waiting", "received", "accepted", "declined", "finished"))}


class TakenBefore(Exception):
    """The message's id stands in the inbox already: a repetition, nothing to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeAnswer:
    """A message of the partner with its opened body."""

    message: LedgerMessage
    sender: str
    body: dict[str, Any]


def plan_take_answer(snap: Snapshot, cmd: TakeAnswer, ctx: Context, changes: Changes) -> None:
    """A line in the timeline; the waiting mark goes when there is nothing left to wait for."""
    message, problem, now = cmd.message, snap.problem, ctx.now
    if LedgerMessage.objects.filter(pk=message.pk, direction="in").exists():
        raise TakenBefore
    transfer = Transfer.objects.select_for_update(no_key=True).filter(pk=message.transfer_id, problem=problem).first()
    if transfer is None or transfer.direction != "out" or transfer.partner_code != cmd.sender:
        raise InvalidInput("the answer belongs to no transfer of this partner")
    kind, number = str(message.kind), str(cmd.body.get("number", ""))[:24]
    data: dict[str, Any] = {"transfer": transfer.pk, "partner": cmd.sender, "number": number or transfer.their_number}
    values: dict[str, Any] = {"changed_at": now, "their_number": number or transfer.their_number}
    if _RANK[kind] > _RANK[transfer.state]:
        values["state"] = kind
    if kind == "declined":
        values["reason_code"] = data["reason_code"] = str(cmd.body.get("reason_code", ""))[:32]
        if where := str(cmd.body.get("where", "")).strip():
            data["where_note"] = changes.note(where, _inside(problem)).pk
    if kind == "finished":
        data["result_kind"] = str(cmd.body.get("result_kind", ""))[:10]
        if answer := str(cmd.body.get("answer", "")).strip():
            data["answer_note"] = changes.note(answer, _inside(problem)).pk
    changes.update(transfer, **values)
    taken(changes, message, cmd.sender, now)
    if kind == "accepted" and transfer.kind == Transfer.Kind.ACROSS and _may_end(snap):
        changes.event(problem, "transfer_accepted", data=data)
        _end_here(snap, transfer, data["number"], ctx, changes)
        return
    if problem.waiting_on and (kind in ("declined", "finished") or (kind == "accepted" and transfer.kind == "across")):
        changes.update(problem, waiting_on="")
    changes.event(problem, f"transfer_{kind}", data=data)


def _inside(problem: Problem) -> str:
    """What another county writes is read by our people first: nothing of it goes to the public page by itself."""
    return Note.Audience.OFFICE.value if problem.confidential else Note.Audience.HANDLING.value


def _may_end(snap: Snapshot) -> bool:
    return allows(Machine.PROBLEM, "handed_over", snap.problem.state) and not snap.open_assignments


def _end_here(snap: Snapshot, transfer: Transfer, number: str, ctx: Context, changes: Changes) -> None:
    """不予受理, not ours: who has it now, and under which number, is where the requester is to go (need 17)."""
    problem = snap.problem
    there = County.objects.filter(code=transfer.partner_code).values_list("name", flat=True).first()
    where = _("It was handed over to %(county)s, which deals with it under the number %(number)s.") % {
        "county": there or transfer.partner_code,
        "number": number,
    }
    state = next_state(Machine.PROBLEM, "handed_over", problem.state)
    changes.update(problem, state=state, waiting_on="", reason_code="not_ours")
    note = changes.note(where, Note.Audience.REQUESTER)
    data = {"transfer": transfer.pk, "partner": transfer.partner_code, "number": number, "where_note": note.pk}
    changes.event(problem, "handed_over", data=data)
    changes.tell("handed_over", problem.pk, ctx.now)
    _family.part_closed(snap, ctx, changes)


take_answer = Act("take_answer", TakeAnswer, plan_take_answer, _family.family)
