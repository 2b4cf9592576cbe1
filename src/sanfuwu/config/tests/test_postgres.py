"""The database backend: a look at the connection before each request."""

from __future__ import annotations

import time

from django.db import connection, connections
from django.test.utils import CaptureQueriesContext


def test_a_living_connection_is_usable_and_is_not_asked(committed_db: str) -> None:
    connection.ensure_connection()
    with CaptureQueriesContext(connection) as asked:
        assert connection.is_usable()
    assert len(asked) == 0


def test_a_connection_whose_server_was_killed_is_not(committed_db: str) -> None:
    connection.ensure_connection()
    other = connections.create_connection("default")
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
    other.close()
    deadline = time.monotonic() + 10
    while connection.is_usable():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_closed_connection_is_not(committed_db: str) -> None:
    connection.ensure_connection()
    connection.connection.close()
    assert not connection.is_usable()
