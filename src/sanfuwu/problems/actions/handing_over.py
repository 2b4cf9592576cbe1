"""岗位移交, the part of problems: what a post handles, leads or registered goes to its successor.

Units stay responsible as they are: nothing is dispatched anew, no clock starts afresh, no deadline moves.
"""

from __future__ import annotations

import datetime as dt
from typing import cast
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from sanfuwu.ledger.changes import Changes
from sanfuwu.rules.lifecycle import OPEN_ASSIGNMENT_STATES, OPEN_PROBLEM_STATES
from sanfuwu.territory.actions.handover import Handover, Part
from sanfuwu.territory.models import Post, Role

from ..models import Assignment, Leadership, Problem
from ..snapshot import Snapshot, load_many
from ._shell import Context, finish

_OPEN = [str(state) for state in OPEN_PROBLEM_STATES]


def _handled(post_id: UUID) -> list[UUID]:
    rows = Assignment.objects.filter(handler_post=post_id, state__in=[str(s) for s in OPEN_ASSIGNMENT_STATES])
    return list(rows.values_list("problem_id", flat=True))


def _led(post_id: UUID) -> list[UUID]:
    rows = Leadership.objects.filter(post_id=post_id, to_at__isnull=True, problem__state__in=_OPEN)
    return list(rows.values_list("problem_id", flat=True))


def _minded(post_id: UUID) -> list[UUID]:
    mine = Problem.objects.filter(registered_by=post_id, minded_by__isnull=True) | Problem.objects.filter(
        minded_by=post_id
    )
    return list(mine.filter(state__in=_OPEN).values_list("pk", flat=True))


def _snapshots(handover: Handover, ids: list[UUID]) -> list[Snapshot]:
    """Each problem once for all parts, locked: a second object of it would not know the first one's event."""
    known = cast("dict[UUID, Snapshot]", handover.shared.setdefault("problems", {}))
    for snap in load_many(set(ids) - known.keys(), lock=True):
        known[snap.problem.pk] = snap
    return [known[pk] for pk in sorted(set(ids))]


def _settle(handover: Handover, snaps: list[Snapshot], changes: Changes) -> None:
    finish([(snap, Context(actor=handover.actor, now=handover.now)) for snap in snaps], changes)


def _move_handled(changes: Changes, handover: Handover, successor: Post | None) -> int:
    assert successor is not None
    old, moved = handover.post.pk, 0
    for snap in _snapshots(handover, _handled(old)):
        for assignment in snap.open_assignments:
            if assignment.handler_post == old:
                changes.update(assignment, handler_post=successor.pk)
                changes.event(
                    snap.problem,
                    "handler_changed",
                    data={"from": old, "to": successor.pk},
                    assignment_id=assignment.pk,
                )
                moved += 1
    return moved


def _move_led(changes: Changes, handover: Handover, successor: Post | None) -> int:
    """The leader's time ends and the successor's begins at the same moment, so no result falls between the two."""
    assert successor is not None
    snaps, moved = _snapshots(handover, _led(handover.post.pk)), 0
    for snap in snaps:
        for row in [x for x in snap.leaderships if x.post_id == handover.post.pk and x.to_at is None]:
            changes.update(row, to_at=handover.now)
            new = Leadership(
                problem=snap.problem,
                kind=row.kind,
                post_id=successor.pk,
                from_at=handover.now,
                members=row.members,
            )
            snap.leaderships.append(changes.insert(new))
            changes.event(
                snap.problem,
                "leader_appointed",
                data={"post": successor.pk, "kind": row.kind, "members": row.members, "from": handover.post.pk},
            )
            moved += 1
    _settle(handover, snaps, changes)
    return moved


def _move_minded(changes: Changes, handover: Handover, successor: Post | None) -> int:
    """Who registered it stays on record; who answers for it, supplements it and follows it is the successor."""
    assert successor is not None
    snaps = _snapshots(handover, _minded(handover.post.pk))
    for snap in snaps:
        changes.update(snap.problem, minded_by=successor.pk)
        changes.event(snap.problem, "registration_handed_over")  # names nobody: the recorder may be confidential
    _settle(handover, snaps, changes)
    return len(snaps)


def _count_handled(post: Post, _day: dt.date) -> int:
    return len(_handled(post.pk))


def _count_led(post: Post, _day: dt.date) -> int:
    return len(_led(post.pk))


def _count_minded(post: Post, _day: dt.date) -> int:
    return len(_minded(post.pk))


PARTS: tuple[Part, ...] = (
    Part(
        "assignments",
        _("Open assignments he handles"),
        count=_count_handled,
        move=_move_handled,
        columns=("problems.Assignment.handler_post",),
        fits=lambda post: post.role in (Role.HANDLER, Role.UNIT_HEAD, Role.TOWN_DISPATCHER),
        why=_("The successor handles them; deadlines stay as they are."),
    ),
    Part(
        "leaderships",
        _("Problems led or taken charge of"),
        count=_count_led,
        move=_move_led,
        columns=("problems.Leadership.post_id",),
        fits=lambda post: post.role == Role.LEADER,
        why=_("The successor leads them from the same moment."),
    ),
    Part(
        "registrations",
        _("Open problems he registered"),
        count=_count_minded,
        move=_move_minded,
        columns=("problems.Problem.registered_by", "problems.Problem.minded_by"),
        why=_("The successor follows them and supplements them when asked."),
    ),
)
