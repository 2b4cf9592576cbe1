"""What a sender is told of the problem that he gave us: accepted, declined with where to go, finished with its result.

Nobody has to think of it: a sweep looks at those whose chain of events has grown since the sender was told last.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.crypto import decrypt
from sanfuwu.ledger.models import Event, Note
from sanfuwu.ledger.writer import write
from sanfuwu.problems.models import Problem
from sanfuwu.problems.snapshot import load
from sanfuwu.reference.queries import reason

from .messages import post
from .models import LedgerMessage, Transfer

_K = LedgerMessage.Kind
_HANDLED = frozenset({"in_progress", "pending_callback", "pending_closure"})
BATCH = 200


def unanswered() -> list[UUID]:
    """Received transfers whose problem has moved since their sender was told; a merged one follows its master."""
    open_ones = Transfer.objects.filter(direction="in", state__in=["received", "accepted"])
    moved = Q(answered_seq__lt=F("problem__event_seq")) | Q(problem__state="merged")
    return list(open_ones.filter(moved).order_by("created_at").values_list("pk", flat=True)[:BATCH])


def answer(transfer_id: UUID, *, now: dt.datetime) -> int:
    """Write the messages that are due for one transfer; returns how many."""
    with transaction.atomic():
        transfer = Transfer.objects.select_for_update(no_key=True).get(pk=transfer_id)
        if transfer.state not in ("received", "accepted"):
            return 0
        seen = Problem.objects.values_list("event_seq", flat=True).get(pk=transfer.problem_id)
        problem = _subject(transfer.problem)
        due = _due(transfer, problem)
        changes = Changes()
        for kind, body in due:
            post(changes, kind, transfer.pk, transfer.partner_code, body | {"number": problem.number}, now=now)
            transfer.state = kind
        transfer.answered_seq, transfer.changed_at = seen, now if due else transfer.changed_at
        if due and due[-1][0] == _K.DECLINED:
            transfer.reason_code = problem.reason_code
        # No event: nothing about the problem changed, only what its sender knows.
        write(changes.inserts, [(transfer, {"state", "answered_seq", "changed_at", "reason_code"}, None)])
        for step in changes.after_write:
            step()
    return len(due)


def _subject(problem: Problem) -> Problem:
    """The problem itself, or the one that it was merged into."""
    while problem.state == "merged" and problem.master is not None:
        problem = problem.master
    return problem


def _due(transfer: Transfer, problem: Problem) -> list[tuple[str, dict[str, Any]]]:
    accepted: tuple[str, dict[str, Any]] = (str(_K.ACCEPTED), {})
    first = [accepted] if transfer.state == Transfer.State.RECEIVED else []
    if problem.state in _HANDLED:
        return first
    if problem.state == "struck_off" or (problem.state == "archived" and problem.struck_off_at is not None):
        return [*first, (str(_K.FINISHED), _result(problem))]
    if problem.state == "withdrawn" and _asked_about(problem):
        return []  # the requester may yet say that he did not withdraw it
    if problem.state in ("declined", "withdrawn", "archived"):
        return [(str(_K.DECLINED), _refusal(problem))]
    return []


def _asked_about(problem: Problem) -> bool:
    return load(problem.pk).open_cycle is not None


def _refusal(problem: Problem) -> dict[str, Any]:
    """Why, by a code that every ledger knows. A reason that only this county has goes along in words."""
    code = problem.reason_code or problem.state
    said = [] if problem.confidential else [_where(problem)]
    own = reason("decline", code)
    if own is not None and not own.built_in:
        code, said = "own", [str(own.label), *said]
    return {"reason_code": code, "where": "\n".join(filter(None, said))}


def _result(problem: Problem) -> dict[str, Any]:
    """Kind and public answer; of a confidential problem only the kind."""
    snap = load(problem.pk)
    lead = snap.top_lead
    note = lead.result_note_id if lead is not None and lead.accepted_at is not None else None
    if problem.on_spot:
        note = _note_of(problem, "solved_on_spot", "how_note")
    answer = "" if problem.confidential or note is None else _public(note)
    return {"result_kind": problem.result_kind, "answer": answer}


def _where(problem: Problem) -> str:
    note = _note_of(problem, "declined", "where_note") or _note_of(problem, "handed_over", "where_note")
    return _public(note) if note else ""


def _note_of(problem: Problem, kind: str, name: str) -> UUID | None:
    events = Event.objects.filter(stream_kind="problem", stream_id=problem.pk, kind=kind).order_by("-seq")
    payload = events.values_list("payload", flat=True).first()
    said = (payload or {}).get("data", {}).get(name)
    return UUID(said) if said else None


def _public(note_id: UUID) -> str:
    """A text that the requester may read; anything else stays here."""
    note = Note.objects.get(pk=note_id)
    if note.audience != Note.Audience.REQUESTER or note.erased_at is not None:
        return ""
    return decrypt(note.text_enc, note.pk, note.key_id)
