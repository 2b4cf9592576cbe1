"""How a problem goes, act by act: a course is a list of steps, each with the office hours that pass before it."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from uuid import UUID

from sanfuwu.problems import actions as act
from sanfuwu.problems import commands as cmd
from sanfuwu.problems.models import Problem
from sanfuwu.problems.snapshot import load
from sanfuwu.rules.identifiers import check_division, is_within
from sanfuwu.rules.worktime import WorkCalendar
from sanfuwu.territory.actor import Actor

from . import words
from .asking import Asking
from .cast import Cast
from .firms import requester
from .pools import towns
from .stage import Course, later
from .story import SONGXIA, ZHANGZHEN, Step, Story

DOZENS = 1_000  # serials from here on are made by the dozen

_BEGUN = "accept 2, dispatch 1"
_MET = f"{_BEGUN}, sign 2, contact 3"
_TO_RESULT = f"{_MET}, report 6, submit 10"
_TO_REVIEW = f"{_TO_RESULT}, sign_off 3"
_TO_CALL = f"{_TO_REVIEW}, review 4"
_AGAIN = "submit 8, sign_off 2, review 3"

COURSES: dict[str, str] = {
    "submitted": "",
    "on_spot": "",
    "declined": "decline 3",
    "info_needed": "request_info 3",
    "to_dispatch": "accept 2",
    "to_sign": _BEGUN,
    "handling": f"{_MET}, report 6",
    "overdue": f"{_BEGUN}, sign 6, contact 2",
    "to_sign_off": _TO_RESULT,
    "to_review": _TO_REVIEW,
    "to_call_back": _TO_CALL,
    "to_strike_off": f"{_TO_CALL}, satisfied 5",
    "struck_off": f"{_TO_CALL}, satisfied 5, strike_off 2",
    "late": f"{_BEGUN}, sign 10, contact 8, report 25, submit 30, sign_off 3, review 4, satisfied 5, strike_off 2",
    "sent_back": f"{_TO_REVIEW}, send_back 3, report 3, {_AGAIN}, satisfied 5, strike_off 2",
    "redo": f"{_TO_CALL}, redo 6, sign 2, contact 2, report 4, {_AGAIN}, satisfied 5, strike_off 2",
    "dissatisfied": f"{_TO_CALL}, dissatisfied 6",
    "dissatisfied_closed": f"{_TO_CALL}, dissatisfied 6, strike_off_as_second 8",
    "unreached": f"{_TO_CALL}, call_in_vain 3, message_in_vain 9",
    "unreachable": f"{_TO_CALL}, call_in_vain 3, message_in_vain 9, call_in_vain 9, strike_off 3",
    "handed_down": f"{_BEGUN}, sign 2, hand_down 3, sign_below 3, contact_below 3, report_below 8, submit_below 8,"
    f" sign_off_below 2, review_below 2, submit 2, sign_off 2, review 4, satisfied 6, strike_off 2",
    "led": "accept_as_key 2, appoint_leader 3, dispatch 1, sign 2, contact 3, plan 4, report 8, report 16, submit 8*,"
    " sign_off 2, review 3, satisfied 5, strike_off 2",
    "coordinated": f"{_MET}, report 8, coordinate 6, submit 8*, sign_off 2, review 3, satisfied 5, strike_off 2",
    "anonymous": f"{_BEGUN}, sign 2, report 6, {_AGAIN}, published 10, strike_off 1",
    "confidential": f"{_BEGUN}, sign 2, report 6, {_AGAIN}, satisfied 5, strike_off 2",
    "returned": f"{_BEGUN}, give_back 6",
    "upheld": f"{_BEGUN}, give_back 5, uphold 4, contact 3, report 8, {_AGAIN}, satisfied 5, strike_off 2",
    "extension_asked": f"{_MET}, report 6, ask_extension 10",
    "extended": f"{_MET}, report 6, ask_extension 10, grant_extension 5, report 20, {_AGAIN}, satisfied 5,"
    f" strike_off 2",
    "hold_asked": f"{_MET}, report 6, ask_hold 8",
    "on_hold": f"{_MET}, report 6, ask_hold 8, grant_hold 6, report 60",
    "withdrawn": f"{_MET}, withdraw 12, withdrawal_confirmed 8",
    "reopened": f"{_TO_CALL}, satisfied 5, strike_off 2, reopen 60, sign 3, contact 4, report 8",
}


_FEAST_OVER = dt.datetime(2019, 2, 11, 9, 20, tzinfo=dt.timezone(dt.timedelta(hours=8)))


def steps_of(course: str) -> list[Step]:
    """The acts of a course. "submit 8*": not before the Spring Festival is over."""
    found = []
    for part in COURSES[course].split(", "):
        if part:
            name, hours = part.split()
            found.append(Step(name, int(hours.rstrip("*")), _FEAST_OVER if hours.endswith("*") else None))
    return found


def run(story: Story, serial: int, cast: Cast, calendar: WorkCalendar) -> tuple[dt.datetime, Course]:
    """When the story begins, and its course."""
    dice = random.Random(serial)  # noqa: S311 — the same demonstration for everybody
    day = dt.date(2019, int(story.day[:2]), int(story.day[2:]))
    minute = 8 * 60 + 35 + dice.randrange(0, 170) if serial % 3 else 13 * 60 + 40 + dice.randrange(0, 180)
    start = dt.datetime.combine(day, dt.time(minute // 60, minute % 60), calendar.tz)
    return start, Walk(story, serial, cast, calendar, start).course()


@dataclass
class Walk(Asking):
    """One problem on its way; `now` is the moment of the present act."""

    story: Story
    serial: int
    cast: Cast
    calendar: WorkCalendar
    now: dt.datetime
    problem: Problem = field(init=False)
    speaker: words.Speaker = field(init=False)

    def course(self) -> Course:
        """Register now; then act after act."""
        self._register()
        yield from self.go_on()

    def go_on(self) -> Course:
        """What follows the registration."""
        told = self.story.steps or (steps_of(self.story.course) if self.story.course in COURSES else ())
        yield from self.walk(told)

    @classmethod
    def of(
        cls, problem: Problem, story: Story, serial: int, cast: Cast, calendar: WorkCalendar, now: dt.datetime
    ) -> Walk:
        """Of a problem that a visit or a meeting has registered already."""
        walk = cls(story, serial, cast, calendar, now)
        walk.problem = problem
        walk.speaker = words.Speaker(serial, who=words.called(story.who), what=problem.title)
        return walk

    def walk(self, steps: Iterable[Step]) -> Course:
        for step in steps:
            self.now = later(self.calendar, self.now, step.hours)
            if step.not_before is not None:
                self.now = max(self.now, step.not_before)
            yield self.now
            getattr(self, f"_{step.act}")()

    # ── who ──────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def place(self) -> str:
        return check_division(self.story.place).value

    @property
    def office(self) -> Actor:
        """The town's own dispatcher where it has one, otherwise the district's."""
        for key, town in (("songxia", SONGXIA), ("zhangzhen", ZHANGZHEN)):
            if is_within(self.place, town) and self.story.lead != town:
                return self.cast.actors[key]
        return self._one_of("dispatcher")

    @property
    def verifier(self) -> Actor:
        """One of those who call back."""
        return self._one_of("verifier")

    def _one_of(self, key: str) -> Actor:
        """Named ones do what is written out; what comes by the dozen is shared out among three."""
        number = self.serial % 3 + 1 if self.serial >= DOZENS else 1
        return self.cast.actors[key if number == 1 else f"{key}:{number}"]

    @property
    def registrar(self) -> Actor:
        if self.story.channel in ("hotline", "self", "line"):
            return self._one_of("dispatcher")
        if is_within(self.place, SONGXIA):
            return self.cast.actors["deputy"]
        if is_within(self.place, ZHANGZHEN):
            return self.cast.actors["zhangzhen"]
        return self.cast.actors["firms" if self.story.who.startswith("firm") else "villages"]

    def _unit(self, below: bool = False) -> str:
        code = self.story.co[0] if below else self.story.lead
        return self.cast.successor(code, self.now)

    def _assignment(self, below: bool) -> UUID | None:
        """Which assignment is meant; None where there is only one."""
        if self.story.course != "handed_down":
            return None
        unit = self.cast.units[self._unit(below)]
        held = [a.pk for a in load(self.problem.pk, lock=True).assignments if a.unit_id == unit]
        return held[-1] if held else None

    def _said(self, sentences: tuple[str, ...] | str, below: bool = False) -> str:
        return self.speaker.say(sentences, unit=unit_called(self._unit(below)), now=self.now)

    def _do(self, action: Callable[..., Problem], command: object, actor: Actor) -> None:
        action(self.problem.pk, command, actor=actor, now=self.now)

    # ── from registration to dispatch ────────────────────────────────────────────────────────────────────────────

    def _register(self) -> None:
        story = self.story
        who = requester(story.who, self.serial, dict(self.cast.villages))
        reg = cmd.Registration(
            text=story.text,
            division=story.place,
            requester=who,
            anonymous=story.who == "anonymous",
            channel=story.channel,
            urgency=story.urgency,
            category_id=self.cast.categories[story.category],
            confidential=story.course == "confidential",
        )
        if story.course == "on_spot":
            how = "工作人员当场联系责任单位，半小时内派人处理完毕，现场复核没有问题。"
            solution = cmd.SpotSolution(how=how, confirmed_by="反映人本人")
            self.problem = act.solve_on_spot(reg, solution, actor=self.registrar, now=self.now)
        else:
            self.problem = act.register_problem(reg, actor=self.registrar, now=self.now)
        self.speaker = words.Speaker(self.serial, who=words.called(story.who), what=self.problem.title)

    def _decline(self) -> None:
        where = "教师管理与赔偿争议请先向学校提出，不服的可向区教育体育局申诉或依法起诉。"
        self._do(act.decline, cmd.Decline(reason_code="legal_channel", where_to_go=where), self.office)

    def _request_info(self) -> None:
        self._do(act.request_info, cmd.RequestInfo(what="请补充具体地址、时间和联系方式，越具体越快。"), self.office)

    def _accept(self, tier: str = "limited") -> None:
        category = self.cast.categories[self.story.category]
        command = cmd.Accept(category_id=category, tier=tier, urgency=self.story.urgency)
        self._do(act.accept, command, self.office)

    def _accept_as_key(self) -> None:
        self._accept("key")

    def _appoint_leader(self) -> None:
        command = cmd.AppointLeader(post_id=self.cast.post(self.story.leader))
        self._do(act.appoint_leader, command, self._one_of("dispatcher"))

    def _dispatch(self) -> None:
        below = self.story.course == "handed_down"
        second = self.story.course == "confidential"
        command = cmd.Dispatch(
            lead=self.cast.units[self._unit()],
            co=() if below else tuple(self.cast.units[code] for code in self.story.co),
            instruction=self._said(words.INSTRUCTION),
            title_for_units="低保资格复核请求" if second else "",
            text_for_units="请复核上浦镇去年低保动态调整中一户残疾人家庭的资格，答复依据和结论。" if second else "",
        )
        self._do(act.dispatch, command, self.office)

    # ── in the unit ──────────────────────────────────────────────────────────────────────────────────────────────

    def _sign(self, below: bool = False) -> None:
        self._do(act.sign, cmd.Sign(assignment_id=self._assignment(below)), self.cast.handler(self._unit(below)))

    def _contact(self, below: bool = False) -> None:
        if self.problem.anonymous:
            return
        how = ("phone", "visit", "sms")[self.serial % 3]
        text = self._said(words.CONTACT, below)
        command = cmd.MakeContact(how=how, text=text, assignment_id=self._assignment(below))
        self._do(act.contact, command, self.cast.handler(self._unit(below)))

    def _report(self, below: bool = False) -> None:
        command = cmd.Report(
            text=self._said(words.REPORT, below), for_requester=True, assignment_id=self._assignment(below)
        )
        self._do(act.report, command, self.cast.handler(self._unit(below)))

    def _submit(self, below: bool = False) -> None:
        settled = self.story.course in ("led", "coordinated")  # what goes so high is not explained away
        kind = "explained" if self.serial % 9 == 4 and not settled else "solved"
        command = cmd.SubmitResult(
            result_kind=kind,
            text=self._said(words.RESULT[kind], below),
            evidence=self._said(words.EVIDENCE, below),
            assignment_id=self._assignment(below),
        )
        self._do(act.submit_result, command, self.cast.handler(self._unit(below)))

    def _sign_off(self, below: bool = False) -> None:
        command = cmd.SignOff(assignment_id=self._assignment(below))
        self._do(act.sign_off, command, self.cast.head(self._unit(below)))

    def _hand_down(self) -> None:
        command = cmd.HandDown(
            lead=self.cast.units[self.story.co[0]],
            instruction="就近办理，办好后报回。",
            assignment_id=self._assignment(below=False),
        )
        self._do(act.hand_down, command, self.cast.handler(self.story.lead))

    def _sign_below(self) -> None:
        self._sign(below=True)

    def _contact_below(self) -> None:
        self._contact(below=True)

    def _report_below(self) -> None:
        self._report(below=True)

    def _submit_below(self) -> None:
        self._submit(below=True)

    def _sign_off_below(self) -> None:
        self._sign_off(below=True)

    def _review_below(self) -> None:
        self._do(act.review, cmd.Review(assignment_id=self._assignment(below=True)), self.cast.handler(self.story.lead))

    def _coordinate(self, level: str = "district") -> None:
        command = cmd.RecordCoordination(
            level=level,
            held_at=self.now - dt.timedelta(minutes=40),
            chaired_by=self.cast.post(self.story.leader),
            decision=self._said(words.DECISION),
            units=(self.cast.units[self._unit()],),
        )
        self._do(act.record_coordination, command, self._one_of("dispatcher"))

    def _coordinate_town(self) -> None:
        self._coordinate("town")

    def _plan(self) -> None:
        """方案: the monthly cycle prepares a preliminary solution before leaders go out."""
        unit = self.cast.units[self._unit()]
        first, second = (self.now.date() + dt.timedelta(days=n) for n in (9, 24))
        steps = (
            cmd.Step(text=self._said(words.FIRST_STEP), unit_id=unit, due_on=first),
            cmd.Step(text=self._said(words.LAST_STEP), unit_id=unit, due_on=second),
        )
        self._do(act.set_plan, cmd.SetPlan(steps=steps), self.cast.handler(self._unit()))

    def _sign_if_succeeded(self) -> None:
        """The successor signs anew what it took over."""
        if any(a.state == "pending_sign" for a in load(self.problem.pk, lock=True).assignments):
            self._sign()

    def _decline_elsewhere(self) -> None:
        where = words.ELSEWHERE[self.serial % len(words.ELSEWHERE)]
        self._do(act.decline, cmd.Decline(reason_code="not_ours", where_to_go=where), self.office)

    def _ask_if_sampled(self) -> None:
        """Some of what was solved on the spot is asked about (model.md: one in ten, and whoever comes again)."""
        if load(self.problem.pk, lock=True).open_cycle is not None:
            self._satisfied()

    # ── review, call-back, striking off ──────────────────────────────────────────────────────────────────────────

    def _review(self) -> None:
        self._do(act.review, cmd.Review(assignment_id=self._assignment(below=False)), self.office)

    def _send_back(self) -> None:
        command = cmd.SendBack(reason_code="no_evidence", text=self._said(words.SEND_BACK))
        self._do(act.send_back, command, self.office)

    def _call(self, outcome: str, satisfied: str, sentences: tuple[str, ...] | str, *, solved: bool) -> None:
        command = cmd.RecordCallback(
            channel="phone",
            reached=True,
            contacted=self.story.course != "confidential",  # of such a one the unit knows nobody to contact
            solved=solved,
            satisfied=satisfied,
            outcome=outcome,
            words=self._said(sentences),
        )
        self._do(act.record_callback, command, self.verifier)

    def _satisfied(self) -> None:
        self._call("confirmed", "yes" if self.serial % 4 else "basically", words.SATISFIED, solved=True)

    def _redo(self) -> None:
        self._call("redo", "no", words.REDO, solved=False)

    def _dissatisfied(self) -> None:
        self._call("dissatisfied", "no", words.DISSATISFIED, solved=True)

    def _published(self) -> None:
        command = cmd.RecordCallback(channel="web", reached=False, outcome="anonymous", words=words.PUBLISHED)
        self._do(act.record_callback, command, self.verifier)

    def _call_in_vain(self, channel: str = "phone") -> None:
        self._do(act.record_callback, cmd.RecordCallback(channel=channel, reached=False), self.verifier)

    def _message_in_vain(self) -> None:
        self._call_in_vain("sms")

    def _strike_off(self) -> None:
        self._do(act.strike_off, cmd.StrikeOff(), self._one_of("dispatcher"))

    def _strike_off_as_second(self) -> None:
        remark = "经核查问题已按规定处理，反映人对时限不满意，同意销号并计入不满意。"
        self._do(act.strike_off, cmd.StrikeOff(remark=remark), self.cast.actors["supervisor"])


# How people of a unit call it in a sentence.
UNIT_NAMES = {
    "gds-songxia": "崧厦供电所",
    "gdgs": "供电公司",
    "zlsgs": "自来水公司",
    "trqgs": "天然气公司",
    "jjdd": "交警大队",
    "zrzyj": "自然资源和规划分局",
    "jxj": "经信局",
    "rsj": "人社局",
    "jtj": "交通运输局",
    "sthjj": "生态环境分局",
    "zjj": "建设局",
    "zhzfj": "综合执法局",
    "scjgj": "市场监管局",
    "swj": "商务局",
    "jytyj": "教体局",
    "mzj": "民政局",
    "ybj": "医保局",
    "wjj": "卫健局",
    "slj": "水利局",
    "nyncj": "农业农村局",
    SONGXIA: "镇建设办",
    ZHANGZHEN: "镇城建办",
    "330604101000": "长塘镇建设办",
    "330604001000": "百官街道",
    "330604005000": "梁湖街道",
    "330604005006": "华光居委会",
    "330604007008": "高铁新城社区",
    "gds-zhangzhen": "章镇供电所",
    "czj": "财政局",
    "kjj": "科技局",
    "swuj": "税务局",
    "yjglj": "应急管理局",
    "kfq-hzw": "杭州湾经开区",
    "kfq-sy": "上虞经开区",
}


def unit_called(code: str) -> str:
    """How people call a unit: a short name, a town's own, or what it is in the matter."""
    return UNIT_NAMES.get(code) or towns().get(code) or "承办单位"
