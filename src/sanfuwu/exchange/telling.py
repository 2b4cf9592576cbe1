"""What another system is told of a problem: state, unit, date, latest public word, result, call-back: codes and ids.

No name, telephone or text of the requester is among it. Of a confidential problem no text at all goes out: even a
public sentence may lead to the person.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sanfuwu.ledger.chain import plain
from sanfuwu.ledger.models import Event, Note
from sanfuwu.problems.chip import stage
from sanfuwu.problems.snapshot import Snapshot, load_many


@dataclass(frozen=True, slots=True)
class Said:
    """One problem as it is told. `upto_seq`: the last event that was certainly looked at."""

    problem_id: UUID
    upto_seq: int
    codes: dict[str, Any]
    report_note: UUID | None
    answer_note: UUID | None

    @property
    def digest(self) -> str:
        """Equal when nothing would be said that was not said before."""
        raw = json.dumps([self.codes, str(self.report_note), str(self.answer_note)], sort_keys=True)
        return hashlib.sha256(raw.encode()).hexdigest()


def say(problem_ids: Sequence[UUID], seqs: dict[UUID, int]) -> dict[UUID, Said]:
    """What is to be told of each. `seqs` were read before: what happens in between is told again next time, never
    left out."""
    snaps = load_many(problem_ids)
    reports = _latest_reports([s.problem.pk for s in snaps if not s.problem.confidential])
    answers = {s.problem.pk: note for s in snaps if (note := _answer_of(s)) is not None}
    public = set(
        Note.objects.filter(pk__in=answers.values(), audience=Note.Audience.REQUESTER).values_list("pk", flat=True)
    )
    return {
        s.problem.pk: Said(
            s.problem.pk,
            seqs[s.problem.pk],
            _codes(s),
            reports.get(s.problem.pk),
            note if (note := answers.get(s.problem.pk)) in public else None,
        )
        for s in snaps
    }


def _codes(snap: Snapshot) -> dict[str, Any]:
    lead, cycle = snap.top_lead, snap.last_cycle
    due = lead.due_at if lead is not None and lead.accepted_at is None else snap.problem.promised_due
    return {
        "stage": str(stage(snap)),
        "unit": plain(lead.unit_id) if lead else None,
        "due": plain(due) if due else None,
        "result": snap.problem.result_kind,
        "callback": cycle.conclusion if cycle is not None else "",
        "reason": snap.problem.reason_code,
    }


def _answer_of(snap: Snapshot) -> UUID | None:
    """The accepted result's answer, as on the requester's page: before the review it is nobody's word."""
    lead = snap.top_lead
    if snap.problem.confidential or lead is None or lead.accepted_at is None:
        return None
    return lead.result_note_id


def _latest_reports(problem_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """{problem: note} of the last progress report that the requester may read."""
    events = Event.objects.filter(stream_kind="problem", stream_id__in=list(problem_ids), kind="reported")
    told = [(problem, UUID(str(data["note"]))) for problem, data in events.order_by("seq").values_list(
        "stream_id", "payload__data"
    )]  # fmt: skip
    public = set(
        Note.objects.filter(pk__in=[note for _p, note in told], audience=Note.Audience.REQUESTER).values_list(
            "pk", flat=True
        )
    )
    return {problem: note for problem, note in told if note in public}
