"""Who acts: an account in one of its active posts, or the system, explicitly."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from uuid import UUID

from .models import OFFICERS, Rank


@dataclass(frozen=True, slots=True)
class Actor:
    """The actor of every act and of every reading. `place` is the division code of a town office's place."""

    account_id: UUID | None
    post_id: UUID | None
    unit_id: UUID | None
    role: str
    person_id: UUID | None = None
    rank: str = Rank.STAFF
    on_behalf_of: UUID | None = None
    place: str = ""
    portfolio: frozenset[UUID] = field(default_factory=frozenset)
    confidential_officer: bool = False
    acts_allowed: frozenset[str] | None = None  # of a delegation; None = all
    training: bool = False  # 演练: registers and sees only what never counts

    @property
    def effective_post(self) -> UUID | None:
        """Whose rights count: the post stood in for, or one's own."""
        return self.on_behalf_of or self.post_id

    @property
    def is_officer(self) -> bool:
        return self.role in OFFICERS

    @property
    def is_system(self) -> bool:
        return self.role == "system"


SYSTEM = Actor(account_id=None, post_id=None, unit_id=None, role="system")


@dataclass(frozen=True, slots=True)
class ActivePost:
    """A line in the "my posts" menu. `role` is the post's, or that of the post stood in for: it tells lines apart that
    read the same. `person` is whose account it is, also in a post stood in for."""

    post_id: UUID
    label: str
    on_behalf_of: UUID | None = None
    role: str = ""
    person: str = ""


def active_on(valid_from: dt.date, valid_to: dt.date | None, day: dt.date) -> bool:
    """Whether a validity (end exclusive, None = open) covers a day."""
    return valid_from <= day and (valid_to is None or day < valid_to)
