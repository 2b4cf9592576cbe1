"""Jobs of imports: checking and writing rows, going on where a killed worker stopped, forgetting what is old."""

from __future__ import annotations

import datetime as dt
import logging
from uuid import UUID

from django.db import transaction
from django.utils import timezone, translation
from procrastinate.contrib.django import app

from sanfuwu.config import clock
from sanfuwu.config.jobs import county_task, defer_in_county, each_county
from sanfuwu.territory.actor import SYSTEM

from . import actions, keeping, running
from .models import ImportFindings, ImportRun

log = logging.getLogger("sanfuwu.jobs")
SILENT = dt.timedelta(seconds=90)  # a batch takes under a second, opening 200,000 rows some ten


@county_task(name="intake.work")
def work(run_id: str) -> None:
    """Check or write, whichever is to be done. Runs that are at another stage are left alone."""
    with translation.override("zh-hans"):
        running.check(UUID(run_id), now=clock.now())
        running.run(UUID(run_id), now=clock.now())


def defer(run: ImportRun) -> None:
    """Let a worker do it, once the transaction around this is committed."""
    ImportRun.objects.filter(pk=run.pk).update(beat_at=timezone.now())
    defer_in_county(work, run_id=str(run.pk))


@app.periodic(cron="* * * * *")
@app.task(name="intake.take_up", queueing_lock="intake.take_up")
def take_up(timestamp: int) -> None:
    """Runs whose worker gives no sign of life are given to another one."""
    each_county(lambda _county: take_up_here(timezone.now()))


def take_up_here(real_now: dt.datetime) -> int:
    """The same for the present county; returns how many."""
    taken = 0
    with transaction.atomic():
        silent = ImportRun.objects.select_for_update(no_key=True, skip_locked=True).filter(
            state__in=(ImportRun.State.CHECKING, ImportRun.State.RUNNING), beat_at__lt=real_now - SILENT
        )
        for run in silent:
            defer(run)
            taken += 1
    return taken


@app.periodic(cron="40 17 * * *")  # UTC: twenty to two at night in Shanghai
@app.task(name="intake.forget", queueing_lock="intake.forget")
def forget(timestamp: int) -> None:
    """Files that nobody touched for 7 days, and refused rows after 30 days."""
    each_county(lambda _county: forget_here(clock.now()))


def forget_here(now: dt.datetime) -> None:
    """The same for the present county."""
    left = ImportRun.objects.filter(
        state__in=("uploaded", "checked", "awaiting", "failed"),
        created_at__lt=now - dt.timedelta(days=keeping.FILE_DAYS),
    )
    for run in left:
        actions.cancel(run.pk, actor=SYSTEM, now=now)
    for run in ImportRun.objects.filter(state__in=("done", "cancelled", "refused"), rows__isnull=False).distinct():
        with transaction.atomic():  # left by a program of before, that knows nothing of them
            keeping.drop_file(run, now)
    old = ImportRun.objects.filter(ended_at__lt=now - dt.timedelta(days=keeping.FINDINGS_DAYS))
    ImportFindings.objects.filter(run__in=old).delete()
