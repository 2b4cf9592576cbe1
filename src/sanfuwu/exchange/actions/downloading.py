"""下载: a workbook that was made is opened again; each time stands in the access log."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from sanfuwu.ledger.errors import NotVisible
from sanfuwu.ledger.models import AccessLog
from sanfuwu.territory.actor import Actor

from ..models import Exchange
from ..policies import require_exchange


def open_again(exchange_id: UUID, *, actor: Actor, now: dt.datetime) -> Exchange:
    """The exchange whose file is about to be written. Raises `NotVisible` for one that has no file."""
    require_exchange(actor)
    exchange = Exchange.objects.filter(pk=exchange_id, direction="out").select_related("system").first()
    if exchange is None:
        raise NotVisible(_("There is no such exchange."))
    with transaction.atomic():
        AccessLog.objects.create(
            at=now,
            post_id=actor.post_id,
            account_id=actor.account_id,
            what="exchange_download",
            subject_kind="system",
            subject_id=exchange.system.pk,
            reason=f"{exchange.system_id} no. {exchange.no}, {exchange.lines} lines",
        )
    return exchange
