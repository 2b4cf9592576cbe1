"""文书设置: the letterhead, and the county's own Word files, which a second person approves."""

from __future__ import annotations

import datetime as dt
import hashlib
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.commit import commit
from sanfuwu.ledger.errors import IllegalTransition, InvalidInput, NotAllowed, NotVisible
from sanfuwu.territory.actor import Actor
from sanfuwu.territory.policies import require

from ..commands import ProposeTemplate, SetLetterhead
from ..models import Letterhead, Paper, PaperTemplate
from ..papers import word
from ..policies import may_set_columns, may_set_papers

State = PaperTemplate.State


def set_letterhead(cmd: SetLetterhead, *, actor: Actor, now: dt.datetime) -> Letterhead:
    """Whose papers they are and the words of their numbers, for papers issued from now on."""
    require(may_set_columns(actor))
    values = {
        "agency": (cmd.agency, 40),
        "order_word": (cmd.order_word, 12),
        "strike_off_word": (cmd.strike_off_word, 12),
    }
    given = {name: _text(text, name, most) for name, (text, most) in values.items()}
    if given["order_word"] == given["strike_off_word"]:
        raise InvalidInput(
            _("The two papers need different words, or their numbers could be mistaken."), field="strike_off_word"
        )
    with transaction.atomic():
        changes = Changes()
        row = Letterhead.objects.select_for_update().first()
        if row is None:
            row = changes.insert(Letterhead(**given))
        else:
            changes.update(row, **given)
        changes.event(row, "letterhead_set")
        commit(changes, actor=actor, now=now)
    return row


def _text(text: str, name: str, most: int) -> str:
    found = " ".join(text.split())
    if not found:
        raise InvalidInput(_("This must be filled in."), field=name)
    if len(found) > most:
        raise InvalidInput(_("At most %(most)d characters.") % {"most": most}, field=name)
    if any(sign in found for sign in "〔〕{}<>"):
        raise InvalidInput(_("Leave out brackets: the year is added by itself."), field=name)
    return found


def propose_template(cmd: ProposeTemplate, *, actor: Actor, now: dt.datetime) -> PaperTemplate:
    """Keep a checked Word file; it is used once somebody else has approved it. A newer one takes the place of one
    that still waits."""
    require(may_set_papers(actor))
    if cmd.kind not in Paper.values:
        raise InvalidInput(_("There is no such paper."), field="kind")
    word.check(cmd.file, cmd.kind)
    with transaction.atomic():
        changes = Changes()
        for earlier in PaperTemplate.objects.select_for_update().filter(kind=cmd.kind, state=State.PROPOSED):
            first = Changes()
            first.update(earlier, state=State.REFUSED, decided_by=actor.post_id, decided_at=now)
            first.event(earlier, "template_replaced")
            commit(first, actor=actor, now=now)
        row = changes.insert(
            PaperTemplate(
                kind=cmd.kind,
                file=cmd.file,
                sha256=hashlib.sha256(cmd.file).hexdigest(),
                uploaded_by=actor.post_id,
                uploaded_by_person=actor.person_id,
                uploaded_at=now,
            )
        )
        changes.event(row, "template_proposed")
        commit(changes, actor=actor, now=now)
    return row


def decide_template(template_id: UUID, *, approve: bool, actor: Actor, now: dt.datetime) -> PaperTemplate:
    """Somebody else than its author lets a template be used, or refuses it."""
    require(may_set_papers(actor))
    with transaction.atomic():
        row = _locked(template_id)
        if row.state != State.PROPOSED:
            raise IllegalTransition(_("This template does not wait for approval any more."))
        if approve and not actor.is_system and actor.person_id == row.uploaded_by_person:
            raise NotAllowed(_("A template is approved by somebody else than whoever uploaded it."))
        if approve:
            for used in PaperTemplate.objects.select_for_update().filter(kind=row.kind, state=State.APPROVED):
                _end(used, actor, now)
        changes = Changes()
        changes.update(
            row, state=State.APPROVED if approve else State.REFUSED, decided_by=actor.post_id, decided_at=now
        )
        changes.event(row, "template_approved" if approve else "template_refused")
        commit(changes, actor=actor, now=now)
    return row


def retire_template(template_id: UUID, *, actor: Actor, now: dt.datetime) -> PaperTemplate:
    """Back to the file that comes with the program."""
    require(may_set_papers(actor))
    with transaction.atomic():
        row = _locked(template_id)
        if row.state != State.APPROVED:
            raise IllegalTransition(_("This template is not in use."))
        _end(row, actor, now)
    return row


def _end(row: PaperTemplate, actor: Actor, now: dt.datetime) -> None:
    changes = Changes()
    changes.update(row, state=State.RETIRED)
    changes.event(row, "template_retired")
    commit(changes, actor=actor, now=now)


def _locked(template_id: UUID) -> PaperTemplate:
    row = PaperTemplate.objects.select_for_update().filter(pk=template_id).first()
    if row is None:
        raise NotVisible(_("There is no such template."))
    return row
