"""Requests that meet at the same moment share one transaction (group commit).

The first one in goes at once, alone. Whoever comes while it is at work waits, and goes with all the others that wait
when it is done: nobody waits for company, and under load a statement, a commit and a wait for the disk serve several.
Each is answered only when the transaction that holds it has been committed. What fails together is tried alone.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(slots=True, eq=False)
class _Entry(Generic[Item, Result]):
    item: Item
    turn: threading.Event = field(default_factory=threading.Event)
    result: Result | None = None
    error: BaseException | None = None  # the group's, whose outcome nobody knows
    served: bool = False  # otherwise its turn means: go on by yourself
    leads: bool = False


class Together(Generic[Item, Result]):
    """`run` carries out the items of one key (a county and who acts in it); `alone` one of them."""

    def __init__(
        self,
        run: Callable[[Sequence[Item]], Sequence[Result]],
        alone: Callable[[Item], Result],
        *,
        apart: type[Exception] | tuple[type[Exception], ...],
        most: int = 50,
    ) -> None:
        self._run, self._alone, self._apart, self._most = run, alone, apart, most
        self._lock = threading.Lock()
        # Who waits, by key; a key is here while somebody is at work.
        self._queues: dict[Hashable, list[_Entry[Item, Result]]] = {}

    def submit(self, key: Hashable, item: Item) -> Result:
        """The item's result, once it is committed. Raises what `alone` raises for it."""
        entry: _Entry[Item, Result] = _Entry(item)
        with self._lock:
            if key in self._queues:
                self._queues[key].append(entry)
            else:
                self._queues[key] = []
                entry.leads = True
        if not entry.leads:
            entry.turn.wait()
        if entry.leads:
            return self._lead(key, entry)
        if entry.error is not None:
            raise entry.error
        if entry.served:
            return entry.result  # type: ignore[return-value]  # served: `run` gave it
        return self._alone(item)

    def _lead(self, key: Hashable, own: _Entry[Item, Result]) -> Result:
        with self._lock:
            waiting = self._queues[key]
            company = waiting[: self._most - 1]
            del waiting[: self._most - 1]
        try:
            if company:
                self._carry_out([own, *company])
            if not own.served:
                own.result = self._alone(own.item)
        finally:
            self._hand_over(key)
        return own.result  # type: ignore[return-value]  # served, or alone

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

    def _hand_over(self, key: Hashable) -> None:
        with self._lock:
            waiting = self._queues[key]
            if not waiting:
                del self._queues[key]
                return
            heir = waiting.pop(0)
        heir.leads = True
        heir.turn.set()
