from __future__ import annotations

import pytest

from sanfuwu.config import clock
from sanfuwu.problems.tests.cast import NOW


@pytest.fixture(autouse=True)
def the_clock_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is 10:30 on 12 February 2019 for whoever asks."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
