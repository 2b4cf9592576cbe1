"""上虞 in January and February 2019: the meeting at 章镇, the visit in 崧厦, and what else was raised (shared scenario,
facts 5 to 7). Nothing is counted here: figures come from the records."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from django.db import connection, connections
from django_tenants.utils import schema_context

from sanfuwu.config.language import gettext as _
from sanfuwu.counties.queries import work_calendar
from sanfuwu.documents.actions import set_letterhead
from sanfuwu.documents.commands import SetLetterhead
from sanfuwu.ledger.together import settle, together
from sanfuwu.meetings.actions import hold_meeting, record_opinion
from sanfuwu.meetings.commands import HoldMeeting, Item, Promise
from sanfuwu.meetings.queries import items_of
from sanfuwu.problems import commands as cmd
from sanfuwu.problems.actions import succeed_unit
from sanfuwu.reference.actions import set_county
from sanfuwu.rules.worktime import WorkCalendar
from sanfuwu.territory.actor import SYSTEM
from sanfuwu.territory.queries import division_names
from sanfuwu.territory.seed import places, seed_shangyu
from sanfuwu.visits.commands import RecordOpinion

from . import courses
from .cast import Cast, Credential, assemble, let_in
from .firms import firm
from .meeting_texts import ATTENDED, CHAIRED_TITLE, ITEMS, OPINIONS, Raised
from .park import songxia_visits
from .stage import Course, play
from .story import ZHANGZHEN, Story
from .texts_firms import FIRM_STORIES
from .texts_people import PEOPLE_STORIES
from .visiting import course_of, january, on_the_spot, overturned
from .year import MERGED, Year

CHINA = dt.timezone(dt.timedelta(hours=8))
BEGINS = dt.datetime(2019, 1, 2, 8, 40, tzinfo=CHINA)
PRESENT = dt.datetime(2019, 2, 20, 10, 0, tzinfo=CHINA)  # when the demonstration begins to be used
MEETING = dt.datetime(2019, 2, 13, 14, 0, tzinfo=CHINA)

# What the system officer of a real county enters under 县域资料; invented, like everybody here.
OFFICE_PHONE = "0575-82120000"
PRIVACY_NOTICE = (
    "区三服务办为办理您反映的问题收集姓名和联系电话，只用于联系、回访和统计，不作他用，办结后按档案规定保管。"
    "您可以向区三服务办查询、更正，或者要求删除。"
)
Progress = Callable[[str, float], None]


def build_demo(*, progress: Progress = lambda _what, _done: None, beside: bool = False) -> list[Credential]:
    """Make the demonstration in the current county; returns who may log in.

    The scenario has its own clock: no act looks at the real time. Every act is its own transaction, as in real use; an
    error is a bug, and leaves a demonstration that is to be thrown away. `beside` makes the accounts in a thread with a
    connection of its own: hashing sixteen passwords takes as long as half of the scenario.
    """
    progress(_("units"), 0.0)
    units = seed_shangyu(actor=SYSTEM, now=BEGINS)
    villages = division_names([code for code, _name in places()], PRESENT.date())
    progress(_("people"), 0.1)
    cast = assemble(units, villages, BEGINS)
    set_county({"phone": OFFICE_PHONE, "privacy_notice": PRIVACY_NOTICE}, actor=SYSTEM, now=BEGINS)
    set_letterhead(
        SetLetterhead(agency="上虞区三服务办公室", order_word="三服交", strike_off_word="三服销"),
        actor=SYSTEM,
        now=BEGINS,
    )
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
    plays += [(MEETING, zhangzhen_meeting(cast, calendar)), songxia_visits(cast), zones_merged(cast)]
    plays += by_the_dozen(cast, calendar)
    span = (PRESENT - BEGINS).total_seconds()
    with together():
        play(
            plays,
            until=PRESENT,
            tick=lambda now: progress(f"{now:%Y-%m-%d}", 0.3 + 0.7 * (now - BEGINS).total_seconds() / span),
        )


def by_the_dozen(cast: Cast, calendar: WorkCalendar) -> list[tuple[dt.datetime, Course]]:
    """What is raised and visited besides (`year`, `visiting`); serials begin at a thousand."""
    year, serial = Year(), courses.DOZENS
    plays = []
    for occasion in (*january(year), *on_the_spot(year), *overturned(year)):
        plays.append(course_of(occasion, serial, cast, calendar))
        serial += len(occasion.found)
    for one in year.raised():
        plays.append((one.at, courses.Walk(one.story, serial, cast, calendar, one.at).course()))
        serial += 1
    return plays


def zones_merged(cast: Cast) -> tuple[dt.datetime, Course]:
    """Fact 13: 上虞经济开发区 goes up in 杭州湾上虞经济技术开发区, with all that it holds."""

    def course() -> Course:
        gone, into = cast.units["kfq-sy"], cast.units["kfq-hzw"]
        succeed_unit(gone, into, on_date=MERGED.date(), actor=cast.actors["system"], now=MERGED)
        cast.merged_at = MERGED
        yield from ()

    return MERGED, course()


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
    solution = cmd.SpotSolution(how=raised.how, confirmed_by="企业到会代表")
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
        course = AFTERWARDS[n % len(AFTERWARDS)]
        unit = one.steps[0][1]
        story = Story("0213", ZHANGZHEN, f"firm:{one.firm}", one.category, unit, course, one.text, "meeting")
        followed.append((end, courses.Walk.of(problem, story, n, cast, calendar, end).go_on()))
    yield followed


# How far the planned items have come: some wait to be accepted, some are in hand, the quick ones are done.
AFTERWARDS = ("handling", "to_review", "submitted", "to_sign_off", "to_dispatch", "handling", "to_sign")
