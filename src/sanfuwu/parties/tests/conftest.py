from __future__ import annotations

import pytest

from sanfuwu.counties.models import DivisionVersion
from sanfuwu.territory import seed


@pytest.fixture
def divisions(db: None) -> None:
    if not DivisionVersion.objects.filter(code=seed.COUNTY).exists():
        seed.seed_divisions()
