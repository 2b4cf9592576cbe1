"""往来县区: which counties this one sends to and takes from. Both sides must name each other."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from sanfuwu.counties.models import County
from sanfuwu.counties.queries import county_code
from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.commit import commit
from sanfuwu.ledger.errors import InvalidInput
from sanfuwu.territory.actor import Actor

from ..models import Partner
from ..policies import require_exchange


def set_partner(code: str, relation: str, active: bool, *, actor: Actor, now: dt.datetime) -> Partner:
    """Name a county of this installation as partner, or change what was said of it. Raises `ActionError`."""
    require_exchange(actor)
    if relation not in Partner.Relation.values:
        raise InvalidInput(_("Choose one of the values offered."), field="relation")
    if code == county_code() or not County.objects.filter(code=code).exists():
        raise InvalidInput(_("Choose another county of this installation."), field="code")
    with transaction.atomic():
        row = Partner.objects.select_for_update(no_key=True).filter(code=code).first()
        changes = Changes()
        if row is None:
            row = changes.insert(Partner(code=code, relation=relation, active=active))
        else:
            changes.update(row, relation=relation, active=active)
            if not changes.updates:
                return row
        changes.event(row, "partner_set")
        commit(changes, actor=actor, now=now)
    return row
