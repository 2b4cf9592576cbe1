"""上虞 as it starts: 20 towns and streets, 364 villages, the bodies of the scenario."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator

import pytest
from django_tenants.utils import schema_context

from sanfuwu.counties.models import DivisionVersion
from sanfuwu.ledger.errors import NotAllowed
from sanfuwu.ledger.models import Event
from sanfuwu.territory import seed
from sanfuwu.territory.models import Role, Unit, UnitReach
from sanfuwu.territory.queries import division_name, division_names, divisions_below, reach_of, unit_name, unit_tree

from .cast import NOW, actor_in

FEBRUARY_2019 = dt.date(2019, 2, 13)
TODAY = dt.date(2026, 11, 23)
SCENARIO = {
    "区三服务办", "区委区政府督查室", "区人大常委会", "区委宣传部", "自然资源和规划分局", "交警大队", "天然气公司",
    "崧厦供电所", "自来水公司", "上虞城建资产经营管理有限公司", "杭州湾上虞经济技术开发区", "上虞经济开发区",
    "区民政局", "章镇镇", "崧厦镇",
}  # fmt: skip


def test_the_places_are_20_towns_and_364_villages_each_in_its_town() -> None:
    places = dict(seed.places())
    towns = {code for code in places if code.endswith("000")}
    assert (len(towns), len(places) - len(towns)) == (20, 364)
    assert {code[:9] + "000" for code in places} == towns


@pytest.fixture
def empty_county(db: None) -> Iterator[None]:
    """The second county of the tests, which has no units, so that seeding has something to do."""
    with schema_context("keqiao"):
        yield


@pytest.mark.usefixtures("empty_county")
def test_the_units_are_those_of_the_scenario_with_the_names_of_2019() -> None:
    units = seed.seed_shangyu(now=NOW)
    kinds = Counter(Unit.objects.values_list("kind", flat=True))
    assert (kinds["county"], kinds["town"], kinds["village"], kinds["zone"]) == (1, 20, 364, 2)
    assert {n.name for n in unit_tree(FEBRUARY_2019)} >= SCENARIO
    assert unit_name(units["330604007000"], TODAY) == "崧厦街道"
    assert len(reach_of(units["330604000000"])) == len(units)
    assert len(reach_of(units["330604007000"])) == 1 + 43


@pytest.mark.usefixtures("empty_county")
def test_seeding_again_changes_nothing() -> None:
    first = seed.seed_shangyu(now=NOW)
    events, reach = Event.objects.count(), UnitReach.objects.count()
    assert seed.seed_shangyu(now=NOW) == first
    assert (Event.objects.count(), UnitReach.objects.count()) == (events, reach)


@pytest.mark.usefixtures("empty_county")
def test_each_seeded_unit_has_its_event() -> None:
    units = seed.seed_shangyu(now=NOW)
    created = Event.objects.filter(stream_kind="unit", kind="created", stream_id__in=units.values())
    assert created.count() == len(units)


@pytest.mark.usefixtures("empty_county")
def test_a_dispatcher_does_not_seed() -> None:
    with pytest.raises(NotAllowed):
        seed.seed_shangyu(actor=actor_in(Role.DISPATCHER), now=NOW)


@pytest.fixture
def divisions(db: None) -> None:
    """The seed's divisions; the test database may hold them already, and the running role need not write there."""
    if not DivisionVersion.objects.filter(code=seed.COUNTY).exists():
        seed.seed_divisions()


def test_a_division_has_the_name_of_its_day(divisions: None) -> None:
    song = "330604007000"
    assert division_name(song, FEBRUARY_2019) == "崧厦镇"
    assert division_name(song, dt.date(2019, 10, 30)) == "崧厦镇"
    assert division_name(song, dt.date(2019, 10, 31)) == "崧厦街道"
    assert division_name(song, dt.date(2010, 1, 1)) == "崧厦镇"
    assert division_name("990000000000", TODAY) == "990000000000"


def test_divisions_below_a_county_are_itself_its_towns_and_its_villages(divisions: None) -> None:
    below = divisions_below(seed.COUNTY, TODAY)
    assert len(below) == 1 + 20 + 364
    assert len(divisions_below("330604007000", TODAY)) == 1 + 43
    assert divisions_below("330604104000", TODAY)["330604104000"] == "章镇镇"


def test_many_names_cost_one_statement(divisions: None, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    codes = [code for code, _name in seed.places()]
    with django_assert_num_queries(1):
        assert len(division_names(codes, TODAY)) == 384


def test_divisions_are_seeded_once(divisions: None) -> None:
    assert seed.seed_divisions() == 0
    assert DivisionVersion.objects.filter(code="330604007000").count() == 2
