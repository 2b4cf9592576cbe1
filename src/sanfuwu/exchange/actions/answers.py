"""导入对方反馈: read, looked at row by row, then recorded as notes. A person decides what follows from them."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from sanfuwu.intake.files import BadFile
from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.commit import commit
from sanfuwu.ledger.crypto import current_key_id, decrypt, encrypt
from sanfuwu.ledger.errors import IllegalTransition, InvalidInput, NotVisible
from sanfuwu.ledger.models import AccessLog
from sanfuwu.problems.actions.foreign import note_foreign_update
from sanfuwu.problems.commands import NoteForeignUpdate
from sanfuwu.problems.models import ForeignNumber, ForeignSystem
from sanfuwu.rules.lifecycle import CLOSED_PROBLEM_STATES
from sanfuwu.rules.masking import mask_numbers
from sanfuwu.rules.text import reference_key
from sanfuwu.territory.actor import Actor

from .. import headings
from ..models import AnswerLine, Exchange
from ..policies import require_exchange
from ..reading import Row, read
from .telling import lock_system, next_no

_V = AnswerLine.Verdict


def read_answers(code: str, file_name: str, data: bytes, *, actor: Actor, now: dt.datetime) -> Exchange:
    """A workbook as a preview: each row with what would become of it. A former preview of the system is dropped.

    Raises `InvalidInput` at `file` for a file that is of no use.
    """
    require_exchange(actor)
    with transaction.atomic():
        system = lock_system(code)
        try:
            rows = read(data, headings.of_in(system.headings), today=timezone.localdate(now))
        except BadFile as error:
            raise InvalidInput(error.message, field="file") from error
        for former in Exchange.objects.filter(system=system, state=Exchange.State.PREVIEW):
            _drop(former)
        exchange = Exchange.objects.create(
            system=system,
            direction=Exchange.Direction.IN,
            no=next_no(system, Exchange.Direction.IN),
            state=Exchange.State.PREVIEW,
            at=now,
            by_post=actor.effective_post,
            lines=len(rows),
            file_name=file_name[-120:],
        )
        AnswerLine.objects.bulk_create(_judged(system, exchange, rows), batch_size=500)
    return exchange


def _judged(system: ForeignSystem, exchange: Exchange, rows: Sequence[Row]) -> list[AnswerLine]:
    keys = {reference_key(row.number) for row in rows if not row.fault}
    present = ForeignNumber.objects.filter(system=system, key__in=keys, ended_at__isnull=True)
    numbers = {number.key: number for number in present.select_related("problem")}
    digests = {row.row: _digest(system.code, row) for row in rows if not row.fault}
    known = set(
        AnswerLine.objects.filter(digest__in=set(digests.values()), recorded_at__isnull=False).values_list(
            "digest", flat=True
        )
    )
    latest = dict(
        AnswerLine.objects.filter(foreign__in=[n.pk for n in numbers.values()], recorded_at__isnull=False)
        .values_list("foreign")
        .annotate(Max("said_on"))
    )
    together: dict[tuple[str, dt.date | None], set[str]] = defaultdict(set)
    for row in rows:
        if not row.fault:
            together[reference_key(row.number), row.said_on].add(digests[row.row])
    seen: set[str] = set()
    lines = []
    for row in rows:
        line = AnswerLine(exchange=exchange, row=row.row, number=row.number, said_on=row.said_on)
        lines.append(line)
        if row.fault:
            line.number, line.verdict, line.why = mask_numbers(row.number), _V.FAULT, row.fault
            continue
        line.digest = digests[row.row]
        found = numbers.get(reference_key(row.number))
        line.verdict = _V.UNKNOWN
        if found is None:
            line.number = mask_numbers(row.number)  # whatever stood in that column: it may be a telephone
        if found is not None:
            line.foreign = found
            line.verdict, line.why = _V.MATCHED, ""
            if line.digest in known or line.digest in seen:
                line.verdict = _V.KNOWN
            elif len(together[found.key, row.said_on]) > 1:
                line.verdict, line.why = _V.CONFLICT, "two_words"
            elif row.said_on and (before := latest.get(found.pk)) and row.said_on < before:
                line.verdict, line.why = _V.CONFLICT, "older"
            elif found.problem.state in CLOSED_PROBLEM_STATES:
                line.verdict, line.why = _V.CONFLICT, "closed_here"
        seen.add(line.digest)
        if line.verdict in (_V.MATCHED, _V.CONFLICT):
            line.key_id = current_key_id()
            said = json.dumps({"status": row.status, "reply": row.reply}, ensure_ascii=False)
            line.words_enc = encrypt(said, line.pk, line.key_id)
    return lines


def record_answers(exchange_id: UUID, conflicts: Collection[UUID], *, actor: Actor, now: dt.datetime) -> Exchange:
    """What was matched, and of the conflicts those chosen, become notes; all of it or nothing. Raises `ActionError`."""
    require_exchange(actor)
    with transaction.atomic():
        exchange = locked_preview(exchange_id)
        lines = list(exchange.answers.filter(verdict__in=[_V.MATCHED, _V.CONFLICT]).select_related("foreign"))
        taken = [line for line in lines if line.verdict == _V.MATCHED or line.pk in conflicts]
        for line in sorted(taken, key=lambda one: (one.said_on or dt.date.min, one.row)):
            status, reply = words_of(line)
            assert line.foreign is not None
            cmd = NoteForeignUpdate(
                system=exchange.system_id, number=line.foreign.number, status=status, text=reply, said_on=line.said_on
            )
            note_foreign_update(line.foreign.problem_id, cmd, actor=actor, now=now)
            line.recorded_at = now
        for line in lines:
            line.words_enc = b""
        AnswerLine.objects.bulk_update(lines, ["recorded_at", "words_enc"], batch_size=500)
        exchange.state, exchange.recorded_at, exchange.recorded = Exchange.State.RECORDED, now, len(taken)
        exchange.save(update_fields=["state", "recorded_at", "recorded"])
        changes = Changes()
        system = exchange.system
        changes.insert(
            AccessLog(
                at=now,
                post_id=actor.post_id,
                account_id=actor.account_id,
                what="exchange_in",
                subject_kind="system",
                subject_id=system.pk,
                reason=f"{system.code} no. {exchange.no}, {len(taken)} of {exchange.lines} lines",
            )
        )
        data = {"exchange": exchange.pk, "no": exchange.no, "lines": exchange.lines, "recorded": len(taken)}
        changes.event(system, "exchanged_in", data=data)
        commit(changes, actor=actor, now=now)
    return exchange


def drop_answers(exchange_id: UUID, *, actor: Actor, now: dt.datetime) -> Exchange:
    """Nothing of it is recorded, and its words are not kept."""
    require_exchange(actor)
    with transaction.atomic():
        exchange = locked_preview(exchange_id)
        _drop(exchange)
    return exchange


def locked_preview(exchange_id: UUID) -> Exchange:
    """Raises `NotVisible`, or `IllegalTransition` for what was recorded or dropped before."""
    code = Exchange.objects.filter(pk=exchange_id, direction="in").values_list("system_id", flat=True).first()
    if code is None:
        raise NotVisible(_("There is no such exchange."))
    system = lock_system(str(code))
    exchange = Exchange.objects.select_for_update(no_key=True).get(pk=exchange_id)
    if exchange.state != Exchange.State.PREVIEW:
        raise IllegalTransition(_("This was recorded or dropped already."))
    exchange.system = system
    return exchange


def _drop(exchange: Exchange) -> None:
    exchange.answers.update(words_enc=b"")
    exchange.state = Exchange.State.DROPPED
    exchange.save(update_fields=["state"])


def words_of(line: AnswerLine) -> tuple[str, str]:
    """(status, reply) of a line that waits; empty once they were recorded or dropped."""
    text = decrypt(line.words_enc, line.pk, line.key_id)
    said = json.loads(text) if text else {}
    return said.get("status", ""), said.get("reply", "")


def _digest(code: str, row: Row) -> str:
    """By which the same news is known again, whatever file brings it; tells nothing to whoever has no key."""
    said = json.dumps([code, reference_key(row.number), row.status, row.reply, str(row.said_on)], ensure_ascii=False)
    return hmac.new(settings.SANFUWU_HMAC_KEY, said.encode(), hashlib.sha256).hexdigest()
