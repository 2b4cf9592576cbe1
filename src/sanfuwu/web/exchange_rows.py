"""Lines of the exchange in words: transfers between counties."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse

from sanfuwu.exchange.queries import TransferLine

from . import words
from .pieces import Chip


@dataclass(frozen=True, slots=True)
class TransferRow:
    """One 上报 or 移交 as a page shows it; `sent` False: it came from the other county."""

    number: str
    url: str
    title: str
    county: str
    kind: str
    sent: bool
    chip: Chip
    their_number: str
    reason: str
    with_requester: bool
    undelivered: bool
    created_at: dt.datetime
    changed_at: dt.datetime


def transfer_row(line: TransferLine) -> TransferRow:
    """A line of the queries in words."""
    t = line.transfer
    return TransferRow(
        number=line.number,
        url=reverse("web:problem", args=[line.number]),
        title=line.title,
        county=line.county,
        kind=words.word(words.TRANSFER_KINDS, t.kind),
        sent=t.direction == "out",
        chip=words.chip_of(words.TRANSFER_STATES if t.direction == "out" else words.RECEIVED_STATES, t.state),
        their_number=t.their_number,
        reason=words.transfer_refusal(t.reason_code),
        with_requester=t.with_requester,
        undelivered=line.undelivered,
        created_at=t.created_at,
        changed_at=t.changed_at,
    )
