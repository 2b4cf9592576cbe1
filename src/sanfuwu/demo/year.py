"""The work of January and February 2019 that is told by the dozen: how many of which kind, when, and how far they came.

These numbers say how much is *raised and done*; what the figures then come to is counted from the records alone.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from .drafts import Draft, Drafts
from .pools import Place, all_places, pool
from .story import Step, Story

CHINA = dt.timezone(dt.timedelta(hours=8))
LEADERS = ("leader", *(f"leader:{n}" for n in range(1, 12)))

# What is made here, on top of the stories that are written out (`texts_firms`, `texts_people`, `meeting_texts`).
ON_SPOT = 305
UNDER_LEADER = 86
BY_DISTRICT = 262
LED_FROM_VISITS = 30
BY_TOWN = 34
BY_UNIT = 170
UNDER_WAY = 215
AREAS = (  # of the co-ordinations of the district: (first part of the category's code, share)
    (("dl", "ps", "ld"), 92),
    (("bf",), 62),
    (("jy", "jx"), 60),
    (("gd", "gs", "rq"), 18),
    (("tc", "aq", "gj"), 14),
    (("sl", "ny", "xs"), 10),
    (("hj", "lj"), 6),
)


def day(month: int, date: int, hour: int = 9, minute: int = 0) -> dt.datetime:
    """A moment of 2019."""
    return dt.datetime(2019, month, date, hour, minute, tzinfo=CHINA)


JANUARY = [
    dt.date(2019, 1, n) for n in (2, 3, 4, 7, 8, 9, 10, 11, 14, 15, 16, 17, 18, 21, 22, 23, 24, 25, 28, 29, 30, 31)
]
BEFORE_FEAST = [dt.date(2019, 2, n) for n in (1, 2, 3)]  # the second and third were worked instead of the feast
FEBRUARY = [dt.date(2019, 2, n) for n in (11, 12, 13, 14, 15, 18, 19)]
# 专题协调会 of the district.
HELD = (day(1, 24, 16), day(1, 29, 11), day(2, 1, 16), day(2, 12, 10), day(2, 13, 11), day(2, 15, 10))
MERGED = day(1, 18, 17)  # the two development zones


@dataclass(frozen=True, slots=True)
class Raised:
    """A story and the moment at which it is raised."""

    at: dt.datetime
    story: Story


def _at(dice: random.Random, on: dt.date) -> dt.datetime:
    """Some minute of office time, not in the last hour."""
    minute = dice.choice((8 * 60 + 35 + dice.randrange(170), 13 * 60 + 40 + dice.randrange(150)))
    return dt.datetime(on.year, on.month, on.day, minute // 60, minute % 60, tzinfo=CHINA)


def _solved_on(dice: random.Random) -> dt.datetime:
    """When a result is submitted after the feast, so that it is accepted before the demonstration's present."""
    on = dice.choice(FEBRUARY)
    hour = dice.choice((9, 10)) if on == FEBRUARY[-1] else dice.choice((9, 10, 11, 14, 15))
    return dt.datetime(on.year, on.month, on.day, hour, dice.randrange(60), tzinfo=CHINA)


def _story(draft: Draft, on: dt.date, channel: str, course: str, steps: Sequence[Step], **more: str) -> Story:
    return Story(
        f"{on:%m%d}",
        draft.place,
        draft.who,
        draft.category,
        draft.lead,
        course,
        draft.text,
        channel=channel,
        steps=tuple(steps),
        **more,  # type: ignore[arg-type]
    )


_CHANNELS = ("survey", "survey", "line", "line", "self", "hotline")


class Year:
    """The stories by the dozen; the same ones each time."""

    def __init__(self) -> None:
        self.dice = random.Random(20190221)  # noqa: S311 — the same demonstration for everybody
        self.drafts = Drafts()
        self._places = list(all_places())
        self._firms = list(pool())
        self.dice.shuffle(self._places)
        self.dice.shuffle(self._firms)
        self._turn = self._visits = 0

    def place(self, *, rural: bool | None = None) -> Place:
        """Places in turn, so that every part of the district is heard."""
        while True:
            self._turn += 1
            found = self._places[self._turn % len(self._places)]
            if rural in (None, found.rural):
                return found

    def _draft(self, areas: tuple[str, ...] = ()) -> Draft:
        if areas:
            return self.drafts.at_place(self.place(rural=True if "sl" in areas else None), categories=areas)
        self._turn += 1
        if self._turn % 5 < 2:
            return self.drafts.at_firm(self._firms[self._turn % len(self._firms)])
        return self.drafts.at_place(self.place())

    def raised(self) -> Iterator[Raised]:
        """All of them except what is solved on the spot at visits (`visiting`)."""
        yield from self._under_leader()
        yield from self._by_district()
        yield from self._by_unit()
        yield from self._under_way()
        yield from self._zones()

    def _begun(self) -> list[Step]:
        dice = self.dice
        return [
            Step("accept", dice.choice((1, 2, 3))),
            Step("dispatch", dice.choice((1, 1, 2))),
            Step("sign", dice.choice((1, 2, 2, 3, 5))),
            Step("contact", dice.choice((1, 2, 3, 5))),
        ]

    def _accepted(self, at: dt.datetime) -> list[Step]:
        return [Step("submit", 1, at), Step("sign_off", 1), Step("review", 1)]

    def _heard(self) -> list[Step]:
        """Called back and struck off; what does not fit before the present waits."""
        return [Step("satisfied", self.dice.choice((3, 5, 8, 12))), Step("strike_off", self.dice.choice((1, 2, 4)))]

    def _under_leader(self) -> Iterator[Raised]:
        for n in range(UNDER_LEADER - LED_FROM_VISITS):
            at, leader = _at(self.dice, self.dice.choice(JANUARY)), LEADERS[n % len(LEADERS)]
            yield Raised(at, _story(self._draft(), at.date(), self._channel(), "led", self._led(), leader=leader))

    def found(self, draft: Draft, on: dt.date, leader: str) -> Story:
        """What a district leader met on a visit in January: some he leads himself, the others go the usual way."""
        self._visits += 1
        if self._visits <= LED_FROM_VISITS:
            return _story(draft, on, "visit", "led", self._led(), leader=leader)
        steps = [*self._begun(), Step("report", self.dice.choice((4, 8, 16)))]
        if self._visits % 4:
            steps += [Step("submit", self.dice.choice((8, 16, 24))), Step("sign_off", 2), Step("review", 3)]
            steps += self._ending()
        return _story(draft, on, "visit", "by_unit", steps)

    def _led(self) -> list[Step]:
        accept, dispatch, *signed = self._begun()
        return [
            Step("accept_as_key", accept.hours),
            Step("appoint_leader", self.dice.choice((1, 3, 6))),
            dispatch,
            *signed,
            Step("plan", self.dice.choice((4, 8))),
            Step("report", self.dice.choice((8, 16, 24))),
            *self._accepted(_solved_on(self.dice)),
            *self._heard(),
        ]

    def _by_district(self) -> Iterator[Raised]:
        for areas, share in AREAS:
            for _n in range(share):
                held = self.dice.choice(HELD)
                days = [d for d in (*JANUARY[12:], *BEFORE_FEAST) if (held.date() - d).days >= 2]
                at = _at(self.dice, self.dice.choice(days or JANUARY[12:14]))
                steps = [*self._begun(), Step("coordinate", 1, held)]
                if self.dice.random() < 0.4:
                    steps.insert(4, Step("report", 2))
                solved = max(_solved_on(self.dice), held + dt.timedelta(hours=3))
                steps += [*self._accepted(solved), *self._heard()]
                leader = LEADERS[HELD.index(held) % len(LEADERS)]
                story = _story(self._draft(areas), at.date(), self._channel(), "coordinated", steps, leader=leader)
                yield Raised(at, story)

    def _by_unit(self) -> Iterator[Raised]:
        """Solved in January and after by the unit, some by a co-ordination of the town; some late, some sent back."""
        for n in range(BY_UNIT + BY_TOWN):
            at = _at(self.dice, self.dice.choice((*JANUARY, *FEBRUARY[:3])))
            steps = self._begun()
            if n >= BY_UNIT:
                steps.append(Step("coordinate_town", self.dice.choice((4, 8))))
            slow = self.dice.random() < 0.15
            steps = [
                *self._asked(n, steps),
                Step("report", self.dice.choice((4, 8, 12))),
                *self._more_time(n),
                Step("submit", self.dice.choice((40, 60) if slow else (6, 12, 20, 30))),
                Step("sign_off", self.dice.choice((1, 2, 4))),
            ]
            if self.dice.random() < 0.1:
                steps += [Step("send_back", 3), Step("submit", 8), Step("sign_off", 2)]
            steps += [Step("review", self.dice.choice((1, 3, 5))), *self._ending()]
            yield Raised(at, _story(self._draft(), at.date(), self._channel(), "by_unit", steps))

    def _asked(self, n: int, begun: list[Step]) -> list[Step]:
        """Some units say that it is not theirs; the office rules that it is."""
        if n % 17 != 3:
            return begun
        return [*begun[:2], Step("give_back", 3 + n % 5), Step("uphold", 2 + n % 4), *begun[3:]]

    def _more_time(self, n: int) -> list[Step]:
        """Some ask for more time before it is up, and get it."""
        return [Step("ask_extension", 5 + n % 6), Step("grant_extension", 2 + n % 5)] if n % 13 == 4 else []

    def _ending(self) -> list[Step]:
        chance = self.dice.random()
        if chance < 0.05:
            return [Step("dissatisfied", 6), Step("strike_off_as_second", 8)]
        if chance < 0.1:
            again = [Step("redo", 6), Step("sign", 2), Step("contact", 2), Step("report", 6), Step("submit", 8)]
            return [*again, Step("sign_off", 2), Step("review", 3), *self._heard()]
        if chance < 0.14:
            return [Step("call_in_vain", 3), Step("message_in_vain", 9), Step("call_in_vain", 9), Step("strike_off", 3)]
        return self._heard()

    def _under_way(self) -> Iterator[Raised]:
        """What the desks are full of on 20 February."""
        for n in range(UNDER_WAY):
            late = n % 12 == 0
            at = _at(self.dice, self.dice.choice(BEFORE_FEAST if late else FEBRUARY))
            if n % 17 == 5:
                steps = [Step("decline_elsewhere", 3)]
            elif n % 19 == 7:
                steps = [Step("request_info", 3)]
            else:
                whole = [*self._begun(), Step("report", 6), Step("submit", 12), Step("sign_off", 4), Step("review", 5)]
                steps = whole[: self.dice.choice((0, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 7, 8))]
            yield Raised(at, _story(self._draft(), at.date(), self._channel(), "under_way", steps))

    def _zones(self) -> Iterator[Raised]:
        """What lay with the smaller of the two development zones when it was merged into the other one."""
        firms = [firm for firm in self._firms if firm.town in ("330604003", "330604005", "330604002")]
        for n in range(12):
            at = _at(self.dice, self.dice.choice(JANUARY[4:10]))
            draft = self.drafts.at_firm(firms[n % len(firms)], categories=("yd", "ps"))
            steps = [*self._begun(), Step("sign_if_succeeded", 1, day(1, 21, 9, 30 + n))]
            steps += [Step("report", 6 + n), Step("submit", 20 + 4 * n), Step("sign_off", 3), Step("review", 4)]
            story = _story(draft, at.date(), "line", "zone", [*steps, *self._heard()])
            yield Raised(at, replace(story, lead="kfq-sy"))

    def _channel(self) -> str:
        return self.dice.choice(_CHANNELS)
