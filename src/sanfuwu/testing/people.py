"""How casts of tests enter somebody: a person, his post and, perhaps, his account, in one commit.

By the plans of the actions, therefore with their checks, rows and events (tests/test_people.py compares the two). What
is left out is that each of the three acts reads the whole tree of units for itself, which costs a cast of ten people a
second: of the tree, a post needs the units it is about.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db import transaction

from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.commit import commit
from sanfuwu.territory.actions.posts import plan_create_person, plan_create_post
from sanfuwu.territory.actor import SYSTEM
from sanfuwu.territory.models import Person, Post, Rank, Unit
from sanfuwu.territory.tree import Tree


def enter(
    name: str,
    unit_id: UUID,
    *,
    role: str,
    title: str,
    valid_from: dt.date,
    now: dt.datetime,
    rank: str = Rank.STAFF,
    office_phone: str = "",
    portfolio: Collection[UUID] = (),
    account_id: UUID | None = None,
    **more: Any,
) -> Post:
    """Somebody new serving in a unit, let in with the account when one is given; `more` is for `plan_create_post`.

    The account must be nobody's yet.
    """
    with transaction.atomic():
        changes, tree = Changes(), Tree(units=Unit.objects.in_bulk([unit_id, *portfolio]))
        person = plan_create_person(changes, name, office_phone=office_phone)
        post = plan_create_post(
            changes,
            tree,
            person_id=person.pk,
            unit_id=unit_id,
            role=role,
            title=title,
            rank=rank,
            valid_from=valid_from,
            portfolio=portfolio,
            **more,
        )
        if account_id is not None:
            _let_in(changes, person, post, account_id)
        commit(changes, actor=SYSTEM, now=now)
    return post


def _let_in(changes: Changes, person: Person, post: Post, account_id: UUID) -> None:
    """What `link_account` plans for somebody's first account."""
    changes.update(person, account_id=account_id)
    changes.event(person, "account_opened")
    changes.update(post, account_id=account_id)
    changes.event(post, "account_linked")
