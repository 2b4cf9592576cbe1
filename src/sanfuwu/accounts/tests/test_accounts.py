"""Accounts: nobody has a password that somebody else could know."""

from __future__ import annotations

import datetime as dt

import pytest

from sanfuwu.accounts.actions import create_account, deactivate, set_password
from sanfuwu.accounts.adapters import AccountAdapter, MfaAdapter
from sanfuwu.accounts.models import Account
from sanfuwu.accounts.passwords import random_password
from sanfuwu.ledger.crypto import Undecryptable
from sanfuwu.ledger.errors import InvalidInput, NotAllowed, NotVisible
from sanfuwu.ledger.fields import new_id
from sanfuwu.ledger.models import AccessLog
from sanfuwu.territory.actor import SYSTEM, Actor
from sanfuwu.territory.models import Role

NOW = dt.datetime(2019, 2, 12, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))


def actor_in(role: str) -> Actor:
    return Actor(account_id=new_id(), post_id=new_id(), unit_id=new_id(), role=role)


def test_random_passwords_are_long_plain_and_never_the_same() -> None:
    made = {random_password() for _ in range(200)}
    assert len(made) == 200
    for password in made:
        assert len(password) == 19
        assert not set(password) & set("ilo01IO ")


@pytest.mark.django_db
def test_an_account_is_made_with_a_hashed_password_and_a_line_in_the_log() -> None:
    password = random_password()
    officer = actor_in(Role.SYSTEM_OFFICER)
    account = create_account(" zhang.san ", password, actor=officer, now=NOW)
    stored = Account.objects.get(username="zhang.san")
    assert stored.pk == account.pk
    assert password not in stored.password
    assert stored.check_password(password)
    line = AccessLog.objects.get(subject_id=account.pk)
    assert (line.what, line.account_id, line.at) == ("account_created", officer.account_id, NOW)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("username", "password", "field"),
    [
        ("ZHANGSAN", "k7wd-m2xp-9fhr-ta4c", "username"),
        ("", "k7wd-m2xp-9fhr-ta4c", "username"),
        ("张 三", "k7wd-m2xp-9fhr-ta4c", "username"),
        ("lisi", "", "password"),
        ("lisi", "short", "password"),
    ],
)
def test_a_wrong_account_is_refused(username: str, password: str, field: str) -> None:
    create_account("zhangsan", random_password(), actor=SYSTEM, now=NOW)
    with pytest.raises(InvalidInput) as refusal:
        create_account(username, password, actor=SYSTEM, now=NOW)
    assert refusal.value.field == field
    assert Account.objects.filter(username=username.strip()).count() == 0


@pytest.mark.django_db
def test_a_password_is_set_and_an_account_shut_by_the_security_officer() -> None:
    account = create_account("zhangsan", random_password(), actor=SYSTEM, now=NOW)
    officer, other = actor_in(Role.SECURITY_OFFICER), random_password()
    set_password(account.pk, other, actor=officer, now=NOW)
    assert Account.objects.get(pk=account.pk).check_password(other)
    deactivate(account.pk, actor=officer, now=NOW)
    assert not Account.objects.get(pk=account.pk).is_active
    said = AccessLog.objects.filter(subject_id=account.pk).order_by("pk").values_list("what", flat=True)
    assert list(said) == ["account_created", "account_password_set", "account_deactivated"]
    with pytest.raises(NotVisible):
        deactivate(new_id(), actor=officer, now=NOW)


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
def test_each_officer_does_only_his_part(role: Role) -> None:
    account = create_account("zhangsan", random_password(), actor=SYSTEM, now=NOW)
    actor = actor_in(role)
    if role != Role.SYSTEM_OFFICER:
        with pytest.raises(NotAllowed):
            create_account("lisi", random_password(), actor=actor, now=NOW)
    if role != Role.SECURITY_OFFICER:
        with pytest.raises(NotAllowed):
            set_password(account.pk, random_password(), actor=actor, now=NOW)
        with pytest.raises(NotAllowed):
            deactivate(account.pk, actor=actor, now=NOW)


def test_no_django_permission_is_ever_granted() -> None:
    account = Account(username="x")
    assert not account.has_perm("anything")
    assert not account.has_module_perms("accounts")
    assert not hasattr(account, "is_superuser")


def test_secrets_of_second_factors_are_encrypted_at_rest() -> None:
    adapter = MfaAdapter()
    stored = adapter.encrypt("JBSWY3DPEHPK3PXP")
    assert "JBSWY3DPEHPK3PXP" not in stored
    assert adapter.encrypt("JBSWY3DPEHPK3PXP") != stored
    assert adapter.decrypt(stored) == "JBSWY3DPEHPK3PXP"
    key_id, _colon, blob = stored.partition(":")
    with pytest.raises(Undecryptable):
        adapter.decrypt(f"{key_id}:{blob[:-8]}AAAAAAA=")


def test_nobody_signs_up(rf) -> None:  # type: ignore[no-untyped-def]
    assert not AccountAdapter().is_open_for_signup(rf.get("/"))
