"""One batch of rows becomes problems, in one transaction with everything it changes of its import.

Batches may be written by several processes at once, and end in any order: the run keeps the place up to which all is
written (`done`) and what lies written beyond it (`ahead`). A batch counts when its transaction is committed, so whoever
goes on after a kill writes exactly what is missing.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg.errors import DeadlockDetected

from sanfuwu.ledger.errors import ActionError, InvalidInput, NotAllowed
from sanfuwu.problems.actions import RegisterResult, import_history, register_problems
from sanfuwu.problems.models import Problem
from sanfuwu.territory.actor import Actor

from . import keeping, values
from .drafts import Draft, Fault, fault_at
from .models import ImportRun
from .repeats import mark_repeats

TRIES: Final = 3  # of a batch that stood in another one's way
log = logging.getLogger("sanfuwu.intake")


@dataclass(frozen=True, slots=True)
class Order:
    """What all batches of a run have in common; goes to other processes."""

    run_id: UUID
    actor: Actor
    approver: Actor | None  # of history
    columns: Mapping[str, int]  # field → column from 1
    headings: Mapping[int, str]
    now: dt.datetime


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows as they were read: (row, the row it repeats or 0, its cells). `at`: how many rows come before."""

    at: int
    rows: Sequence[tuple[Draft, int, Sequence[Any]]]


@dataclass(slots=True)
class Found:
    """What is to be told of a stretch of rows."""

    rejects: list[dict[str, Any]] = field(default_factory=list)
    duplicates: list[list[Any]] = field(default_factory=list)  # [row, number of the problem or "", row it repeats or 0]
    lookalikes: list[list[Any]] = field(default_factory=list)  # [row, number, number of the first with this text]
    notices: list[list[Any]] = field(default_factory=list)  # [row, column, heading, reason]
    samples: list[dict[str, Any]] = field(
        default_factory=list
    )  # of a check: the first rows as they would be registered

    def as_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("rejects", "duplicates", "lookalikes", "notices", "samples")}

    def reject(self, draft: Draft, cells: Sequence[Any]) -> None:
        said = [values.shown(cell) for cell in cells]
        self.rejects.append({"row": draft.row, "cells": said, "faults": [plain(f) for f in draft.faults]})


def plain(fault: Fault) -> list[Any]:
    """[column, heading, reason]"""
    return [fault.column, fault.heading, fault.reason]


def stretches(run: ImportRun, rows: int, size: int) -> Iterator[tuple[int, int, bool]]:
    """(its first row from 0, the first one after it, whether it is written already) for each stretch of the rows of a
    table; what is not written in stretches of at most `size`."""
    ahead = {0: run.done} | {start: length for start, length in run.ahead if start >= run.done}
    at = 0
    while at < rows:
        length = ahead.pop(at, 0)
        end = at + length if length else min([at + size, rows, *(start for start in ahead if start > at)])
        yield at, end, length > 0
        at = end


def write(order: Order, batch: Batch) -> bool:
    """The batch and everything it changes of the run, in one transaction. False when it is not to be written (any
    more). Two batches may wait for each other, where both meet two new firms: one is taken back, and tried again."""
    for turn in range(1, TRIES + 1):
        try:
            return _write(order, batch)
        except OperationalError as error:
            if turn == TRIES or not isinstance(error.__cause__, DeadlockDetected):
                raise
            log.warning("import %s: batch %s again", order.run_id, batch.at)
            time.sleep(0.1 * turn)
    raise AssertionError  # the last turn returns or raises


def _write(order: Order, batch: Batch) -> bool:
    if not _wanted(ImportRun.objects.get(pk=order.run_id), batch):
        return False
    with transaction.atomic():
        found = Found()
        own = {d.number for d, _same, _c in batch.rows if d.number}
        numbers = set(Problem.objects.filter(number__in=own).values_list("number", flat=True)) if own else set()
        good: list[tuple[Draft, Sequence[Any]]] = []
        for draft, same, cells in batch.rows:
            if draft.faults:
                found.reject(draft, cells)
            elif same or draft.number in numbers:
                found.duplicates.append([draft.row, draft.number if draft.number in numbers else "", same])
            else:
                good.append((draft, cells))
        results = _register(order, [draft for draft, _cells in good])
        created: list[tuple[Draft, Problem]] = []
        undated = 0
        for (draft, cells), result in zip(good, results, strict=True):
            if result.problem is not None:
                created.append((draft, result.problem))
                undated += draft.reg is not None and draft.reg.raised_on is None
                found.notices += [[draft.row, *plain(notice)] for notice in draft.notices]
            elif result.status == "duplicate":
                found.duplicates.append([draft.row, result.number, 0])
            else:
                assert result.error is not None
                reason = result.error.message
                draft.faults.append(fault_at(order.columns, order.headings, result.error.field or "", reason))
                found.reject(draft, cells)
        with connection.cursor() as cursor:  # references are looked at now, not while others wait for the run's row
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        # From here on one batch after the other: repeats are linked to what is committed, counts are added up.
        run = ImportRun.objects.select_for_update(no_key=True).get(pk=order.run_id)
        if not _wanted(run, batch):
            transaction.set_rollback(True)
            return False
        found.lookalikes = mark_repeats(created)
        found.rejects.sort(key=lambda reject: reject["row"])
        keeping.put_findings(run, "run", batch.at, found.as_dict())
        done, ahead = _placed(run, batch)
        ImportRun.objects.filter(pk=run.pk).update(
            done=done,
            ahead=ahead,
            total=max(run.total, batch.at + len(batch.rows)),
            created=run.created + len(created),
            duplicates=run.duplicates + len(found.duplicates),
            lookalikes=run.lookalikes + len(found.lookalikes),
            rejected=run.rejected + len(found.rejects),
            undated=run.undated + undated,
            beat_at=timezone.now(),
        )
    return True


def _wanted(run: ImportRun, batch: Batch) -> bool:
    """Whether the run goes on and nobody has written this batch."""
    written = batch.at < run.done or any(start == batch.at for start, _length in run.ahead)
    return run.state == ImportRun.State.RUNNING and not written


def _placed(run: ImportRun, batch: Batch) -> tuple[int, list[list[int]]]:
    """`done` and `ahead` with this batch."""
    done, ahead = run.done, dict(run.ahead) | {batch.at: len(batch.rows)}
    while length := ahead.pop(done, 0):
        done += length
    return done, [[start, length] for start, length in sorted(ahead.items())]


def _register(order: Order, drafts: Sequence[Draft]) -> list[RegisterResult]:
    """By the batch action. When it refuses a batch as a whole, the rows that are to blame are found by halving it."""
    if not drafts:
        return []
    try:
        with transaction.atomic():
            if order.approver is not None:
                cases = [draft.past() for draft in drafts]
                return import_history(cases, approved_by=order.approver, actor=order.actor, now=order.now)
            return register_problems([d.reg for d in drafts if d.reg is not None], actor=order.actor, now=order.now)
    except NotAllowed:
        raise
    except (ActionError, IntegrityError) as error:
        if len(drafts) == 1:
            refused = (
                error if isinstance(error, ActionError) else InvalidInput(_("It clashes with what is there already."))
            )
            return [RegisterResult(0, "error", error=refused)]
        half = len(drafts) // 2
        return [*_register(order, drafts[:half]), *_register(order, drafts[half:])]
