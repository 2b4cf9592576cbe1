"""Requests that meet at the same moment share one transaction (group commit).

The first one in goes at once, alone. Whoever comes while it is at work waits, and goes with all the others that wait
when it is done: under load a statement, a commit and a wait for the disk serve several. Each is answered only when the
transaction that holds it has been committed. What fails together is tried alone.

Who is alone never waits for company. Where several met a moment ago, the next group waits some milliseconds for as many
to come again: programs that send one request after the other are answered together and come back together.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
A_MOMENT_AGO: Final = 0.05  # seconds for which it is expected that those who met will meet again


@dataclass(slots=True, eq=False)
class _Entry(Generic[Item, Result]):
    item: Item
    turn: threading.Event = field(default_factory=threading.Event)
    result: Result | None = None
    error: BaseException | None = None  # the group's, whose outcome nobody knows
    served: bool = False  # otherwise its turn means: go on by yourself
    leads: bool = False


@dataclass(slots=True, eq=False)
class _Line(Generic[Item, Result]):
    """Who waits for one key while somebody is at work."""

    waiting: list[_Entry[Item, Result]] = field(default_factory=list)
    expected: int = 1  # so many go together, once they are here
    complete: threading.Event = field(default_factory=threading.Event)


class Together(Generic[Item, Result]):
    """`run` carries out the items of one key (a county and who acts in it); `alone` one of them. `patience`: how many
    seconds a group waits for those who met it a moment ago."""

    def __init__(
        self,
        run: Callable[[Sequence[Item]], Sequence[Result]],
        alone: Callable[[Item], Result],
        *,
        apart: type[Exception] | tuple[type[Exception], ...],
        most: int = 50,
        patience: float = 0.0,
    ) -> None:
        self._run, self._alone, self._apart = run, alone, apart
        self._most, self._patience = most, patience
        self._lock = threading.Lock()
        self._lines: dict[Hashable, _Line[Item, Result]] = {}  # a key is here while somebody is at work
        self._met: dict[Hashable, tuple[int, float]] = {}  # how many met, when; only of more than one

    def submit(self, key: Hashable, item: Item) -> Result:
        """The item's result, once it is committed. Raises what `alone` raises for it."""
        entry: _Entry[Item, Result] = _Entry(item)
        with self._lock:
            line = self._lines.get(key)
            if line is None:
                self._lines[key] = line = _Line()
                entry.leads = True
            else:
                line.waiting.append(entry)
                if len(line.waiting) + 1 >= line.expected:
                    line.complete.set()
        if not entry.leads:
            entry.turn.wait()
        if entry.leads:
            return self._lead(key, line, entry)
        if entry.error is not None:
            raise entry.error
        if entry.served:
            return entry.result  # type: ignore[return-value]  # served: `run` gave it
        return self._alone(item)

    def _lead(self, key: Hashable, line: _Line[Item, Result], own: _Entry[Item, Result]) -> Result:
        if self._patience:
            self._await_company(key, line)
        with self._lock:
            company = line.waiting[: self._most - 1]
            del line.waiting[: self._most - 1]
        try:
            if company:
                self._carry_out([own, *company])
            if not own.served:
                own.result = self._alone(own.item)
        finally:
            self._hand_over(key, line, len(company) + 1)
        return own.result  # type: ignore[return-value]  # served, or alone

    def _await_company(self, key: Hashable, line: _Line[Item, Result]) -> None:
        with self._lock:
            met, when = self._met.get(key, (1, 0.0))
            if len(line.waiting) + 1 >= met or time.monotonic() - when > A_MOMENT_AGO:
                return
            line.expected = met
            line.complete.clear()
        line.complete.wait(self._patience)

    def _carry_out(self, group: list[_Entry[Item, Result]]) -> None:
        try:
            for entry, result in zip(group, self._run([e.item for e in group]), strict=True):
                entry.result, entry.served = result, True
        except self._apart:
            pass  # each by itself, so that only the one at fault is refused
        except BaseException as error:
            for entry in group:  # perhaps committed, perhaps not: to try again could write twice
                entry.error = error
            raise
        finally:
            for entry in group[1:]:
                entry.turn.set()

    def _hand_over(self, key: Hashable, line: _Line[Item, Result], served: int) -> None:
        with self._lock:
            met = min(served + len(line.waiting), self._most)
            if met > 1:
                self._met[key] = (met, time.monotonic())
            else:
                self._met.pop(key, None)
            if not line.waiting:
                del self._lines[key]
                return
            heir = line.waiting.pop(0)
        heir.leads = True
        heir.turn.set()
