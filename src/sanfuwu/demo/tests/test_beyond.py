"""The other ledgers of the demonstration: somebody may log in there, and a problem is on its way to them."""

from __future__ import annotations

import pytest
from django_tenants.utils import schema_context

from sanfuwu.demo import beyond
from sanfuwu.exchange.models import Exchange, Transfer
from sanfuwu.problems.models import ForeignNumber, Problem
from sanfuwu.problems.tests.cast import NOW, Cast
from sanfuwu.territory.seed import seed_county


@pytest.fixture
def cast(db: None) -> Cast:
    return Cast()


@pytest.mark.parametrize("relation", ["neighbour", "superior"])
def test_a_problem_is_on_its_way_and_some_carry_numbers(
    cast: Cast, relation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    keqiao = replace(beyond.LEDGERS[0], relation=relation)
    monkeypatch.setattr(beyond, "LEDGERS", (keqiao,))
    seed_county(*keqiao.division())
    cast.registered()
    cast.accepted()
    (there,) = beyond.open_ledgers(NOW)
    assert "柯桥区" in there.does
    after = NOW.replace(day=15)
    beyond.reach_out(after)
    transfer = Transfer.objects.get()
    assert (transfer.kind, transfer.state) == ("up" if relation == "superior" else "across", "received")
    with schema_context("keqiao"):
        assert Problem.objects.get().number == transfer.their_number
    assert ForeignNumber.objects.exists()
    assert Exchange.objects.filter(direction="out").count() == 1
