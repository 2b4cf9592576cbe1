"""Fact 7: on 12 February 2019 the deputy head of 崧厦镇, after the village he is paired with, went to the second phase
of the park for small firms: 73 mu, bought in January, without water or electricity for the builders."""

from __future__ import annotations

import datetime as dt
from uuid import NAMESPACE_URL, UUID, uuid5

from sanfuwu.ledger.together import settle
from sanfuwu.parties.actions import RequesterInput
from sanfuwu.problems import actions as act
from sanfuwu.problems import commands as cmd
from sanfuwu.problems.models import Problem
from sanfuwu.rules.samples import make_sample_mobile
from sanfuwu.visits.actions import record_opinion, record_visit
from sanfuwu.visits.commands import Found, RecordOpinion, RecordVisit

from .cast import Cast
from .stage import Course
from .story import SONGXIA

CHINA = dt.timezone(dt.timedelta(hours=8))
VILLAGE = "330604007233"  # 外五甲村, with which the deputy head is paired
POWER, WATER = "gds-songxia", "zlsgs"
TEXT = (
    "小微企业工业园区二期七十三亩土地一月份刚刚摘牌，施工单位正月十八进场打桩，工地既没有临时用电也没有临时用水，"
    "附近只有一台满负荷的农用变压器，水管在六百米外的主干道上，请协调尽快接通。"
)
PAPERS = (
    ("临时用电申请表（盖公章）及负荷清单", 15),
    ("国有建设用地使用权出让合同复印件", 15),
    ("施工总平面图，标出用电、用水接入点", 18),
    ("临时用水申请表及用水量测算", 18),
)


def at(day: int, hour: int, minute: int = 0) -> dt.datetime:
    """A moment of February 2019."""
    return dt.datetime(2019, 2, day, hour, minute, tzinfo=CHINA)


def songxia_visits(cast: Cast) -> tuple[dt.datetime, Course]:
    """When it begins, and its course."""
    return at(12, 11, 20), _course(cast)


def _key(name: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"sanfuwu:demo:{name}")


def _park(cast: Cast) -> RequesterInput:
    """The requester is a public unit; the contact is a person."""
    return RequesterInput(
        "organisation",
        "上虞城建资产经营管理有限公司",
        contact_name="金仲文",
        phone=make_sample_mobile(10_001),
        unit_id=cast.units["cjzc"],
    )


def _course(cast: Cast) -> Course:
    deputy = cast.actors["deputy"]
    village = record_visit(
        RecordVisit(
            client_key=_key("village"),
            held_at=at(12, 9),
            division=VILLAGE,
            parties=(RequesterInput("village", cast.villages[VILLAGE], village_code=VILLAGE),),
            pairing="village",
        ),
        actor=deputy,
        now=at(12, 11, 20),
    )
    words = "村口的公交站台请加一个遮雨棚，老人等车没有地方避雨。"
    record_opinion(village.pk, RecordOpinion(text=words), actor=deputy, now=at(12, 11, 20))
    yield at(12, 15, 40)
    problem = _found(cast)
    yield at(12, 16, 30)
    _handed_out(cast, problem)
    yield at(13, 9, 20)
    for unit in (POWER, WATER):
        act.sign(problem.pk, cmd.Sign(), actor=cast.handler(unit), now=at(13, 9, 20))
    yield at(13, 10, 30)
    _planned(cast, problem)
    yield at(14, 16)
    _followed_up(cast, problem, at(14, 14, 30), at(14, 16), met=2)
    yield at(15, 11)
    text = "变压器基础已经浇好，农忙线路改接图送审，等用电申请盖章件到齐就开票施工。"
    act.report(problem.pk, cmd.Report(text=text, for_requester=True), actor=cast.handler(POWER), now=at(15, 11))
    yield at(18, 15, 30)
    _followed_up(cast, problem, at(18, 13, 40), at(18, 15, 30), met=2)
    yield at(19, 10)
    text = "六百米接水管沟开挖过半，过路段已办占道手续，二十五日前试压。"
    act.report(problem.pk, cmd.Report(text=text, for_requester=True), actor=cast.handler(WATER), now=at(19, 10))


def _found(cast: Cast) -> Problem:
    """The visit to the park; the requester is a unit, its contact a person."""
    deputy, now = cast.actors["deputy"], at(12, 15, 40)
    park = _park(cast)
    registration = cmd.Registration(
        text=TEXT,
        title="小微企业工业园区二期临时用水用电",
        division=SONGXIA,
        requester=park,
        category_id=cast.categories["gd-jr"],
        proposed_unit=cast.units[POWER],
    )
    visit = record_visit(
        RecordVisit(
            client_key=_key("park"),
            held_at=at(12, 13, 50),
            division=SONGXIA,
            parties=(park,),
            found=(Found(registration=registration),),
        ),
        actor=deputy,
        now=now,
    )
    settle()
    problem = Problem.objects.get(visit_id=visit.pk)
    for text, day in PAPERS:
        paper = cmd.AddRequirement(text=text, due_on=dt.date(2019, 2, day))
        act.add_requirement(problem.pk, paper, actor=deputy, now=now)
    return problem


def _handed_out(cast: Cast, problem: Problem) -> None:
    """One problem, two responsible public-service units; both promise."""
    office, now = cast.actors["songxia"], at(12, 16, 30)
    act.accept(problem.pk, cmd.Accept(category_id=cast.categories["gd-jr"]), actor=office, now=now)
    units = cmd.Dispatch(
        lead=cast.units[POWER],
        co=(cast.units[WATER],),
        instruction="电由供电所主办，水由自来水公司协办，请列入近期施工计划，接通前每周报一次。",
    )
    act.dispatch(problem.pk, units, actor=office, now=now)


def _planned(cast: Cast, problem: Problem) -> None:
    """Into their construction plans; the power company names a date."""
    now = at(13, 10, 30)
    steps = (
        (POWER, (("架设四百千伏安临时变压器", 22), ("装表送电", 26))),
        (WATER, (("敷设六百米接水管", 25), ("装表通水", 28))),
    )
    for unit, told in steps:
        plan = tuple(cmd.Step(text=text, unit_id=cast.units[unit], due_on=dt.date(2019, 2, day)) for text, day in told)
        act.set_plan(problem.pk, cmd.SetPlan(steps=plan), actor=cast.handler(unit), now=now)
    promised = cmd.RecordCommitment(
        unit_id=cast.units[POWER], text="二月二十六日送电", due_on=dt.date(2019, 2, 26), visit_id=problem.visit_id
    )
    act.record_commitment(problem.pk, promised, actor=cast.handler(POWER), now=now)
    contact = cmd.MakeContact(how="visit", text="到工地与施工方负责人一起定了变压器位置，进线走东侧围墙。")
    act.contact(problem.pk, contact, actor=cast.handler(POWER), now=now)


def _followed_up(cast: Cast, problem: Problem, held_at: dt.datetime, now: dt.datetime, *, met: int) -> None:
    """The deputy head goes again and takes in papers that are ready."""
    deputy = cast.actors["deputy"]
    record_visit(
        RecordVisit(
            client_key=_key(f"follow-up {held_at:%d}"),
            held_at=held_at,
            division=SONGXIA,
            parties=(_park(cast),),
            followed_up=(problem.pk,),
        ),
        actor=deputy,
        now=now,
    )
    settle()
    missing = problem.requirements.filter(done_at__isnull=True).order_by("pk")[:met]
    for paper in list(missing):
        act.meet_requirement(problem.pk, cmd.MeetRequirement(requirement_id=paper.pk), actor=deputy, now=now)
