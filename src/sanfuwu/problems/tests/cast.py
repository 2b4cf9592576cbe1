"""A fixed cast of 上虞 in February 2019, and the walk of one problem through it.

People are entered when a test first names them, by the plans of the program's own actions. The clock stands still at
`NOW` unless a test says otherwise.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator
from functools import cached_property
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from sanfuwu.ledger.errors import ActionError
from sanfuwu.ledger.models import Event
from sanfuwu.parties.actions import RequesterInput
from sanfuwu.rules.samples import make_sample_mobile, make_sample_uscc
from sanfuwu.territory.actor import SYSTEM, Actor
from sanfuwu.territory.models import Rank, Role, Unit
from sanfuwu.testing.people import enter

from .. import actions
from ..actions.categories import create_category
from ..commands import (
    Accept,
    Dispatch,
    MakeContact,
    RecordCallback,
    Registration,
    Review,
    Sign,
    SignOff,
    StrikeOff,
    SubmitResult,
)
from ..models import Problem
from ..snapshot import Snapshot, load

SHANGHAI = dt.timezone(dt.timedelta(hours=8))
NOW = dt.datetime(2019, 2, 12, 10, 30, tzinfo=SHANGHAI)  # a Tuesday; 春节 ended on the 10th
SINCE = dt.date(2018, 12, 1)
SONGXIA = "330604007000"
VILLAGE = "330604007001"  # in 崧厦
ELSEWHERE = "330604003000"  # another town

TEXT = "我厂夏季用电高峰经常跳闸。车间每周停工两次，订单交期受影响，请协调增容。"
SECOND_TITLE = "某企业反映用电容量不足"
SECOND_TEXT = "辖区一家企业反映高峰时段用电容量不足，请核实线路负荷并提出方案。"
PERSON, PHONE = "陆建国", make_sample_mobile(71)


def at(day: int, hour: int = 10, minute: int = 30, *, month: int = 2) -> dt.datetime:
    """A local moment of 2019."""
    return dt.datetime(2019, month, day, hour, minute, tzinfo=SHANGHAI)


def closing(day: int, *, month: int = 2) -> dt.datetime:
    """Close of business of a day of 2019."""
    return at(day, 17, 30, month=month)


def firm(serial: int = 1, **more: Any) -> RequesterInput:
    """An enterprise with a valid code, a contact person and his telephone."""
    given: dict[str, Any] = {
        "name": f"上虞样例{serial}号伞业有限公司",
        "uscc": make_sample_uscc(serial),
        "contact_name": PERSON,
        "phone": PHONE,
    }
    return RequesterInput("enterprise", **(given | more))


def told(text: str = TEXT, requester: RequesterInput | None = None, **more: Any) -> Registration:
    """What somebody said at a visit in 崧厦."""
    given: dict[str, Any] = {"division": VILLAGE, "channel": "visit"} | more
    return Registration(text=text, requester=requester or firm(), **given)


class Cast:
    """Who acts. Each attribute is one person in one post, entered at first use."""

    def unit(self, code: str) -> UUID:
        """The id of a seeded unit."""
        return Unit.objects.values_list("pk", flat=True).get(code=code)

    def hire(self, unit_code: str, role: str, name: str, *, rank: str = Rank.STAFF, **more: Any) -> Actor:
        """A person entered, a post given, ready to act."""
        portfolio = more.pop("portfolio", ())
        post = enter(
            name,
            self.unit(unit_code),
            role=role,
            title="工作人员",
            rank=rank,
            valid_from=SINCE,
            portfolio=portfolio,
            now=NOW,
        )
        return Actor(
            account_id=None,
            post_id=post.pk,
            unit_id=post.unit_id,
            role=role,
            person_id=post.person_id,
            rank=rank,
            portfolio=frozenset(portfolio),
            **more,
        )

    # The dispatch offices.
    @cached_property
    def office(self) -> Actor:
        """三服务办受理员."""
        return self.hire("sfwb", Role.DISPATCHER, "王受理")

    @cached_property
    def named_office(self) -> Actor:
        """A dispatcher named to see confidential requesters."""
        return self.hire("sfwb", Role.DISPATCHER, "金保密", confidential_officer=True)

    @cached_property
    def town_office(self) -> Actor:
        """崧厦镇受理员."""
        return self.hire(SONGXIA, Role.TOWN_DISPATCHER, "章镇办", place=SONGXIA)

    @cached_property
    def other_town_office(self) -> Actor:
        return self.hire(ELSEWHERE, Role.TOWN_DISPATCHER, "丁镇办", place=ELSEWHERE)

    # The units.
    @cached_property
    def handler(self) -> Actor:
        """崧厦供电所 经办."""
        return self.hire("gds-songxia", Role.HANDLER, "夏经办")

    @cached_property
    def head(self) -> Actor:
        """崧厦供电所 所长."""
        return self.hire("gds-songxia", Role.UNIT_HEAD, "严所长", rank=Rank.CHIEF)

    @cached_property
    def company(self) -> Actor:
        """供电公司, above the 供电所: 经办."""
        return self.hire("gdgs", Role.HANDLER, "谢公司")

    @cached_property
    def company_head(self) -> Actor:
        return self.hire("gdgs", Role.UNIT_HEAD, "韩经理", rank=Rank.CHIEF)

    @cached_property
    def water(self) -> Actor:
        """自来水公司 经办."""
        return self.hire("zlsgs", Role.HANDLER, "何经办")

    @cached_property
    def water_head(self) -> Actor:
        return self.hire("zlsgs", Role.UNIT_HEAD, "沈经理", rank=Rank.CHIEF)

    @cached_property
    def town_head(self) -> Actor:
        """崧厦镇, as a unit that handles."""
        return self.hire(SONGXIA, Role.UNIT_HEAD, "阮镇长", rank=Rank.CHIEF)

    @cached_property
    def villager(self) -> Actor:
        """A village's handler, to hand down to."""
        return self.hire(VILLAGE, Role.HANDLER, "杜村委")

    @cached_property
    def village_head(self) -> Actor:
        return self.hire(VILLAGE, Role.UNIT_HEAD, "罗书记", rank=Rank.CHIEF)

    # The others.
    @cached_property
    def collector(self) -> Actor:
        """走访干部: 崧厦镇副镇长."""
        return self.hire(SONGXIA, Role.COLLECTOR, "俞镇长", rank=Rank.DEPUTY)

    @cached_property
    def verifier(self) -> Actor:
        """回访员 of the 督查室."""
        return self.hire("dcs", Role.VERIFIER, "钟回访")

    @cached_property
    def unit_verifier(self) -> Actor:
        """A call-back post that sits in the handling 供电所 itself."""
        return self.hire("gds-songxia", Role.VERIFIER, "袁回访")

    @cached_property
    def supervisor(self) -> Actor:
        """督查员."""
        return self.hire("dcs", Role.SUPERVISOR, "倪督查")

    @cached_property
    def named_supervisor(self) -> Actor:
        return self.hire("dcs", Role.SUPERVISOR, "任督查", confidential_officer=True)

    @cached_property
    def district_leader(self) -> Actor:
        """区领导."""
        return self.hire("qwqzf", Role.LEADER, "孙区长", rank=Rank.DISTRICT_LEADER)

    @cached_property
    def leader(self) -> Actor:
        """A leader below the district's, in charge (分管) of the 供电公司."""
        return self.hire("xcb", Role.LEADER, "施部长", rank=Rank.CHIEF, portfolio=(self.unit("gdgs"),))

    @cached_property
    def other_leader(self) -> Actor:
        return self.hire("rdcwh", Role.LEADER, "宋主任", rank=Rank.CHIEF)

    @cached_property
    def system_officer(self) -> Actor:
        return self.hire("sfwb", Role.SYSTEM_OFFICER, "甲系统")

    @cached_property
    def security_officer(self) -> Actor:
        return self.hire("sfwb", Role.SECURITY_OFFICER, "乙安全")

    @cached_property
    def audit_officer(self) -> Actor:
        return self.hire("sfwb", Role.AUDIT_OFFICER, "丙审计")

    @cached_property
    def category(self) -> UUID:
        """基础设施 / 供电."""
        return create_category("gd", "供电", parent_id=self.category_above, actor=SYSTEM, now=NOW).pk

    @cached_property
    def category_above(self) -> UUID:
        return create_category("jcss", "基础设施", actor=SYSTEM, now=NOW).pk

    # The walk: each step brings a problem to the stage that the next one starts from.
    def registered(self, reg: Registration | None = None, *, now: dt.datetime = NOW) -> Problem:
        return actions.register_problem(reg or told(), actor=self.collector, now=now)

    def accepted(self, reg: Registration | None = None, *, now: dt.datetime = NOW, **how: Any) -> Problem:
        problem = self.registered(reg, now=now)
        return actions.accept(problem.pk, Accept(category_id=self.category, **how), actor=self.office, now=now)

    def dispatched(
        self,
        reg: Registration | None = None,
        *,
        now: dt.datetime = NOW,
        lead: str = "gds-songxia",
        co: tuple[str, ...] = (),
        **how: Any,
    ) -> Problem:
        problem = self.accepted(reg, now=now, **how)
        second = {"title_for_units": SECOND_TITLE, "text_for_units": SECOND_TEXT} if problem.confidential else {}
        cmd = Dispatch(lead=self.unit(lead), co=tuple(self.unit(c) for c in co), **second)
        return actions.dispatch(problem.pk, cmd, actor=self.office, now=now)

    def signed(self, reg: Registration | None = None, *, now: dt.datetime = NOW, **how: Any) -> Problem:
        problem = self.dispatched(reg, now=now, **how)
        return actions.sign(problem.pk, Sign(), actor=self.handler, now=now)

    def contacted(self, reg: Registration | None = None, *, now: dt.datetime = NOW, **how: Any) -> Problem:
        problem = self.signed(reg, now=now, **how)
        return actions.contact(problem.pk, MakeContact(), actor=self.handler, now=now)

    def submitted(self, reg: Registration | None = None, *, now: dt.datetime = NOW, **how: Any) -> Problem:
        """A result stands for sign-off. Of an anonymous or confidential one nobody can be contacted before."""
        step = self.signed if reg is not None and (reg.anonymous or reg.confidential) else self.contacted
        problem = step(reg, now=now, **how)
        return actions.submit_result(problem.pk, result(), actor=self.handler, now=now)

    def signed_off(self, reg: Registration | None = None, *, now: dt.datetime = NOW, **how: Any) -> Problem:
        problem = self.submitted(reg, now=now, **how)
        return actions.sign_off(problem.pk, SignOff(), actor=self.head, now=now)

    def reviewed(self, reg: Registration | None = None, *, now: dt.datetime = NOW, **how: Any) -> Problem:
        """待回访."""
        problem = self.signed_off(reg, now=now, **how)
        return actions.review(problem.pk, Review(), actor=self.office, now=now)

    def called_back(
        self,
        reg: Registration | None = None,
        *,
        answer: RecordCallback | None = None,
        now: dt.datetime = NOW,
        **how: Any,
    ) -> Problem:
        """待销号 when the answer is "confirmed" (the default) or "dissatisfied"."""
        problem = self.reviewed(reg, now=now, **how)
        return actions.record_callback(problem.pk, answer or confirmed(), actor=self.verifier, now=now)

    def struck_off(self, reg: Registration | None = None, *, now: dt.datetime = NOW, **how: Any) -> Problem:
        problem = self.called_back(reg, now=now, **how)
        return actions.strike_off(problem.pk, StrikeOff(), actor=self.office, now=now)


def result(kind: str = "solved") -> SubmitResult:
    return SubmitResult(result_kind=kind, text="已更换变压器并完成增容。", evidence="增容验收单，企业在场。")


def confirmed(**more: Any) -> RecordCallback:
    """By telephone: contacted, solved, satisfied."""
    given: dict[str, Any] = {"channel": "phone", "reached": True, "contacted": True, "solved": True}
    return RecordCallback(**(given | {"satisfied": "yes", "outcome": "confirmed"} | more))


def dissatisfied(outcome: str = "dissatisfied") -> RecordCallback:
    """By telephone: not satisfied, in his own words."""
    return confirmed(solved=False, satisfied="no", outcome=outcome, words="还是跳闸，没有人来过第二次。")


def kinds(problem: Problem | UUID) -> list[str]:
    """The kinds of all its events, oldest first."""
    pk = problem if isinstance(problem, UUID) else problem.pk
    events = Event.objects.filter(stream_kind="problem", stream_id=pk)
    return list(events.order_by("seq").values_list("kind", flat=True))


def last_event(problem: Problem) -> Event:
    return Event.objects.filter(stream_kind="problem", stream_id=problem.pk).order_by("-seq")[0]


def seen(problem: Problem) -> Snapshot:
    """The problem as the database has it now."""
    return load(problem.pk)


_WRITTEN = (
    "ledger_note",
    "ledger_outboxmessage",
    "parties_contact",
    "parties_party",
    "problems_assignment",
    "problems_attachment",
    "problems_callback",
    "problems_clockpause",
    "problems_commitment",
    "problems_coordination",
    "problems_coordinationitem",
    "problems_deadline",
    "problems_leadership",
    "problems_planstep",
    "problems_problem",
    "problems_problemrow",
    "problems_problemtext",
    "problems_requirement",
    "problems_unitrequest",
    "problems_verificationcycle",
)


def everything_written() -> list[Any]:
    """A digest of every row that an act could touch: two of them differ as soon as one value does."""
    events = "(SELECT * FROM ledger_event WHERE stream_kind IN ('problem', 'party'))"  # a test may hire on the way
    parts = [
        f"(SELECT md5(coalesce(string_agg(t::text, ',' ORDER BY t::text), '')) FROM {t} t)" for t in (events, *_WRITTEN)
    ]
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(parts))
        return list(cursor.fetchone())


@contextlib.contextmanager
def refused(error: type[ActionError], *, field: str | None = None, code: str | None = None) -> Iterator[None]:
    """The block is refused with this error, at this field, in words, and nothing at all is written."""
    before = everything_written()
    with pytest.raises(error) as caught:
        yield
    assert caught.value.field == field, caught.value.message
    if code is not None:
        assert caught.value.code == code
    assert caught.value.message
    assert everything_written() == before
