"""The first people of an installation."""

from __future__ import annotations

import datetime as dt

import pytest
from django_tenants.utils import schema_context

from sanfuwu.accounts.models import Account
from sanfuwu.accounts.start import Newcomer, let_in, let_officers_in
from sanfuwu.ledger.errors import IllegalTransition, InvalidInput
from sanfuwu.territory.actions import create_unit
from sanfuwu.territory.actor import SYSTEM
from sanfuwu.territory.models import OFFICERS, Role, Unit
from sanfuwu.territory.queries import load_actor

pytestmark = pytest.mark.django_db
SINCE = dt.date(2019, 1, 1)
NOW = dt.datetime(2019, 2, 12, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))


@pytest.fixture
def county() -> Unit:
    return Unit.objects.filter(kind=Unit.Kind.COUNTY).first() or create_unit(
        code="330604000000",
        kind=Unit.Kind.COUNTY,
        name="上虞区",
        parent_id=None,
        valid_from=SINCE,
        actor=SYSTEM,
        now=NOW,
    )


def test_somebody_let_in_acts_in_his_post_and_has_a_password_of_his_own(county: Unit) -> None:
    asked = Newcomer("sfwb", "郑一", county.pk, Role.DISPATCHER, "受理员", sees_confidential=True)
    opened = let_in(asked, valid_from=SINCE, now=NOW)
    assert Account.objects.get(pk=opened.account_id).check_password(opened.password)
    actor = load_actor(opened.post_id, account_id=opened.account_id, now=NOW)
    assert (actor.role, actor.unit_id, actor.confidential_officer) == (Role.DISPATCHER, county.pk, True)
    assert opened.password not in repr(opened)


def test_somebody_whose_account_cannot_be_made_is_not_let_in_by_half(county: Unit) -> None:
    let_in(Newcomer("sfwb", "郑一", county.pk, Role.DISPATCHER, "受理员"), valid_from=SINCE, now=NOW)
    with pytest.raises(InvalidInput):
        let_in(Newcomer("sfwb", "王二", county.pk, Role.HANDLER, "经办"), valid_from=SINCE, now=NOW)
    assert list(county.posts.values_list("title", flat=True)) == ["受理员"]


def test_the_three_officers_are_three_accounts_and_are_made_once(county: Unit) -> None:
    opened = let_officers_in(valid_from=SINCE, now=NOW)
    assert {o.role for o in opened} == OFFICERS
    assert len({o.account_id for o in opened}) == len({o.password for o in opened}) == 3
    with pytest.raises(IllegalTransition):
        let_officers_in(valid_from=SINCE, now=NOW)


def test_officers_need_a_county() -> None:
    with schema_context("keqiao"), pytest.raises(InvalidInput):  # the second county of the tests has no units
        let_officers_in(valid_from=SINCE, now=NOW)
