from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from sanfuwu.accounts.actions import create_account
from sanfuwu.accounts.passwords import random_password
from sanfuwu.territory.actions import create_person, create_post, create_unit, delegate, link_account
from sanfuwu.territory.actor import SYSTEM
from sanfuwu.territory.models import Role, Unit
from sanfuwu.territory.tree import load_tree

from .cast import Cast

SINCE = dt.date(2018, 1, 1)


@pytest.fixture
def cast(db: None) -> Cast:
    now = timezone.now()
    done = {"actor": SYSTEM, "now": now}
    root = load_tree().root() if Unit.objects.exists() else None
    root = root or create_unit(
        code="330604000000", kind=Unit.Kind.COUNTY, name="上虞区", parent_id=None, valid_from=SINCE, **done
    )
    town = create_unit(code="acc-town", kind=Unit.Kind.TOWN, name="章镇镇", parent_id=root.pk, valid_from=SINCE, **done)
    me, other = create_person("周九", **done), create_person("吴十", **done)
    said = {"valid_from": SINCE, **done}
    handler = create_post(me.pk, town.pk, role=Role.HANDLER, title="经办", **said)
    collector = create_post(me.pk, root.pk, role=Role.COLLECTOR, title="走访干部", **said)
    head = create_post(other.pk, town.pk, role=Role.UNIT_HEAD, title="镇长", **said)
    stranger = create_post(other.pk, root.pk, role=Role.LEADER, title="副区长", **said)
    password = random_password()
    account = create_account("zhoujiu", password, **done)
    for post in (handler, collector):
        link_account(post.pk, account.pk, **done)
    delegate(head.pk, handler.pk, valid_from=SINCE, **done)
    return Cast(account, password, handler, collector, head, stranger)
