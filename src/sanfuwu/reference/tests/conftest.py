from __future__ import annotations

import pytest

from sanfuwu.problems.tests.cast import Cast


@pytest.fixture
def cast(db: None) -> Cast:
    """The people of 上虞, entered when first named."""
    return Cast()
