"""Facets and grams are the same whether a statement or a COPY writes them."""

from __future__ import annotations

import uuid

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sanfuwu.ledger import writer
from sanfuwu.problems.models import ListSetting, ProblemText

pytestmark = pytest.mark.django_db
INT4 = st.integers(-(2**31), 2**31 - 1)


def written(rows: list[ProblemText], copy_from: int) -> list[tuple[uuid.UUID, list[int]]]:
    """What stands in the table after writing them, then undone (they belong to no problem)."""
    with pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr(writer, "COPY_FROM", copy_from)
        writer.write(rows, [])
        with connection.cursor() as cursor:
            cursor.execute("SELECT problem_id, grams FROM problems_problemtext ORDER BY 1")
            found = cursor.fetchall()
        transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("copy_from", [1, 10_000])
def test_a_number_that_no_array_holds_fails_aloud(copy_from: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "COPY_FROM", copy_from)
    with pytest.raises(DatabaseError), transaction.atomic():
        writer.write([ProblemText(problem_id=uuid.UUID(int=1), grams=[2**31])], [])


@pytest.mark.parametrize("copy_from", [1, 10_000])
def test_an_array_of_texts(copy_from: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "COPY_FROM", copy_from)
    rows = [
        ListSetting(post_id=uuid.UUID(int=n), columns=columns) for n, columns in enumerate(([], ["a,b", '"', "编号"]))
    ]
    writer.write(rows, [])
    assert list(ListSetting.objects.order_by("pk").values_list("columns", flat=True)) == [[], ["a,b", '"', "编号"]]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.lists(st.lists(INT4, max_size=300), min_size=1, max_size=5))
def test_arrays_of_any_numbers(lists: list[list[int]]) -> None:
    rows = [ProblemText(problem_id=uuid.UUID(int=n), grams=numbers) for n, numbers in enumerate(lists)]
    expected = [(row.pk, row.grams) for row in rows]
    assert written(rows, 1) == expected
    assert written(rows, 10_000) == expected
