"""Problems from the grammar: each call gives the next one that fits a place or a firm."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from .grammar import SITUATIONS, Situation
from .pools import Place, PoolFirm

_LOCAL = {"gds-songxia": "330604007", "gds-zhangzhen": "330604104"}
_FAMILY = "王李张陈沈徐俞倪阮罗孟何钱孙叶马胡董丁夏"


@dataclass(frozen=True, slots=True)
class Draft:
    """A text with who raises it, where, and which unit answers for it. `how`: what would solve it on the spot."""

    text: str
    place: str
    who: str
    category: str
    lead: str
    how: str


@dataclass
class Drafts:
    """Situations in turn, so that no kind of problem crowds out the others."""

    _texts: dict[int, Iterator[tuple[str, tuple[str, ...]]]] = field(
        default_factory=lambda: {n: one.texts() for n, one in enumerate(SITUATIONS)}
    )
    _used: dict[int, int] = field(default_factory=lambda: dict.fromkeys(range(len(SITUATIONS)), 0))
    _aside: dict[int, list[tuple[str, tuple[str, ...]]]] = field(default_factory=dict)

    def at_place(
        self, place: Place, *, spot: bool = False, village: bool | None = None, categories: Collection[str] = ()
    ) -> Draft:
        """What somebody of a village or community raises; `village` True: the village itself, False: a resident."""
        kinds = {None: ("resident", "village"), True: ("village",), False: ("resident",)}[village]
        area = ("any", "rural") if place.rural else ("any", "urban")
        n, text, how = self._next(kinds, area, spot, categories)
        one = SITUATIONS[n]
        serial = self._used[n] * 7 + n
        who = f"village:{place.code}" if one.kind == "village" else f"resident:{_FAMILY[serial % len(_FAMILY)]}"
        return Draft(text.format(v=place.called), place.code, who, one.category, _lead(one, place.town, serial), how)

    def at_firm(self, firm: PoolFirm, *, spot: bool = False, categories: Collection[str] = ()) -> Draft:
        """What a firm raises."""
        n, text, how = self._next(("firm",), ("any",), spot, categories)
        one = SITUATIONS[n]
        filled = text.format(p=firm.product, w=firm.workshop)
        lead = _lead(one, firm.town, self._used[n])
        return Draft(filled, firm.town, f"firm:{firm.serial}", one.category, lead, how)

    def _next(
        self, kinds: Collection[str], area: Collection[str], spot: bool, categories: Collection[str]
    ) -> tuple[int, str, str]:
        fitting = [
            n
            for n, one in enumerate(SITUATIONS)
            if one.kind in kinds
            and one.area in area
            and (one.hows or not spot)
            and (not categories or one.category.partition("-")[0] in categories)
        ]
        n = min(fitting, key=lambda m: (self._used[m], m))
        self._used[n] += 1
        aside = self._aside.setdefault(n, [])
        if aside and not spot:
            text, _hows = aside.pop(0)
            return n, text, ""
        for text, hows in self._texts[n]:
            if hows or not spot:
                return n, text, hows[self._used[n] % len(hows)] if hows else ""
            aside.append((text, hows))
        raise RuntimeError(f"situation {n} has nothing more to say")


def _lead(one: Situation, town: str, serial: int) -> str:
    """One of the units that may be responsible; a power station only for its own town."""
    fitting = [code for code in one.leads if _LOCAL.get(code, town) == town]
    code = fitting[serial % len(fitting)]
    return f"{town}000" if code == "town" else code
