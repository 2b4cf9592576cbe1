"""The demonstration, made once for a module of tests and rolled back after it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections, transaction

from sanfuwu.demo.cast import Credential
from sanfuwu.demo.scenario import build_demo


class _Undo(Exception):
    pass


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any) -> Iterator[list[Credential]]:
    """Who may log in; the scenario is in the database while the module's tests run."""
    with django_db_blocker.unblock():
        connections["default"].set_schema("shangyu")
        try:
            with transaction.atomic():
                yield build_demo()
                raise _Undo
        except _Undo:
            pass
