"""其他系统: the county's short list of systems that it has numbers in and exchanges with."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.commit import commit
from sanfuwu.ledger.errors import InvalidInput, NotVisible
from sanfuwu.problems.models import ForeignSystem
from sanfuwu.territory.actor import Actor

from .. import headings
from ..policies import require_exchange

NAME_LENGTH = 40
_CODE = re.compile(r"[a-z0-9][a-z0-9-]{1,23}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SetSystem:
    """`headings` as in `exchange.headings.ALL`; what is left out is called as usual."""

    name: str
    active: bool = True
    told_to_requester: bool = False
    headings: Mapping[str, str] = field(default_factory=dict)


def add_system(code: str, cmd: SetSystem, *, actor: Actor, now: dt.datetime) -> ForeignSystem:
    """A further system. Its code stands in addresses and filters and never changes. Raises `ActionError`."""
    require_exchange(actor)
    code = code.strip().lower()
    if not _CODE.fullmatch(code):
        raise InvalidInput(_("2 to 24 small letters, digits or hyphens."), field="code")
    with transaction.atomic():
        if ForeignSystem.objects.filter(code=code).exists():
            raise InvalidInput(_("This code is taken."), field="code")
        changes = Changes()
        row = changes.insert(
            ForeignSystem(
                code=code,
                name=_name(cmd.name, None),
                active=cmd.active,
                told_to_requester=cmd.told_to_requester,
                headings=headings.checked(cmd.headings),
            )
        )
        changes.event(row, "system_added")
        commit(changes, actor=actor, now=now)
    return row


def change_system(code: str, cmd: SetSystem, *, actor: Actor, now: dt.datetime) -> ForeignSystem:
    """Name, headings, whether it is in use. Numbers noted before stay. Raises `ActionError`."""
    require_exchange(actor)
    with transaction.atomic():
        row = ForeignSystem.objects.select_for_update(no_key=True).filter(code=code).first()
        if row is None:
            raise NotVisible(_("There is no such system."))
        changes = Changes()
        changes.update(
            row,
            name=_name(cmd.name, row),
            active=cmd.active,
            told_to_requester=cmd.told_to_requester,
            headings=headings.checked(cmd.headings),
        )
        if changes.updates:
            changes.event(row, "system_changed")
            commit(changes, actor=actor, now=now)
    return row


def _name(name: str, row: ForeignSystem | None) -> str:
    name = " ".join(name.split())
    if not name or len(name) > NAME_LENGTH:
        raise InvalidInput(_("Between 1 and %(most)d characters.") % {"most": NAME_LENGTH}, field="name")
    same = ForeignSystem.objects.filter(name=name).values_list("pk", flat=True).first()
    if same is not None and (row is None or same != row.pk):
        raise InvalidInput(_("There is a system of this name already."), field="name")
    return name
