from __future__ import annotations

import pytest

from sanfuwu.config import clock
from sanfuwu.problems.tests.cast import NOW, Cast

from .callers import Caller, caller_for


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
