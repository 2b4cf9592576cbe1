from __future__ import annotations

import pytest
from django.db import transaction

from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.commit import commit
from sanfuwu.territory.actions import plan_create_unit
from sanfuwu.territory.actor import SYSTEM
from sanfuwu.territory.models import Unit
from sanfuwu.territory.tree import load_tree

from .cast import NOW, SINCE, District


@pytest.fixture
def district(db: None) -> District:
    """A new town with a village, two development zones and a bureau in the tests' county, all since 2018."""
    with transaction.atomic():
        changes, tree = Changes(), load_tree()

        def unit(code: str, kind: str, name: str, parent: Unit, division_code: str = "") -> Unit:
            return plan_create_unit(
                changes,
                tree,
                code=code,
                kind=kind,
                name=name,
                parent_id=parent.pk,
                valid_from=SINCE,
                division_code=division_code,
                actor=SYSTEM,
            )

        county = tree.root()
        assert county is not None
        town = unit("t-new", Unit.Kind.TOWN, "新设镇", county, "330604990000")
        made = District(
            county=county,
            town=town,
            village=unit("v-new", Unit.Kind.VILLAGE, "新设村", town, "330604990201"),
            bureau=unit("b-new", Unit.Kind.DEPARTMENT, "新设局", county),
            zone_a=unit("z-a", Unit.Kind.ZONE, "示例经济技术开发区", county),
            zone_b=unit("z-b", Unit.Kind.ZONE, "示例经济开发区", county),
        )
        tree.settle(changes)
        commit(changes, actor=SYSTEM, now=NOW)
    return made
