"""One import, locked, at one of the stages an act begins from."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from sanfuwu.ledger.errors import IllegalTransition, NotAllowed, NotVisible
from sanfuwu.territory.actor import Actor

from ..models import ImportRun
from ..policies import may_work_on, visible_to


def visible(run_id: UUID, actor: Actor) -> ImportRun:
    """Raises `NotVisible`."""
    run = visible_to(actor).filter(pk=run_id).first()
    if run is None:
        raise NotVisible(_("There is no such import, or it is not visible to you."))
    return run


def locked(run_id: UUID, actor: Actor, *states: str, by_owner: bool = True) -> ImportRun:
    """For an act of whoever uploaded it (`by_owner`), or of anybody who sees it."""
    run = visible_to(actor).filter(pk=run_id).select_for_update(no_key=True).first()
    if run is None:
        raise NotVisible(_("There is no such import, or it is not visible to you."))
    if by_owner and not may_work_on(actor, run):
        raise NotAllowed(_("Only who uploaded the file may do this."))
    if run.state not in states:
        raise IllegalTransition(_("This is not possible at the present stage of the import."))
    return run
