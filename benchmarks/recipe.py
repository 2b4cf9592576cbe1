"""What the million problems look like: seeded, and hard on purpose.

Every filter of the grid has a commonest value, a rare one (~100 rows), one that fills 60 % of the oldest tenth and one
that fills 60 % of the newest tenth (each above the list's counting cap), and one that no problem has. More than half of
all problems are open with a running clock, which no county would survive, so that "due first" is as hard as "newest".
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

YEARS = 3
PLAIN_STAGES = {  # stage: (share, problem state, lead's state or "", open, the clock runs)
    "handling": (48, "in_progress", "in_progress", True, True),
    "to_sign": (8, "in_progress", "pending_sign", True, True),
    "to_sign_off": (2, "in_progress", "pending_review", True, False),
    "to_review": (3, "in_progress", "pending_review", True, False),
    "to_dispatch": (1, "in_progress", "", True, False),
    "to_call_back": (3, "pending_callback", "done", True, False),
    "to_strike_off": (2, "pending_closure", "done", True, False),
    "struck_off": (32, "struck_off", "done", False, False),
    "declined": (1, "declined", "", False, False),
}
STAGES = PLAIN_STAGES | {
    "archived": (0, "archived", "done", False, False),
    "submitted": (0, "submitted", "", True, False),
    "withdrawn": (0, "withdrawn", "", False, False),
}
WITH_RESULT = frozenset({"to_sign_off", "to_review", "to_call_back", "to_strike_off", "struck_off", "archived"})
BIG, MIDDLE, ONE = "gdgs", "rdcwh", "cjzc"  # units that see half of all problems, 2,000 and 1
COMMONEST, PERCENT, PERMILLE, ABSENT = "群众", "充桩", "涵洞", "鲲鹏"


@dataclass(frozen=True)
class Kind:
    """One filter: what most rows draw from (values, cumulative weights), and its special values."""

    values: tuple[str, ...]
    weights: tuple[int, ...]
    rare: str
    old: str
    new: str
    empty: str
    share: float = 0.6  # of the oldest and of the newest tenth

    @property
    def commonest(self) -> str:
        return self.values[self.weights.index(max(self.weights))]


def zipf(values: list[str]) -> tuple[tuple[str, ...], tuple[int, ...]]:
    return tuple(values), tuple(1 + 100_000 // (n + 1) for n in range(len(values)))


def kind(values: list[str] | dict[str, int], rare: str, old: str, new: str, empty: str, share: float = 0.6) -> Kind:
    special = {rare, old, new, empty}
    if isinstance(values, dict):
        return Kind(tuple(values), tuple(values.values()), rare, old, new, empty, share)
    return Kind(*zipf([v for v in values if v not in special]), rare, old, new, empty, share)


@dataclass
class World:
    """What a process without Django needs to write problems: ids of everything, numbers of all facets."""

    rows: int
    end_ms: int
    kinds: dict[str, Kind]
    units: dict[str, str]  # code: id
    scopes: dict[str, tuple[str, ...]]  # code: ids of units that see it
    category_paths: dict[str, tuple[str, ...]]
    division_paths: dict[str, tuple[str, ...]]
    facets: dict[tuple[str, str], int] = field(default_factory=dict)

    @property
    def start_ms(self) -> int:
        return self.end_ms - YEARS * 365 * 86_400_000


@dataclass(slots=True)
class Row:
    """One problem's choices."""

    stage: str
    channel: str
    served: str
    category: str
    place: str
    lead: str
    co: str
    reg: str
    party: str
    result: str
    tier: str
    urgency: str
    registered_ms: int
    due_ms: int


def rows(world: World, first: int, last: int) -> list[Row]:
    """Problems `first` … `last` - 1 of the world; the same for the same world."""
    rng = random.Random(f"sanfuwu-{world.rows}-{first}")
    count = last - first
    drawn = {name: rng.choices(k.values, k.weights, k=count) for name, k in world.kinds.items()}
    step = (world.end_ms - world.start_ms) / world.rows
    result = []
    for n in range(count):
        index = first + n
        age = index / world.rows
        pick = {name: values[n] for name, values in drawn.items()}
        for name, k in world.kinds.items():
            if age < 0.1 and rng.random() < k.share:
                pick[name] = k.old
            elif age >= 0.9 and rng.random() < k.share:
                pick[name] = k.new
            elif rng.random() < 100 / world.rows:
                pick[name] = k.rare
        if pick["party"] in (world.kinds["party"].old, world.kinds["party"].new, world.kinds["party"].rare):
            pick["served"] = "enterprise" if pick["served"] == "resident" else pick["served"]
        elif pick["served"] == "resident":
            pick["party"] = ""
        if index % max(1, world.rows // 2000) == 7 and index < 2000 * max(1, world.rows // 2000):
            pick |= {"stage": "handling", "lead": MIDDLE}
        if index == world.rows // 3:
            pick |= {"stage": "handling", "lead": ONE}
        stage = pick["stage"]
        _share, _state, lead_state, _open, runs = STAGES[stage]
        if not lead_state:
            pick["lead"] = pick["co"] = ""
        if pick["co"] == pick["lead"]:
            pick["co"] = ""
        at = int(world.start_ms + step * (index + rng.random()))
        result.append(
            Row(
                **pick,
                tier="" if stage == "submitted" else ("key" if rng.random() < 0.1 else "limited"),
                urgency="urgent" if rng.random() < 0.05 else "normal",
                registered_ms=at,
                due_ms=at + rng.randrange(2 * 86_400_000, 60 * 86_400_000) if lead_state else 0,
            )
        )
        if stage not in WITH_RESULT:
            result[-1].result = ""
        if stage in ("submitted", "declined", "withdrawn"):
            result[-1].category = ""
        _ = runs
    return result


class Writer:
    """Texts of some 110 characters with a natural spread of words, and the four words that the grid looks for."""

    def __init__(self, seed: int, count: int = 20_000) -> None:
        rng = random.Random(seed)
        # Numbers divide the space so that no pool word contains a gram of the special ones.
        taken = set(COMMONEST + PERCENT + PERMILLE + ABSENT)
        signs = [chr(0x4E00 + 7 * n) for n in range(2500) if chr(0x4E00 + 7 * n) not in taken]
        words = ["".join(rng.choices(signs, k=rng.choice((2, 2, 2, 3, 4)))) for _ in range(8000)]
        weights = [100_000 // (n + 5) for n in range(len(words))]
        self.texts = []
        for n in range(count):
            parts = rng.choices(words, weights, k=44)
            if rng.random() < 0.9:
                parts[3] = COMMONEST
            if n % 100 == 1:
                parts[9] = PERCENT
            if n % 1000 == 2:
                parts[11] = PERMILLE
            text = "".join(parts)
            self.texts.append(f"{text[:30]}，{text[30:70]}。{text[70:]}。")
        rng.shuffle(self.texts)
