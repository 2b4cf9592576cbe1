"""What becomes of each row of a workbook."""

from __future__ import annotations

import difflib
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from django.utils.translation import gettext as _

NEW, SAME, ERROR = "new", "same", "error"
ENTERED = "entered"  # what a new one is called once it is written
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Line(Generic[T]):
    """One row: its number, what it is about, its state, and of a wrong one the heading and why. `item` is what the
    importing writes; None unless it is new."""

    row: int
    what: str
    state: str
    reason: str = ""
    heading: str = ""
    item: T | None = None


@dataclass(slots=True)
class Report(Generic[T]):
    """All rows of one workbook, in their order."""

    lines: list[Line[T]] = field(default_factory=list)

    def count(self, state: str) -> int:
        return sum(line.state == state for line in self.lines)

    @property
    def new(self) -> list[Line[T]]:
        return [line for line in self.lines if line.state == NEW]

    @property
    def errors(self) -> list[Line[T]]:
        return [line for line in self.lines if line.state == ERROR]

    @property
    def items(self) -> list[T]:
        return [line.item for line in self.lines if line.item is not None]


class Wrong(Exception):
    """A row cannot be taken: under which heading, and why."""

    def __init__(self, heading: str, reason: str) -> None:
        super().__init__(reason)
        self.heading, self.reason = heading, reason


def not_given(heading: str, words: Iterable[str] = ()) -> Wrong:
    """“没有填单位。”, with what may stand there."""
    said = _("%(heading)s is not filled in.") % {"heading": heading}
    offered = "、".join(words)
    return Wrong(heading, said + (_("Permitted: %(all)s.") % {"all": offered} if offered else ""))


@dataclass(slots=True)
class Repeats:
    """The rows of one workbook, so that the second of two equal ones is said to repeat the first."""

    seen: dict[Hashable, int] = field(default_factory=dict)

    def check(self, key: Hashable, number: int, heading: str) -> None:
        """Raises `Wrong` when a row before this one has the same key."""
        earlier = self.seen.setdefault(key, number)
        if earlier != number:
            raise Wrong(heading, _("The same as row %(row)d.") % {"row": earlier})


def unknown_unit(name: str, names: Iterable[str], heading: str) -> Wrong:
    """“没有这个单位”, with the nearest names there are."""
    if not name:
        return not_given(heading)
    known = sorted(set(names))
    near = [n for n in known if len(name) > 1 and (name in n or n in name)]
    near = (near or difflib.get_close_matches(name, known, n=3, cutoff=0.5))[:3]
    if near:
        return Wrong(
            heading,
            _("There is no unit “%(name)s”. Is one of these meant: %(near)s?")
            % {"name": name, "near": "、".join(near)},
        )
    return Wrong(heading, _("There is no unit “%(name)s”: make it first.") % {"name": name})
