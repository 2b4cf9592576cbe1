"""导出: asked for, logged before anything goes out, made here or by a job, fetched within a day."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from sanfuwu.ledger.crypto import current_key_id, encrypt
from sanfuwu.ledger.errors import InvalidInput, NotVisible
from sanfuwu.ledger.fields import new_id
from sanfuwu.ledger.models import AccessLog
from sanfuwu.problems.queries import visible_to
from sanfuwu.territory.actor import Actor
from sanfuwu.territory.policies import require

from ..commands import RequestExport
from ..models import Export
from ..policies import may_export
from ..queries import asked_for

AT_ONCE = 5_000  # problems: so many are written while one waits
MOST_CHOSEN = 500
FORMATS = {Export.What.ORDERS.value: ("zip",)}
_LEDGER_FORMATS = ("xlsx", "csv")
_RUNNING_AT_ONCE = 3  # of one person


def request_export(cmd: RequestExport, *, actor: Actor, now: dt.datetime) -> Export:
    """The export's row and its line in the log, in one transaction. What is asked for must be something the actor
    sees; a number he does not see is refused as one that does not exist. Whoever calls this has the file made."""
    require(may_export(actor))
    if cmd.what not in Export.What.values or cmd.format not in FORMATS.get(cmd.what, _LEDGER_FORMATS):
        raise InvalidInput(_("Choose one of the values offered."), field="format")
    if cmd.numbers:
        _check_chosen(cmd.numbers, actor)
    with transaction.atomic():
        busy = Export.objects.filter(
            account_id=actor.account_id, state__in=(Export.State.WAITING, Export.State.RUNNING)
        ).count()
        if actor.account_id is not None and busy >= _RUNNING_AT_ONCE:
            raise InvalidInput(_("Three of your exports are still being made; wait for one of them."))
        pk, key_id = new_id(), current_key_id()
        export = Export(
            id=pk,
            what=cmd.what,
            format=cmd.format,
            asked_enc=encrypt(cmd.packed(), pk, key_id),
            key_id=key_id,
            host=cmd.host,
            account_id=actor.account_id,
            post_id=actor.post_id,
            on_behalf_of=actor.on_behalf_of,
            total=len(cmd.numbers) or count(cmd, actor),
            created_at=now,
        )
        export.save(force_insert=True)
        _log(export, "export", _said(cmd, export.total), actor, now)
    return export


def count(cmd: RequestExport, actor: Actor) -> int:
    """How many problems there are, exactly."""
    asked = asked_for(cmd, actor)
    if asked is None:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({asked[0]}) x", asked[1])  # noqa: S608 — made by `asked_for`
        (found,) = cursor.fetchone()
    return int(found)


def _check_chosen(numbers: tuple[str, ...], actor: Actor) -> None:
    if len(numbers) > MOST_CHOSEN:
        raise InvalidInput(_("At most 500 problems at a time."), field="numbers")
    if len(set(numbers)) != len(numbers):
        raise InvalidInput(_("Choose one of the values offered."), field="numbers")
    if visible_to(actor).filter(problem__number__in=numbers).count() != len(numbers):
        raise NotVisible(_("There is no such problem, or it is not visible to you."))


def cancel_export(export_id: UUID, *, actor: Actor, now: dt.datetime) -> None:
    """Whoever asked for it does without; the job that makes it notices at its next step."""
    running = (Export.State.WAITING, Export.State.RUNNING)
    found = Export.objects.filter(pk=export_id, account_id=actor.account_id, state__in=running)
    if not found.update(state=Export.State.CANCELLED, finished_at=now):
        raise NotVisible(_("There is no such export under way."))


def note_download(export: Export, *, actor: Actor, now: dt.datetime) -> None:
    """A file was fetched: how many lines really went out."""
    with transaction.atomic():
        _log(export, "export_download", f"{export.what}.{export.format} rows={export.rows}", actor, now)


def _said(cmd: RequestExport, total: int) -> str:
    """For the log: which filter, by its names and codes; the words of a search may be a name and stay out of it."""
    parts = [f"{cmd.what}.{cmd.format}", f"problems={total}"]
    if cmd.numbers:
        parts.append("chosen")
    else:
        parts += [f"{name}={','.join(values)}" for name, values in sorted(cmd.filters.facets.items())]
        parts += ["q=*"] if cmd.filters.words else []
        parts += [f"open={cmd.filters.open_only}"] if cmd.filters.open_only is not None else []
        parts += ["overdue"] if cmd.filters.overdue_at else []
        parts += ["soon"] if cmd.filters.due_before else []
        parts += [f"from={cmd.filters.registered_from:%Y-%m-%d}"] if cmd.filters.registered_from else []
        parts += [f"until={cmd.filters.registered_until:%Y-%m-%d}"] if cmd.filters.registered_until else []
    return " ".join(parts)[:200]


def _log(export: Export, what: str, reason: str, actor: Actor, now: dt.datetime) -> None:
    AccessLog.objects.create(
        at=now,
        post_id=actor.post_id,
        account_id=actor.account_id,
        what=what,
        subject_kind="export",
        subject_id=export.pk,
        reason=reason,
    )
