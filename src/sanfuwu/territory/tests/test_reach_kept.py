"""After any acts on the tree, `UnitReach` is what follows from the versions and mergers, counted by the database."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.db.models import Q
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sanfuwu.ledger.errors import ActionError
from sanfuwu.territory.actions import close_unit, create_unit, merge_units, move_unit, rename_unit, undo_merge
from sanfuwu.territory.actor import SYSTEM
from sanfuwu.territory.models import Unit, UnitMerge, UnitReach

from .cast import NOW, SINCE, District

# An independent reading of the rule, straight from the tables: no line of it is shared with `reach.py`.
RECOMPUTED = """
WITH RECURSIVE last AS (
    SELECT DISTINCT ON (unit_id) unit_id, parent_id FROM territory_unitversion
    ORDER BY unit_id, valid_from DESC, valid_to DESC, id
), edge (scope, unit, merger) AS (
    SELECT parent_id, unit_id, false FROM last WHERE parent_id IS NOT NULL
  UNION
    SELECT into_unit_id, from_unit_id, true FROM territory_unitmerge WHERE undone_at IS NULL
), walk (scope, unit, merged) AS (
    SELECT id, id, false FROM territory_unit
  UNION
    SELECT walk.scope, edge.unit, walk.merged OR edge.merger FROM walk JOIN edge ON edge.scope = walk.unit
)
SELECT scope, unit,
       CASE WHEN scope = unit THEN 'self' WHEN bool_and(merged) THEN 'predecessor' ELSE 'descendant' END
  FROM walk GROUP BY scope, unit
"""

NUMBERS = st.integers(0, 11)
DAYS = st.integers(1, 400).map(lambda n: SINCE + dt.timedelta(n))
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("create"), NUMBERS, NUMBERS, DAYS),
        st.tuples(st.just("move"), NUMBERS, NUMBERS, DAYS),
        st.tuples(st.just("merge"), NUMBERS, NUMBERS, DAYS),
        st.tuples(st.just("undo"), NUMBERS, NUMBERS, DAYS),
        st.tuples(st.just("rename"), NUMBERS, NUMBERS, DAYS),
        st.tuples(st.just("close"), NUMBERS, NUMBERS, DAYS),
    ),
    min_size=1,
    max_size=12,
)


def act(district: list[UUID], what: str, a: int, b: int, day: dt.date, serial: int) -> None:
    """One act on two of the district's units, whichever the numbers fall on."""
    ours = Unit.objects.filter(Q(pk__in=district) | Q(code__startswith="r-"))
    units = list(ours.order_by("pk").values_list("pk", flat=True))
    one, other = units[a % len(units)], units[b % len(units)]
    done = {"actor": SYSTEM, "now": NOW}
    if what == "create":
        create_unit(
            code=f"r-{serial}", kind=Unit.Kind.OFFICE, name=f"科室{serial}", parent_id=one, valid_from=day, **done
        )
    elif what == "move":
        move_unit(one, other, valid_from=day, **done)
    elif what == "merge":
        merge_units(one, other, on_date=day, **done)
    elif what == "undo":
        mergers = list(UnitMerge.objects.order_by("pk").values_list("pk", flat=True))
        if mergers:
            undo_merge(mergers[a % len(mergers)], **done)
    elif what == "rename":
        rename_unit(one, f"新名{serial}", valid_from=day, **done)
    else:
        close_unit(one, on_date=day, **done)


def recomputed() -> set[tuple[UUID, UUID, str]]:
    with connection.cursor() as cursor:
        cursor.execute(RECOMPUTED)
        return set(cursor.fetchall())


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_reach_always_equals_its_recomputation(district: District, acts: list[tuple[str, int, int, dt.date]]) -> None:
    ours = [u.pk for u in vars(district).values()]
    with transaction.atomic():
        for serial, (what, a, b, day) in enumerate(acts):
            try:
                act(ours, what, a, b, day, serial)
            except ActionError:
                continue  # an act that makes no sense is refused and changes nothing
        kept = set(UnitReach.objects.values_list("scope_id", "unit_id", "why"))
        expected = recomputed()
        transaction.set_rollback(True)
    assert kept == expected
