"""Paging by key: forwards and backwards, every way of finding a page gives the whole sorted visible set, once."""

from __future__ import annotations

import base64
import datetime as dt
import json
import random
from itertools import product

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from sanfuwu.ledger.errors import InvalidInput
from sanfuwu.territory.actor import Actor
from sanfuwu.territory.models import Role

from .. import facets
from ..actions import register_problems
from ..models import ProblemRow, ProblemText
from ..queries import Filters, common, count_problems, list_problems, listing, looking, visible_to
from ..search import grams_asked
from .cast import NOW, Cast, told

pytestmark = pytest.mark.django_db

HOW_MANY = 33
TEXTS = ("路灯不亮，晚上看不见。", "排灌站坏了，没有人来修。", "路面破损，排水不畅。")
FAR = 10_000_000
# (cap, walks, counted further, few rows, not many, few words): each makes another step of `looking` find the page.
WAYS = {
    "gathered": (FAR, (5, 6), 0, FAR, FAR, FAR),
    "gathered after a walk": (3, (1, 2), 0, -1, FAR, 0),
    "counted, then walked from the first one": (3, (1, FAR), 0, -1, FAR, 0),
    "below the cap": (FAR, (1, 2), 0, -1, -1, 0),
    "walked": (3, (FAR, FAR), 0, -1, -1, 0),
    "walked to the end": (FAR, (12, FAR), FAR, -1, -1, 0),
    "counted in part": (FAR, (12, FAR), 5, -1, -1, 0),
    "walked further": (3, (1, FAR), 0, -1, -1, 0),
    "walked in vain": (3, (1, 2), 0, -1, -1, 0),
    "walked as far as it takes": (3, (1, 2, FAR), 0, -1, -1, 0),
    "walked far in vain": (FAR, (1, 2, 3), 5, -1, -1, 0),
    "few rows": (FAR, (1, 2), 0, FAR, FAR, -1),
}


@pytest.fixture
def many(cast: Cast) -> Cast:
    """Problems of three channels and two seconds (so that the id decides), most open with a due date, some closed."""
    rng = random.Random(7)
    channels = ("visit", "hotline", "line")
    register_problems(
        [told(f"{TEXTS[n % 3]}第{n}件。", channel=channels[n % 3]) for n in range(HOW_MANY)], actor=cast.office, now=NOW
    )
    extra = facets.ids_of([("scope", str(cast.handler.unit_id)), facets_open := ("open", "yes"), ("clock", "runs")])
    for row in ProblemRow.objects.order_by("pk"):
        kept = [f for f in row.facets if f != extra[facets_open]]
        row.registered_at = NOW + dt.timedelta(minutes=rng.randrange(12))
        row.is_open = rng.random() < 0.8
        row.due_at = NOW + dt.timedelta(days=rng.randrange(9)) if row.is_open and rng.random() < 0.9 else None
        if rng.random() < 0.6:
            kept.append(extra["scope", str(cast.handler.unit_id)])
        row.facets = sorted([*kept, *(facets.known_ids(facets.list_tokens(row)).values())])
        row.save()
    return cast


@pytest.fixture(params=list(WAYS))
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    cap, walks, counted, few, not_many, texts = WAYS[request.param]
    monkeypatch.setattr(listing, "COUNT_CAP", cap)
    monkeypatch.setattr(looking, "WALKS", (*walks, FAR)[:3])
    monkeypatch.setattr(looking, "A_MILLION", -1 if len(walks) == 3 else FAR)
    monkeypatch.setattr(looking, "COUNTED", counted)
    monkeypatch.setattr(looking, "FEW", few)
    monkeypatch.setattr(looking, "NOT_MANY", not_many)
    monkeypatch.setattr(looking, "FEW_ROWS", few)
    monkeypatch.setattr(looking, "FEW_TEXTS", texts)
    return str(request.param)


CASES = {
    "everything": Filters(),
    "one channel": Filters(facets={"channel": ("visit",)}),
    "either": Filters(facets={"channel": ("visit", "line")}),
    "two facets": Filters(facets={"channel": ("visit",), "served": ("enterprise",)}),
    "open": Filters(open_only=True),
    "closed": Filters(open_only=False),
    "due soon": Filters(due_before=NOW + dt.timedelta(days=4)),
    "a span": Filters(registered_from=NOW + dt.timedelta(minutes=3), registered_until=NOW + dt.timedelta(minutes=9)),
    "words": Filters(words="路灯"),
    "words and a facet": Filters(words="排水", facets={"channel": ("line",)}),
}


def expected(actor: Actor, filters: Filters, sort: str) -> list[object]:
    """The sorted visible set, worked out in Python from every visible row."""
    found = []
    names = {listing.FACET_FILTERS[n]: values for n, values in filters.facets.items()}
    grams = set(grams_asked(filters.words)) if filters.words else set()
    texts = dict(ProblemText.objects.values_list("pk", "grams"))
    for row in visible_to(actor):
        groups = [set(facets.known_ids([(kind, v) for v in values]).values()) for kind, values in names.items()]
        held = [
            all(group & set(row.facets) for group in groups),
            grams <= set(texts[row.pk]),
            filters.open_only is None or row.is_open == filters.open_only,
            filters.due_before is None or (row.due_at is not None and row.due_at < filters.due_before),
            filters.registered_from is None or row.registered_at >= filters.registered_from,
            filters.registered_until is None or row.registered_at < filters.registered_until,
            sort == "newest" or row.due_at is not None,
        ]
        if all(held):
            found.append(row)
    if sort == "newest":
        return [r.pk for r in sorted(found, key=lambda r: (r.registered_at, r.pk), reverse=True)]
    return [r.pk for r in sorted(found, key=lambda r: (r.due_at, r.pk))]


@pytest.mark.parametrize(("sort", "limit"), list(product(("newest", "due"), (4, 50))))
def test_pages_forwards_and_backwards_are_the_whole_sorted_set(many: Cast, way: str, sort: str, limit: int) -> None:
    for who in (many.office, many.handler):
        for name, filters in CASES.items():
            whole = expected(who, filters, sort)
            forwards, last = [], None
            cursor: str | None = None
            while True:
                page = list_problems(who, filters, sort=sort, cursor=cursor, limit=limit)
                assert (page.prev_cursor is None) == (cursor is None) or not page.ids, name
                forwards += page.ids
                if page.next_cursor is None:
                    break
                cursor, last = page.next_cursor, page
            assert forwards == whole, (way, name, who.role)
            backwards = page.ids
            while page.prev_cursor is not None:
                page = list_problems(who, filters, sort=sort, cursor=page.prev_cursor, limit=limit)
                backwards = page.ids + backwards
            assert backwards == whole, (way, name, who.role)
            assert last is None or len(last.ids) == limit


def test_no_page_says_another_number_than_the_first(many: Cast, way: str) -> None:
    for who, (name, filters), sort in product((many.office, many.handler), CASES.items(), ("newest", "due")):
        page = list_problems(who, filters, sort=sort, limit=4)
        first = page.count, page.capped
        while page.next_cursor is not None:
            page = list_problems(who, filters, sort=sort, cursor=page.next_cursor, limit=4)
            assert (page.count, page.capped) == first, (way, name, who.role)


def test_a_page_address_from_before_counts_were_in_it_still_leads_on(many: Cast) -> None:
    page = list_problems(many.office, Filters(), limit=4)
    assert page.next_cursor is not None
    value, row_id, backwards, _known = json.loads(base64.urlsafe_b64decode(page.next_cursor + "=="))
    older = base64.urlsafe_b64encode(json.dumps([value, row_id, backwards]).encode()).decode().rstrip("=")
    assert list_problems(many.office, Filters(), cursor=older, limit=4).ids == (
        list_problems(many.office, Filters(), cursor=page.next_cursor, limit=4).ids
    )


@given(st.integers(2, 10**7))
def test_a_more_than_is_round_and_below_what_was_met(met: int) -> None:
    said = looking.at_least(met)
    assert 0 < said < met <= 2.5 * said + 1
    assert str(said).strip("0") in ("1", "2", "5")


def test_a_span_is_as_common_as_the_statistics_say(many: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    bounds = [NOW + dt.timedelta(days=n) for n in range(11)]
    monkeypatch.setattr(common, "_remembered", lambda *_asked: (1_000.0, bounds))
    assert common.rows_between("due_at", None, None) == 1_000
    assert common.rows_between("due_at", bounds[3], bounds[4]) == 200  # touched parts are counted whole
    assert common.rows_between("due_at", bounds[8] + dt.timedelta(hours=1), None) == 200
    assert common.rows_between("due_at", None, bounds[0]) == 0
    monkeypatch.setattr(common, "_remembered", lambda *_asked: (1_000.0, []))
    assert common.rows_between("due_at", None, None) == 0  # nothing known


@pytest.mark.owner
def test_statistics_are_read_from_the_server(many: Cast) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE problems_problemrow")
    common.forget()
    assert common.rows_between("registered_at", None, None) == pytest.approx(HOW_MANY)
    assert common.how_common("problems_problemrow", "facets")


def test_a_count_is_exact_or_a_true_more_than(many: Cast, way: str) -> None:
    for who, (name, filters), sort in product((many.office, many.handler), CASES.items(), ("newest", "due")):
        page, whole = list_problems(who, filters, sort=sort, limit=2), expected(who, filters, sort)
        if page.capped:
            assert page.count < len(whole), (way, name)
        else:
            assert page.count == len(whole), (way, name)
        count, capped = count_problems(who, filters, cap=5)
        whole = expected(who, filters, "newest")
        if filters.words and capped:  # a search stops counting where one stretch ends
            assert count < len(whole), (way, name)
        else:
            assert (count, capped) == (min(5, len(whole)), len(whole) > 5), (way, name)


def test_a_value_that_no_problem_ever_had_is_an_empty_list(many: Cast) -> None:
    assert list_problems(many.office, Filters(facets={"channel": ("never",)})).ids == []
    assert count_problems(many.office, Filters(facets={"channel": ("never",)})) == (0, False)


def test_an_officer_sees_no_list(many: Cast) -> None:
    officer = Actor(account_id=None, post_id=None, unit_id=None, role=Role.AUDIT_OFFICER)
    assert list_problems(officer, Filters()).ids == []


@pytest.mark.parametrize(
    ("field", "asked"),
    [
        ("sort", {"sort": "loudest"}),
        ("cursor", {"cursor": "nonsense"}),
        ("q", {"filters": Filters(words="一")}),
        ("colour", {"filters": Filters(facets={"colour": ("red",)})}),
    ],
)
def test_what_cannot_be_understood_is_named(many: Cast, field: str, asked: dict) -> None:
    with pytest.raises(InvalidInput) as error:
        list_problems(many.office, **({"filters": Filters()} | asked))
    assert error.value.field == field


def test_the_planner_is_given_back_its_freedom(many: Cast) -> None:
    list_problems(many.office, Filters(facets={"channel": ("visit",)}))
    with connection.cursor() as cursor:
        cursor.execute("SHOW enable_seqscan")
        assert cursor.fetchone()[0] == "on"
