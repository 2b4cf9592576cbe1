"""An import step by step, as a person and a worker take it."""

from __future__ import annotations

from typing import Any

import pytest

from sanfuwu.intake import actions, running
from sanfuwu.intake.models import ImportRun
from sanfuwu.territory.actor import SYSTEM, Actor

from .times import NOW


def planned(
    data: bytes, *, actor: Actor = SYSTEM, kind: str | None = None, source: str = "清单", **other: str
) -> ImportRun:
    """Uploaded, understood as proposed (`other`: heading=field), checked."""
    run = actions.upload(data, "清单.xlsx", actor=actor, now=NOW)
    mapping = {int(at): key for at, key in run.mapping.items()}
    mapping |= {run.headings.index(heading) + 1: key for heading, key in other.items()}
    actions.plan(run.pk, mapping=mapping, kind=kind or run.kind, source=source, actor=actor, now=NOW)
    running.check(run.pk, now=NOW)
    return ImportRun.objects.get(pk=run.pk)


def killed_after(rows: int, run: ImportRun, *, batch_size: int) -> None:
    """The writing, whose process dies once so many rows are written."""

    class Killed(BaseException):
        pass

    def kill(done: int, _total: int) -> None:
        if done >= rows:
            raise Killed

    with pytest.raises(Killed):
        running.run(run.pk, now=NOW, progress=kill, batch_size=batch_size)


def imported(data: bytes, *, actor: Actor = SYSTEM, approver: Actor | None = None, **more: Any) -> ImportRun:
    """The whole way."""
    run = planned(data, actor=actor, **more)
    assert run.state == "checked", run.trouble
    actions.start(run.pk, actor=actor, now=NOW)
    if approver is not None:
        actions.approve(run.pk, actor=approver, now=NOW)
    running.run(run.pk, now=NOW)
    return ImportRun.objects.get(pk=run.pk)


def counts(run: ImportRun) -> tuple[int, int, int, int]:
    return run.total, run.created, run.duplicates, run.rejected
