"""Names that lists use for places, units and categories, looked up in the county's own registers."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.utils import timezone

from sanfuwu.counties.queries import county_code, county_name
from sanfuwu.problems.models import Category
from sanfuwu.territory.queries import divisions_below, unit_tree

_ENDING = re.compile(r"(镇|乡|街道|村|社区)$")
_SPLIT = re.compile(r"[\s/、，,\-—>＞·]+")


@dataclass(slots=True)
class Lookups:
    """What is known when a run begins. `units` and `categories` grow by what the run proposes."""

    county: str  # 12 digits
    places: dict[str, str]  # any usual way to write it → 12 digits
    units: dict[str, UUID]
    categories: dict[str, UUID]
    towns_of: dict[str, list[str]] = field(default_factory=dict)  # a village's name → codes, when several have it

    def place(self, words: str, within: str = "") -> str | None:
        """The code of a place as named (崧厦镇, 崧厦, 崧厦街道祝温村, 崧厦/祝温村); None: not exactly one."""
        said = "".join(words.split())
        if not said:
            return None
        if said in self.places:
            return self.places[said]
        parts = [p for p in _SPLIT.split(words) if p]
        codes = [self.places[p] for p in parts if p in self.places]
        if len(parts) > 1:
            joined = "".join(parts)
            if joined in self.places:
                return self.places[joined]
            town = next((c for c in codes if c.endswith("000")), within)
            below = [c for p in parts for c in self.towns_of.get(p, []) if town and c.startswith(town[:9])]
            return below[0] if len(below) == 1 else (town or None if codes else None)
        several = [c for c in self.towns_of.get(said, []) if within and c.startswith(within[:9])]
        return several[0] if len(several) == 1 else None

    def unit(self, name: str) -> UUID | None:
        """The unit of this name, with or without the county's name or 区 in front."""
        return self.units.get("".join(name.split()))

    def category(self, words: str) -> UUID | None:
        """The finest known name of a path (城乡建设/供水)."""
        if words in self.categories:
            return self.categories[words]
        for part in reversed(_SPLIT.split(words)):
            if part in self.categories:
                return self.categories[part]
        return None


def load(now: dt.datetime) -> Lookups:
    """Read the registers: three statements."""
    day = timezone.localdate(now)
    county = county_code().ljust(12, "0")
    names = divisions_below(county, day)
    earlier = divisions_below(county, dt.date(1, 1, 1))  # 崧厦镇 as well as 崧厦街道
    found = Lookups(county, {}, {}, {})
    for code in names:
        for name in {names[code], earlier.get(code, names[code])}:
            _add_place(found, code, name, names, earlier)
    for way, codes in found.towns_of.items():
        if len(codes) == 1 and len(way) > 1:  # a name that two towns have for a village is no place by itself
            found.places.setdefault(way, codes[0])
    title = county_name()
    found.places.setdefault(title, county)
    for node in unit_tree(day):
        if node.status == "closed":
            continue
        for name in _unit_names(node.name, title):
            found.units.setdefault(name, node.id)
    rows = Category.objects.exclude(status=Category.Status.CLOSED)
    for row in sorted(rows, key=lambda c: (c.status != Category.Status.ACTIVE, c.parent_id is not None, c.pk)):
        found.categories.setdefault(row.name, row.pk)
    return found


def _add_place(found: Lookups, code: str, name: str, names: dict[str, str], earlier: dict[str, str]) -> None:
    if code.endswith("000"):
        for way in (name, _ENDING.sub("", name)):
            found.places.setdefault(way, code)
        return
    town = code[:9] + "000"
    stems = {names.get(town, ""), earlier.get(town, "")}
    stems |= {_ENDING.sub("", stem) for stem in stems}
    short = _ENDING.sub("", re.sub(r"(村委会|居委会|民委员会)$", "", name))
    own = name.removeprefix(names.get(town, "")) or name  # some are entered with their town's name in front
    for way in {name, own, short, f"{short}村", f"{short}社区"}:
        for stem in stems:
            if stem:
                found.places.setdefault(f"{stem}{way}", code)
        codes = found.towns_of.setdefault(way, [])
        if code not in codes:
            codes.append(code)


def _unit_names(name: str, county: str) -> Iterable[str]:
    plain = "".join(name.split())
    yield plain
    for front in (county, county[:-1], "区", "县", "市"):
        if plain.startswith(front) and len(plain) - len(front) >= 2:
            yield plain[len(front) :]
    if not plain.startswith(county):
        yield county + plain.removeprefix(county[-1])
