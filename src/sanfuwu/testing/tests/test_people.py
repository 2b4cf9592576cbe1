"""Whoever is entered in one commit is entered as by the three acts."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

import pytest
from django.forms import model_to_dict
from django.utils import timezone

from sanfuwu.accounts.models import Account
from sanfuwu.ledger.errors import InvalidInput
from sanfuwu.ledger.fields import new_id
from sanfuwu.ledger.models import Event
from sanfuwu.territory.actions import create_person, create_post, link_account
from sanfuwu.territory.actor import SYSTEM
from sanfuwu.territory.models import Person, Post, Unit
from sanfuwu.testing.people import enter

pytestmark = pytest.mark.django_db
SAID: dict[str, Any] = {"role": "leader", "title": "副部长", "rank": "chief", "valid_from": dt.date(2018, 1, 1)}
PHONE = "0575-82120012"


def account() -> UUID:
    made = Account.objects.create(
        id=new_id(), username=f"u{new_id().hex[-10:]}", password="!", created_at=timezone.now()
    )
    return made.pk


def unit(code: str) -> UUID:
    return Unit.objects.get(code=code).pk


def left_by(post_id: UUID) -> list[Any]:
    """Rows and events, without the ids and moments that differ from person to person."""
    post = Post.objects.get(pk=post_id)
    rows = [model_to_dict(row, exclude=["id", "person", "account_id", "version"]) for row in (post, post.person)]
    links = (post.account_id is None, post.account_id == post.person.account_id)
    told = {
        row._meta.model_name: list(
            Event.objects.filter(stream_id=row.pk).order_by("seq").values_list("kind", "actor_post", "happened_at")
        )
        for row in (post, post.person)
    }
    return [rows, links, told]


@pytest.mark.parametrize("let_in", [True, False])
def test_rows_and_events_are_those_of_the_acts(let_in: bool) -> None:
    now = timezone.now()
    said = SAID | {"portfolio": (unit("gdgs"),)}
    person = create_person("施部长", office_phone=PHONE, actor=SYSTEM, now=now)
    by_acts = create_post(person.pk, unit("xcb"), **said, actor=SYSTEM, now=now)
    if let_in:
        link_account(by_acts.pk, account(), actor=SYSTEM, now=now)
    at_once = enter(
        "施部长", unit("xcb"), **said, office_phone=PHONE, account_id=account() if let_in else None, now=now
    )
    assert left_by(at_once.pk) == left_by(by_acts.pk)
    assert Person.objects.filter(name="施部长").count() == 2


def test_what_the_acts_refuse_is_refused() -> None:
    with pytest.raises(InvalidInput):
        enter("施部长", unit("xcb"), **(SAID | {"role": "king"}), now=timezone.now())
