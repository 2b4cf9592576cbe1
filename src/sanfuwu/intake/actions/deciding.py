"""确认、批准、取消: what people decide of an import, and how it ends."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.commit import commit
from sanfuwu.ledger.errors import InvalidInput, NotAllowed
from sanfuwu.territory.actor import SYSTEM, Actor

from .. import keeping, understanding
from ..models import ImportRun
from ..policies import may_approve, may_work_on
from ._locking import locked

_State = ImportRun.State
_COUNTS = (
    "done",
    "created",
    "duplicates",
    "lookalikes",
    "rejected",
    "undated",
    "proposed_units",
    "proposed_categories",
)


def start(run_id: UUID, *, actor: Actor, now: dt.datetime) -> ImportRun:
    """The preview is right: begin, or for history ask a second person."""
    with transaction.atomic():
        run = locked(run_id, actor, "checked")
        if run.total == run.rejected:
            raise InvalidInput(_("No row can be imported. Mend the table, or choose the columns differently."))
        changes = Changes()
        if run.kind == ImportRun.Kind.HISTORY:
            changes.update(run, state=_State.AWAITING.value)
            changes.event(run, "import_confirmed")
        else:
            _begin(run, changes, now)
            changes.event(run, "import_started")
        commit(changes, actor=actor, now=now)
        mapping = {int(at): key for at, key in run.mapping.items()}
        understanding.remember(run.source, run.signature, list(run.headings), mapping, run.kind, now)
    return run


def approve(run_id: UUID, *, actor: Actor, now: dt.datetime) -> ImportRun:
    """The second approver lets history in."""
    with transaction.atomic():
        run = locked(run_id, actor, "awaiting", by_owner=False)
        if not may_approve(actor, run):
            raise NotAllowed(
                _("History needs a second approver: somebody else of the dispatch office or of supervision.")
            )
        changes = Changes()
        _begin(run, changes, now)
        changes.update(run, approver_post=actor.effective_post)
        changes.update(run, approver_own_post=actor.post_id, approver_account=actor.account_id)
        changes.event(run, "import_approved")
        commit(changes, actor=actor, now=now)
    return run


def refuse(run_id: UUID, *, actor: Actor, now: dt.datetime) -> ImportRun:
    """The second approver does not let history in; the file goes."""
    with transaction.atomic():
        run = locked(run_id, actor, "awaiting", by_owner=False)
        if not may_approve(actor, run):
            raise NotAllowed(
                _("History needs a second approver: somebody else of the dispatch office or of supervision.")
            )
        _end(run, _State.REFUSED, "import_refused", actor, now)
    return run


def cancel(run_id: UUID, *, actor: Actor, now: dt.datetime) -> ImportRun:
    """Stop. What is registered already stays; the file goes."""
    with transaction.atomic():
        run = locked(run_id, actor, "uploaded", "checking", "checked", "awaiting", "running", "failed")
        _end(run, _State.CANCELLED, "import_cancelled", actor, now)
    return run


def go_on(run_id: UUID, *, actor: Actor, now: dt.datetime) -> ImportRun:
    """After a failure: from the row where it stopped."""
    with transaction.atomic():
        run = locked(run_id, actor, "failed")
        if run.file_gone_at is not None or not may_work_on(actor, run):
            raise InvalidInput(_("The file is no longer here. Upload it again."))
        changes = Changes()
        changes.update(run, state=_State.RUNNING.value, trouble="", beat_at=None, ended_at=None)
        changes.event(run, "import_resumed")
        commit(changes, actor=actor, now=now)
    return run


def finish_check(run_id: UUID, counts: dict[str, int], *, begun: dt.datetime | None, now: dt.datetime) -> bool:
    """Every row was read by the check that was `begun` then. False when somebody cancelled it or began another one
    meanwhile."""
    with transaction.atomic():
        run = ImportRun.objects.select_for_update(no_key=True).get(pk=run_id)
        if (run.state, run.started_at) != (_State.CHECKING, begun):
            return False
        changes = Changes()
        changes.update(run, state=_State.CHECKED.value, beat_at=None, **counts)
        changes.event(run, "import_checked")
        commit(changes, actor=SYSTEM, now=now)
    return True


def finish_run(run_id: UUID, *, now: dt.datetime) -> None:
    """Every row was dealt with; the file goes."""
    with transaction.atomic():
        run = ImportRun.objects.select_for_update(no_key=True).get(pk=run_id)
        if run.state == _State.RUNNING:
            _end(run, _State.DONE, "import_finished", SYSTEM, now)


def fail(run_id: UUID, trouble: str, *, now: dt.datetime) -> None:
    """It cannot go on by itself; the file stays for a while so that a person can let it go on."""
    with transaction.atomic():
        run = ImportRun.objects.select_for_update(no_key=True).get(pk=run_id)
        if run.state not in (_State.CHECKING, _State.RUNNING):
            return
        back = _State.FAILED if run.state == _State.RUNNING else _State.UPLOADED
        changes = Changes()
        changes.update(run, state=back.value, trouble=trouble[:200], beat_at=None)
        if back == _State.FAILED:
            changes.update(run, ended_at=now)
        changes.event(run, "import_failed")
        commit(changes, actor=SYSTEM, now=now)


def _begin(run: ImportRun, changes: Changes, now: dt.datetime) -> None:
    changes.update(run, state=_State.RUNNING.value, started_at=now, beat_at=None, ahead=[], **dict.fromkeys(_COUNTS, 0))


def _end(run: ImportRun, state: ImportRun.State, event: str, actor: Actor, now: dt.datetime) -> None:
    changes = Changes()
    changes.update(run, state=state.value, ended_at=now, beat_at=None)
    changes.event(run, event)
    commit(changes, actor=actor, now=now)
    keeping.drop_file(run, now)
    keeping.drop_findings(run, "check")
