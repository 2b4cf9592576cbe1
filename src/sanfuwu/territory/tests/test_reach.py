"""Whose records a unit sees, as a pure function."""

from __future__ import annotations

import random
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from sanfuwu.territory.reach import DESCENDANT, PREDECESSOR, SELF, compute_reach

A, B, C, D, E = (UUID(int=n) for n in range(1, 6))


def test_a_unit_sees_itself_and_what_stands_below_it_but_not_what_stands_above() -> None:
    reach = compute_reach({A: None, B: A, C: B}, [])
    assert reach == {
        (A, A): SELF,
        (A, B): DESCENDANT,
        (A, C): DESCENDANT,
        (B, B): SELF,
        (B, C): DESCENDANT,
        (C, C): SELF,
    }


def test_a_successor_sees_all_that_its_predecessor_saw() -> None:
    reach = compute_reach({A: None, B: A, C: A, D: B}, [(B, C)])
    assert reach[C, B] == PREDECESSOR
    assert reach[C, D] == PREDECESSOR
    assert (D, C) not in reach
    assert (B, C) not in reach


def test_whoever_stands_above_the_successor_sees_the_predecessor_too() -> None:
    reach = compute_reach({A: None, B: A, C: A, D: B, E: C}, [(E, D)])
    assert reach[B, E] == PREDECESSOR
    assert reach[C, E] == DESCENDANT  # where it stood: nothing disappears from there
    assert reach[A, E] == DESCENDANT


def test_a_chain_of_mergers_hands_everything_on() -> None:
    reach = compute_reach({A: None, B: A, C: A, D: A}, [(B, C), (C, D)])
    assert reach[D, B] == PREDECESSOR


@st.composite
def districts(draw: st.DrawFn) -> tuple[dict[UUID, UUID | None], list[tuple[UUID, UUID]]]:
    size = draw(st.integers(1, 9))
    units = [UUID(int=n + 1) for n in range(size)]
    parents: dict[UUID, UUID | None] = {units[0]: None}
    for n in range(1, size):
        parents[units[n]] = units[draw(st.integers(0, n - 1))]
    pairs = st.tuples(st.sampled_from(units), st.sampled_from(units)).filter(lambda p: p[0] != p[1])
    mergers = draw(st.lists(pairs, max_size=4, unique_by=lambda p: p[0])) if size > 1 else []
    return parents, mergers


def naive(parents: dict[UUID, UUID | None], mergers: list[tuple[UUID, UUID]]) -> set[tuple[UUID, UUID]]:
    """The definition as a fixpoint over pairs, without any walk."""
    pairs = {(u, u) for u in parents} | {(p, u) for u, p in parents.items() if p} | {(b, a) for a, b in mergers}
    while True:
        more = pairs | {(a, d) for a, b in pairs for c, d in pairs if b == c}
        if more == pairs:
            return pairs
        pairs = more


@given(districts())
def test_reach_is_the_closure_of_below_and_succeeded(
    district: tuple[dict[UUID, UUID | None], list[tuple[UUID, UUID]]],
) -> None:
    parents, mergers = district
    reach = compute_reach(parents, mergers)
    assert set(reach) == naive(parents, mergers)
    below = naive(parents, [])
    for pair, why in reach.items():
        assert why == (SELF if pair[0] == pair[1] else DESCENDANT if pair in below else PREDECESSOR)


@given(districts(), st.randoms(use_true_random=False))
def test_reach_does_not_depend_on_the_order_of_rows(
    district: tuple[dict[UUID, UUID | None], list[tuple[UUID, UUID]]], rng: random.Random
) -> None:
    parents, mergers = district
    shuffled = list(parents.items())
    rng.shuffle(shuffled)
    assert compute_reach(dict(shuffled), mergers[::-1]) == compute_reach(parents, mergers)
