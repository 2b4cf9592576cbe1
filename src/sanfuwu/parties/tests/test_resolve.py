"""Who is matched by the program and who is left to a person."""

from __future__ import annotations

import pytest
from django.db import transaction

from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.errors import InvalidInput
from sanfuwu.ledger.fields import new_id
from sanfuwu.ledger.models import Event
from sanfuwu.parties.models import Contact, Party
from sanfuwu.parties.queries import open_contact
from sanfuwu.parties.resolve import RequesterInput, check_requester, resolve_parties
from sanfuwu.rules.samples import make_sample_mobile, make_sample_uscc

from .givens import FIRM_A, FIRM_B, NOW, VILLAGE, events_of, firm, resolve

pytestmark = pytest.mark.django_db


def test_a_firm_is_found_again_by_its_credit_code_whatever_it_is_called() -> None:
    [(first, _)] = resolve(firm())
    [(again, _)] = resolve(firm("完全另一个名字"))
    assert first is not None
    assert again == first
    assert Party.objects.get().name == "浙江示例化工有限公司"
    assert events_of(first.pk) == ["created"]


def test_a_credit_code_is_read_however_it_was_typed() -> None:
    [(first, _)] = resolve(firm())
    [(again, _)] = resolve(firm(uscc=f" {FIRM_A[:8].lower()} {FIRM_A[8:].lower()}"))
    assert again == first


def test_the_same_name_without_a_credit_code_matches_nobody() -> None:
    resolve(firm())
    [(party, contact)] = resolve(firm(uscc="", contact_name="赵六"))
    assert party is None
    assert contact is not None
    assert contact.party_id is None


def test_the_same_phone_matches_nobody() -> None:
    phone = make_sample_mobile(1)
    resolve(firm(phone=phone))
    [(party, _)] = resolve(firm(uscc="", phone=phone))
    assert party is None


def test_a_village_is_found_by_its_code_and_named_from_the_divisions(divisions: None) -> None:
    village = RequesterInput(kind=Party.Kind.VILLAGE, village_code=VILLAGE)
    [(first, _)] = resolve(village)
    [(again, _)] = resolve(village)
    assert first is not None
    assert again == first
    assert first.name == "滨笕社区"
    assert first.division_code == VILLAGE


def test_a_village_without_a_code_is_left_to_a_person() -> None:
    [(party, _)] = resolve(RequesterInput(kind=Party.Kind.VILLAGE, name="某村"))
    assert party is None


def test_a_resident_becomes_a_contact_and_no_party() -> None:
    phone = make_sample_mobile(7)
    [(party, contact)] = resolve(RequesterInput(contact_name="钱七", phone=phone))
    assert party is None
    assert not Party.objects.exists()
    stored = Contact.objects.get()
    assert contact is not None
    assert stored.pk == contact.pk
    opened = open_contact(stored)
    assert (opened.name, opened.phone, opened.erased) == ("钱七", phone, False)


def test_a_contact_is_stored_encrypted_and_said_in_no_event() -> None:
    phone = make_sample_mobile(7)
    resolve(firm(contact_name="钱七", phone=phone))
    stored = Contact.objects.get()
    for blob in (stored.name_enc, stored.phone_enc, stored.phone_hmac):
        assert "钱七".encode() not in bytes(blob or b"")
        assert phone.encode() not in bytes(blob or b"")
    payloads = str(list(Event.objects.values_list("payload", flat=True)))
    for secret in ("钱七", phone, "示例"):
        assert secret not in payloads


def test_an_anonymous_requester_leaves_nothing() -> None:
    assert resolve(RequesterInput()) == [(None, None)]
    assert not Contact.objects.exists()


def test_a_party_that_a_person_chose_is_taken() -> None:
    [(party, _)] = resolve(firm())
    assert party is not None
    [(chosen, contact)] = resolve(RequesterInput(kind=Party.Kind.ENTERPRISE, party_id=party.pk, contact_name="孙八"))
    assert chosen == party
    assert contact is not None
    assert contact.party_id == party.pk
    with pytest.raises(InvalidInput) as refusal:
        resolve(RequesterInput(kind=Party.Kind.ENTERPRISE, party_id=new_id()))
    assert refusal.value.field == "party_id"


def test_a_public_unit_is_a_party_once() -> None:
    asked = RequesterInput(kind=Party.Kind.ORGANISATION, name="上虞城建资产经营管理有限公司", unit_id=new_id())
    [(first, _)], [(again, _)] = resolve(asked), resolve(asked)
    assert first is not None
    assert again == first
    assert first.unit_id == asked.unit_id


def test_a_batch_takes_one_statement_and_gives_what_singles_give(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    resolve(firm(uscc=FIRM_A))
    batch = [firm(f"示例{n}", make_sample_uscc(1 + n % 5)) for n in range(500)]
    with transaction.atomic():
        changes = Changes()
        with django_assert_num_queries(1):
            resolved = resolve_parties(changes, batch, NOW)
    parties = [party for party, _contact in resolved]
    assert all(party is not None for party in parties)
    assert len({party.pk for party in parties if party}) == 5
    assert len(changes.events) == 4  # one of the five was there
    assert [p.uscc for p in parties if p] == [b.uscc for b in batch]


def test_a_batch_of_residents_asks_the_database_nothing(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    with django_assert_num_queries(0):
        resolve_parties(Changes(), [RequesterInput(contact_name=f"居民{n}") for n in range(50)], NOW)


def test_new_villages_without_names_cost_one_statement_more(divisions: None, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    villages = ["330604104005", "330604104006"]
    with django_assert_num_queries(2):
        resolved = resolve_parties(
            Changes(), [RequesterInput(kind=Party.Kind.VILLAGE, village_code=v, name="") for v in villages], NOW
        )
    assert all(party is not None and party.name for party, _contact in resolved)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (RequesterInput(kind="king"), "kind"),
        (RequesterInput(name="钱七"), "name"),
        (RequesterInput(kind="enterprise"), "name"),
        (firm(uscc=FIRM_A[:17] + ("0" if FIRM_A[17] != "0" else "1")), "uscc"),
        (firm(uscc="123"), "uscc"),
        (firm(name="长" * 121), "name"),
        (firm(contact_name="长" * 41), "contact_name"),
        (firm(phone="12345"), "phone"),
        (RequesterInput(kind="village", village_code="330604104000"), "village_code"),
        (RequesterInput(kind="village", village_code="x"), "village_code"),
        (RequesterInput(kind="village", village_code="330604999999"), "village_code"),
    ],
)
def test_what_is_wrong_is_named(given: RequesterInput, field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        resolve(given)
    assert refusal.value.field == field
    assert not Party.objects.exists()


def test_what_is_checked_stays_as_it_is_when_checked_again() -> None:
    once = check_requester(firm(f" {FIRM_B} ", uscc=FIRM_B.lower(), phone=" 0575 8212 3456 "))
    assert once.phone == "0575-82123456"
    assert check_requester(once) == once
