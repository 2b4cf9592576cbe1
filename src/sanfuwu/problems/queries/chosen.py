"""Problems that somebody ticked in a list, as far as he may see them."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sanfuwu.territory.actor import Actor

from ..models import Problem
from .scope import visible_to


def chosen(actor: Actor, numbers: Collection[str]) -> dict[str, tuple[UUID, int]]:
    """{number: (id, version)} of the visible ones; one statement."""
    rows = Problem.objects.filter(number__in=set(numbers), row__in=visible_to(actor))
    return {number: (pk, version) for number, pk, version in rows.values_list("number", "pk", "version")}
