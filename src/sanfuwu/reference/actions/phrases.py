"""常用语: kept by whoever uses them, by the unit, or by the district office for all."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.commit import commit
from sanfuwu.ledger.errors import InvalidInput, NotAllowed, NotVisible, StaleVersion
from sanfuwu.territory.actor import Actor

from .. import policies
from ..models import Phrase
from ..placeholders import PLACEHOLDERS, unknown
from ._texts import digest

MOST_PER_OWNER = 200


def add_phrase(*, scope: str, act: str, text: str, actor: Actor, now: dt.datetime) -> Phrase:
    """Words for one act ("" = all acts) of one's own, of the unit, or of the county."""
    policies.require(scope in policies.phrase_scopes(actor))
    text = _checked(text)
    owner: dict[str, UUID | None] = {"post_id": None, "unit_id": None}
    if scope == Phrase.Scope.PERSONAL:
        owner["post_id"] = actor.effective_post
    elif scope == Phrase.Scope.UNIT:
        owner["unit_id"] = actor.unit_id
    with transaction.atomic():
        beside = Phrase.objects.filter(scope=scope, active=True, **owner)
        if beside.filter(act=act, text=text).exists():
            raise InvalidInput(_("These words are there already."), field="text")
        if beside.count() >= MOST_PER_OWNER:
            raise InvalidInput(_("At most %(most)d; remove some first.") % {"most": MOST_PER_OWNER})
        changes = Changes()
        phrase = changes.insert(Phrase(scope=scope, act=act, text=text, **owner))
        changes.event(phrase, "added", data={"text": digest(text)})
        commit(changes, actor=actor, now=now)
    return phrase


def change_phrase(
    phrase_id: UUID, *, act: str, text: str, expected_version: int | None = None, actor: Actor, now: dt.datetime
) -> Phrase:
    """Other words, or for another act."""
    text = _checked(text)
    with transaction.atomic():
        phrase = _mine(phrase_id, actor, expected_version)
        changes = Changes()
        changes.update(phrase, act=act, text=text)
        changes.event(phrase, "changed", data={"text": digest(text)})
        commit(changes, actor=actor, now=now)
    return phrase


def close_phrase(phrase_id: UUID, *, actor: Actor, now: dt.datetime) -> None:
    """Taken off the lists; its events stay."""
    with transaction.atomic():
        phrase = _mine(phrase_id, actor, None)
        changes = Changes()
        changes.update(phrase, active=False)
        changes.event(phrase, "closed")
        commit(changes, actor=actor, now=now)


def _mine(phrase_id: UUID, actor: Actor, expected_version: int | None) -> Phrase:
    phrase = Phrase.objects.select_for_update().filter(pk=phrase_id, active=True).first()
    if phrase is None:
        raise NotVisible(_("There are no such words."))
    if not policies.may_edit_phrase(actor, phrase):
        if phrase.scope == Phrase.Scope.PERSONAL or phrase.unit_id not in (None, actor.unit_id):
            raise NotVisible(_("There are no such words."))
        raise NotAllowed(_("Your post does not allow this."))
    if expected_version is not None and phrase.version != expected_version:
        raise StaleVersion(_("Somebody else changed this meanwhile. Reload and look at what changed."))
    return phrase


def _checked(text: str) -> str:
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise InvalidInput(_("This must be filled in."), field="text")
    if len(text) > 500:
        raise InvalidInput(_("At most %(most)d characters.") % {"most": 500}, field="text")
    if wrong := unknown(text):
        raise InvalidInput(
            _("%(wrong)s is not known. In braces may stand: %(known)s.")
            % {"wrong": "、".join(wrong[:3]), "known": "、".join(PLACEHOLDERS)},
            field="text",
        )
    return text
