"""Rows of the hot path, made without Django's constructor.

`Model(...)` walks all fields, asks each for its default and sends two signals: a fifth of what a registration costs in
Python, seven rows a problem (ADR 0028), and half of reading a page of fifty. `fresh` makes the same object from a copy
of defaults that was worked out once, `stored` from what stands in the table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from django.db import models
from django.db.models.base import ModelState
from django.db.models.fields import NOT_PROVIDED

M = TypeVar("M", bound=models.Model)


def fresh(model: type[M], /, **values: Any) -> M:
    """What `model(**values)` makes, unsaved; `values` by column attribute (`party_id=…`, never `party=…`).

    Raises `TypeError` for a name the model has no column for. Signals of construction are not sent: no model of ours
    listens to them.
    """
    fixed, made = _start(model)
    if not values.keys() <= fixed.keys():
        raise TypeError(f"{model.__name__} has no column {sorted(values.keys() - fixed.keys())}")
    row = model.__new__(model)
    said = row.__dict__
    said["_state"] = ModelState()
    said.update(fixed)
    for name, make in made:
        if name not in values:
            said[name] = make()
    said.update(values)
    return row


def stored(model: type[M], names: Sequence[str], values: Iterable[Any], using: str) -> M:
    """What `model.from_db(using, names, values)` makes; `names` are all its columns' attributes."""
    row = model.__new__(model)
    said = row.__dict__
    said["_state"] = state = ModelState()
    state.adding, state.db = False, using
    said.update(zip(names, values, strict=True))
    return row


@lru_cache(maxsize=64)
def _start(model: type[models.Model]) -> tuple[dict[str, Any], tuple[tuple[str, Callable[[], Any]], ...]]:
    """(each column with its default, those whose default is made anew for each row)."""
    fields = model._meta.concrete_fields
    made = tuple((f.attname, f.default) for f in fields if f.default is not NOT_PROVIDED and callable(f.default))
    anew = dict(made)
    return {f.attname: None if f.attname in anew else f.get_default() for f in fields if f.column is not None}, made
