"""导出未导入的行: the refused rows leave the program to be mended; who took them is logged."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from sanfuwu.ledger.errors import NotAllowed, NotVisible
from sanfuwu.ledger.models import AccessLog
from sanfuwu.territory.actor import Actor

from .. import queries, rejects
from ..models import ImportRun
from ..policies import may_work_on
from ._locking import visible


def export_rejects(run_id: UUID, *, mark: str, actor: Actor, now: dt.datetime) -> bytes:
    """The workbook. Raises `NotVisible` when no row was refused or they were forgotten after 30 days."""
    run = visible(run_id, actor)
    if not may_work_on(actor, run):
        raise NotAllowed(_("Only who uploaded the file may do this."))
    rows = list(queries.rejected_rows(run)) if run.state != ImportRun.State.RUNNING else []
    if not rows:
        raise NotVisible(_("There are no refused rows to be fetched."))
    with transaction.atomic():
        AccessLog.objects.create(
            at=now,
            post_id=actor.post_id,
            account_id=actor.account_id,
            what="export_rejects",
            subject_kind="import",
            subject_id=run.pk,
            reason=str(len(rows)),
        )
    return rejects.workbook([str(h) for h in run.headings], rows, mark=mark)
