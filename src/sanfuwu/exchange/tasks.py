"""Jobs of the exchange: a message is carried once its act is committed, and looked for every minute after that."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from procrastinate.contrib.django import app

from sanfuwu.config import clock
from sanfuwu.config.jobs import county_task, each_county

from . import carrier, replying


@county_task(name="exchange.carry_message")
def carry_message(message_id: str) -> None:
    """Carry one message of the job's county. One that does not arrive is left to the sweep."""
    carrier.carry(UUID(message_id), now=clock.now())


@app.periodic(cron="* * * * *")
@app.task(name="exchange.sweep", queueing_lock="exchange.sweep")
def sweep(timestamp: int) -> None:
    """In every county: write the answers that are due to senders, then carry whatever waits."""
    now = clock.now()
    each_county(lambda _county: sweep_county(now))


def sweep_county(now: dt.datetime) -> int:
    """The current county's part; returns how many messages arrived."""
    for transfer_id in replying.unanswered():
        replying.answer(transfer_id, now=now)
    return sum(carrier.carry(message_id, now=now) for message_id in carrier.waiting(now))
