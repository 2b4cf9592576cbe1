"""Requests that meet share a transaction, and nobody notices."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from sanfuwu.api import together
from sanfuwu.api.together import Together


class Refused(Exception):
    pass


class Desk:
    """Something that is carried out in groups, and can be held up."""

    def __init__(self, patience: float = 0) -> None:
        self.groups: list[list[int]] = []
        self.go = threading.Event()
        self.begun = threading.Event()
        self.bad: set[int] = set()
        self.lost: set[int] = set()
        self.together: Together[int, str] = Together(self._run, self._alone, apart=Refused, patience=patience)

    def _run(self, items: Sequence[int]) -> list[str]:
        self.groups.append(list(items))
        if self.bad & set(items):
            raise Refused
        if self.lost & set(items):
            raise ConnectionError
        return [f"done {n}" for n in items]

    def _alone(self, item: int) -> str:
        self.groups.append([item])
        self.begun.set()
        assert self.go.wait(10)
        if item in self.bad:
            raise Refused(str(item))
        return f"done {item}"

    def waiting(self, key: str, count: int) -> Callable[[], bool]:
        return lambda: len(self.together._lines[key].waiting) == count


def until(true: Callable[[], bool]) -> None:
    for _ in range(1000):
        if true():
            return
        threading.Event().wait(0.005)
    raise AssertionError("never happened")


@pytest.fixture
def pool():
    with ThreadPoolExecutor(16) as threads:
        yield threads


def test_who_comes_alone_goes_alone_and_at_once() -> None:
    desk = Desk()
    desk.go.set()
    assert desk.together.submit("a", 1) == "done 1"
    assert desk.groups == [[1]]
    assert not desk.together._lines


def test_who_comes_meanwhile_goes_together_afterwards(pool: ThreadPoolExecutor) -> None:
    desk = Desk()
    first = pool.submit(desk.together.submit, "a", 0)
    assert desk.begun.wait(10)
    others = [pool.submit(desk.together.submit, "a", n) for n in range(1, 6)]
    until(desk.waiting("a", 5))
    desk.go.set()
    assert first.result(10) == "done 0"
    assert [f.result(10) for f in others] == [f"done {n}" for n in range(1, 6)]
    assert desk.groups[0] == [0]
    assert sorted(desk.groups[1]) == [1, 2, 3, 4, 5]
    assert not desk.together._lines


def test_one_that_is_refused_refuses_nobody_else(pool: ThreadPoolExecutor) -> None:
    desk = Desk()
    desk.bad = {3}
    first = pool.submit(desk.together.submit, "a", 0)
    assert desk.begun.wait(10)
    others = {n: pool.submit(desk.together.submit, "a", n) for n in range(1, 5)}
    until(desk.waiting("a", 4))
    desk.go.set()
    assert first.result(10) == "done 0"
    for n in (1, 2, 4):
        assert others[n].result(10) == f"done {n}"
    with pytest.raises(Refused, match="3"):
        others[3].result(10)
    assert not desk.together._lines


def test_two_keys_never_share_and_never_wait_for_each_other(pool: ThreadPoolExecutor) -> None:
    desk = Desk()
    held = pool.submit(desk.together.submit, "a", 1)
    assert desk.begun.wait(10)
    desk.begun.clear()
    other = pool.submit(desk.together.submit, "b", 2)
    assert desk.begun.wait(10), "the second key waits for the first one"
    desk.go.set()
    assert {held.result(10), other.result(10)} == {"done 1", "done 2"}
    assert all(len(group) == 1 for group in desk.groups)


def test_a_leader_that_fails_hands_over(pool: ThreadPoolExecutor) -> None:
    desk = Desk()
    desk.bad = {0}
    first = pool.submit(desk.together.submit, "a", 0)
    assert desk.begun.wait(10)
    second = pool.submit(desk.together.submit, "a", 1)
    until(desk.waiting("a", 1))
    desk.go.set()
    with pytest.raises(Refused):
        first.result(10)
    assert second.result(10) == "done 1"
    assert not desk.together._lines


def test_when_the_outcome_is_unknown_nobody_tries_again(pool: ThreadPoolExecutor) -> None:
    desk = Desk()
    desk.lost = {2}
    first = pool.submit(desk.together.submit, "a", 0)
    assert desk.begun.wait(10)
    others = [pool.submit(desk.together.submit, "a", n) for n in (1, 2, 3)]
    until(desk.waiting("a", 3))
    desk.go.set()
    assert first.result(10) == "done 0"
    for other in others:
        with pytest.raises(ConnectionError):
            other.result(10)
    assert len(desk.groups) == 2
    assert not desk.together._lines


def test_those_who_met_a_moment_ago_are_waited_for(pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together, "A_MOMENT_AGO", 60)
    desk = Desk(patience=60)
    first = pool.submit(desk.together.submit, "a", 0)
    assert desk.begun.wait(10)
    others = [pool.submit(desk.together.submit, "a", n) for n in (1, 2)]
    until(desk.waiting("a", 2))
    desk.go.set()
    first.result(10)
    # The first leader met two others; so whoever leads next waits until he is one of three.
    again = pool.submit(desk.together.submit, "a", 3)
    assert [f.result(10) for f in others] == ["done 1", "done 2"]
    assert again.result(10) == "done 3"
    assert sorted(desk.groups[1]) == [1, 2, 3]


def test_nobody_waits_longer_than_his_patience(pool: ThreadPoolExecutor) -> None:
    desk = Desk(patience=0.01)
    first = pool.submit(desk.together.submit, "a", 0)
    assert desk.begun.wait(10)
    second = pool.submit(desk.together.submit, "a", 1)
    until(desk.waiting("a", 1))
    desk.go.set()
    assert (first.result(10), second.result(10)) == ("done 0", "done 1")
    assert desk.together.submit("a", 2) == "done 2"
    assert desk.groups == [[0], [1], [2]]


def test_who_has_been_alone_is_not_kept(pool: ThreadPoolExecutor) -> None:
    desk = Desk(patience=60)
    desk.go.set()
    for n in range(3):
        assert desk.together.submit("a", n) == f"done {n}"
    assert not desk.together._met
