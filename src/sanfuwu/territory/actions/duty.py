"""值班: who is on duty for a unit on a day. Each line is an event of the unit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.commit import commit
from sanfuwu.ledger.errors import IllegalTransition, InvalidInput, NotVisible
from sanfuwu.ledger.fields import new_id

from .. import policies
from ..actor import Actor, active_on
from ..models import OFFICERS, DutyShift, Post, Unit

MOST_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class OnDuty:
    """Who serves when, for the unit of his post."""

    post_id: UUID
    day: dt.date
    shift: str = DutyShift.Shift.ALL_DAY
    leads: bool = False


def set_duty(lines: Sequence[OnDuty], *, actor: Actor, now: dt.datetime) -> int:
    """Enter lines of the roster in one act; returns how many are new, since what stands there already stays."""
    policies.require(policies.may_keep_duty(actor))
    if len(lines) > MOST_AT_ONCE:
        raise InvalidInput(_("At most %(n)d lines at a time.") % {"n": MOST_AT_ONCE})
    with transaction.atomic():
        changes = Changes()
        posts = Post.objects.in_bulk({line.post_id for line in lines})
        units = Unit.objects.select_for_update(no_key=True).order_by("pk").in_bulk({p.unit_id for p in posts.values()})
        standing = {
            (row.day, row.shift, row.post_id): row
            for row in DutyShift.objects.filter(post__in=posts, removed_at__isnull=True)
        }
        touched: dict[UUID, int] = {}
        for line in lines:
            post = posts.get(line.post_id)
            if post is None:
                raise NotVisible(_("There is no such post."))
            _check(line, post)
            row = standing.get((line.day, line.shift, line.post_id))
            if row is not None and row.leads == line.leads:
                continue
            if row is not None:
                changes.update(row, leads=line.leads)
            else:
                row = changes.insert(
                    DutyShift(
                        id=new_id(),
                        unit_id=post.unit_id,
                        day=line.day,
                        shift=line.shift,
                        post_id=post.pk,
                        leads=line.leads,
                    )
                )
                standing[line.day, line.shift, line.post_id] = row
            changes.event(units[post.unit_id], "duty_set")
            touched[post.unit_id] = touched.get(post.unit_id, 0) + 1
        if touched:
            commit(changes, actor=actor, now=now)
    return sum(touched.values())


def remove_duty(shift_id: UUID, *, actor: Actor, now: dt.datetime) -> None:
    """Take one line of the roster back; it stays on record."""
    policies.require(policies.may_keep_duty(actor))
    with transaction.atomic():
        changes = Changes()
        row = (
            DutyShift.objects.select_for_update(no_key=True, of=("self",))
            .select_related("unit")
            .filter(pk=shift_id)
            .first()
        )
        if row is None:
            raise NotVisible(_("There is no such line in the roster."))
        if row.removed_at is not None:
            raise IllegalTransition(_("This line was taken back already."))
        changes.update(row, removed_at=now)
        changes.event(row.unit, "duty_removed")
        commit(changes, actor=actor, now=now)


def _check(line: OnDuty, post: Post) -> None:
    if line.shift not in DutyShift.Shift.values:
        raise InvalidInput(_("There is no such shift."), field="shift")
    if post.role in OFFICERS:
        raise InvalidInput(_("An officer of the system is not on duty."), field="post")
    if not active_on(post.valid_from, post.valid_to, line.day):
        raise InvalidInput(_("This post is not served in on that day."), field="day")
