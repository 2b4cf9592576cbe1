"""Jobs of the ledger: the daily checkpoint, the outbox, and the end of old idempotency keys.

What the outbox does today: each message goes as one JSON POST to every address of SANFUWU_WEBHOOKS. Without any
address there is nobody to tell, and a message is marked as sent without having gone anywhere. Channels of people
(mail, 浙政钉) will be further handlers here.
"""

from __future__ import annotations

import datetime as dt
import logging

from django.utils import timezone
from procrastinate.contrib.django import app

from sanfuwu.config.jobs import each_county

from . import checkpoints, outbox
from .models import IdempotencyKey

log = logging.getLogger("sanfuwu.jobs")
KEEP_IDEMPOTENCY_KEYS = dt.timedelta(days=7)


@app.periodic(cron="20 16 * * *")  # UTC: twenty past midnight in Shanghai
@app.task(name="ledger.daily_checkpoint", queueing_lock="ledger.daily_checkpoint", retry=3)
def daily_checkpoint(timestamp: int) -> None:
    """Checkpoint the day that has just ended, in every county. A day that has one already is left as it is."""
    now = timezone.now()
    # The job may run late: the day is that before the moment it was meant for.
    meant = dt.datetime.fromtimestamp(timestamp, dt.UTC)
    day = timezone.localdate(meant) - dt.timedelta(days=1)
    made = each_county(lambda county: checkpoints.make(day, county=county, now=now))
    log.info("checkpoint of %s: %d counties", day, sum(1 for one in made.values() if one is not None))


@app.periodic(cron="* * * * *")
@app.task(name="ledger.send_outbox", queueing_lock="ledger.send_outbox")
def send_outbox(timestamp: int) -> None:
    """Send what waits in every county's outbox. One sweep a minute, not one job per message: intake stays cheap."""
    each_county(lambda _county: outbox.send_waiting(now=timezone.now()))


@app.periodic(cron="50 16 * * *")  # UTC: ten to one at night in Shanghai
@app.task(name="ledger.forget_idempotency_keys", queueing_lock="ledger.forget_idempotency_keys")
def forget_idempotency_keys(timestamp: int) -> None:
    """Delete the keys that are too old for anybody to repeat his request with them."""
    before = dt.datetime.fromtimestamp(timestamp, dt.UTC) - KEEP_IDEMPOTENCY_KEYS
    each_county(lambda _county: IdempotencyKey.objects.filter(created_at__lt=before).delete())
