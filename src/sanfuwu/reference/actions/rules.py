"""Time limits: every change is a new version, proposed by the office and approved by supervision (ADR 0021).

A version holds for what is dispatched from its first moment on. What is dispatched already keeps its dates and names
the version they come from.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.commit import commit
from sanfuwu.ledger.errors import IllegalTransition, InvalidInput
from sanfuwu.territory.actor import Actor

from .. import policies, stamps
from ..limits import checked_limits, hours_dict, hours_of, limits_of
from ..models import Proposal, RuleVersion
from ..queries.rules import TOPIC, in_force
from ._proposals import decided, open_one, proposed_by, require_decider
from ._texts import digest, line


def propose_rules(
    limits: Mapping[str, str],
    hours: Mapping[str, str],
    *,
    valid_from: dt.datetime,
    remark: str,
    actor: Actor,
    now: dt.datetime,
) -> RuleVersion:
    """A new version, to hold from `valid_from` on once it is approved. Only one may wait at a time."""
    policies.require(policies.may_propose_rules(actor))
    kept = checked_limits(limits)
    office = hours_dict(hours_of(hours))
    remark = line(remark, "remark", most=300)
    if valid_from < now:
        raise InvalidInput(_("It cannot begin in the past: what is dispatched has its dates."), field="valid_from")
    if RuleVersion.objects.filter(status=Proposal.Status.PROPOSED).exists():
        raise IllegalTransition(_("Another version waits for approval; withdraw it first."))
    base = in_force(valid_from)
    if kept == limits_of(base.rules) and office == hours_dict(base.hours):
        raise InvalidInput(_("Nothing would change."))
    with transaction.atomic():
        changes = Changes()
        latest = RuleVersion.objects.aggregate(latest=Max("number"))["latest"] or 1
        row = changes.insert(
            RuleVersion(
                number=latest + 1,
                valid_from=valid_from,
                limits=kept,
                hours=office,
                remark=remark,
                **proposed_by(actor, now),
            )
        )
        changes.event(row, "proposed", data={"remark": digest(remark)})
        commit(changes, actor=actor, now=now)
    return row


def approve_rules(version_id: UUID, *, actor: Actor, now: dt.datetime) -> RuleVersion:
    """By supervision, not by whoever proposed it. Approved late, it holds from now on, never backwards."""
    with transaction.atomic():
        row = open_one(RuleVersion, version_id)
        require_decider(actor, row)
        changes = Changes()
        changes.update(row, valid_from=max(row.valid_from, now), **decided(Proposal.Status.APPROVED, actor, now))
        changes.event(row, "approved")
        stamps.touch(changes, TOPIC)
        commit(changes, actor=actor, now=now)
    return row


def refuse_rules(version_id: UUID, *, answer: str, actor: Actor, now: dt.datetime) -> RuleVersion:
    """With the reason why; the office may propose again."""
    answer = line(answer, "answer", most=300)
    with transaction.atomic():
        row = open_one(RuleVersion, version_id)
        require_decider(actor, row)
        changes = Changes()
        changes.update(row, answer=answer, **decided(Proposal.Status.REFUSED, actor, now))
        changes.event(row, "refused", data={"answer": digest(answer)})
        commit(changes, actor=actor, now=now)
    return row


def withdraw_rules(version_id: UUID, *, actor: Actor, now: dt.datetime) -> RuleVersion:
    """Taken back by the office before it is decided."""
    policies.require(policies.may_propose_rules(actor))
    with transaction.atomic():
        row = open_one(RuleVersion, version_id)
        changes = Changes()
        changes.update(row, **decided(Proposal.Status.WITHDRAWN, actor, now))
        changes.event(row, "withdrawn")
        commit(changes, actor=actor, now=now)
    return row
