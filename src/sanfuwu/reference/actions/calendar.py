"""A year's calendar: proposed by the office. Approving it publishes it (`problems.actions.calendars`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.commit import commit
from sanfuwu.ledger.errors import IllegalTransition, InvalidInput
from sanfuwu.rules.worktime import DayKind
from sanfuwu.territory.actor import Actor

from .. import policies
from ..models import CalendarNotice, Proposal
from ._proposals import decided, open_one, proposed_by, require_decider
from ._texts import digest, line

YEARS = range(2004, 2101)
MOST_DAYS = 130  # days of a year that may differ from Monday to Friday; notices name about forty


def propose_calendar(
    year: int,
    days: Mapping[dt.date, DayKind],
    *,
    names: Mapping[dt.date, str] | None = None,
    remark: str,
    actor: Actor,
    now: dt.datetime,
) -> CalendarNotice:
    """The days that differ from Monday to Friday, and what they are called. One proposal a year may wait."""
    policies.require(policies.may_propose_rules(actor))
    if year not in YEARS:
        raise InvalidInput(_("There is no such year."), field="year")
    if not days:
        raise InvalidInput(_("No day differs from Monday to Friday."), field="days")
    if len(days) > MOST_DAYS:
        raise InvalidInput(_("So many days cannot differ in one year."), field="days")
    if outside := [day for day in days if day.year != year]:
        raise InvalidInput(
            _("%(day)s is not in %(year)d.") % {"day": min(outside).isoformat(), "year": year}, field="days"
        )
    remark = line(remark, "remark", most=300)
    if CalendarNotice.objects.filter(year=year, status=Proposal.Status.PROPOSED).exists():
        raise IllegalTransition(_("A calendar of this year waits for approval already; withdraw it first."))
    with transaction.atomic():
        changes = Changes()
        row = changes.insert(
            CalendarNotice(
                year=year,
                days={day.isoformat(): kind.value for day, kind in sorted(days.items())},
                names={day.isoformat(): name[:40] for day, name in sorted((names or {}).items()) if day in days},
                remark=remark,
                **proposed_by(actor, now),
            )
        )
        changes.event(row, "proposed", data={"remark": digest(remark)})
        commit(changes, actor=actor, now=now)
    return row


def refuse_calendar(notice_id: UUID, *, answer: str, actor: Actor, now: dt.datetime) -> CalendarNotice:
    answer = line(answer, "answer", most=300)
    with transaction.atomic():
        row = open_one(CalendarNotice, notice_id)
        require_decider(actor, row)
        changes = Changes()
        changes.update(row, answer=answer, **decided(Proposal.Status.REFUSED, actor, now))
        changes.event(row, "refused", data={"answer": digest(answer)})
        commit(changes, actor=actor, now=now)
    return row


def withdraw_calendar(notice_id: UUID, *, actor: Actor, now: dt.datetime) -> CalendarNotice:
    policies.require(policies.may_propose_rules(actor))
    with transaction.atomic():
        row = open_one(CalendarNotice, notice_id)
        changes = Changes()
        changes.update(row, **decided(Proposal.Status.WITHDRAWN, actor, now))
        changes.event(row, "withdrawn")
        commit(changes, actor=actor, now=now)
    return row


def plan_approval(notice_id: UUID, changes: Changes, *, actor: Actor, now: dt.datetime) -> CalendarNotice:
    """The decision alone: whoever approves also publishes, in the same transaction."""
    row = open_one(CalendarNotice, notice_id)
    require_decider(actor, row)
    changes.update(row, **decided(Proposal.Status.APPROVED, actor, now))
    changes.event(row, "approved")
    return row
