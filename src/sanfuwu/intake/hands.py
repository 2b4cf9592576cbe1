"""The hands of an import: batches written by this process, or by several at once where a table is long.

Registering is Python's work as much as the database's, and one process has one core of it. So a long table is read
here, in the order of its rows, and its batches go to processes of their own (`hand`), each with its own connection.
They are told what to do by a pipe and end when it closes, also by the death of whoever holds the other end.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, suppress
from queue import SimpleQueue
from typing import Final

from sanfuwu.ledger.errors import InvalidInput

from .writing import Batch, Order, write

MOST: Final = 4
LONG: Final = 4000  # rows from which several processes are worth their start
_END_S: Final = 60.0


class HandFailed(RuntimeError):
    """A writing process ended, or met an error of its own, which is in its log."""


def count_for(rows: int) -> int:
    """How many processes write so many rows; 1: this one alone."""
    return min(MOST, os.cpu_count() or 1) if rows >= LONG else 1


def by_one(order: Order, batches: Iterable[Batch]) -> Generator[int, None, None]:
    """Write the batches here, one after the other; yields the number of rows of each, 0 of one that was not to be
    written (any more): whoever is told so stops asking."""
    for batch in batches:
        yield len(batch.rows) if write(order, batch) else 0


def by_several(
    order: Order, batches: Iterable[Batch], count: int, *, schema: str, language: str
) -> Generator[int, None, None]:
    """The same by `count` processes, in the order in which they end. Raises `HandFailed`, or what an act refused; what
    was committed before stays, and batches that are being written come to their end."""
    begin = pickle.dumps((schema, language, order))
    idle: SimpleQueue[_Hand] = SimpleQueue()

    def hand_over(batch: Batch) -> int:
        hand = idle.get()
        try:
            return hand.write(batch)
        finally:
            idle.put(hand)

    with ExitStack() as closing:
        for _n in range(count):
            hand = _Hand(begin)
            closing.callback(hand.close)
            idle.put(hand)
        pool = closing.enter_context(ThreadPoolExecutor(count, thread_name_prefix="import-hand"))
        pending: set[Future[int]] = set()
        closing.callback(lambda: [one.cancel() for one in pending])

        def ended(most: int) -> Iterator[int]:
            """As they end, until at most so many are left."""
            nonlocal pending
            while len(pending) > most:
                found, pending = wait(pending, return_when=FIRST_COMPLETED)
                yield from (one.result() for one in found)

        for batch in batches:
            pending.add(pool.submit(hand_over, batch))
            yield from ended(count)  # one more than there are hands, so that none waits
        yield from ended(0)


class _Hand:
    """One writing process."""

    def __init__(self, begin: bytes) -> None:
        command = [sys.executable, "-m", "sanfuwu.intake.hand"]
        self._program = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._send(begin)

    def write(self, batch: Batch) -> int:
        self._send(pickle.dumps(batch, pickle.HIGHEST_PROTOCOL))
        assert self._program.stdout is not None
        try:
            what, said = pickle.load(self._program.stdout)  # noqa: S301 - our own process
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            raise HandFailed("a writing process ended") from error
        if what == "refused":
            raise InvalidInput(said)
        if what == "failed":
            raise HandFailed(said)
        rows: int = said
        return rows

    def _send(self, data: bytes) -> None:
        assert self._program.stdin is not None
        try:
            self._program.stdin.write(data)
            self._program.stdin.flush()
        except OSError as error:
            raise HandFailed("a writing process ended") from error

    def close(self) -> None:
        """Let it come to its end."""
        for end in (self._program.stdin, self._program.stdout):
            assert end is not None
            with suppress(OSError):  # it is gone already
                end.close()
        try:
            self._program.wait(_END_S)
        except subprocess.TimeoutExpired:
            self._program.kill()
            self._program.wait()
