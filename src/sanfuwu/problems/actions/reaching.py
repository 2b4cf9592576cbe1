"""To whom a unit may hand down: to those below it, and to public services that serve the place (ADR 0015)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from sanfuwu.ledger.errors import InvalidInput
from sanfuwu.territory.queries import may_be_handed_to

from ..models import Assignment
from ..snapshot import Snapshot
from ._shell import Context


def require_below_or_serving(
    snap: Snapshot, ctx: Context, parent: Assignment, chosen: Mapping[str, Collection[UUID]]
) -> None:
    """An error at the first field that names a unit which neither stands below the parent's nor serves the place."""
    allowed = may_be_handed_to(parent.unit_id, snap.problem.division, timezone.localdate(ctx.now))
    for field, unit_ids in chosen.items():
        if not set(unit_ids) <= allowed:
            raise InvalidInput(
                _("Hand it to a unit below yours, or to a public service of the place; for others ask the office."),
                field=field,
            )
