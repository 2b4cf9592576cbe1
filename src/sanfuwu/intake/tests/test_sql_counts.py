"""How many statements the list of imports and a batch cost: they do not grow with what is listed or written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sanfuwu.intake import actions, queries, running
from sanfuwu.web.tests import cast

from .making import row, table
from .steps import planned
from .times import NOW

pytestmark = pytest.mark.django_db
EXPECTED = json.loads(Path(__file__).with_name("sql_counts.json").read_text(encoding="utf-8"))


def test_the_list_costs_the_same_for_one_and_for_many() -> None:
    office = cast.dispatcher().actor
    for many in (1, 4):
        for _n in range(many):
            actions.upload(table(row()), "清单.xlsx", actor=office, now=NOW)
        queries.newest(office, NOW)  # names of units are remembered
        with CaptureQueriesContext(connection) as found:
            queries.newest(office, NOW)
        assert len(found) == EXPECTED["the list of imports"], [q["sql"][:80] for q in found]


def test_a_batch_of_many_rows_costs_no_more_than_one_of_few() -> None:
    office = cast.dispatcher().actor
    costs = []
    for name, rows in (("a", 3), ("b", 40)):
        run = planned(table(*(row(f"{name}-{n}") for n in range(rows))), actor=office)
        actions.start(run.pk, actor=office, now=NOW)
        with CaptureQueriesContext(connection) as found:
            running.run(run.pk, now=NOW)
        costs.append(len(found))
    # The first one also proposes the category.
    assert costs[1] <= costs[0]
