"""What a problem's table keeps in order, as it stands in the database."""

from __future__ import annotations

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("column", ["number", "read_code"])
def test_a_number_and_a_code_are_unique_by_one_index_each(column: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT i.indisunique FROM pg_index i"
            " JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)"
            " WHERE i.indrelid = 'problems_problem'::regclass AND a.attname = %s",
            [column],
        )
        assert cursor.fetchall() == [(True,)]
