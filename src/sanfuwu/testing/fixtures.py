"""Fixtures of every test. `conftest.py` at the root takes them over, so that they win against pytest-django's own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import connections

from . import cluster, state

__all__ = ["committed_db", "django_db_setup", "owner_connection", "program_env", "shared_db", "template_database"]


@pytest.fixture(scope="session")
def template_database() -> Iterator[tuple[cluster.TestCluster, str]]:
    """The running server and the name of the template."""
    with cluster.running() as server:
        yield server, cluster.ensure_template(server)


@pytest.fixture(scope="session")
def django_db_setup(template_database: tuple[cluster.TestCluster, str], django_db_blocker: Any) -> Iterator[None]:
    """This process's own database. Each test rolls its transaction back."""
    server, template = template_database
    name = cluster.copy(server, template)
    with django_db_blocker.unblock():
        state.use(server, name)
        state.know_the_calendar()
    yield
    with django_db_blocker.unblock():
        connections.close_all()
    with server.owner() as connection:
        cluster.drop(connection, name)


@contextmanager
def own_database(template_database: tuple[cluster.TestCluster, str], blocker: Any, suffix: str) -> Iterator[str]:
    """A copy of the template in which transactions commit, for as long as this lasts; yields its name."""
    server, template = template_database
    before = state.place()
    name = cluster.copy(server, template, suffix)
    with blocker.unblock():
        connections["default"].close()
        state.use(server, name)
        try:
            yield name
        finally:
            connections.close_all()
            state.use(*before)
    with server.owner() as connection:
        cluster.drop(connection, name)


@pytest.fixture
def committed_db(
    template_database: tuple[cluster.TestCluster, str], django_db_setup: None, django_db_blocker: Any
) -> Iterator[str]:
    """A database of this test alone, in which transactions commit; yields its name. For threads and programs.

    Use it instead of `django_db(transaction=True)`, whose flush the running role may not do.
    """
    with own_database(template_database, django_db_blocker, "_own") as name:
        yield name


@pytest.fixture(scope="module")
def shared_db(
    template_database: tuple[cluster.TestCluster, str], django_db_setup: None, django_db_blocker: Any
) -> Iterator[str]:
    """The same for all tests of one module: what one of them commits, the next one finds."""
    with own_database(template_database, django_db_blocker, "_shared") as name:
        yield name


@pytest.fixture
def owner_connection(committed_db: str) -> Iterator[psycopg.Connection[Any]]:
    """The owner's autocommitting connection to the test's own database, in the county 上虞."""
    server, name = state.place()
    with server.owner(name) as connection:
        connection.execute("SET search_path = shangyu, public")
        yield connection


@pytest.fixture
def program_env(committed_db: str) -> dict[str, str]:
    """The environment in which another program (`sanfuwu …`) works on the test's own database."""
    server, name = state.place()
    return os.environ | server.environment(name)
