"""What a `Renderer` needs, for one reader and one ledger: statement, names of units, people and places, keys."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from sanfuwu.counties.queries import county_code
from sanfuwu.ledger.crypto import current_key_id
from sanfuwu.problems.queries.categories import category_tree
from sanfuwu.territory.actor import Actor
from sanfuwu.territory.models import Post
from sanfuwu.territory.queries import divisions_below, in_town, unit_names

from .columns import Column
from .render import Part, Recipe
from .statement import build


def make(ledger: str, columns: tuple[Column, ...], actor: Actor, now: dt.datetime) -> Recipe:
    """The recipe of these columns as this reader may see them, with the names of today."""
    made = build(ledger, columns, actor)
    names = {name: _names(name, timezone.localdate(now)) for name in {c.names for c in columns if c.names}}
    parts = tuple(
        Part(column.kind.value, places, column.words, names.get(column.names, {}), column.after)
        for column, places in zip(columns, made.places, strict=True)
    )
    return Recipe(made.sql, made.params, parts, dict(settings.SANFUWU_KEYS), current_key_id())


def _names(which: str, today: dt.date) -> Mapping[bytes | str, str]:
    match which:
        case "units":
            return _by_bytes(unit_names(today))
        case "people":
            return _by_bytes(dict(Post.objects.values_list("pk", "person__name")))
        case "phones":
            return _by_bytes(dict(Post.objects.values_list("pk", "person__office_phone")))
        case "owners":
            return {**_names("units", today), **_names("people", today)}
        case "categories":
            tree = category_tree()
            return _by_bytes({pk: tree.full_name(pk) for pk in tree.rows})
        case "places":
            return _places(today)
    raise ValueError(which)


def _places(today: dt.date) -> dict[bytes | str, str]:
    """A village with its town in front."""
    names = divisions_below(county_code().ljust(12, "0"), today)
    found: dict[bytes | str, str] = {}
    for code, name in names.items():
        town = names.get(code[:9] + "000", "")
        found[code] = name if code.endswith("000") else in_town(name, town)
    return found


def _by_bytes(names: Mapping[UUID, str]) -> dict[bytes | str, str]:
    return {pk.bytes: name for pk, name in names.items()}
