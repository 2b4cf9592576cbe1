"""A calendar that supervision approves is published: one transaction, so that no deadline waits for its new date."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction

from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.commit import commit
from sanfuwu.reference.actions.calendar import plan_approval
from sanfuwu.rules.worktime import DayKind
from sanfuwu.territory.actor import Actor

from .recompute import Moved, publish_year


def approve_calendar(notice_id: UUID, *, actor: Actor, now: dt.datetime) -> list[Moved]:
    """Publish the proposed year and move what becomes later, in every county of the installation."""
    with transaction.atomic():
        changes = Changes()
        notice = plan_approval(notice_id, changes, actor=actor, now=now)
        commit(changes, actor=actor, now=now)
        days = {dt.date.fromisoformat(day): DayKind(kind) for day, kind in notice.days.items()}
        return publish_year(
            notice.year,
            rest_days=[day for day, kind in days.items() if kind is DayKind.REST],
            make_up_workdays=[day for day, kind in days.items() if kind is DayKind.WORK],
            half_days={day: kind for day, kind in days.items() if kind in (DayKind.HALF_AM, DayKind.HALF_PM)},
            notes={dt.date.fromisoformat(day): name for day, name in notice.names.items()},
            actor=actor,
            now=now,
        )
