"""Jobs of the documents: making large exports, taking their files away after a day."""

from __future__ import annotations

import logging
from uuid import UUID

from procrastinate.contrib.django import app

from sanfuwu.config import clock
from sanfuwu.config.jobs import county_task, defer_in_county, each_county

from . import making

log = logging.getLogger("sanfuwu.jobs")


@county_task(name="documents.make_export")
def make_export(export_id: str) -> None:
    """Write the file of an export."""
    making.make(UUID(export_id), clock=clock.now)


def defer(export_id: UUID) -> None:
    """Have the job make an export, in the transaction that asks for it."""
    defer_in_county(make_export, export_id=str(export_id))


@app.periodic(cron="*/10 * * * *")
@app.task(name="documents.expire_exports", queueing_lock="documents.expire_exports")
def expire_exports(timestamp: int) -> None:
    """Take away the files whose day is over."""
    gone = each_county(lambda _county: making.expire(now=clock.now()))
    if count := sum(gone.values()):
        log.info("exports expired: %d", count)
