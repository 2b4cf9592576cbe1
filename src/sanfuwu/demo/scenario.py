"""上虞 in January and February 2019: the meeting at 章镇, the visit in 崧厦, and what else was raised (shared scenario,
facts 5 to 7). Nothing is counted here: figures come from the records."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from django.db import connection, connections
from django_tenants.utils import schema_context

from sanfuwu.counties.queries import work_calendar
from sanfuwu.ledger.together import settle, together
from sanfuwu.meetings.actions import hold_meeting, record_opinion
from sanfuwu.meetings.commands import HoldMeeting, Item, Promise
from sanfuwu.meetings.queries import items_of
from sanfuwu.problems import commands as cmd
from sanfuwu.problems.models import Problem
from sanfuwu.rules.worktime import WorkCalendar
from sanfuwu.territory.actor import SYSTEM
from sanfuwu.territory.queries import division_names
from sanfuwu.territory.seed import places, seed_shangyu
from sanfuwu.visits.commands import RecordOpinion

from . import courses, words
from .cast import Cast, Credential, assemble, let_in
from .firms import firm, person_name
from .meeting_texts import ATTENDED, CHAIRED_TITLE, ITEMS, OPINIONS, Raised
from .park import songxia_visits
from .stage import Course, play
from .story import ZHANGZHEN, Story
from .texts_firms import FIRM_STORIES
from .texts_people import PEOPLE_STORIES

CHINA = dt.timezone(dt.timedelta(hours=8))
BEGINS = dt.datetime(2019, 1, 2, 8, 40, tzinfo=CHINA)
PRESENT = dt.datetime(2019, 2, 20, 10, 0, tzinfo=CHINA)  # when the demonstration begins to be used
MEETING = dt.datetime(2019, 2, 13, 14, 0, tzinfo=CHINA)

Progress = Callable[[str, float], None]


def build_demo(*, progress: Progress = lambda _what, _done: None, beside: bool = False) -> list[Credential]:
    """Make the demonstration in the current county; returns who may log in.

    The scenario has its own clock: no act looks at the real time. Every act is its own transaction, as in real use; an
    error is a bug, and leaves a demonstration that is to be thrown away. `beside` makes the accounts in a thread with a
    connection of its own: hashing sixteen passwords takes as long as half of the scenario.
    """
    progress("units", 0.0)
    units = seed_shangyu(actor=SYSTEM, now=BEGINS)
    villages = division_names([code for code, _name in places()], PRESENT.date())
    progress("people", 0.1)
    cast = assemble(units, villages, BEGINS)
    with _logins(cast, beside=beside) as logins:
        _perform(cast, progress)
    return logins()


@contextlib.contextmanager
def _logins(cast: Cast, *, beside: bool) -> Iterator[Callable[[], list[Credential]]]:
    if not beside:
        yield lambda: let_in(cast, BEGINS)
        return
    schema = str(connection.schema_name)  # type: ignore[attr-defined]  # django-tenants

    def work() -> list[Credential]:
        try:
            with schema_context(schema):
                return let_in(cast, BEGINS)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=1) as pool:
        yield pool.submit(work).result


def _perform(cast: Cast, progress: Progress) -> None:
    calendar = work_calendar()
    plays = [
        courses.run(story, serial, cast, calendar)
        for serial, story in enumerate((*FIRM_STORIES, *PEOPLE_STORIES), start=1)
    ]
    plays += [(MEETING, zhangzhen_meeting(cast, calendar)), songxia_visits(cast)]
    span = (PRESENT - BEGINS).total_seconds()
    with together():
        play(
            plays,
            until=PRESENT,
            tick=lambda now: progress(f"{now:%Y-%m-%d}", 0.3 + 0.7 * (now - BEGINS).total_seconds() / span),
        )


def _day(text: str) -> dt.date | None:
    return dt.date(2019, int(text[:2]), int(text[2:])) if text else None


def _due(text: str) -> dt.date:
    day = _day(text)
    if day is None:
        raise ValueError("a step of a plan has a day")
    return day


def _item(raised: Raised, cast: Cast) -> Item:
    reg = cmd.Registration(
        text=raised.text,
        division=ZHANGZHEN,
        requester=firm(raised.firm),
        category_id=cast.categories[raised.category],
    )
    solution = cmd.SpotSolution(how=raised.how, confirmed_by=f"{person_name(raised.firm)}（企业到会代表）")
    return Item(
        registration=reg,
        solution=solution if raised.how else None,
        steps=tuple(cmd.Step(text=t, unit_id=cast.units[u], due_on=_due(d)) for t, u, d in raised.steps),
        promises=tuple(Promise(unit_id=cast.units[u], text=t, due_on=_day(d)) for t, u, d in raised.promises),
    )


def zhangzhen_meeting(cast: Cast, calendar: WorkCalendar) -> Course:
    """Facts 5 and 6: 13 firms, 19 items, 6 solved at once, the other 13 with plan and commitment, then handed out."""
    office = cast.actors["zhangzhen"]
    end = MEETING.replace(hour=17, minute=10)
    yield end  # it is written down when it ends; its items were raised when it was held
    meeting = hold_meeting(
        HoldMeeting(
            title=CHAIRED_TITLE,
            held_at=MEETING,
            division=ZHANGZHEN,
            chaired_by=cast.post("leader"),
            parties=tuple(firm(serial) for serial in ATTENDED),
            items=tuple(_item(raised, cast) for raised in ITEMS),
        ),
        actor=office,
        now=end,
    )
    for text in OPINIONS:
        record_opinion(meeting.pk, RecordOpinion(text=text), actor=office, now=end)
    followed: list[tuple[dt.datetime, Course]] = []
    settle()
    planned = [item.problem for item in items_of(meeting.pk) if item.outcome == "planned"]
    raised = [one for one in ITEMS if not one.how]
    for n, (problem, one) in enumerate(zip(planned, raised, strict=True)):
        walk = MeetingWalk.of(problem, one, n, cast, calendar, end)
        followed.append((end, walk.walk(courses.steps_of(AFTERWARDS[n % len(AFTERWARDS)]))))
    yield from _together(followed)


# How far the planned items have come: some wait to be accepted, some are in hand, the quick ones are done.
AFTERWARDS = ("handling", "to_review", "submitted", "to_sign_off", "to_dispatch", "handling", "to_sign")


def _together(walks: list[tuple[dt.datetime, Course]]) -> Course:
    """Several courses as one, in the order of time."""
    waiting = sorted(((next(course, None), n, course) for n, (_start, course) in enumerate(walks)), key=_when)
    while waiting and waiting[0][0] is not None:
        at, n, course = waiting.pop(0)
        assert at is not None
        yield at
        waiting.append((next(course, None), n, course))
        waiting.sort(key=_when)


def _when(entry: tuple[dt.datetime | None, int, Course]) -> tuple[bool, dt.datetime, int]:
    return entry[0] is None, entry[0] or BEGINS, entry[1]


@dataclass
class MeetingWalk(courses.Walk):
    """An item of the meeting on its way: registered already."""

    @classmethod
    def of(
        cls, problem: Problem, raised: Raised, serial: int, cast: Cast, calendar: WorkCalendar, now: dt.datetime
    ) -> MeetingWalk:
        unit = raised.steps[0][1]
        story = Story(
            "0213", ZHANGZHEN, f"firm:{raised.firm}", raised.category, unit, "handling", raised.text, "meeting"
        )
        walk = cls(story, serial, cast, calendar, now)
        walk.problem = problem
        walk.speaker = words.Speaker(serial, who=person_name(raised.firm), what=problem.title)
        return walk
