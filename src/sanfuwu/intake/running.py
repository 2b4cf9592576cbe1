"""The pipeline: rows → drafts → batches of 500 → report. Pages, jobs and the command line run this and nothing else.

Rows are read here, one after the other; `writing` makes problems of a batch, here or in several processes (`hands`).
What was written, the counts and what was found are in the transaction of each batch. A worker that is killed leaves
either the whole batch or nothing of it, so whoever goes on writes what is missing and adds nothing twice.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from sanfuwu.config import clock
from sanfuwu.counties.schema import current_schema
from sanfuwu.ledger.crypto import text_hmac
from sanfuwu.ledger.errors import ActionError, NotAllowed
from sanfuwu.problems.actions.categories import propose_categories
from sanfuwu.problems.models import Problem
from sanfuwu.rules.masking import mask_name, mask_numbers
from sanfuwu.territory.actions import propose_units
from sanfuwu.territory.actor import Actor

from . import actions, hands, keeping, lookups
from .ahead import ahead
from .drafts import Draft
from .files import BadFile
from .models import ImportedText, ImportRun
from .table import Table, open_table, serving
from .writing import Batch, Found, Order, plain

log = logging.getLogger("sanfuwu.intake")
BATCH: Final = 500
CHECK_BATCH: Final = 2000
SAMPLES: Final = 8
CHECK_KEPT: Final = 500  # faults that the preview can show; the rest is only counted
AT_ONCE_ROWS: Final = 2000  # tables up to this size are checked while the page waits
Progress = Callable[[int, int], None]


def check(run_id: UUID, *, now: dt.datetime, progress: Progress | None = None) -> None:
    """Read every row as the import would, write nothing but what was found, and wait for a person."""
    run = ImportRun.objects.get(pk=run_id)
    if run.state != ImportRun.State.CHECKING:
        return
    try:
        table = open_table(run, now)
    except (ActionError, BadFile) as error:
        actions.fail(run_id, error.message, now=now)
        return
    keeping.drop_findings(run, "check")
    found, counts = Found(), dict.fromkeys(("total", "created", "duplicates", "lookalikes", "rejected", "undated"), 0)
    texts: set[bytes] = set()
    batch: list[tuple[Draft, int, Sequence[Any]]] = []
    registered = clock.for_tables(now)
    for item in table.drafts():
        table.reader.check(item[0], registered)
        batch.append(item)
        if len(batch) == CHECK_BATCH:
            _check_batch(batch, counts, found, texts)
            batch = []
            going = ImportRun.objects.filter(pk=run_id, state=ImportRun.State.CHECKING, started_at=run.started_at)
            if not going.update(done=counts["total"], beat_at=timezone.now()):
                return
            if progress is not None:
                progress(counts["total"], max(run.total, counts["total"]))
    _check_batch(batch, counts, found, texts)
    with transaction.atomic():
        if actions.finish_check(run_id, counts | {"done": counts["total"]}, begun=run.started_at, now=now):
            keeping.put_findings(run, "check", 0, found.as_dict())


def run(run_id: UUID, *, now: dt.datetime, progress: Progress | None = None, batch_size: int = BATCH) -> None:
    """Write the rows from `done` on. Returns when all are dealt with, or when somebody cancelled it or does it
    himself."""
    row = ImportRun.objects.get(pk=run_id)
    if row.state != ImportRun.State.RUNNING:
        return
    ImportRun.objects.filter(pk=run_id).update(beat_at=timezone.now())
    try:
        done = row.done + sum(length for _start, length in row.ahead)
        count, language = hands.count_for(row.total - done), translation.get_language() or ""
        with hands.ready(count, schema=current_schema(), language=language) as write:
            table = open_table(row, now)
            reader = table.reader
            approver, registered = _approver(row, now), clock.for_tables(now)
            order = Order(run_id, table.actor, approver, reader.columns, reader.headings, registered)
            with closing(write(order, _batches(table, batch_size, now))) as written:
                for rows in written:
                    if not rows:
                        return
                    done += rows
                    if progress is not None:
                        progress(done, max(row.total, done))
    except (ActionError, BadFile) as error:
        actions.fail(run_id, error.message, now=now)
        return
    except Exception:
        log.exception("import %s stopped", run_id)
        actions.fail(run_id, _("The program stopped for a reason of its own, which is in its log."), now=now)
        return
    actions.finish_run(run_id, now=now)


def _approver(run: ImportRun, now: dt.datetime) -> Actor | None:
    if run.kind != ImportRun.Kind.HISTORY:
        return None
    if run.approver_post is None:
        raise NotAllowed(_("History needs a second approver: somebody else of the dispatch office or of supervision."))
    return serving(run.approver_post, run.approver_own_post, run.approver_account, now)


# ── checking ──


def _check_batch(
    batch: Sequence[tuple[Draft, int, Sequence[Any]]], counts: dict[str, int], found: Found, texts: set[bytes]
) -> None:
    drafts = [draft for draft, _same, _cells in batch]
    known = _known(drafts)
    keys = [text_hmac(d.text_key) if d.text_key else b"" for d in drafts]
    before = {
        bytes(k) for k in ImportedText.objects.filter(key__in=[k for k in keys if k]).values_list("key", flat=True)
    }
    for (draft, same, _cells), key in zip(batch, keys, strict=True):
        counts["total"] += 1
        number = known.get(_key(draft), known.get(("", draft.number), ""))
        if draft.faults:
            counts["rejected"] += 1
            if len(found.rejects) < CHECK_KEPT:
                found.rejects.append({"row": draft.row, "faults": [plain(f) for f in draft.faults]})
            continue
        if same or number:
            counts["duplicates"] += 1
            if len(found.duplicates) < CHECK_KEPT:
                found.duplicates.append([draft.row, number, same])
            continue
        counts["created"] += 1
        counts["undated"] += draft.reg is not None and draft.reg.raised_on is None
        if key and (key in before or key in texts):
            counts["lookalikes"] += 1
        if key:
            texts.add(key)
        if len(found.samples) < SAMPLES:
            found.samples.append(_sample(draft))
        for notice in draft.notices:
            if len(found.notices) < CHECK_KEPT:
                found.notices.append([draft.row, *plain(notice)])


def _sample(draft: Draft) -> dict[str, Any]:
    reg = draft.reg
    assert reg is not None
    who = reg.requester
    return {
        "row": draft.row,
        "title": mask_numbers(reg.title or reg.text.split("\n", 1)[0])[:60],
        "text": mask_numbers(reg.text)[:90] if reg.title else "",
        "raised_on": reg.raised_on.isoformat() if reg.raised_on else "",
        "division": reg.division,
        "who": who.name or mask_name(who.contact_name),
        "category": str(reg.category_id or "") or draft.category,
        "unit": str(reg.proposed_unit or "") or draft.unit,
        "reply": mask_numbers(draft.reply)[:60],
    }


def _key(draft: Draft) -> tuple[str, str]:
    assert draft.reg is not None
    return draft.reg.source_system, draft.reg.source_ref or ""


def _known(drafts: Sequence[Draft]) -> dict[tuple[str, str], str]:
    """{(source, reference): number} of what is registered already, and {("", number): number} of our own numbers."""
    wanted: dict[str, set[str]] = {}
    own = {d.number for d in drafts if d.number}
    for draft in drafts:
        if not draft.faults:
            source, ref = _key(draft)
            wanted.setdefault(source, set()).add(ref)
    found: dict[tuple[str, str], str] = {}
    for source, refs in wanted.items():
        rows = Problem.objects.filter(source_system=source, source_ref__in=refs)
        found |= {(source, str(ref)): number for ref, number in rows.values_list("source_ref", "number")}
    if own:
        found |= {("", n): n for n in Problem.objects.filter(number__in=own).values_list("number", flat=True)}
    return found


# ── writing ──


def _batches(table: Table, size: int, now: dt.datetime) -> Iterator[Batch]:
    """What is not written yet, read while the batch before is written. Ends when the run does."""
    for at, rows in ahead(table.missing(size)):
        if not _propose(table, [draft for draft, same, _cells in rows if not (draft.faults or same)], now):
            return
        yield Batch(at, rows)


def _propose(table: Table, drafts: Sequence[Draft], now: dt.datetime) -> bool:
    """Units and categories that nobody knows become proposed ones, before any row is written that names them. False
    when the run has ended meanwhile."""
    known = table.reader.known
    categories = {d.category for d in drafts if d.category} - known.categories.keys()
    units = {d.unit for d in drafts if d.unit}
    if table.reader.history:
        units |= {name for d in drafts for name in d.others if len(name) <= 40}
    units = {u for u in units if known.unit(u) is None}
    if categories or units:
        with transaction.atomic():
            going = ImportRun.objects.filter(pk=table.run.pk, state=ImportRun.State.RUNNING)
            if not going.update(
                proposed_categories=F("proposed_categories") + len(categories),
                proposed_units=F("proposed_units") + len(units),
            ):
                return False
            if categories:
                known.categories |= propose_categories(categories, actor=table.actor, now=now)
            if units:
                named = propose_units(units, actor=table.actor, now=now)
                known.units |= {"".join(n.split()): unit for n, unit in named.items()}
    for draft in drafts:
        assert draft.reg is not None
        if draft.category:
            draft.reg = replace(draft.reg, category_id=known.categories[draft.category])
        if draft.unit:
            draft.reg = replace(draft.reg, proposed_unit=known.unit(draft.unit))
        if table.reader.history:
            draft.units = _units_of(known, draft)
    return True


def _units_of(known: lookups.Lookups, draft: Draft) -> tuple[UUID, ...]:
    first = [draft.reg.proposed_unit] if draft.reg is not None and draft.reg.proposed_unit is not None else []
    others = [unit for name in draft.others if (unit := known.unit(name)) is not None and unit not in first]
    return (*first, *dict.fromkeys(others))
