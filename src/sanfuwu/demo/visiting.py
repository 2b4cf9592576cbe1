"""Visits by the dozen: district leaders in January (fact 4), and after the feast those on which problems were solved
on the spot (fact 1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5

from sanfuwu.ledger.together import open_book
from sanfuwu.parties.actions import RequesterInput
from sanfuwu.problems import commands as cmd
from sanfuwu.problems.models import Problem
from sanfuwu.rules.samples import make_sample_uscc
from sanfuwu.rules.worktime import WorkCalendar
from sanfuwu.visits.actions import record_visit
from sanfuwu.visits.commands import Found, RecordOpinion, RecordVisit
from sanfuwu.visits.models import Visit

from . import opinions
from .cast import Cast
from .courses import Walk
from .firms import requester
from .pools import Place, PoolFirm, all_places, pool
from .stage import Course
from .story import Step, Story
from .year import FEBRUARY, JANUARY, LEADERS, ON_SPOT, Year, day

VILLAGES, ENTERPRISE_VISITS = 125, 277  # fact 4; what the figures say is counted from the visits
_CONFIRMED = ("反映人本人", "反映人及两位邻居", "企业现场负责人", "村干部和反映人一起", "在场职工代表")


@dataclass(frozen=True, slots=True)
class Occasion:
    """One visit: who goes (keys of the cast), whom they meet, what is said and found. `by` writes it down."""

    name: str
    at: dt.datetime
    division: str
    visitors: tuple[str, ...]
    by: str
    parties: tuple[RequesterInput, ...]
    pairing: str = ""
    opinions: tuple[str, ...] = ()
    found: tuple[Story, ...] = ()


def village_of(place: Place) -> RequesterInput:
    """A village or community as a party."""
    return RequesterInput("village", place.name, village_code=place.code)


def firm_of(firm: PoolFirm) -> RequesterInput:
    """A firm of the pool as a party."""
    return RequesterInput("enterprise", firm.name, uscc=make_sample_uscc(firm.serial))


def course_of(occasion: Occasion, first_serial: int, cast: Cast, calendar: WorkCalendar) -> tuple[dt.datetime, Course]:
    """It is written down an hour or so later; what was found goes its way from there."""
    now = occasion.at + dt.timedelta(minutes=50 + first_serial % 40)
    return now, _course(occasion, first_serial, cast, calendar, now)


def _course(occasion: Occasion, first: int, cast: Cast, calendar: WorkCalendar, now: dt.datetime) -> Course:
    names = dict(cast.villages)
    visit = record_visit(
        RecordVisit(
            client_key=uuid5(NAMESPACE_URL, f"sanfuwu:demo:{occasion.name}"),
            held_at=occasion.at,
            division=occasion.division,
            visitors=tuple(cast.post(key) for key in occasion.visitors),
            parties=occasion.parties,
            pairing=occasion.pairing,
            opinions=tuple(RecordOpinion(text=text) for text in occasion.opinions),
            found=tuple(
                _found(story, first + n, cast, requester(story.who, first + n, names))
                for n, story in enumerate(occasion.found)
            ),
        ),
        actor=cast.actors[occasion.by],
        now=now,
    )
    walks = []
    for n, (story, problem) in enumerate(zip(occasion.found, _registered_at(visit, len(occasion.found)), strict=True)):
        walks.append((now, Walk.of(problem, story, first + n, cast, calendar, now).go_on()))
    yield walks


def _found(story: Story, serial: int, cast: Cast, who: RequesterInput) -> Found:
    registration = cmd.Registration(
        text=story.text, division=story.place, requester=who, category_id=cast.categories[story.category]
    )
    if not story.how:
        return Found(registration=registration)
    confirmed = _CONFIRMED[serial % len(_CONFIRMED)]
    return Found(registration=registration, solution=cmd.SpotSolution(how=story.how, confirmed_by=confirmed))


def _registered_at(visit: Visit, count: int) -> list[Problem]:
    """The last problems registered are those of the visit recorded just now."""
    book = open_book()
    if book is None:
        return list(Problem.objects.filter(visit_id=visit.pk).order_by("pk"))
    last = [snap.problem for snap, _n in zip(reversed(book.kept.values()), range(count), strict=False)]
    assert all(problem.visit_id == visit.pk for problem in last)
    return last[::-1]


def january(year: Year) -> Iterator[Occasion]:
    """District leaders in 125 villages, and with firms on 277 occasions; some problems are found on the way."""
    dice = year.dice
    of_villages, of_firms = opinions.told(opinions.OF_VILLAGES), opinions.told(opinions.OF_FIRMS)
    chosen = dice.sample(all_places(), VILLAGES)
    for n, place in enumerate(chosen):
        on, leader = JANUARY[n % len(JANUARY)], LEADERS[n % len(LEADERS)]
        visitors = (leader, LEADERS[(n + 5) % 12]) if n % 9 == 4 else (leader,)
        yield Occasion(
            f"village {place.code}",
            dt.datetime.combine(on, dt.time(8 + n % 3, 40 + n % 17), day(1, 2).tzinfo),
            place.code,
            (*visitors, f"c:{place.town}000"),
            f"c:{place.town}000",
            (village_of(place),),
            pairing="village" if n % 3 else "",
            opinions=tuple(next(of_villages) for _ in range(2 if n % 5 else 3)),
            found=(year.found(year.drafts.at_place(place), on, leader),) if n % 2 else (),
        )
    firms = list(pool())
    left, n = ENTERPRISE_VISITS, 0
    while left:
        here = min(left, 2 if n % 5 < 2 else 1)
        first = firms[(n * 5) % len(firms)]
        met = [first, *(f for f in firms if f.town == first.town and f is not first)][:here]
        on, leader = JANUARY[(n * 3) % len(JANUARY)], LEADERS[(n * 7) % len(LEADERS)]
        visitors = (leader, LEADERS[(n * 7 + 3) % 12]) if n % 11 == 2 else (leader,)
        yield Occasion(
            f"firms {n}",
            dt.datetime.combine(on, dt.time(13 + n % 3, 35 + n % 23), day(1, 2).tzinfo),
            f"{first.town}000",
            (*visitors, f"c:{first.town}000"),
            f"c:{first.town}000",
            tuple(firm_of(firm) for firm in met),
            pairing=("enterprise", "eight_ones", "")[n % 3],
            opinions=tuple(next(of_firms) for _ in met),
            found=(year.found(year.drafts.at_firm(first), on, leader),) if n % 4 == 1 else (),
        )
        left -= len(met)
        n += 1


def on_the_spot(year: Year) -> Iterator[Occasion]:
    """After the feast cadres of towns and departments go out and solve what can be solved there and then."""
    dice, left, n = year.dice, ON_SPOT, 0
    firms = list(pool())
    while left:
        on = FEBRUARY[n % len(FEBRUARY)]
        at = dt.datetime.combine(on, dt.time(dice.choice((8, 9, 10, 13, 14, 15)), 35 + n % 24), day(1, 2).tzinfo)
        many = min(left, dice.choice((2, 3, 3, 4, 5)))
        if n % 5 < 2:
            firm = firms[(n * 11 + 3) % len(firms)]
            drafts = [year.drafts.at_firm(firm, spot=True) for _ in range(min(many, 2))]
            town, division, met = firm.town, f"{firm.town}000", firm_of(firm)
        else:
            place = year.place()
            drafts = [year.drafts.at_place(place, spot=True, village=False) for _ in range(many)]
            town, division, met = place.town, place.code, village_of(place)
        stories = tuple(
            Story(
                f"{on:%m%d}",
                draft.place,
                draft.who,
                draft.category,
                draft.lead,
                "on_spot",
                draft.text,
                how=draft.how + "。",
                steps=(Step("ask_if_sampled", dice.choice((5, 9, 14, 20))),) if dice.random() < 0.6 else (),
            )
            for draft in drafts
        )
        also = (("xcb:collector",), ("rdcwh:collector",), ("firms",), ("villages",), (), ())[n % 6]
        yield Occasion(f"on the spot {n}", at, division, (f"c:{town}000", *also), f"c:{town}000", (met,), found=stories)
        left -= len(stories)
        n += 1


def overturned(year: Year) -> Iterator[Occasion]:
    """A firm that comes again within thirty days is asked about each time: once "solved on the spot" did not hold."""
    firm = pool()[7]
    draft = year.drafts.at_firm(firm, spot=True)
    again = (
        Step("redo", 9), Step("dispatch", 1), Step("sign", 2), Step("contact", 2), Step("report", 4),
    )  # fmt: skip
    for on, how, steps in ((dt.date(2019, 1, 29), "", ()), (dt.date(2019, 2, 12), draft.how + "。", again)):
        one = draft if how else year.drafts.at_firm(firm)
        story = Story(
            f"{on:%m%d}", one.place, one.who, one.category, one.lead, "on_spot" if how else "under_way", one.text,
            how=how, steps=steps or (Step("accept", 2), Step("dispatch", 1), Step("sign", 3), Step("contact", 3)),
        )  # fmt: skip
        yield Occasion(
            f"again {on}", dt.datetime.combine(on, dt.time(9, 30), day(1, 2).tzinfo), f"{firm.town}000",
            (f"c:{firm.town}000",), f"c:{firm.town}000", (firm_of(firm),), found=(story,),
        )  # fmt: skip
