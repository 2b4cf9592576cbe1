"""One act on many problems, each for itself: what can be done is done, what cannot says why.

`Act.many` is for programs that know what they do: all or none. A person who ticks forty lines wants the thirty-eight
that are possible, and to be told about the other two. Both run the same plans. Here every problem is planned into
changes of its own; a refusal throws these away, and what is left is written together, in one transaction and in id
order. So nothing is ever half done, and 500 problems cost hardly more statements than one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.commit import commit
from sanfuwu.ledger.errors import ActionError, InvalidInput, NotVisible, StaleVersion
from sanfuwu.reference.stamps import looked_at_once
from sanfuwu.territory.actor import Actor

from .. import policies
from ..chip import Stage, stage
from ..models import Problem
from ..snapshot import Snapshot, load_many
from ._shell import MOST_AT_ONCE, Act, Context, finish


@dataclass(frozen=True, slots=True)
class Item:
    """One problem of the batch. `command` may depend on it (its proposed category); `version` is what one saw."""

    problem_id: UUID
    command: Callable[[Problem], Any]
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened, or would happen, to one problem. `error` says why not; then nothing of it was written."""

    problem_id: UUID
    number: str
    before: Stage | None
    after: Stage | None = None
    due_at: dt.datetime | None = None  # of the lead, when the act sets or changes it
    error: ActionError | None = None

    @property
    def done(self) -> bool:
        return self.error is None


def foresee(act: Act[Any], items: Sequence[Item], *, actor: Actor, now: dt.datetime) -> list[Outcome]:
    """What `each` would do now; nothing is written and nothing is locked. In the order of the items."""
    snaps = _loaded(items, lock=False)
    shared = Context(actor=actor, now=now)
    return [_outcome(act, item, snaps.get(item.problem_id), shared)[0] for item in items]


def each(
    act: Act[Any], items: Sequence[Item], *, actor: Actor, now: dt.datetime, request_id: str = ""
) -> list[Outcome]:
    """The act on every problem that allows it. At most 500; raises `InvalidInput` beyond that. In the items' order."""
    if len(items) > MOST_AT_ONCE:
        raise InvalidInput(_("At most 500 problems at a time."))
    found: dict[UUID, Outcome] = {}
    with transaction.atomic(), looked_at_once():
        snaps = _loaded(items, lock=True)
        shared = Context(actor=actor, now=now)
        changes, pairs = Changes(), []
        for item in sorted(items, key=lambda i: i.problem_id):
            snap = snaps.get(item.problem_id)
            outcome, planned = _outcome(act, item, snap, shared)
            found[item.problem_id] = outcome
            if planned is not None and snap is not None:
                ctx, own = planned
                changes.absorb(own)
                pairs.append((snap, ctx))
        if pairs:
            finish(pairs, changes)
            commit(changes, actor=actor, now=now, request_id=request_id)
    return [found[item.problem_id] for item in items]


def _loaded(items: Sequence[Item], *, lock: bool) -> dict[UUID, Snapshot]:
    return {snap.problem.pk: snap for snap in load_many([item.problem_id for item in items], lock=lock)}


def _outcome(
    act: Act[Any], item: Item, snap: Snapshot | None, shared: Context
) -> tuple[Outcome, tuple[Context, Changes] | None]:
    """What one plan comes to, and the plan itself where it is possible."""
    if snap is None:
        gone = NotVisible(_("There is no such problem, or it is not visible to you."))
        return Outcome(item.problem_id, "", None, error=gone), None
    number, before = snap.problem.number, stage(snap)
    due_before = snap.top_lead.due_at if snap.top_lead else None
    own = Changes()
    try:
        if item.version is not None and snap.problem.version != item.version:
            raise StaleVersion(_("Somebody else acted on this problem since you opened it. What you typed is kept."))
        cmd = item.command(snap.problem)
        ctx = shared.sharing()
        ctx.subject = policies.authorise(shared.actor, act.name, snap, getattr(cmd, "assignment_id", None))
        act.plan(snap, cmd, ctx, own)
    except ActionError as error:
        return Outcome(item.problem_id, number, before, error=error), None
    lead = snap.top_lead
    due_at = lead.due_at if lead is not None and lead.due_at != due_before else None
    return Outcome(item.problem_id, number, before, stage(snap), due_at), (ctx, own)
