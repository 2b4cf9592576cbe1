"""The two development zones of 上虞 become one, and a merger can be undone."""

from __future__ import annotations

import datetime as dt

import pytest

from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.errors import IllegalTransition, InvalidInput, NotAllowed
from sanfuwu.territory.actions import MergePlan, merge_units, undo_merge
from sanfuwu.territory.actor import SYSTEM
from sanfuwu.territory.models import Role, Unit, UnitMerge, UnitReach
from sanfuwu.territory.queries import reach_of, unit_name, unit_tree

from .cast import NOW, TODAY, District, actor_in, events_of, unit

MERGED = dt.date(2019, 1, 15)


def test_the_successor_sees_what_the_predecessor_saw(district: District) -> None:
    office = unit("z-b-1", Unit.Kind.OFFICE, "招商科", district.zone_b)
    plan = merge_units(district.zone_b.pk, district.zone_a.pk, on_date=MERGED, actor=SYSTEM, now=NOW)
    assert reach_of(district.zone_a.pk) == {district.zone_a.pk, district.zone_b.pk, office.pk}
    assert plan.gained == {district.zone_a.pk: {district.zone_b.pk, office.pk}}
    why = UnitReach.objects.get(scope=district.zone_a, unit=office).why
    assert why == UnitReach.Why.PREDECESSOR


def test_a_merger_is_an_event_of_both_units(district: District) -> None:
    merge_units(district.zone_b.pk, district.zone_a.pk, on_date=MERGED, actor=SYSTEM, now=NOW)
    assert events_of(district.zone_b) == ["created", "merged"]
    assert events_of(district.zone_a) == ["created", "succeeded"]


def test_the_tree_shows_the_predecessor_before_and_its_units_under_the_successor_after(district: District) -> None:
    office = unit("z-b-1", Unit.Kind.OFFICE, "招商科", district.zone_b)
    merge_units(district.zone_b.pk, district.zone_a.pk, on_date=MERGED, actor=SYSTEM, now=NOW)
    before = {n.id: n.parent_id for n in unit_tree(MERGED - dt.timedelta(1))}
    after = {n.id: n.parent_id for n in unit_tree(MERGED)}
    assert before[office.pk] == district.zone_b.pk
    assert district.zone_b.pk not in after
    assert after[office.pk] == district.zone_a.pk
    assert unit_name(district.zone_b.pk, TODAY) == "示例经济开发区"


def test_an_undone_merger_leaves_everything_as_it_was_but_for_the_record(district: District) -> None:
    before = set(UnitReach.objects.values_list("scope_id", "unit_id", "why"))
    tree_before = unit_tree(TODAY)
    plan = merge_units(district.zone_b.pk, district.zone_a.pk, on_date=MERGED, actor=SYSTEM, now=NOW)
    undo_merge(plan.merge.pk, actor=SYSTEM, now=NOW)
    assert set(UnitReach.objects.values_list("scope_id", "unit_id", "why")) == before
    assert unit_tree(TODAY) == tree_before
    assert UnitMerge.objects.get(pk=plan.merge.pk).undone_at == NOW
    assert events_of(district.zone_b) == ["created", "merged", "merge_undone"]
    with pytest.raises(IllegalTransition):
        undo_merge(plan.merge.pk, actor=SYSTEM, now=NOW)


def test_what_problems_add_to_a_merger_is_part_of_the_same_act(district: District) -> None:
    seen: list[MergePlan] = []

    def extend(changes: Changes, plan: MergePlan) -> None:
        seen.append(plan)
        changes.event(plan.into_unit, "assignments_taken_over")

    merge_units(district.zone_b.pk, district.zone_a.pk, on_date=MERGED, actor=SYSTEM, now=NOW, extend=extend)
    assert [p.from_unit.pk for p in seen] == [district.zone_b.pk]
    assert events_of(district.zone_a) == ["created", "succeeded", "assignments_taken_over"]


def test_a_merger_whose_extension_fails_did_not_happen(district: District) -> None:
    def extend(changes: Changes, plan: MergePlan) -> None:
        raise InvalidInput("no")

    with pytest.raises(InvalidInput):
        merge_units(district.zone_b.pk, district.zone_a.pk, on_date=MERGED, actor=SYSTEM, now=NOW, extend=extend)
    assert Unit.objects.get(pk=district.zone_b.pk).status == Unit.Status.ACTIVE
    assert events_of(district.zone_b) == ["created"]


def test_a_unit_is_merged_once(district: District) -> None:
    merge_units(district.zone_b.pk, district.zone_a.pk, on_date=MERGED, actor=SYSTEM, now=NOW)
    with pytest.raises(IllegalTransition):
        merge_units(district.zone_b.pk, district.bureau.pk, on_date=MERGED, actor=SYSTEM, now=NOW)
    with pytest.raises(InvalidInput):
        merge_units(district.bureau.pk, district.zone_b.pk, on_date=MERGED, actor=SYSTEM, now=NOW)


@pytest.mark.parametrize(
    ("gone", "into"), [("zone_a", "zone_a"), ("town", "village"), ("county", "zone_a")], ids=["self", "below", "county"]
)
def test_mergers_that_make_no_sense_are_refused(district: District, gone: str, into: str) -> None:
    with pytest.raises(InvalidInput):
        merge_units(getattr(district, gone).pk, getattr(district, into).pk, on_date=MERGED, actor=SYSTEM, now=NOW)


@pytest.mark.parametrize("role", [r for r in Role if r != Role.SYSTEM_OFFICER])
def test_only_the_system_officer_merges(district: District, role: Role) -> None:
    with pytest.raises(NotAllowed):
        merge_units(district.zone_b.pk, district.zone_a.pk, on_date=MERGED, actor=actor_in(role), now=NOW)
