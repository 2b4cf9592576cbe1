"""Primary keys: UUIDv7 made in Python, so that rows of many counties never collide and sort by time of making."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from uuid_utils import compat


def new_id() -> uuid.UUID:
    """A UUIDv7 (RFC 9562) as a standard-library UUID."""
    return compat.uuid7()


class IdField(models.UUIDField):
    """`id uuid primary key`, default UUIDv7."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("primary_key", True)
        kwargs.setdefault("default", new_id)
        kwargs.setdefault("editable", False)
        super().__init__(**kwargs)
