"""A person's log-in: made by the system officer, let in by the security officer, first password for one page only."""

from __future__ import annotations

import datetime as dt

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone

from sanfuwu.accounts.models import Account
from sanfuwu.accounts.people import (
    give_access,
    open_account,
    print_slips,
    reopen_account,
    reset_second_factor,
    shut_account,
    withdraw_access,
)
from sanfuwu.ledger.errors import IllegalTransition, InvalidInput, NotAllowed
from sanfuwu.ledger.models import AccessLog, Event
from sanfuwu.territory.actions import create_person, create_post
from sanfuwu.territory.actor import SYSTEM
from sanfuwu.territory.models import Person, Post, Role, Unit
from sanfuwu.territory.tests.cast import actor_in

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
SYSTEM_OFFICER, SECURITY_OFFICER = actor_in(Role.SYSTEM_OFFICER), actor_in(Role.SECURITY_OFFICER)


@pytest.fixture
def person(db: None) -> Person:
    now = timezone.now()
    someone = create_person("周九", actor=SYSTEM, now=now)
    unit = Unit.objects.get(code="gds-songxia")
    create_post(
        someone.pk, unit.pk, role=Role.HANDLER, title="经办", valid_from=dt.date(2018, 1, 1), actor=SYSTEM, now=now
    )
    return someone


def post_of(person: Person) -> Post:
    return Post.objects.get(person=person)


def opened(person: Person) -> Account:
    return open_account(person.pk, "zhoujiu", actor=SYSTEM_OFFICER, now=timezone.now())


def test_an_account_is_the_persons_and_has_no_password(person: Person) -> None:
    account = opened(person)
    assert Person.objects.get(pk=person.pk).account_id == account.pk
    assert not Account.objects.get(pk=account.pk).has_usable_password()
    with pytest.raises(IllegalTransition):
        open_account(person.pk, "zhoujiu2", actor=SYSTEM_OFFICER, now=timezone.now())
    other = create_person("吴十", actor=SYSTEM, now=timezone.now())
    with pytest.raises(InvalidInput) as refusal:
        open_account(other.pk, "ZhouJiu", actor=SYSTEM_OFFICER, now=timezone.now())
    assert refusal.value.field == "username"
    assert refusal.value.message == "账号“ZhouJiu”已被占用（本系统各县共用账号名），请换一个。"


def test_who_makes_the_account_does_not_let_it_in(person: Person) -> None:
    now = timezone.now()
    post = post_of(person)
    with pytest.raises(InvalidInput):
        give_access([post.pk], actor=SECURITY_OFFICER, now=now)  # no account yet
    account = opened(person)
    with pytest.raises(NotAllowed):
        give_access([post.pk], actor=SYSTEM_OFFICER, now=now)
    assert give_access([post.pk], actor=SECURITY_OFFICER, now=now) == 1
    assert post_of(person).account_id == account.pk


def test_a_printed_password_opens_only_the_page_that_changes_it(person: Person) -> None:
    now = timezone.now()
    opened(person)
    give_access([post_of(person).pk], actor=SECURITY_OFFICER, now=now)
    (slip,) = print_slips([person.pk], actor=SYSTEM_OFFICER, now=now)
    browser = Client()
    browser.post("/login/", {"login": "zhoujiu", "password": slip.password})
    for url in ("/", "/problems/", "/phones"):
        assert browser.get(url)["Location"].split("?")[0] == "/password/"
    own = "xin-de-mi-ma-2019"
    page = browser.post("/password/", {"oldpassword": slip.password, "password1": own, "password2": own})
    assert page.status_code == 302
    browser.post("/login/", {"login": "zhoujiu", "password": own})
    assert browser.get("/").status_code == 200
    assert Account.objects.get(username="zhoujiu").first_password_until is None


def test_a_printed_password_past_its_day_opens_nothing(person: Person) -> None:
    opened(person)
    (slip,) = print_slips([person.pk], actor=SYSTEM_OFFICER, now=timezone.now() - dt.timedelta(days=8))
    browser = Client()
    browser.post("/login/", {"login": "zhoujiu", "password": slip.password})
    assert browser.get("/")["Location"] == "/login/"
    assert browser.get("/").status_code == 302


def test_after_the_first_log_in_only_the_security_officer_prints_another(person: Person) -> None:
    account = opened(person)
    print_slips([person.pk], actor=SYSTEM_OFFICER, now=timezone.now())
    Account.objects.filter(pk=account.pk).update(last_login=timezone.now())
    with pytest.raises(NotAllowed):
        print_slips([person.pk], actor=SYSTEM_OFFICER, now=timezone.now())
    assert print_slips([person.pk], actor=SECURITY_OFFICER, now=timezone.now())
    kinds = Event.objects.filter(stream_kind="person", stream_id=person.pk).order_by("seq")
    assert list(kinds.values_list("kind", flat=True)) == [
        "created", "account_opened", "first_password_printed", "first_password_printed",
    ]  # fmt: skip


def test_a_lost_second_factor_is_taken_off_with_a_line_in_the_log(person: Person) -> None:
    account = opened(person)
    Authenticator.objects.create(user_id=account.pk, type="totp", data={})
    with pytest.raises(NotAllowed):
        reset_second_factor(person.pk, actor=SYSTEM_OFFICER, now=timezone.now())
    assert reset_second_factor(person.pk, actor=SECURITY_OFFICER, now=timezone.now()) == 1
    assert not Authenticator.objects.exists()
    assert AccessLog.objects.filter(what="second_factor_reset", subject_id=account.pk).count() == 1


def test_access_withdrawn_ends_the_session_at_its_next_request(person: Person) -> None:
    now = timezone.now()
    account = opened(person)
    give_access([post_of(person).pk], actor=SECURITY_OFFICER, now=now)
    browser = Client()
    browser.force_login(Account.objects.get(pk=account.pk), backend=BACKEND)
    assert browser.get("/").status_code == 200
    withdraw_access(post_of(person).pk, actor=SECURITY_OFFICER, now=now)
    assert browser.get("/")["Location"].startswith("/login/")
    assert post_of(person).account_id is None


def test_a_shut_account_is_out_at_once_and_can_be_opened_again(person: Person) -> None:
    account = opened(person)
    shut_account(person.pk, actor=SECURITY_OFFICER, now=timezone.now())
    assert not Account.objects.get(pk=account.pk).is_active
    with pytest.raises(IllegalTransition):
        shut_account(person.pk, actor=SECURITY_OFFICER, now=timezone.now())
    reopen_account(person.pk, actor=SECURITY_OFFICER, now=timezone.now())
    assert Account.objects.get(pk=account.pk).is_active


def test_no_password_and_no_name_is_in_an_event(person: Person) -> None:
    opened(person)
    (slip,) = print_slips([person.pk], actor=SYSTEM_OFFICER, now=timezone.now())
    said = str([e.payload for e in Event.objects.filter(stream_id=person.pk)])
    assert slip.password not in said
    assert "周九" not in said
    assert "zhoujiu" not in said
