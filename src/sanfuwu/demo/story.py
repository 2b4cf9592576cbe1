"""What one invented problem of the demonstration is: who raises what, where, and how far its course has come."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

SONGXIA, ZHANGZHEN, BAIGUAN = "330604007000", "330604104000", "330604001000"


@dataclass(frozen=True, slots=True)
class Step:
    """An act, the office hours that pass before it, and a moment before which it does not happen."""

    act: str
    hours: int
    not_before: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """`day` is MMDD of 2019; `place` a 9- or 12-digit code; `lead` and `co` unit codes of `territory.seed`.

    `who`: "firm:21" (serial of `firms`), "resident:张", "village:330604…" or "anonymous". `course`: a name of
    `courses.COURSES`, unless `steps` say otherwise. `how`: what solves it on the spot.
    """

    day: str
    place: str
    who: str
    category: str
    lead: str
    course: str
    text: str
    channel: str = "visit"
    co: tuple[str, ...] = ()
    urgency: str = "normal"
    steps: tuple[Step, ...] = ()
    how: str = ""
    leader: str = "leader"  # who leads it or chairs its co-ordination
