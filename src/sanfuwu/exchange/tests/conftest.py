from __future__ import annotations

import pytest

from sanfuwu.problems.tests.cast import Cast

from .cast import Neighbours


@pytest.fixture
def cast(db: None) -> Cast:
    return Cast()


@pytest.fixture
def both(cast: Cast) -> Neighbours:
    """Two counties that name each other as partners."""
    return Neighbours(cast)


@pytest.fixture
def above(cast: Cast) -> Neighbours:
    """The same, the other one standing above."""
    return Neighbours(cast, relation="superior")
