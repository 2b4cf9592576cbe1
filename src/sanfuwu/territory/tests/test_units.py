"""Units: made, renamed, moved, proposed, confirmed, closed."""

from __future__ import annotations

import datetime as dt

import pytest

from sanfuwu.ledger.errors import IllegalTransition, InvalidInput, NotAllowed, NotVisible
from sanfuwu.ledger.fields import new_id
from sanfuwu.ledger.models import Event
from sanfuwu.territory.actions import close_unit, confirm_proposed_unit, create_unit, move_unit, rename_unit
from sanfuwu.territory.actor import SYSTEM
from sanfuwu.territory.models import Role, Unit, UnitVersion
from sanfuwu.territory.queries import reach_of, scopes_over, unit_name, unit_tree

from .cast import NOW, SINCE, TODAY, District, actor_in, events_of, unit


def test_a_new_unit_is_seen_by_everything_above_it_and_says_so_in_an_event(district: District) -> None:
    scopes = scopes_over([district.village.pk])[district.village.pk]
    assert scopes == {district.village.pk, district.town.pk, district.county.pk}
    assert events_of(district.village) == ["created"]


def test_no_event_holds_the_name_of_a_unit(district: District) -> None:
    rename_unit(district.town.pk, "新设街道", valid_from=TODAY, actor=SYSTEM, now=NOW)
    said = str(list(Event.objects.filter(stream_id=district.town.pk).values_list("payload", flat=True)))
    assert "新设" not in said
    assert str(TODAY) in said


def test_a_renamed_unit_keeps_its_old_name_for_the_days_before(district: District) -> None:
    day = dt.date(2019, 2, 1)
    rename_unit(district.town.pk, "新设街道", valid_from=day, actor=SYSTEM, now=NOW)
    assert unit_name(district.town.pk, day - dt.timedelta(1)) == "新设镇"
    assert unit_name(district.town.pk, day) == "新设街道"
    assert unit_name(district.town.pk, dt.date(2010, 1, 1)) == "新设镇"
    assert events_of(district.town) == ["created", "renamed"]


def test_each_rename_adds_one_version_and_one_stays_open(district: District) -> None:
    for n in range(1, 4):
        day = dt.date(2019, 1, n)
        rename_unit(district.town.pk, f"名字{n}", valid_from=day, actor=SYSTEM, now=NOW)
    spans = list(
        UnitVersion.objects.filter(unit=district.town).order_by("valid_from").values_list("valid_from", "valid_to")
    )
    assert spans == [
        (SINCE, dt.date(2019, 1, 1)),
        (dt.date(2019, 1, 1), dt.date(2019, 1, 2)),
        (dt.date(2019, 1, 2), dt.date(2019, 1, 3)),
        (dt.date(2019, 1, 3), None),
    ]


def test_a_rename_before_the_last_one_is_refused(district: District) -> None:
    with pytest.raises(InvalidInput) as refusal:
        rename_unit(district.town.pk, "新设街道", valid_from=SINCE, actor=SYSTEM, now=NOW)
    assert refusal.value.field == "valid_from"


def test_a_moved_unit_leaves_the_sight_of_its_old_parent(district: District) -> None:
    move_unit(district.village.pk, district.bureau.pk, valid_from=TODAY, actor=SYSTEM, now=NOW)
    assert district.village.pk not in reach_of(district.town.pk)
    assert district.village.pk in reach_of(district.bureau.pk)
    assert events_of(district.village) == ["created", "moved"]


@pytest.mark.parametrize("target", ["village", "town"])
def test_a_unit_is_not_put_below_itself(district: District, target: str) -> None:
    with pytest.raises(InvalidInput):
        move_unit(district.town.pk, getattr(district, target).pk, valid_from=TODAY, actor=SYSTEM, now=NOW)


def test_a_unit_is_not_moved_ahead_of_time(district: District) -> None:
    with pytest.raises(InvalidInput):
        move_unit(district.village.pk, district.bureau.pk, valid_from=TODAY + dt.timedelta(1), actor=SYSTEM, now=NOW)


def test_a_dispatcher_may_only_propose_a_unit(district: District) -> None:
    dispatcher = actor_in(Role.DISPATCHER)
    said = {
        "code": "x",
        "kind": Unit.Kind.DEPARTMENT,
        "name": "某局",
        "parent_id": district.county.pk,
        "valid_from": SINCE,
    }
    with pytest.raises(NotAllowed):
        create_unit(**said, actor=dispatcher, now=NOW)
    proposed = create_unit(**said, proposed=True, actor=dispatcher, now=NOW)
    assert Unit.objects.get(pk=proposed.pk).status == Unit.Status.PROPOSED
    assert events_of(proposed) == ["proposed"]


def test_a_confirmed_unit_gets_its_right_name_and_place(district: District) -> None:
    proposed = create_unit(
        code="x", kind=Unit.Kind.DEPARTMENT, name="建设局?", parent_id=district.county.pk, valid_from=SINCE,
        proposed=True, actor=SYSTEM, now=NOW,
    )  # fmt: skip
    confirm_proposed_unit(proposed.pk, name="建设科", parent_id=district.bureau.pk, actor=SYSTEM, now=NOW)
    assert Unit.objects.get(pk=proposed.pk).status == Unit.Status.ACTIVE
    assert unit_name(proposed.pk, TODAY) == "建设科"
    assert proposed.pk in reach_of(district.bureau.pk)
    with pytest.raises(IllegalTransition):
        confirm_proposed_unit(proposed.pk, actor=SYSTEM, now=NOW)


def test_a_closed_unit_leaves_the_tree_but_not_the_sight_of_its_parent(district: District) -> None:
    close_unit(district.village.pk, on_date=TODAY, actor=SYSTEM, now=NOW)
    assert district.village.pk not in {n.id for n in unit_tree(TODAY)}
    assert district.village.pk in {n.id for n in unit_tree(TODAY - dt.timedelta(1))}
    assert district.village.pk in reach_of(district.town.pk)
    assert unit_name(district.village.pk, TODAY) == "新设村"
    assert events_of(district.village) == ["created", "closed"]


def test_a_unit_with_open_units_below_is_not_closed(district: District) -> None:
    with pytest.raises(InvalidInput):
        close_unit(district.town.pk, on_date=TODAY, actor=SYSTEM, now=NOW)


def test_nothing_is_put_under_a_closed_unit(district: District) -> None:
    close_unit(district.bureau.pk, on_date=TODAY, actor=SYSTEM, now=NOW)
    with pytest.raises(InvalidInput) as refusal:
        unit("below", Unit.Kind.OFFICE, "科室", district.bureau)
    assert refusal.value.field == "parent"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"code": "t-new"}, "code"),
        ({"code": " "}, "code"),
        ({"name": "  "}, "name"),
        ({"name": "长" * 81}, "name"),
        ({"kind": Unit.Kind.COUNTY}, "parent"),
        ({"parent_id": None}, "parent"),
        ({"parent_id": None, "kind": Unit.Kind.COUNTY}, "kind"),
    ],
)
def test_a_wrong_unit_is_refused_with_the_field_that_is_wrong(
    district: District, changed: dict[str, object], field: str
) -> None:
    said: dict[str, object] = {
        "code": "new",
        "kind": Unit.Kind.DEPARTMENT,
        "name": "某局",
        "parent_id": district.county.pk,
        "valid_from": SINCE,
    }
    with pytest.raises(InvalidInput) as refusal:
        create_unit(**said | changed, actor=SYSTEM, now=NOW)  # type: ignore[arg-type]
    assert refusal.value.field == field


def test_an_unknown_unit_does_not_exist(district: District) -> None:
    with pytest.raises(NotVisible):
        rename_unit(new_id(), "x", valid_from=TODAY, actor=SYSTEM, now=NOW)


@pytest.mark.parametrize("role", [r for r in Role if r != Role.SYSTEM_OFFICER])
def test_only_the_system_officer_changes_the_tree(district: District, role: Role) -> None:
    actor = actor_in(role)
    with pytest.raises(NotAllowed):
        rename_unit(district.town.pk, "x", valid_from=TODAY, actor=actor, now=NOW)
    with pytest.raises(NotAllowed):
        move_unit(district.village.pk, district.bureau.pk, valid_from=TODAY, actor=actor, now=NOW)
    with pytest.raises(NotAllowed):
        close_unit(district.village.pk, on_date=TODAY, actor=actor, now=NOW)
    assert events_of(district.village) == ["created"]
