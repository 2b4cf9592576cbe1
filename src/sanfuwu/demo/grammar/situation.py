"""How an invented problem is put together: where or who, what is the matter, what comes of it, what is wished for.

A situation has several sentences for each of the four; they can be combined freely, because each was written to fit all
the others of its situation. No two problems of a situation have the same three sentences, and the place and the trade
stand in the first one: so 1,300 problems differ as those of real villages and firms do (a test compares every pair).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Situation:
    """`kind` is who raises it: resident, village or firm. `leads` are units that may be responsible, in turn; `area`:
    any, rural (villages) or urban (communities). `{v}` is the place, `{p}` the firm's product, `{w}` its workshop.

    With `hows` it may be solved on the spot: (which of the facts are solved so, what was done).
    """

    category: str
    kind: str
    leads: tuple[str, ...]
    where: tuple[str, ...]
    facts: tuple[str, ...]
    effects: tuple[str, ...]
    wishes: tuple[str, ...]
    hows: tuple[tuple[frozenset[int], str], ...] = ()
    area: str = "any"

    def texts(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """(text with its slots still open, what solves it on the spot); no two with the same three sentences."""
        facts, effects, wishes = len(self.facts), len(self.effects), len(self.wishes)
        seen = set()
        for n in range(facts * effects * wishes):
            turn = n // (facts * effects)
            parts = n % facts, (n + n // facts + turn) % effects, (n // facts + 2 * turn + n) % wishes
            if parts in seen:
                continue
            seen.add(parts)
            fact, effect, wish = self.facts[parts[0]], self.effects[parts[1]], self.wishes[parts[2]]
            where = self.where[(n + n // facts) % len(self.where)]
            solved = tuple(how for of, how in self.hows if parts[0] in of)
            yield _joined(where, fact, effect, wish, n), solved


def _joined(where: str, fact: str, effect: str, wish: str, n: int) -> str:
    """Not every one in the same rhythm."""
    match n % 3:
        case 0:
            return f"{where}{fact}。{effect}，{wish}。"
        case 1:
            return f"{where}{fact}，{effect}。{wish}。"
        case _:
            return f"{where}{fact}；{effect}。{wish}。"


def situation(
    category: str,
    kind: str,
    leads: str,
    *,
    where: str,
    facts: str,
    effects: str,
    wishes: str,
    hows: str = "",
    area: str = "any",
) -> Situation:
    """Alternatives stand in one string, divided by bars; before each of `hows` the facts that it solves: "0,2:…"."""

    def parts(text: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in text.split("|") if part.strip())

    return Situation(
        category,
        kind,
        parts(leads),
        parts(where),
        parts(facts),
        parts(effects),
        parts(wishes),
        tuple(_how(text) for text in parts(hows)),
        area,
    )


def _how(text: str) -> tuple[frozenset[int], str]:
    facts, _colon, told = text.partition(":")
    return frozenset(int(n) for n in facts.split(",")), told
