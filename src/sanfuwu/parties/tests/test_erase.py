"""Erasing a person by law: the words go, the chain stays whole."""

from __future__ import annotations

from uuid import UUID

import pytest

from sanfuwu.ledger import chain
from sanfuwu.ledger.errors import IllegalTransition, InvalidInput, NotAllowed
from sanfuwu.ledger.models import AccessLog, Event
from sanfuwu.parties.actions import erase_contact
from sanfuwu.parties.models import Contact, Party
from sanfuwu.parties.queries import contacts_with_phone, open_contact
from sanfuwu.parties.resolve import RequesterInput
from sanfuwu.rules.samples import make_sample_mobile
from sanfuwu.territory.actor import SYSTEM
from sanfuwu.territory.models import Role

from .givens import NOW, actor_in, events_of, firm, resolve

pytestmark = pytest.mark.django_db
PHONE = make_sample_mobile(42)
ERASERS = {Role.DISPATCHER, Role.SECURITY_OFFICER}


@pytest.fixture
def contact() -> Contact:
    [(_party, contact)] = resolve(firm(contact_name="钱七", phone=PHONE))
    assert contact is not None
    return contact


def chain_holds(stream_id: UUID) -> bool:
    prev = chain.GENESIS
    for event in Event.objects.filter(stream_id=stream_id).order_by("seq"):
        said = {
            name: getattr(event, name)
            for name in (
                "stream_kind", "stream_id", "seq", "kind", "schema_v", "happened_at", "recorded_at", "actor_post",
                "on_behalf_of", "assignment_id", "payload", "corrects_seq", "origin", "request_id",
            )
        }  # fmt: skip
        if bytes(event.prev_hash) != prev or chain.link(prev_hash=prev, **said) != bytes(event.hash):
            return False
        prev = bytes(event.hash)
    return prev != chain.GENESIS


def test_an_erased_contact_is_empty_and_cannot_be_found_by_phone(contact: Contact) -> None:
    assert contacts_with_phone(PHONE) == [contact.pk]
    erase_contact(contact.pk, reason="本人申请", actor=SYSTEM, now=NOW)
    stored = Contact.objects.get(pk=contact.pk)
    assert (bytes(stored.name_enc), bytes(stored.phone_enc), stored.phone_hmac, stored.erased_at) == (
        b"", b"", None, NOW,
    )  # fmt: skip
    assert open_contact(stored).erased
    assert contacts_with_phone(PHONE) == []


def test_erasing_is_an_event_of_the_party_and_its_chain_holds(contact: Contact) -> None:
    assert contact.party_id is not None
    erase_contact(contact.pk, reason="本人申请", actor=SYSTEM, now=NOW)
    assert events_of(contact.party_id) == ["created", "erased"]
    assert chain_holds(contact.party_id)


def test_who_erased_and_why_is_in_the_access_log(contact: Contact) -> None:
    officer = actor_in(Role.SECURITY_OFFICER)
    erase_contact(contact.pk, reason="本人申请", actor=officer, now=NOW)
    line = AccessLog.objects.get(what="erase_contact")
    assert (line.post_id, line.subject_id, line.reason, line.at) == (officer.post_id, contact.pk, "本人申请", NOW)


def test_a_contact_is_erased_once_and_with_a_ground(contact: Contact) -> None:
    with pytest.raises(InvalidInput):
        erase_contact(contact.pk, reason=" ", actor=SYSTEM, now=NOW)
    erase_contact(contact.pk, reason="本人申请", actor=SYSTEM, now=NOW)
    with pytest.raises(IllegalTransition):
        erase_contact(contact.pk, reason="本人申请", actor=SYSTEM, now=NOW)


def test_a_residents_contact_is_erased_in_the_stream_it_belongs_to() -> None:
    [(_none, contact)] = resolve(RequesterInput(contact_name="钱七"))
    [(owner, _)] = resolve(firm())  # stands for the problem, which this app does not know
    assert contact is not None
    assert owner is not None
    with pytest.raises(InvalidInput) as refusal:
        erase_contact(contact.pk, reason="本人申请", actor=SYSTEM, now=NOW)
    assert refusal.value.field == "owner"
    stream = Party.objects.get(pk=owner.pk)
    erase_contact(contact.pk, reason="本人申请", owner=stream, actor=SYSTEM, now=NOW)
    assert events_of(owner.pk) == ["created", "erased"]


@pytest.mark.parametrize("role", [r for r in Role if r not in ERASERS])
def test_nobody_else_erases(contact: Contact, role: Role) -> None:
    with pytest.raises(NotAllowed):
        erase_contact(contact.pk, reason="本人申请", actor=actor_in(role), now=NOW)
