"""生成对外数据: a workbook of what changed since the last one, for one system. Nothing is lost, nothing told twice.

The watermark is a place in each problem's own chain of events, not a moment: a chain has no gaps, and an event that was
still being written when we looked stands behind the place that we remember.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.db.models import F, Max, Q, QuerySet
from django.utils.translation import gettext as _

from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.commit import commit
from sanfuwu.ledger.errors import InvalidInput, NotVisible
from sanfuwu.ledger.models import AccessLog
from sanfuwu.problems.models import ForeignNumber, ForeignSystem
from sanfuwu.territory.actor import Actor

from ..models import Exchange, ToldLine, ToldUpTo
from ..policies import require_exchange
from ..telling import Said, say

MOST_LINES = 5_000  # of one workbook; the next one goes on where it ended
_CHUNK = 500


def lock_system(code: str) -> ForeignSystem:
    """Two exchanges with one system wait for each other. Raises `NotVisible`."""
    system = ForeignSystem.objects.select_for_update(no_key=True).filter(code=code).first()
    if system is None:
        raise NotVisible(_("There is no such system."))
    return system


def next_no(system: ForeignSystem, direction: str) -> int:
    """The number of the next exchange; the system is locked."""
    last = Exchange.objects.filter(system=system, direction=direction).aggregate(last=Max("no"))["last"]
    return int(last or 0) + 1


def moved(code: str) -> QuerySet[ForeignNumber]:
    """Numbers whose problem has moved on since the system was told of it last."""
    return (
        ForeignNumber.objects.filter(system__code=code, ended_at__isnull=True)
        .filter(Q(told_up_to__isnull=True) | Q(told_up_to__upto_seq__lt=F("problem__event_seq")))
        .order_by("pk")
    )


def _next(code: str) -> list[tuple[UUID, UUID, int]]:
    """(number, problem, its last event) of the next ones to look at."""
    return list(moved(code).values_list("pk", "problem_id", "problem__event_seq")[:_CHUNK])


def make_workbook(code: str, *, actor: Actor, now: dt.datetime) -> Exchange | None:
    """Remember what is to be told, and up to where; None when there is nothing new. Raises `ActionError`.

    The file itself is written from these lines at each download (`exchange.sheets`).
    """
    require_exchange(actor)
    with transaction.atomic():
        system = lock_system(code)
        if not system.active:
            raise InvalidInput(_("This system is not in use any more."), field="system")
        lines: list[ToldLine] = []
        exchange = Exchange(
            system=system,
            direction=Exchange.Direction.OUT,
            no=next_no(system, Exchange.Direction.OUT),
            state=Exchange.State.MADE,
            at=now,
            by_post=actor.effective_post,
        )
        # What has been told no longer counts as moved: each round begins where the one before ended.
        while len(lines) + _CHUNK <= MOST_LINES and (batch := _next(code)):
            lines += _told(batch, exchange)
        exchange.more = moved(code).exists()
        exchange.lines = len(lines)
        if not lines:
            return None  # the watermarks of what moved without news stay
        changes = Changes()
        changes.insert(exchange)
        changes.inserts += lines
        changes.insert(
            AccessLog(
                at=now,
                post_id=actor.post_id,
                account_id=actor.account_id,
                what="exchange_out",
                subject_kind="system",
                subject_id=system.pk,
                reason=f"{system.code} no. {exchange.no}, {len(lines)} lines",
            )
        )
        changes.event(system, "exchanged_out", data={"exchange": exchange.pk, "no": exchange.no, "lines": len(lines)})
        commit(changes, actor=actor, now=now)
    return exchange


def _told(batch: list[tuple[UUID, UUID, int]], exchange: Exchange) -> list[ToldLine]:
    """Lines for what has news; the watermark moves for all of them."""
    seqs = {problem: seq for _number, problem, seq in batch}
    said = say(list(seqs), seqs)
    before = dict(
        ToldUpTo.objects.filter(pk__in=[number for number, _p, _s in batch]).values_list("foreign_id", "digest")
    )
    ToldUpTo.objects.bulk_create(
        [ToldUpTo(foreign_id=n, upto_seq=said[p].upto_seq, digest=said[p].digest) for n, p, _s in batch],
        update_conflicts=True,
        unique_fields=["foreign"],
        update_fields=["upto_seq", "digest"],
    )
    return [_line(n, said[p], exchange) for n, p, _s in batch if before.get(n) != said[p].digest]


def _line(foreign_id: UUID, said: Said, exchange: Exchange) -> ToldLine:
    return ToldLine(
        exchange=exchange,
        foreign_id=foreign_id,
        upto_seq=said.upto_seq,
        said=said.codes,
        report_note_id=said.report_note,
        answer_note_id=said.answer_note,
    )
