"""What pages and the command line read of imports."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils import timezone

from sanfuwu.territory.actor import Actor
from sanfuwu.territory.queries import post_labels

from . import keeping, policies
from .actions._locking import visible
from .columns import BY_KEY, IGNORE
from .models import ImportedText, ImportRun

LISTED = 50
SHOWN = 200


@dataclass(frozen=True, slots=True)
class Line:
    """An import in the list."""

    run: ImportRun
    name: str
    by: str


@dataclass(slots=True)
class Report:
    """What became of the rows: total = created + duplicates + rejected, once it is done."""

    total: int = 0
    created: int = 0
    duplicates: int = 0
    lookalikes: int = 0
    rejected: int = 0
    undated: int = 0
    proposed_units: int = 0
    proposed_categories: int = 0
    rejects: list[dict[str, Any]] = field(default_factory=list)  # {row, column, heading, reason}
    repeats: list[dict[str, Any]] = field(default_factory=list)  # look-alikes: {row, number, first}
    known: list[dict[str, Any]] = field(default_factory=list)  # duplicates: {row, number, same_row}
    notices: list[dict[str, Any]] = field(default_factory=list)
    samples: list[dict[str, Any]] = field(default_factory=list)  # of a check: the first rows as they are understood
    unused: list[str] = field(default_factory=list)  # headings that were left out


def newest(actor: Actor, now: dt.datetime, *, limit: int = LISTED) -> list[Line]:
    """The imports this actor sees, the newest first: two statements besides the runs."""
    runs = list(policies.visible_to(actor).order_by("-created_at", "-pk")[:limit])
    labels = post_labels({r.post_id for r in runs if r.post_id}, timezone.localdate(now))
    return [Line(run, keeping.file_name(run), _by(run.post_id, labels)) for run in runs]


def one(actor: Actor, run_id: UUID) -> ImportRun:
    """Raises `NotVisible`."""
    return visible(run_id, actor)


def by_whom(run: ImportRun, now: dt.datetime) -> tuple[str, str]:
    """(who uploaded it, who approved it), each as unit · title · name; empty for the command line or nobody."""
    posts = {p for p in (run.post_id, run.approver_post) if p}
    labels = post_labels(posts, timezone.localdate(now)) if posts else {}
    return _by(run.post_id, labels), _by(run.approver_post, labels)


def _by(post: UUID | None, labels: dict[UUID, tuple[str, str, str]]) -> str:
    return " · ".join(part for part in labels[post] if part) if post in labels else ""


def report(run: ImportRun, *, most: int | None = SHOWN) -> Report:
    """Counts and findings of the phase that ran last; at most `most` of each kind, all for None."""
    said = Report(
        total=run.total,
        created=run.created,
        duplicates=run.duplicates,
        lookalikes=run.lookalikes,
        rejected=run.rejected,
        undated=run.undated,
        proposed_units=run.proposed_units,
        proposed_categories=run.proposed_categories,
        unused=[
            str(heading)
            for at, heading in enumerate(run.headings, start=1)
            if heading and run.mapping.get(str(at), IGNORE) == IGNORE
        ],
    )
    phase = "check" if run.state in ("checking", "checked", "awaiting") else "run"
    for found in keeping.findings(run, phase):
        for reject in found["rejects"]:
            said.rejects += [
                {"row": reject["row"], "column": c, "heading": h, "reason": r} for c, h, r in reject["faults"]
            ]
        said.samples += found.get("samples", [])
        said.repeats += [{"row": r, "number": n, "first": f} for r, n, f in found["lookalikes"]]
        said.known += [{"row": r, "number": n, "same_row": s} for r, n, s in found["duplicates"]]
        said.notices += [{"row": r, "column": c, "heading": h, "reason": w} for r, c, h, w in found["notices"]]
        if most is not None and min(len(said.rejects), len(said.known), len(said.notices)) > most:
            break
    if most is not None:
        for name in ("rejects", "repeats", "known", "notices"):
            setattr(said, name, getattr(said, name)[:most])
    return said


def rejected_rows(run: ImportRun) -> Iterator[tuple[list[str], str]]:
    """(cells, reasons) of each row that was refused, to be mended and uploaded again."""
    for found in keeping.findings(run, "run"):
        for reject in found["rejects"]:
            reasons = [f"{heading}：{reason}" if heading else reason for _c, heading, reason in reject["faults"]]
            yield reject["cells"], "；".join(reasons)


def same_text(problem_id: UUID) -> list[UUID]:
    """Other imported problems whose text is exactly that of this one, the first of them in front."""
    own = ImportedText.objects.filter(pk=problem_id).first()
    if own is None:
        return []
    first = own.first or own.pk
    rows = ImportedText.objects.filter(key=own.key).exclude(pk=problem_id)
    return sorted(rows.values_list("problem_id", flat=True), key=lambda pk: (pk != first, pk))


def field_labels() -> list[tuple[str, str]]:
    """What a column may be, in words."""
    return [(key, str(field.label)) for key, field in BY_KEY.items()]
