from __future__ import annotations

import pytest
from django.db import connection

from sanfuwu.api import short_way
from sanfuwu.config import clock
from sanfuwu.problems.tests.cast import NOW, Cast

from .callers import WAYS, Caller, caller_for


@pytest.fixture
def cast(db: None) -> Cast:
    """The people of 上虞, entered when first named."""
    return Cast()


@pytest.fixture(autouse=True)
def the_clock_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is 10:30 on 12 February 2019 for whoever calls."""
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def collector(cast: Cast) -> Caller:
    return caller_for(cast.collector)


@pytest.fixture
def office(cast: Cast) -> Caller:
    return caller_for(cast.office)


@pytest.fixture
def in_one_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test is one transaction on one connection, which the beginning of a request would close."""
    monkeypatch.setattr(short_way, "close_old_connections", lambda: None)
    monkeypatch.setattr(connection, "close_if_unusable_or_obsolete", lambda: None)


@pytest.fixture(params=WAYS)
def both_ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, in_one_transaction: None) -> None:
    """The test is run twice: through Django alone, and as a server runs it."""
    monkeypatch.setattr(Caller, "way", request.param)
