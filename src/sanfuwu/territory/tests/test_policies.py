"""The three officers are apart from each other and from all business."""

from __future__ import annotations

import datetime as dt
from itertools import product

import pytest

from sanfuwu.ledger.errors import NotAllowed
from sanfuwu.ledger.fields import new_id
from sanfuwu.territory import policies
from sanfuwu.territory.actor import SYSTEM
from sanfuwu.territory.models import OFFICERS, Post, Role

from .cast import actor_in

MAY = {
    policies.may_manage_units: {Role.SYSTEM_OFFICER},
    policies.may_manage_posts: {Role.SYSTEM_OFFICER},
    policies.may_grant_access: {Role.SECURITY_OFFICER},
    policies.may_propose_units: {Role.SYSTEM_OFFICER, Role.DISPATCHER, Role.TOWN_DISPATCHER},
}


@pytest.mark.parametrize(("policy", "role"), list(product(MAY, Role)), ids=lambda v: getattr(v, "__name__", str(v)))
def test_only_the_named_roles_administer(policy: object, role: Role) -> None:
    assert callable(policy)
    assert policy(actor_in(role)) == (role in MAY[policy])  # type: ignore[index]


@pytest.mark.parametrize("policy", list(MAY), ids=lambda v: v.__name__)
def test_the_system_may_start_an_installation(policy: object) -> None:
    assert callable(policy)
    assert policy(SYSTEM)


@pytest.mark.parametrize("policy", [policies.may_manage_units, policies.may_grant_access])
@pytest.mark.parametrize("role", [Role.SYSTEM_OFFICER, Role.SECURITY_OFFICER])
def test_nobody_administers_on_behalf_of_an_officer(policy: object, role: Role) -> None:
    assert callable(policy)
    assert not policy(actor_in(role, on_behalf_of=new_id()))


@pytest.mark.parametrize(("mine", "other"), list(product(Role, Role)))
def test_an_officer_role_goes_with_no_other_role(mine: Role, other: Role) -> None:
    apart = mine != other and bool(OFFICERS & {mine, other})
    assert policies.officer_conflict(mine, [other]) is apart


def _post(role: Role, start: int, end: int | None) -> Post:
    day = dt.date(2019, 1, 1)
    return Post(
        role=role,
        valid_from=day + dt.timedelta(start),
        valid_to=None if end is None else day + dt.timedelta(end),
    )


@pytest.mark.parametrize(
    ("mine", "other", "refused"),
    [
        ((0, None), (5, None), True),
        ((0, 5), (5, None), False),
        ((0, 6), (5, None), True),
        ((5, None), (0, 5), False),
        ((5, 6), (0, None), True),
    ],
)
def test_roles_held_one_after_the_other_do_not_conflict(
    mine: tuple[int, int | None], other: tuple[int, int | None], refused: bool
) -> None:
    officer, business = _post(Role.AUDIT_OFFICER, *mine), _post(Role.HANDLER, *other)
    if refused:
        with pytest.raises(NotAllowed) as refusal:
            policies.refuse_officer_conflict(officer, [business])
        assert refusal.value.code == "officers_are_exclusive"
    else:
        policies.refuse_officer_conflict(officer, [business])
