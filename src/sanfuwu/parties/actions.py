"""The register of the served: enter, verify, merge, un-merge; and erase a person by law."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.commit import commit
from sanfuwu.ledger.errors import IllegalTransition, InvalidInput, NotVisible
from sanfuwu.ledger.fields import new_id
from sanfuwu.ledger.models import AccessLog, Stream
from sanfuwu.rules.identifiers import check_division
from sanfuwu.territory.actor import Actor
from sanfuwu.territory.policies import require

from .models import Contact, Party
from .policies import may_erase, may_keep_parties
from .resolve import (
    CheckedRequester,
    RequesterInput,
    check_requester,
    plan_create_party,
    resolve_parties,
    resolve_party,
)

__all__ = [
    "CheckedRequester",
    "RequesterInput",
    "check_requester",
    "create_party",
    "erase_contact",
    "merge_parties",
    "resolve_parties",
    "resolve_party",
    "unmerge_party",
    "verify_party",
]


def create_party(
    *,
    kind: str,
    name: str,
    uscc: str = "",
    division_code: str = "",
    unit_id: UUID | None = None,
    actor: Actor,
    now: dt.datetime,
) -> Party:
    """Enter a party by hand. Refuses a USCC or a village that is there already: there is one party for each."""
    require(may_keep_parties(actor))
    if kind == Party.Kind.RESIDENT:
        raise InvalidInput(_("A resident's name belongs into the contact."), field="kind")
    village = division_code if kind == Party.Kind.VILLAGE else ""
    checked = check_requester(RequesterInput(kind, name, uscc, village, unit_id=unit_id))
    if not checked.name:
        raise InvalidInput(_("Who raised it? Give the name."), field="name")
    place = check_division(division_code)
    if division_code and not place.ok:
        raise InvalidInput(_("This is not a division code."), field="division_code")
    with transaction.atomic():
        if checked.uscc and Party.objects.filter(uscc=checked.uscc).exists():
            raise InvalidInput(_("A party with this code exists already."), field="uscc")
        if checked.village_code and Party.objects.filter(kind=kind, division_code=checked.village_code).exists():
            raise InvalidInput(_("This village exists already."), field="division_code")
        changes = Changes()
        party = plan_create_party(
            changes,
            kind=kind,
            name=checked.name,
            uscc=checked.uscc or None,
            division_code=place.value if division_code else "",
            unit_id=unit_id,
            now=now,
        )
        commit(changes, actor=actor, now=now)
    return party


def verify_party(party_id: UUID, *, actor: Actor, now: dt.datetime) -> None:
    """Somebody at the dispatch office has looked and the party is who it says."""
    require(may_keep_parties(actor))
    with transaction.atomic():
        changes = Changes()
        party = _party(party_id)
        if party.verified:
            raise IllegalTransition(_("This party is verified already."))
        changes.update(party, verified=True)
        changes.event(party, "verified")
        commit(changes, actor=actor, now=now)


def merge_parties(from_id: UUID, into_id: UUID, *, actor: Actor, now: dt.datetime) -> None:
    """Two entries are one party: from now on `into` stands for both (`queries.family_of`). No problem is touched.

    Refused where it cannot be true: two different USCCs, or two kinds.
    """
    require(may_keep_parties(actor))
    with transaction.atomic():
        changes = Changes()
        gone, into = sorted((_party(i) for i in sorted((from_id, into_id))), key=lambda p: p.pk != from_id)
        if gone.pk == into.pk:
            raise InvalidInput(_("A party cannot be merged into itself."), field="into")
        if gone.merged_into_id is not None:
            raise IllegalTransition(_("This party is merged into another one already."))
        if into.merged_into_id is not None:
            raise InvalidInput(_("That party is itself merged into another one."), field="into")
        if gone.kind != into.kind:
            raise InvalidInput(_("Parties of different kinds are not one."), field="into")
        if gone.uscc and into.uscc:
            raise InvalidInput(_("Two different credit codes are two different bodies."), field="into")
        if gone.uscc:
            raise InvalidInput(_("Merge the other way round: keep the entry with the credit code."), field="into")
        changes.update(gone, merged_into=into)
        changes.event(gone, "merged", data={"into": into.pk})
        changes.event(into, "absorbed", data={"from": gone.pk})
        commit(changes, actor=actor, now=now)


def unmerge_party(party_id: UUID, *, actor: Actor, now: dt.datetime) -> None:
    """The merger was wrong: the party stands for itself again, with the problems it always had."""
    require(may_keep_parties(actor))
    with transaction.atomic():
        changes = Changes()
        party = _party(party_id)
        if party.merged_into_id is None:
            raise IllegalTransition(_("This party is not merged."))
        into = _party(party.merged_into_id)
        changes.update(party, merged_into_id=None)
        changes.event(party, "unmerged", data={"from": into.pk})
        changes.event(into, "released", data={"party": party.pk})
        commit(changes, actor=actor, now=now)


def erase_contact(
    contact_id: UUID, *, reason: str, owner: Stream | None = None, actor: Actor, now: dt.datetime
) -> None:
    """Empty a person's name and phone for good; the row stays as proof that there was one.

    `owner` is the stream that gets the event `erased`: the contact's party by default, the problem where there is no
    party. The event names the contact only, and the access log keeps the reason.
    """
    require(may_erase(actor))
    if not reason.strip():
        raise InvalidInput(_("Say on what ground the person is erased."), field="reason")
    with transaction.atomic():
        changes = Changes()
        contact = Contact.objects.select_for_update(no_key=True, of=("self",)).filter(pk=contact_id).first()
        if contact is None:
            raise NotVisible(_("There is no such contact."))
        if contact.erased_at is not None:
            raise IllegalTransition(_("This contact is erased already."))
        stream = owner or (_party(contact.party_id) if contact.party_id else None)
        if stream is None:
            raise InvalidInput(_("This contact belongs to a problem: erase it there."), field="owner")
        changes.update(contact, name_enc=b"", phone_enc=b"", phone_hmac=None, erased_at=now)
        changes.insert(
            AccessLog(
                id=new_id(),
                at=now,
                post_id=actor.post_id,
                account_id=actor.account_id,
                what="erase_contact",
                subject_kind="contact",
                subject_id=contact.pk,
                reason=reason.strip()[:200],
            )
        )
        changes.event(stream, "erased", data={"contact": contact.pk})
        commit(changes, actor=actor, now=now)


def _party(party_id: UUID) -> Party:
    party = Party.objects.select_for_update(no_key=True, of=("self",)).filter(pk=party_id).first()
    if party is None:
        raise NotVisible(_("There is no such party."))
    return party
