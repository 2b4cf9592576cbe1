"""清单列设置: which columns a ledger of this county has, and in which order."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.commit import commit
from sanfuwu.ledger.errors import InvalidInput
from sanfuwu.territory.actor import Actor
from sanfuwu.territory.policies import require

from ..commands import SetColumns
from ..ledgers.columns import FORMS
from ..models import LedgerColumns
from ..policies import may_set_columns


def set_columns(cmd: SetColumns, *, actor: Actor, now: dt.datetime) -> LedgerColumns:
    """Set them, or go back to the default. 编号 must stay: without it a file cannot come in again.

    The event keeps every setting there ever was.
    """
    require(may_set_columns(actor))
    form = FORMS.get(cmd.ledger)
    if form is None:
        raise InvalidInput(_("There is no such ledger."), field="ledger")
    known = {column.code for column in form.columns}
    if len(set(cmd.columns)) != len(cmd.columns) or set(cmd.columns) - known:
        raise InvalidInput(_("Choose one of the values offered."), field="columns")
    if cmd.columns and "number" not in cmd.columns:
        raise InvalidInput(_("The number of the problem must stay among the columns."), field="columns")
    columns = [] if cmd.columns == form.default else list(cmd.columns)
    with transaction.atomic():
        changes = Changes()
        row = LedgerColumns.objects.select_for_update().filter(ledger=cmd.ledger).first()
        if row is None:
            row = changes.insert(LedgerColumns(ledger=cmd.ledger, columns=columns))
        elif row.columns == columns:
            return row
        changes.update(row, columns=columns)
        changes.event(row, "columns_set")
        commit(changes, actor=actor, now=now)
    return row
