"""Rows made on the short way are the rows that Django makes."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from sanfuwu.ledger.models import Event, IdempotencyKey, Note
from sanfuwu.ledger.rows import fresh, stored

NOW = dt.datetime(2019, 2, 12, 1, tzinfo=dt.UTC)
SAID: dict[type[models.Model], dict[str, Any]] = {
    Note: {"salt": b"1", "text_enc": b"2", "key_id": "k"},
    IdempotencyKey: {"principal": uuid.uuid4(), "key": "a", "body_hash": b"x", "answer": {}, "created_at": NOW},
    Event: {"stream_kind": "problem", "stream_id": uuid.uuid4(), "seq": 1, "kind": "registered", "payload": {}},
}
OF_REGISTERING = [
    *SAID,
    *(apps.get_model(name) for name in ("problems.Problem", "problems.ProblemRow", "problems.ProblemText")),
    apps.get_model("parties.Contact"),
]


def columns(row: models.Model) -> dict[str, Any]:
    """What stands in the row, without what is made anew for each."""
    return {
        f.attname: getattr(row, f.attname)
        for f in row._meta.concrete_fields
        if f.column is not None and not callable(f.default)
    }


@pytest.mark.parametrize("model", OF_REGISTERING, ids=lambda model: model.__name__)
def test_the_row_is_the_one_django_makes(model: type[models.Model]) -> None:
    said = SAID.get(model, {})
    row, other = fresh(model, **said), model(**said)
    assert columns(row) == columns(other)
    assert not row.get_deferred_fields()
    assert (row._state.adding, row._state.db) == (True, None)


def test_an_id_is_made_anew_for_each_row_unless_it_is_given() -> None:
    first, second, given = fresh(Note), fresh(Note), uuid.uuid4()
    assert first.pk
    assert first.pk != second.pk
    assert fresh(Note, id=given).pk == given


def test_a_default_that_can_be_changed_is_not_shared() -> None:
    view = apps.get_model("problems.ListSetting")
    first, second = fresh(view), fresh(view)
    first.columns.append("number")
    assert second.columns == []


def test_a_misspelt_column_is_refused() -> None:
    with pytest.raises(TypeError, match="no column \\['txt'\\]"):
        fresh(Note, txt=b"")


@pytest.mark.parametrize("model", OF_REGISTERING, ids=lambda model: model.__name__)
def test_a_stored_row_is_the_one_django_reads(model: type[models.Model]) -> None:
    names = [f.attname for f in model._meta.concrete_fields]
    empty = fresh(model)
    values = [uuid.uuid4() if name == model._meta.pk.attname else getattr(empty, name) for name in names]
    row, other = stored(model, names, values, "default"), model.from_db("default", names, values)
    assert columns(row) == columns(other)
    assert row == other
    assert not row.get_deferred_fields()
    assert (row._state.adding, row._state.db) == (False, "default")
