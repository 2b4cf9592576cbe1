"""What others read of the served: likely matches for a person to judge, one party's family, an opened contact."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.models import Q

from sanfuwu.ledger.crypto import decrypt, phone_hmac
from sanfuwu.rules.identifiers import check_division, check_phone

from .matching import normalise_name
from .models import Contact, Party

SAME_NAME, SIMILAR_NAME, SAME_PHONE, SAME_PLACE = "same_name", "similar_name", "same_phone", "same_place"
_WEIGHT = {SAME_NAME: 8, SAME_PHONE: 4, SIMILAR_NAME: 2, SAME_PLACE: 1}
_SIMILAR_FROM = 4  # characters: shorter beginnings say nothing

# UNION (not ALL) ends the walk: each member is met once, from whichever side.
_FAMILIES = """
WITH RECURSIVE family (asked, member) AS (
    SELECT id, id FROM parties_party WHERE id = ANY(%s)
  UNION
    SELECT family.asked, other.id
      FROM family
      JOIN parties_party me ON me.id = family.member
      JOIN parties_party other ON other.id = me.merged_into_id OR other.merged_into_id = me.id
)
SELECT asked, member FROM family"""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A party that may be the one meant, and why one may think so. A person decides."""

    party_id: UUID
    kind: str
    name: str
    division_code: str
    verified: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlainContact:
    """A contact in clear. Whoever shows it masks it (`rules.masking`) and logs the unmasking."""

    name: str
    phone: str
    erased: bool


def candidates(
    name: str = "", division: str = "", *, phone: str = "", kind: str | None = None, limit: int = 10
) -> list[Candidate]:
    """Parties that look like the one named, the likeliest first, in at most two statements.

    For the dispatch offices only: a hit by phone says whose phone it is.
    """
    norm = normalise_name(name)
    digest = phone_hmac(check_phone(phone).value) if phone.strip() else None
    by_phone = (
        set(Contact.objects.filter(phone_hmac=digest, party__isnull=False).values_list("party_id", flat=True))
        if digest
        else set()
    )
    alike = Q()
    if norm:
        alike |= Q(name_norm__startswith=norm) if len(norm) >= _SIMILAR_FROM else Q(name_norm=norm)
    if by_phone:
        alike |= Q(pk__in=by_phone)
    if not alike:
        return []
    found = Party.objects.filter(alike, merged_into__isnull=True)
    if kind is not None:
        found = found.filter(kind=kind)
    place = check_division(division)
    town = place.value[:9] if place.ok else ""
    judged = [(party, _reasons(party, norm, by_phone, town)) for party in found.order_by("pk")[:200]]
    judged.sort(key=lambda pair: -sum(_WEIGHT[r] for r in pair[1]))
    return [Candidate(p.pk, p.kind, p.name, p.division_code, p.verified, reasons) for p, reasons in judged[:limit]]


def family_of(party_id: UUID) -> frozenset[UUID]:
    """A party and all entries that are merged with it, whichever of them is asked for."""
    return families_of([party_id])[party_id]


def families_of(party_ids: Iterable[UUID]) -> dict[UUID, frozenset[UUID]]:
    """{party: its family} for several parties, in one statement."""
    families: dict[UUID, set[UUID]] = {party_id: {party_id} for party_id in party_ids}
    with connection.cursor() as cursor:
        cursor.execute(_FAMILIES, [list(families)])
        for asked, member in cursor.fetchall():
            families[asked].add(member)
    return {party_id: frozenset(members) for party_id, members in families.items()}


def open_contact(contact: Contact) -> PlainContact:
    """Name and phone of a contact in clear; both empty once erased."""
    if contact.erased_at is not None:
        return PlainContact("", "", True)
    return PlainContact(
        decrypt(contact.name_enc, contact.pk, contact.key_id),
        decrypt(contact.phone_enc, contact.pk, contact.key_id),
        False,
    )


def contacts_with_phone(phone: str) -> list[UUID]:
    """Every contact that has this phone and is not erased: what erasing one person has to go through."""
    digest = phone_hmac(check_phone(phone).value)
    return list(Contact.objects.filter(phone_hmac=digest).order_by("pk").values_list("pk", flat=True)) if digest else []


def _reasons(party: Party, norm: str, by_phone: Set[UUID | None], town: str) -> tuple[str, ...]:
    reasons = []
    if norm and party.name_norm == norm:
        reasons.append(SAME_NAME)
    elif len(norm) >= _SIMILAR_FROM and party.name_norm.startswith(norm):
        reasons.append(SIMILAR_NAME)
    if party.pk in by_phone:
        reasons.append(SAME_PHONE)
    if reasons and town and party.division_code.startswith(town):
        reasons.append(SAME_PLACE)
    return tuple(reasons)
