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
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from queue import SimpleQueue
from typing import Final

from sanfuwu.ledger.errors import InvalidInput

from .writing import Batch, Order, write

MOST: Final = 4
LONG: Final = 4000  # rows from which several processes are worth their start
_END_S: Final = 60.0
Write = Callable[[Order, Iterable[Batch]], Generator[int, None, None]]


class HandFailed(RuntimeError):
    """A writing process ended, or met an error of its own, which is in its log."""


def count_for(rows: int) -> int:
    """How many processes write so many rows; 1: this one alone."""
    return min(MOST, os.cpu_count() or 1) if rows >= LONG else 1


@contextmanager
def ready(count: int, *, schema: str, language: str) -> Iterator[Write]:
    """What writes the batches of an order, here or by `count` processes, which start while the table is being opened.

    It writes them one after the other, or in the order in which they end, and yields the number of rows of each, 0 of
    one that was not to be written (any more): whoever is told so stops asking. Raises `HandFailed`, or what an act
    refused; what was committed before stays, and batches that are being written come to their end.
    """
    if count == 1:
        yield _by_one
        return
    with ExitStack() as closing:
        several: list[_Hand] = []
        for _n in range(count):
            several.append(hand := _Hand())
            closing.callback(hand.close)
        yield partial(_by_several, several, schema, language)


def _by_one(order: Order, batches: Iterable[Batch]) -> Generator[int, None, None]:
    for batch in batches:
        yield len(batch.rows) if write(order, batch) else 0


def _by_several(
    several: Sequence[_Hand], schema: str, language: str, order: Order, batches: Iterable[Batch]
) -> Generator[int, None, None]:
    idle: SimpleQueue[_Hand] = SimpleQueue()
    for hand in several:
        hand.begin(schema, language, order)
        idle.put(hand)

    def hand_over(batch: Batch) -> int:
        hand = idle.get()
        try:
            return hand.write(batch)
        finally:
            idle.put(hand)

    with ThreadPoolExecutor(len(several), thread_name_prefix="import-hand") as pool, ExitStack() as closing:
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
            yield from ended(len(several))  # one more than there are hands, so that none waits
        yield from ended(0)


class _Hand:
    """One writing process."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "sanfuwu.intake.hand"]
        self._program = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def begin(self, schema: str, language: str, order: Order) -> None:
        self._send(pickle.dumps((schema, language, order)))

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
