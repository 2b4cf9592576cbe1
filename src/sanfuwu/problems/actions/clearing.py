"""演练 is cleared: texts, names, telephones and photographs of training are emptied, and nobody sees it any more.

The rows and their events stay, as everything here does; they never counted, and no list shows them.
"""

from __future__ import annotations

import datetime as dt
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.commit import TRAINING, commit
from sanfuwu.reference import policies
from sanfuwu.territory.actor import Actor

from .. import facets, files
from ..models import Problem
from ..snapshot import Snapshot, load_many
from . import _clock
from .erasing import plan_erase

_BATCH = 200


def clear_training(*, actor: Actor, now: dt.datetime) -> int:
    """Clear everything registered in training so far, in batches of one transaction each; returns how many.

    By the system officer. Broken off, it is simply started again.
    """
    policies.require(policies.may_set_county(actor))
    cleared = 0
    while ids := _next():
        with transaction.atomic():
            changes, gone = Changes(), []
            for snap in load_many(ids, lock=True):
                gone += _plan(snap, changes, now)
            commit(changes, actor=actor, now=now)
            for path in gone:
                transaction.on_commit(partial(files.remove, path))
        cleared += len(ids)
    return cleared


def waiting() -> int:
    """How many problems of training there are to clear."""
    return _uncleared().count()


def _uncleared() -> QuerySet[Problem]:
    return Problem.objects.filter(origin=TRAINING).exclude(row__facets__contains=[_number(facets.CLEARED)])


def _next() -> list[UUID]:
    return list(_uncleared().order_by("pk").values_list("pk", flat=True)[:_BATCH])


def _number(token: facets.Token) -> int:
    return facets.ids_of({token})[token]


def _plan(snap: Snapshot, changes: Changes, now: dt.datetime) -> list[str]:
    """Open assignments end, so that no sweep finds them; then as with a person erased by law."""
    for a in snap.open_assignments:
        changes.update(a, ended_at=now, end_reason="training_cleared")
        _clock.end(snap, changes, a, now)
    for deadline in snap.deadlines:
        if deadline.met_at is None:
            changes.update(deadline, met_at=now)
    changes.event(snap.problem, "training_cleared")
    gone = plan_erase(snap, changes, now)
    # It keeps the mark of training, so that no list of real work ever shows it.
    marks = sorted([_number(facets.TRAINING), _number(facets.CLEARED)])
    changes.update(snap.row, facets=marks, is_open=False, due_at=None)
    return gone
