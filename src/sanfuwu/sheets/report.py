"""What becomes of each row of a workbook."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Hashable, Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from django.utils.translation import gettext as _

NEW, SAME, ERROR = "new", "same", "error"
DIFFERS = "differs"  # there already, but not as the row says; an import changes nothing that is there
ENTERED = "entered"  # what a new one is called once it is written
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Line(Generic[T]):
    """One row: its number, what it is about, its state, and of a wrong one the heading and why. `item` is what the
    importing writes; None unless it is new. `extra` goes with the report's columns. `warns`: the row is taken, but what
    `reason` says wants looking at."""

    row: int
    what: str
    state: str
    reason: str = ""
    heading: str = ""
    item: T | None = None
    extra: tuple[str, ...] = ()
    warns: bool = False


@dataclass(slots=True)
class Report(Generic[T]):
    """All rows of one workbook, in their order. `columns` are shown beside what each row is about."""

    lines: list[Line[T]] = field(default_factory=list)
    columns: tuple[str, ...] = ()

    def count(self, state: str) -> int:
        return sum(line.state == state for line in self.lines)

    @property
    def new(self) -> list[Line[T]]:
        return [line for line in self.lines if line.state == NEW]

    @property
    def errors(self) -> list[Line[T]]:
        return [line for line in self.lines if line.state == ERROR]

    @property
    def warnings(self) -> list[Line[T]]:
        return [line for line in self.lines if line.warns]

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


_OF_A_PLACE = re.compile(r"^.{2,8}?[县区市](?=.{2})")
_WORTH_SAYING, _MOST_SAID = 0.4, 3  # likeness 0 … 1 of two names; of the nearest ones


def unknown_unit(name: str, names: Iterable[str], heading: str, *, never: Collection[str] = ()) -> Wrong:
    """“没有这个单位”, with the nearest names there are, but none of `never`: the county itself is in many names."""
    if not name:
        return not_given(heading)
    near = nearest(name, [known for known in names if known not in never])
    if near:
        return Wrong(
            heading,
            _("There is no unit “%(name)s”. Is one of these meant: %(near)s?")
            % {"name": name, "near": "、".join(near)},
        )
    return Wrong(heading, _("There is no unit “%(name)s”: make it first.") % {"name": name})


def nearest(name: str, names: Iterable[str]) -> list[str]:
    """The names most like one, best first, both without the county before them: 新昌县水利局 is like 水利水电局."""
    said = _without_place(name)
    found = sorted(
        ((_likeness(said, _without_place(one)), one) for one in {*names} - {""}), key=lambda f: (-f[0], f[1])
    )
    return [one for like, one in found if like >= _WORTH_SAYING][:_MOST_SAID]


def _without_place(name: str) -> str:
    return _OF_A_PLACE.sub("", name)


def _likeness(a: str, b: str) -> float:
    """1 for the same, at least 0.8 where one stands in the other; otherwise by their common characters, where the last
    one (局, 镇) counts little: two offices are not alike because both are offices."""
    if a == b:
        return 1.0
    if min(len(a), len(b)) > 1 and (a in b or b in a):
        return 0.8
    if a[-1:] == b[-1:] and min(len(a), len(b)) > 1:
        return 0.95 * difflib.SequenceMatcher(None, a[:-1], b[:-1]).ratio()
    return difflib.SequenceMatcher(None, a, b).ratio()
