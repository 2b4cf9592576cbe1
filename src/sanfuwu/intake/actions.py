"""`import_workbook`: every row of a message workbook becomes a live registration (待受理), once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from sanfuwu.counties.queries import county_code
from sanfuwu.ledger.errors import ActionError
from sanfuwu.parties.actions import RequesterInput
from sanfuwu.problems.actions import register_problems
from sanfuwu.problems.actions.categories import propose_categories
from sanfuwu.problems.commands import Registration
from sanfuwu.problems.models import Problem
from sanfuwu.territory.actor import Actor

from .workbook import LABEL, NUMBER, TEXT, TIME, TITLE, USER, Message, RowError, read_workbook

SOURCE_SYSTEM = "留言"  # with the number of the message it makes a row known again
BATCH = 500
# Which cell a refused registration is about, for the report.
_HEADING_OF = {
    "text": TEXT,
    "title": TITLE,
    "raised_on": TIME,
    "source_ref": NUMBER,
    "contact_name": USER,
    "category_id": LABEL,
}


@dataclass(slots=True)
class ImportReport:
    """What became of the rows: `rows` = registered + duplicates + len(errors)."""

    rows: int = 0
    registered: int = 0
    duplicates: int = 0
    undated: int = 0  # of the registered ones: 留言时间 is empty, so the day of the import stands there
    anonymous: int = 0  # of the registered ones: 留言用户 is empty
    errors: list[RowError] = field(default_factory=list)
    categories: list[str] = field(default_factory=list)
    unused_headings: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def import_workbook(
    path: Path, *, actor: Actor, now: dt.datetime, progress: Callable[[int, int], None] | None = None
) -> ImportReport:
    """Register the rows of a workbook in batches of 500, each one transaction.

    Rows known already (by 留言编号) are left alone, so that a run that was broken off can simply be started again; rows
    that cannot be registered are named in the report. Raises `BadWorkbook` when the file as a whole is of no use.
    """
    sheet = read_workbook(path)
    report = ImportReport(
        rows=len(sheet.messages) + len(sheet.errors), errors=list(sheet.errors), unused_headings=sheet.unused
    )
    categories = propose_categories({m.label for m in sheet.messages}, actor=actor, now=now)
    report.categories = sorted(categories)
    division = county_code()
    for start in range(0, len(sheet.messages), BATCH):
        batch = sheet.messages[start : start + BATCH]
        _register(batch, [_registration(m, categories, division) for m in batch], report, actor, now)
        if progress is not None:
            progress(start + len(batch), len(sheet.messages))
    report.errors.sort(key=lambda e: e.row)
    return report


def _registration(message: Message, categories: dict[str, UUID], division: str) -> Registration:
    """The place is not known, so the county itself; who wrote it is a contact, encrypted, and nowhere else."""
    return Registration(
        text=message.text,
        title=message.title,
        division=division,
        requester=RequesterInput(contact_name=message.user),
        anonymous=not message.user,
        channel=Problem.Channel.IMPORT.value,
        category_id=categories.get(message.label),
        raised_on=message.sent_at,
        source_system=SOURCE_SYSTEM,
        source_ref=message.ref,
    )


def _register(
    batch: Sequence[Message], regs: Sequence[Registration], report: ImportReport, actor: Actor, now: dt.datetime
) -> None:
    for message, result in zip(batch, register_problems(regs, actor=actor, now=now), strict=True):
        if result.error is not None:
            report.errors.append(_named(message, result.error))
        elif result.status == "duplicate":
            report.duplicates += 1
        else:
            report.registered += 1
            report.undated += message.sent_at is None
            report.anonymous += not message.user


def _named(message: Message, error: ActionError) -> RowError:
    return RowError(message.row, _HEADING_OF.get(error.field or "", ""), error.message)
