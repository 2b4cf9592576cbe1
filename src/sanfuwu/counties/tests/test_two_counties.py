"""Two counties in one database: neither sees the other, in data, by host name, in jobs."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django_tenants.utils import schema_context

from sanfuwu.config.jobs import each_county
from sanfuwu.counties import middleware
from sanfuwu.counties.models import County
from sanfuwu.counties.queries import county_code
from sanfuwu.counties.schema import enter
from sanfuwu.ledger.models import Event
from sanfuwu.territory.actions import create_unit
from sanfuwu.territory.actor import SYSTEM
from sanfuwu.territory.models import Unit
from sanfuwu.territory.tree import load_tree

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))


def new_unit(code: str) -> Unit:
    root = load_tree().root() if Unit.objects.exists() else None
    kind = Unit.Kind.DEPARTMENT if root else Unit.Kind.COUNTY
    return create_unit(
        code=code,
        kind=kind,
        name="某局",
        parent_id=root.pk if root else None,
        valid_from=NOW.date(),
        actor=SYSTEM,
        now=NOW,
    )


def county_in(host: str) -> str:
    """Which county a view finds itself in under a host name."""
    seen: list[str] = []

    def view(_request: HttpRequest) -> HttpResponse:
        seen.append(county_code())
        return HttpResponse()

    middleware.CountyMiddleware(view)(RequestFactory().get("/", HTTP_HOST=host))
    return seen[0]


def test_a_row_of_one_county_is_not_in_the_other() -> None:
    mine = new_unit("only-here")
    assert Unit.objects.filter(pk=mine.pk).exists()
    assert Event.objects.filter(stream_id=mine.pk).exists()
    with schema_context("keqiao"):
        assert county_code() == "330603"
        assert not Unit.objects.filter(pk=mine.pk).exists()
        assert not Event.objects.filter(stream_id=mine.pk).exists()
        theirs = new_unit("only-there")
    assert county_code() == "330604"
    assert not Unit.objects.filter(pk=theirs.pk).exists()


def test_a_county_has_its_own_problem_numbers() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('problem_number_2026')")
        (before,) = cursor.fetchone()
    with schema_context("keqiao"), connection.cursor() as cursor:
        cursor.execute("SELECT nextval('problem_number_2026')")
        cursor.execute("SELECT nextval('problem_number_2026')")
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('problem_number_2026')")
        assert cursor.fetchone() == (before + 1,)


@pytest.mark.parametrize(
    ("host", "code"),
    [
        ("keqiao.localhost", "330603"),
        ("KEQIAO.localhost:8000", "330603"),
        ("shangyu.localhost", "330604"),
        ("localhost:8000", "330604"),
    ],
)
def test_the_host_name_chooses_the_county_and_an_unknown_one_the_default(host: str, code: str) -> None:
    assert county_in(host) == code


def test_one_connection_serves_both_counties_in_turn() -> None:
    assert [county_in(f"{name}.localhost") for name in ("keqiao", "shangyu", "keqiao")] == [
        "330603",
        "330604",
        "330603",
    ]


def test_the_default_county_is_the_one_of_the_settings(settings: object) -> None:
    settings.SANFUWU_COUNTY = "keqiao"  # type: ignore[attr-defined]
    assert county_in("localhost") == "330603"


def test_staying_in_a_county_costs_no_statement(django_assert_num_queries: object) -> None:
    county = County.objects.get(schema_name="keqiao")
    enter(county)
    Unit.objects.exists()
    with django_assert_num_queries(1) as asked:  # type: ignore[operator]
        enter(county)
        Unit.objects.exists()
    assert "search_path" not in asked.captured_queries[0]["sql"]


def test_a_job_for_every_county_runs_inside_each() -> None:
    assert each_county(lambda _schema: county_code()) == {"shangyu": "330604", "keqiao": "330603"}


def test_one_county_s_failure_does_not_keep_the_others_from_their_turn() -> None:
    seen: list[str] = []

    def run(schema: str) -> None:
        seen.append(schema)
        if schema == "shangyu":
            raise ValueError(schema)

    with pytest.raises(ValueError, match="shangyu"):
        each_county(run)
    assert seen == ["shangyu", "keqiao"]
