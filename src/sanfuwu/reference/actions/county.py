"""The county's own data, set by the system officer: name, telephone, notices, shares, training mode."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.commit import commit
from sanfuwu.ledger.errors import InvalidInput
from sanfuwu.territory.actor import Actor

from .. import policies, stamps
from ..known import BY_KEY
from ..models import SettingsBook, SettingValue
from ..queries.county import TOPIC, county_data
from ._texts import digest

BOOK = "county"


def set_county(values: Mapping[str, Any], *, actor: Actor, now: dt.datetime) -> list[str]:
    """Set some of the values of `reference.known`; returns the keys that changed. What stays as it was writes nothing.

    Raises `InvalidInput` at the key; nothing is written then.
    """
    policies.require(policies.may_set_county(actor))
    if unknown := values.keys() - BY_KEY.keys():
        raise InvalidInput(_("There is no such setting."), field=min(unknown))
    wanted = {key: BY_KEY[key].checked(value) for key, value in values.items()}
    with transaction.atomic():
        changes = Changes()
        book = SettingsBook.objects.select_for_update().filter(name=BOOK).first()
        if book is None:
            book = changes.insert(SettingsBook(name=BOOK))
        present = county_data()
        changed = sorted(key for key, value in wanted.items() if value != getattr(present, key))
        if not changed:
            return []
        rows = {}
        for key in changed:
            row = SettingValue(key=key, value=wanted[key], set_at=now, set_by=actor.effective_post)
            rows[key] = changes.insert(row).pk
        said = {key: _said(wanted[key]) for key in changed}
        changes.event(book, "county_set", data={"keys": changed, "rows": rows, "values": said})
        stamps.touch(changes, TOPIC)
        commit(changes, actor=actor, now=now)
    return changed


def _said(value: Any) -> Any:
    return digest(value) if isinstance(value, str) else value
