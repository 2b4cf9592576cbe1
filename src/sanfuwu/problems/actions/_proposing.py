"""Who is likely to be responsible for what comes in: asked of the catalogue, which lies above (`triage`).

The catalogue registers itself here when the program starts, so that every way in (page, API, import, meeting) proposes
the same unit. It only proposes: a person accepts and dispatches.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from uuid import UUID

LookUp = Callable[[UUID | None, str, dt.date], UUID | None]
_asked: list[LookUp] = []


def ask(look_up: LookUp) -> None:
    """From now on `look_up(category, division of 12 digits, day)` proposes the unit; it must be cheap."""
    _asked[:] = [look_up]


def responsible(category_id: UUID | None, division: str, on: dt.date) -> UUID | None:
    """The unit to propose, or None."""
    return _asked[0](category_id, division, on) if _asked and category_id is not None else None
