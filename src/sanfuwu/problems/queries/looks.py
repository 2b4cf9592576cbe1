"""Who looked at the requester's data: part of the problem's page for whoever may see the requester."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from sanfuwu.ledger.models import AccessLog
from sanfuwu.territory.actor import Actor
from sanfuwu.territory.queries import post_labels

from ..models import Problem
from .scope import sees_requester

MOST = 50


@dataclass(frozen=True, slots=True)
class Look:
    """One look: when, who ("供电所 经办 张某"), for what (a code of `actions.revealing.REASONS`)."""

    at: dt.datetime
    who: str
    reason: str


def looks(actor: Actor, problem: Problem, *, now: dt.datetime) -> tuple[Look, ...]:
    """The newest looks first, at most 50; none for a reader who may not see the requester himself."""
    if not sees_requester(actor, problem):
        return ()
    rows = list(
        AccessLog.objects.filter(subject_kind="problem", subject_id=problem.pk, what="unmask_contact").order_by("-at")[
            :MOST
        ]
    )
    if not rows:
        return ()
    labels = post_labels({row.post_id for row in rows if row.post_id}, timezone.localdate(now))
    return tuple(
        Look(row.at, " ".join(p for p in labels[row.post_id] if p) if row.post_id in labels else "", row.reason)
        for row in rows
    )
