"""What the components draw: small values, already in words. Pages fill them, templates only place them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Chip:
    """A word with an icon and a tone ("", accent, amber, red, green). Never colour alone."""

    word: str
    icon: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class BarPiece:
    """One stretch of a bar: `kind` is done, left, pause, over, near or met; the rest percentages as text."""

    kind: str
    x: str
    width: str


@dataclass(frozen=True, slots=True)
class Bar:
    """The deadline bar. `text` and `spent` stand under the big one, `brief` beside the small one."""

    text: str
    brief: str
    spent: str = ""
    tone: str = ""
    pieces: tuple[BarPiece, ...] = ()
    extension_x: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One event of the timeline, in a sentence; `said` is free text of a note, erasable."""

    at: dt.datetime
    sentence: str
    extras: tuple[str, ...] = ()
    said: str = ""
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Stat:
    """A number that links to its list. `capped` says that the count stopped at its limit."""

    label: str
    value: int
    url: str
    basis: str = ""
    tone: str = ""
    capped: bool = False


@dataclass(frozen=True, slots=True)
class Pager:
    """Neighbours by cursor; an empty address is no neighbour."""

    prev_url: str = ""
    next_url: str = ""


def percent(share: float) -> str:
    """A share 0…1 as the text of a percentage with one decimal and a point, whatever the locale."""
    return f"{max(0.0, min(1.0, share)) * 100:.1f}"


def bar_pieces(*, elapsed: float, paused: float, left: float, tone: str = "") -> tuple[BarPiece, ...]:
    """The stretches of a running bar from shares that add up to 1 (`rules.worktime.Progress`).

    Elapsed time is grey, the time the clock stood is hatched, what is left carries the tone: blue, or amber when soon.
    Nothing left is one full red stretch.
    """
    if left <= 0:
        return (BarPiece("over", "0.0", "100.0"),)
    pieces = []
    if elapsed > 0:
        pieces.append(BarPiece("done", "0.0", percent(elapsed)))
    if paused > 0.001:  # less is rounding
        pieces.append(BarPiece("pause", percent(elapsed), percent(paused)))
    pieces.append(BarPiece("near" if tone == "soon" else "left", percent(elapsed + paused), percent(left)))
    return tuple(pieces)


def standing_bar(*, elapsed: float) -> tuple[BarPiece, ...]:
    """A clock that stands: what is left is hatched, because it does not get less."""
    pieces = []
    if elapsed > 0:
        pieces.append(BarPiece("done", "0.0", percent(elapsed)))
    pieces.append(BarPiece("pause", percent(elapsed), percent(1 - elapsed)))
    return tuple(pieces)


def closed_bar(*, late: bool) -> tuple[BarPiece, ...]:
    """A clock that has stopped: green when in time, red when late."""
    return (BarPiece("over" if late else "met", "0.0", "100.0"),)


@dataclass(frozen=True, slots=True)
class Responsible:
    """One unit answering for the problem now: lead or co, who handles it, since when, in which state."""

    role: str
    unit: str
    chip: Chip
    since: dt.datetime | None = None
    handler: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class ChainLink:
    """One step of the hand-down, `depth` deep."""

    unit: str
    depth: int
    at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Responsibility:
    units: tuple[Responsible, ...] = ()
    leader: str = ""
    members: tuple[str, ...] = ()
    chain: tuple[ChainLink, ...] = ()


@dataclass(frozen=True, slots=True)
class Petition:
    """What a unit asks of those above it, in words, with who decides."""

    title: str
    facts: tuple[tuple[str, str], ...]
    decider: str


@dataclass(frozen=True, slots=True)
class Related:
    """A problem that hangs together with this one."""

    relation: str
    number: str
    title: str
    url: str
    chip: Chip


@dataclass(frozen=True, slots=True)
class PartyCard:
    """The requester as this actor may see him. `hidden` says in a sentence why he is not shown."""

    name: str = ""
    kind: str = ""
    contact: str = ""
    phone: str = ""
    hidden: str = ""
    reveal_url: str = ""
    looks_url: str = ""
    earlier: str = ""
    earlier_url: str = ""
    missing: str = ""  # that nobody can reach him


@dataclass(frozen=True, slots=True)
class Act:
    """One act this person may take now. `url` opens its form in place; `consequence` is said before he decides."""

    name: str
    label: str
    url: str
    icon: str = ""
    consequence: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a ledger's line. Of the usual columns only the name is said: the row has what they show.

    `phone_only`: not chosen, but part of the card that a phone shows.
    """

    name: str
    text: str = ""
    phone_only: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """The head of a column."""

    name: str
    label: str


USUAL_COLUMNS = ("number", "title", "party", "lead", "state", "due")


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """A line of the ledger. `second` stands under the title: place, category, channel, and `whole`
    says them with town and path; `short` is the number without the county, which is the same for all."""

    number: str
    short: str
    url: str
    title: str
    second: str
    party: str
    lead: str
    chip: Chip
    bar: Bar
    whole: str = ""
    lead_second: str = ""
    tier: str = ""
    marks: tuple[Chip, ...] = ()
    cells: tuple[Cell, ...] = tuple(Cell(name) for name in USUAL_COLUMNS)
    version: int = 0


@dataclass(frozen=True, slots=True)
class FilterChip:
    """A filter that is on; `url` is the list without it."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Tab:
    label: str
    url: str
    current: bool = False
    count: int | None = None
    capped: bool = False
