"""The contact of a problem: a person's name and phone, encrypted, entered at registration or when they become known."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.crypto import current_key_id, encrypt, phone_hmac
from sanfuwu.ledger.errors import InvalidInput
from sanfuwu.ledger.fields import new_id
from sanfuwu.ledger.rows import fresh
from sanfuwu.rules.identifiers import check_phone

from .models import Contact, Party
from .queries import open_contact

MOST_NAME = 40


def check_contact(name: str, phone: str) -> tuple[str, str]:
    """The same, normalised. Raises `InvalidInput` with the field that is wrong."""
    name, phone = name.strip(), phone.strip()
    if len(name) > MOST_NAME:
        raise InvalidInput(_("At most %(n)d characters.") % {"n": MOST_NAME}, field="contact_name")
    if phone:
        checked = check_phone(phone)
        if not checked.ok:
            raise InvalidInput(_("This is not a valid mobile or landline number."), field="phone")
        phone = checked.value
    return name, phone


def new_contact(
    changes: Changes, party: Party | None, name: str, phone: str, *, matched: bool = True
) -> Contact | None:
    """Plan a contact of what was checked; None when nothing is known. `matched` as in `plan_contact`."""
    if not (name or phone):
        return None
    return _insert(changes, party.pk if party else None, name, phone, matched=matched)


def plan_contact(
    changes: Changes, known_id: UUID | None, *, party_id: UUID | None, name: str, phone: str, matched: bool = True
) -> UUID | None:
    """Enter what became known later, in place of what was there; what is left empty stays. The contact's id, or None
    when nothing new is said. `matched` is False in training: nobody is found again by that telephone.

    The parts of a problem share its contact, so a number put right for one of them is right for all. The row is locked
    until the act is written: another act on a part of the same problem, or the erasure of the person, comes before or
    after, never between. Raises `InvalidInput` as `check_contact` does. One that was erased by law stays empty: there
    is a new row then.
    """
    name, phone = check_contact(name, phone)
    if not (name or phone):
        return None
    known = locked_contact(known_id)
    if known is None or known.erased_at is not None:
        return _insert(changes, party_id, name, phone, matched=matched).pk
    plain, key_id = open_contact(known), current_key_id()
    said = (name or plain.name, phone or plain.phone)
    if said == (plain.name, plain.phone):
        return None
    changes.update(
        known,
        party_id=party_id,
        name_enc=encrypt(said[0], known.pk, key_id),
        phone_enc=encrypt(said[1], known.pk, key_id),
        phone_hmac=phone_hmac(said[1]) if matched else None,
        key_id=key_id,
    )
    return known.pk


def locked_contact(contact_id: UUID | None) -> Contact | None:
    """The row as it stands, held until the act is written; None without an id."""
    return None if contact_id is None else Contact.objects.select_for_update(no_key=True).get(pk=contact_id)


def _insert(changes: Changes, party_id: UUID | None, name: str, phone: str, *, matched: bool) -> Contact:
    contact_id, key_id = new_id(), current_key_id()
    return changes.insert(
        fresh(
            Contact,
            id=contact_id,
            party_id=party_id,
            name_enc=encrypt(name, contact_id, key_id),
            phone_enc=encrypt(phone, contact_id, key_id),
            phone_hmac=phone_hmac(phone) if matched else None,
            key_id=key_id,
        )
    )
