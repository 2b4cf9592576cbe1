"""Accounts in posts, deputies, tokens."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

import pytest

from sanfuwu.ledger.errors import IllegalTransition, InvalidInput, NotAllowed
from sanfuwu.ledger.fields import new_id
from sanfuwu.ledger.models import Event
from sanfuwu.territory.actions import (
    delegate,
    end_delegation,
    end_post,
    issue_token,
    link_account,
    name_confidential_officer,
    revoke_token,
)
from sanfuwu.territory.actor import SYSTEM
from sanfuwu.territory.models import OFFICERS, ApiToken, Post, Role
from sanfuwu.territory.queries import actor_of_token, load_actor

from .cast import NOW, TODAY, District, actor_in, events_of, post_in


@pytest.fixture
def account() -> UUID:
    return new_id()


def test_an_account_is_let_into_a_post_by_the_security_officer(district: District, account: UUID) -> None:
    post = post_in(district.bureau)
    link_account(post.pk, account, actor=actor_in(Role.SECURITY_OFFICER), now=NOW)
    assert load_actor(post.pk, account_id=account, now=NOW).unit_id == district.bureau.pk
    link_account(post.pk, None, actor=actor_in(Role.SECURITY_OFFICER), now=NOW)
    with pytest.raises(NotAllowed):
        load_actor(post.pk, account_id=account, now=NOW)
    assert events_of(post) == ["created", "account_linked", "account_unlinked"]


def test_the_security_officer_lets_not_himself_in(district: District) -> None:
    post = post_in(district.bureau)
    officer = actor_in(Role.SECURITY_OFFICER)
    with pytest.raises(NotAllowed):
        link_account(post.pk, officer.account_id, actor=officer, now=NOW)


@pytest.mark.parametrize("officer", sorted(OFFICERS))
@pytest.mark.parametrize("officer_first", [True, False])
def test_an_account_is_not_officer_and_something_else(
    district: District, account: UUID, officer: str, officer_first: bool
) -> None:
    others = [Role.HANDLER, *(o for o in sorted(OFFICERS) if o != officer)]
    for n, other in enumerate(others):
        holder = new_id()
        first, second = (officer, other) if officer_first else (other, officer)
        post_in(district.county, first, name=f"甲{n}", account=holder)
        post = post_in(district.bureau, second, name=f"乙{n}")
        with pytest.raises(NotAllowed) as refusal:
            link_account(post.pk, holder, actor=SYSTEM, now=NOW)
        assert refusal.value.code == "officers_are_exclusive"


@pytest.mark.parametrize("role", [r for r in Role if r != Role.SECURITY_OFFICER])
def test_only_the_security_officer_grants_access(district: District, account: UUID, role: Role) -> None:
    post = post_in(district.bureau)
    _row, text = issue_token(post.pk, "系统对接", actor=SYSTEM, now=NOW)
    actor = actor_in(role)
    with pytest.raises(NotAllowed):
        link_account(post.pk, account, actor=actor, now=NOW)
    with pytest.raises(NotAllowed):
        issue_token(post.pk, "x", actor=actor, now=NOW)
    with pytest.raises(NotAllowed):
        revoke_token(_row.pk, actor=actor, now=NOW)
    with pytest.raises(NotAllowed):
        name_confidential_officer(post.pk, True, actor=actor, now=NOW)
    assert actor_of_token(text, NOW) is not None


def test_a_confidential_officer_is_named_in_person(district: District, account: UUID) -> None:
    post = post_in(district.county, Role.DISPATCHER, account=account)
    name_confidential_officer(post.pk, True, actor=SYSTEM, now=NOW)
    assert load_actor(post.pk, account_id=account, now=NOW).confidential_officer
    assert events_of(post)[-1] == "confidential_named"
    officer = post_in(district.county, Role.AUDIT_OFFICER)
    with pytest.raises(NotAllowed):
        name_confidential_officer(officer.pk, True, actor=SYSTEM, now=NOW)


def test_a_token_acts_as_its_post_until_it_is_revoked(district: District) -> None:
    post = post_in(district.town, Role.TOWN_DISPATCHER)
    row, text = issue_token(post.pk, "市平台", actor=SYSTEM, now=NOW)
    actor = actor_of_token(text, NOW)
    assert actor is not None
    assert (actor.post_id, actor.unit_id, actor.role) == (post.pk, district.town.pk, Role.TOWN_DISPATCHER)
    revoke_token(row.pk, actor=SYSTEM, now=NOW)
    assert actor_of_token(text, NOW) is None
    with pytest.raises(IllegalTransition):
        revoke_token(row.pk, actor=SYSTEM, now=NOW)
    assert events_of(post) == ["created", "token_issued", "token_revoked"]


def test_a_token_is_stored_nowhere(district: District) -> None:
    post = post_in(district.town, Role.TOWN_DISPATCHER)
    row, text = issue_token(post.pk, "市平台", actor=SYSTEM, now=NOW)
    stored = ApiToken.objects.get(pk=row.pk)
    assert len(bytes(stored.token_hash)) == 32
    assert text.encode() not in bytes(stored.token_hash)
    said = str(list(Event.objects.filter(stream_id=post.pk).values_list("payload", flat=True)))
    assert text not in said
    assert bytes(stored.token_hash).hex() not in said


def test_a_token_expires_to_the_instant(district: District) -> None:
    post = post_in(district.town, Role.TOWN_DISPATCHER)
    end = NOW + dt.timedelta(hours=1)
    _row, text = issue_token(post.pk, "市平台", expires_at=end, actor=SYSTEM, now=NOW)
    assert actor_of_token(text, end - dt.timedelta(seconds=1)) is not None
    assert actor_of_token(text, end) is None


def test_a_token_ends_with_its_post(district: District) -> None:
    post = post_in(district.town, Role.TOWN_DISPATCHER)
    _row, text = issue_token(post.pk, "市平台", actor=SYSTEM, now=NOW)
    end_post(post.pk, valid_to=TODAY, actor=SYSTEM, now=NOW)
    assert actor_of_token(text, NOW) is None


@pytest.mark.parametrize("officer", sorted(OFFICERS))
def test_no_token_acts_as_an_officer(district: District, officer: str) -> None:
    post = post_in(district.county, officer)
    with pytest.raises(NotAllowed):
        issue_token(post.pk, "x", actor=SYSTEM, now=NOW)


def test_a_token_needs_a_purpose_a_future_and_a_living_post(district: District) -> None:
    post = post_in(district.town)
    with pytest.raises(InvalidInput):
        issue_token(post.pk, " ", actor=SYSTEM, now=NOW)
    with pytest.raises(InvalidInput):
        issue_token(post.pk, "x", expires_at=NOW, actor=SYSTEM, now=NOW)
    end_post(post.pk, valid_to=TODAY, actor=SYSTEM, now=NOW)
    with pytest.raises(InvalidInput):
        issue_token(post.pk, "x", actor=SYSTEM, now=NOW)


def test_a_deputy_acts_for_the_other_post_and_says_so(district: District, account: UUID) -> None:
    a = post_in(district.town, Role.TOWN_DISPATCHER, name="甲")
    b = post_in(district.bureau, Role.HANDLER, name="乙", account=account)
    delegate(a.pk, b.pk, valid_from=TODAY, actor=actor_in(Role.SECURITY_OFFICER), now=NOW)
    actor = load_actor(b.pk, account_id=account, now=NOW, on_behalf_of=a.pk)
    assert (actor.post_id, actor.on_behalf_of, actor.effective_post) == (b.pk, a.pk, a.pk)
    assert (actor.role, actor.unit_id, actor.place) == (Role.TOWN_DISPATCHER, district.town.pk, "330604990000")
    assert actor.person_id == Post.objects.get(pk=b.pk).person_id
    assert actor.acts_allowed is None
    assert events_of(a) == ["created", "delegated"]


def test_a_deputy_may_be_held_to_some_acts(district: District, account: UUID) -> None:
    a, b = post_in(district.town, name="甲"), post_in(district.bureau, name="乙", account=account)
    delegate(a.pk, b.pk, valid_from=TODAY, acts=["sign", "contact"], actor=SYSTEM, now=NOW)
    actor = load_actor(b.pk, account_id=account, now=NOW, on_behalf_of=a.pk)
    assert actor.acts_allowed == {"sign", "contact"}


def test_a_deputy_does_not_see_what_only_a_named_officer_sees(district: District, account: UUID) -> None:
    a = post_in(district.county, Role.DISPATCHER, name="甲")
    name_confidential_officer(a.pk, True, actor=SYSTEM, now=NOW)
    b = post_in(district.county, Role.DISPATCHER, name="乙", account=account)
    delegate(a.pk, b.pk, valid_from=TODAY, actor=SYSTEM, now=NOW)
    assert not load_actor(b.pk, account_id=account, now=NOW, on_behalf_of=a.pk).confidential_officer


def test_a_delegation_runs_from_its_first_day_to_the_day_before_its_last(district: District, account: UUID) -> None:
    a, b = post_in(district.town, name="甲"), post_in(district.bureau, name="乙", account=account)
    delegate(a.pk, b.pk, valid_from=TODAY, valid_to=TODAY + dt.timedelta(2), actor=SYSTEM, now=NOW)
    for days, runs in ((-1, False), (0, True), (1, True), (2, False)):
        then = NOW + dt.timedelta(days)
        if runs:
            load_actor(b.pk, account_id=account, now=then, on_behalf_of=a.pk)
        else:
            with pytest.raises(NotAllowed):
                load_actor(b.pk, account_id=account, now=then, on_behalf_of=a.pk)


def test_a_delegation_that_is_ended_is_over(district: District, account: UUID) -> None:
    a, b = post_in(district.town, name="甲"), post_in(district.bureau, name="乙", account=account)
    row = delegate(a.pk, b.pk, valid_from=TODAY, actor=SYSTEM, now=NOW)
    end_delegation(row.pk, valid_to=TODAY, actor=SYSTEM, now=NOW)
    with pytest.raises(NotAllowed):
        load_actor(b.pk, account_id=account, now=NOW, on_behalf_of=a.pk)
    assert events_of(a)[-1] == "delegation_ended"


def test_the_holder_of_a_post_names_his_own_deputy_and_nobody_elses(district: District) -> None:
    a, b = post_in(district.town, name="甲"), post_in(district.bureau, name="乙")
    mine = actor_in(Role.HANDLER, post_id=a.pk)
    delegate(a.pk, b.pk, valid_from=TODAY, actor=mine, now=NOW)
    with pytest.raises(NotAllowed):
        delegate(b.pk, a.pk, valid_from=TODAY, actor=mine, now=NOW)
    with pytest.raises(NotAllowed):  # a deputy does not name deputies
        delegate(a.pk, b.pk, valid_from=TODAY, actor=actor_in(Role.HANDLER, post_id=a.pk, on_behalf_of=b.pk), now=NOW)


@pytest.mark.parametrize("officer", sorted(OFFICERS))
def test_nobody_stands_in_for_an_officer_nor_an_officer_for_anybody(district: District, officer: str) -> None:
    a, b = post_in(district.county, officer, name="甲"), post_in(district.bureau, name="乙")
    for one, other in ((a, b), (b, a)):
        with pytest.raises(NotAllowed) as refusal:
            delegate(one.pk, other.pk, valid_from=TODAY, actor=SYSTEM, now=NOW)
        assert refusal.value.code == "officers_are_exclusive"


def test_a_delegation_lasts_at_least_a_day(district: District) -> None:
    a, b = post_in(district.town, name="甲"), post_in(district.bureau, name="乙")
    with pytest.raises(InvalidInput):
        delegate(a.pk, b.pk, valid_from=TODAY, valid_to=TODAY, actor=SYSTEM, now=NOW)
    with pytest.raises(InvalidInput):
        delegate(a.pk, a.pk, valid_from=TODAY, actor=SYSTEM, now=NOW)
