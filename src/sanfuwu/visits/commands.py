"""What must be said to record a visit, an opinion, or that a visit had to do with a problem."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from sanfuwu.parties.actions import RequesterInput
from sanfuwu.problems.commands import Registration, SpotSolution


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A problem met at a visit; with `solution` it was solved there and then."""

    registration: Registration
    solution: SpotSolution | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordOpinion:
    """What somebody said. `party_id` where he belongs to a known party."""

    text: str
    party_id: UUID | None = None
    problem_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordVisit:
    """`client_key` is made where the visit is written down; sending it again changes nothing.

    `visitors` are posts; empty = whoever records it. `followed_up` are problems that exist already.
    """

    client_key: UUID
    held_at: dt.datetime
    division: str  # 6, 9 or 12 digits
    visitors: tuple[UUID, ...] = ()
    parties: tuple[RequesterInput, ...] = ()
    pairing: str = ""
    found: tuple[Found, ...] = ()
    followed_up: tuple[UUID, ...] = ()
    opinions: tuple[RecordOpinion, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkProblem:
    """`role`: raised, followed_up or solved."""

    problem_id: UUID
    role: str = "followed_up"
