"""Reasons: the office's names for them, its order, and which are in use. None is ever deleted: records name it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.commit import commit
from sanfuwu.ledger.errors import InvalidInput, StaleVersion
from sanfuwu.territory.actor import Actor

from .. import policies, stamps
from ..models import ReasonCode
from ..queries.reasons import TOPIC, Reason, reasons
from ..reasons import KINDS, WITH_WHERE_TO_GO
from ._texts import digest, line

_CODE = re.compile(r"[a-z][a-z0-9_]{1,31}", re.ASCII)


def set_reason(
    kind: str,
    code: str,
    *,
    label: str,
    where_to_go: str = "",
    place: int = 100,
    active: bool = True,
    new: bool = False,
    expected_version: int | None = None,
    actor: Actor,
    now: dt.datetime,
) -> ReasonCode:
    """Add a reason (`new`), or change one, built-in or not. The last one in use of a kind cannot be taken out of use.

    `expected_version` is that of the row the form was made from (0: a built-in one without a row).
    """
    policies.require(policies.may_set_lists(actor))
    if kind not in KINDS:
        raise InvalidInput(_("Choose one of the values offered."), field="kind")
    code = code.strip()
    if not _CODE.fullmatch(code):
        raise InvalidInput(_("Small letters, digits and underscores, at least two."), field="code")
    label = line(label, "label", most=60)
    where = line(where_to_go, "where_to_go", most=300, required=False)
    if where and kind not in WITH_WHERE_TO_GO:
        raise InvalidInput(_("Only reasons for not accepting say where to go."), field="where_to_go")
    if not 1 <= place <= 999:
        raise InvalidInput(_("A number from 1 to 999."), field="place")
    with transaction.atomic():
        row = ReasonCode.objects.select_for_update().filter(kind=kind, code=code).first()
        present = {r.code: r for r in reasons(kind, also_closed=True)}
        _check(present, kind, code, label, active=active, new=new)
        if expected_version is not None and expected_version != (row.version if row else 0):
            raise StaleVersion(_("Somebody else changed this meanwhile. Reload and look at what changed."))
        changes = Changes()
        values = {"label": label, "where_to_go": where, "place": place, "active": active}
        if row is None:
            row = changes.insert(ReasonCode(kind=kind, code=code, **values))
        else:
            changes.update(row, **values)
        changes.event(row, "set", data={"label": digest(label), "where_to_go": digest(where)})
        stamps.touch(changes, TOPIC)
        commit(changes, actor=actor, now=now)
    return row


def _check(present: Mapping[str, Reason], kind: str, code: str, label: str, *, active: bool, new: bool) -> None:
    if new and code in present:
        raise InvalidInput(_("There is a reason with this code already."), field="code")
    if not new and code not in present:
        raise InvalidInput(_("There is no such reason."), field="code")
    others = [r for r in reasons(kind) if r.code != code]
    if any(str(r.label) == label for r in others):
        raise InvalidInput(_("There is a reason of this name already."), field="label")
    if not active and not others:
        raise InvalidInput(_("At least one reason must stay in use."), field="active")
