"""The demonstration, made once for a run of tests in a database of its own; modules of tests look at it there."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections, transaction

from sanfuwu.demo.cast import Credential
from sanfuwu.demo.scenario import build_demo
from sanfuwu.testing import cluster, state


class _Undo(Exception):
    pass


@contextlib.contextmanager
def _at(server: cluster.TestCluster, name: str, blocker: Any) -> Iterator[None]:
    """Django's connection goes to this database while this lasts."""
    before = state.place()
    with blocker.unblock():
        connections["default"].close()
        state.forget()
        state.use(server, name)
        connections["default"].set_schema("shangyu")
        try:
            yield
        finally:
            connections.close_all()
            state.forget()
            state.use(*before)


@pytest.fixture(scope="session")
def demo_database(
    template_database: tuple[cluster.TestCluster, str], django_db_setup: None, django_db_blocker: Any
) -> Iterator[tuple[str, list[Credential]]]:
    """The name of a database with the scenario in it, and who may log in. Played once a run, however many processes
    run tests: the others copy what the first one made."""
    server, template = template_database
    with cluster.once_a_run(server, template, "_scenario") as (whole, told):
        if not told.exists():
            with _at(server, whole, django_db_blocker):
                people = build_demo()
            told.write_text(json.dumps([one.as_dict() for one in people]), encoding="utf-8")
        name = cluster.copy(server, whole, "_demo")
    yield name, [Credential(**said) for said in json.loads(told.read_text(encoding="utf-8"))]
    with server.owner() as connection:
        cluster.drop(connection, name)


@pytest.fixture(scope="module")
def demo(
    demo_database: tuple[str, list[Credential]],
    template_database: tuple[cluster.TestCluster, str],
    django_db_blocker: Any,
) -> Iterator[list[Credential]]:
    """Who may log in; the module's tests work on the scenario."""
    name, people = demo_database
    with _at(template_database[0], name, django_db_blocker):
        yield people


@pytest.fixture
def undone(demo: list[Credential]) -> Iterator[None]:
    """What the test does to the scenario is taken back."""
    with contextlib.suppress(_Undo), transaction.atomic():
        yield
        raise _Undo
