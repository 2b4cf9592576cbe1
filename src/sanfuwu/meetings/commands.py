"""What must be said to hold a meeting."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from sanfuwu.parties.actions import RequesterInput
from sanfuwu.problems.commands import Registration, SpotSolution, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """Said aloud by a unit. Without `due_on` a day by which the date is named is set (need 10)."""

    unit_id: UUID
    text: str
    due_on: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing raised: solved there and then (`solution`), or planned (`steps`), or left open; with promises."""

    registration: Registration
    solution: SpotSolution | None = None
    steps: tuple[Step, ...] = ()
    promises: tuple[Promise, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldMeeting:
    """`division` 6, 9 or 12 digits; `chaired_by` a post; `items` in the order in which they were raised, ≤ 500."""

    title: str
    held_at: dt.datetime
    division: str
    chaired_by: UUID
    parties: tuple[RequesterInput, ...] = ()
    items: tuple[Item, ...] = ()
