"""The columns of acts.txt: one person for each relation, the stages, and what is said with each act."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from typing import Any
from uuid import UUID

from django.test import Client

from sanfuwu.accounts.actions import create_account
from sanfuwu.accounts.passwords import random_password
from sanfuwu.api.tests.callers import Caller
from sanfuwu.exchange.actions.systems import SetSystem, add_system
from sanfuwu.ledger.fields import new_id
from sanfuwu.problems import actions
from sanfuwu.problems.commands import (
    AddRequirement,
    AppointLeader,
    Hold,
    Merge,
    NoteForeignNumber,
    Registration,
    RequestExtension,
    RequestHold,
    RequestInfo,
    Return,
    Sign,
)
from sanfuwu.problems.models import Assignment, ForeignNumber, ForeignSystem, Problem, Requirement
from sanfuwu.problems.tests.cast import NOW, Cast, dissatisfied
from sanfuwu.territory.actions import delegate, link_account, name_confidential_officer
from sanfuwu.territory.actor import SYSTEM, Actor
from sanfuwu.territory.models import ApiToken, Rank, Role

SINCE = dt.date(2018, 12, 1)
STANDS_IN = "X"  # has a session that stands in, but no token: tokens act for their own post only


class People(Cast):
    """The cast of the problems' tests, by the letters of the table."""

    @cached_property
    def by_letter(self) -> dict[str, Actor]:
        found = {
            "A": self.office,
            "B": self.town_office,
            "C": self.other_town_office,
            "D": self.handler,
            "E": self.head,
            "F": self.company,
            "G": self.company_head,
            "H": self.water,
            "I": self.water_head,
            "J": self.hire("slj", Role.HANDLER, "水利经办"),
            "K": self.hire("slj", Role.UNIT_HEAD, "水利局长", rank=Rank.CHIEF),
            "L": self.collector,
            "M": self.hire("xcb", Role.COLLECTOR, "他人走访"),
            "N": self.verifier,
            "O": self.unit_verifier,
            "P": self.supervisor,
            "Q": self.district_leader,
            "R": self.leader,
            "S": self.other_leader,
            "T": self.hire("xcb", Role.LEADER, "旁人领导", rank=Rank.CHIEF),
            "U": self.system_officer,
            "V": self.security_officer,
            "W": self.audit_officer,
            "Y": self.named_office,
            "Z": self.named_supervisor,
        }
        deputy = self.hire("gds-songxia", Role.HANDLER, "替签副所长")
        assert self.head.post_id is not None
        assert deputy.post_id is not None
        delegate(self.head.post_id, deputy.post_id, valid_from=SINCE, acts=("sign_off",), actor=SYSTEM, now=NOW)
        found[STANDS_IN] = replace(
            self.head,
            post_id=deputy.post_id,
            person_id=deputy.person_id,
            on_behalf_of=self.head.post_id,
            acts_allowed=frozenset({"sign_off"}),
        )
        for letter in "YZ":
            name_confidential_officer(_post(found[letter]), True, actor=SYSTEM, now=NOW)
        return found

    @cached_property
    def programs(self) -> dict[str, Caller]:
        """A program with a token of each post. An officer's token is written past the action, which would refuse it: if
        there were one all the same, it must open nothing."""
        found = {}
        for letter in set(self.by_letter) - {STANDS_IN}:
            text = f"sfw_test_{letter}_{new_id().hex}"
            ApiToken.objects.create(
                post_id=_post(self.by_letter[letter]),
                name="test",
                token_hash=hashlib.sha256(text.encode()).digest(),
                created_at=NOW,
            )
            found[letter] = Caller(text)
        return found

    @cached_property
    def browsers(self) -> dict[str, Client]:
        """Everybody logged in, and acting in his post or standing in for it."""
        return {letter: self._logged_in(letter) for letter in self.by_letter}

    def _logged_in(self, letter: str) -> Client:
        actor = self.by_letter[letter]
        account = create_account(f"u-{letter}", random_password(), actor=SYSTEM, now=NOW)
        link_account(_post(actor), account.pk, actor=SYSTEM, now=NOW)
        client = Client()
        client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
        if actor.on_behalf_of is not None:
            form = {"post": str(actor.post_id), "on_behalf_of": str(actor.on_behalf_of)}
            assert client.post("/posts/switch", form).status_code == 302
        return client

    def registered(self, reg: Registration | None = None, *, now: dt.datetime = NOW) -> Problem:
        """As in the table: led by S from its first day."""
        problem = super().registered(reg, now=now)
        leader = AppointLeader(post_id=_post(self.other_leader))
        return actions.appoint_leader(problem.pk, leader, actor=SYSTEM, now=now)

    def at_stage(self, name: str) -> Problem:
        """The problem of the table at one stage; made once."""
        if name not in self._made:
            self._made[name] = Problem.objects.get(pk=_STAGES[name](self).pk)
        return self._made[name]

    @cached_property
    def _made(self) -> dict[str, Problem]:
        return {}

    def said_with(self, act: str, problem: Problem) -> dict[str, Any]:
        """A command for an act that lacks nothing, about the leading unit's assignment where it is about one."""
        said = dict(_SAID[act](self, problem))
        if act in _ABOUT_AN_ASSIGNMENT:
            said["assignment_id"] = str(lead_of(problem))
        return said


def lead_of(problem: Problem) -> UUID:
    """The assignment of the leading unit."""
    found: UUID = Assignment.objects.values_list("pk", flat=True).get(problem=problem, role="lead", parent=None)
    return found


def _post(actor: Actor) -> UUID:
    assert actor.post_id is not None
    return actor.post_id


def _info_requested(people: People) -> Problem:
    problem = people.registered()
    return actions.request_info(problem.pk, RequestInfo(what="哪条线路？"), actor=people.office, now=NOW)


def _signed_above(people: People) -> Problem:
    problem = people.dispatched(lead="gdgs", co=CO)
    return actions.sign(problem.pk, Sign(), actor=people.company, now=NOW)


def _with_requirement(people: People) -> Problem:
    problem = people.dispatched(co=CO)
    return actions.add_requirement(problem.pk, AddRequirement(text="用电申请表"), actor=people.office, now=NOW)


def _with_number(people: People) -> Problem:
    problem = people.dispatched(co=CO)
    system()
    cmd = NoteForeignNumber(system="hotline", number="GD-1")
    return actions.note_foreign_number(problem.pk, cmd, actor=people.office, now=NOW)


def system() -> str:
    """The code of a system of the list."""
    if not ForeignSystem.objects.filter(code="hotline").exists():
        add_system("hotline", SetSystem(name="12345热线"), actor=SYSTEM, now=NOW)
    return "hotline"


def _returned(people: People) -> Problem:
    problem = people.dispatched(co=CO)
    cmd = Return(reason="不属本所", basis="供电区域划分", proposed_unit=people.unit("slj"))
    return actions.give_back(problem.pk, cmd, actor=people.head, now=NOW)


def _extension_asked(people: People, due_on: dt.date = dt.date(2019, 2, 28)) -> Problem:
    problem = people.signed(co=CO)
    cmd = RequestExtension(due_on=due_on, reason="等设备")
    return actions.request_extension(problem.pk, cmd, actor=people.handler, now=NOW)


def _hold_asked(people: People) -> Problem:
    problem = people.signed(co=CO)
    cmd = RequestHold(condition="works", review_on=dt.date(2019, 3, 29), reason="等工程")
    return actions.request_hold(problem.pk, cmd, actor=people.handler, now=NOW)


def _on_hold(people: People) -> Problem:
    return actions.hold(_hold_asked(people).pk, Hold(), actor=people.supervisor, now=NOW)


def _merged(people: People) -> Problem:
    problem = people.dispatched(co=CO)
    # Its own master: one that other rows of the table look at would change under them.
    cmd = Merge(master=people.signed(co=CO).number, reason="同一件事")
    return actions.merge(problem.pk, cmd, actor=people.office, now=NOW)


CO = ("zlsgs",)
_STAGES: dict[str, Callable[[People], Problem]] = {
    "registered": People.registered,
    "info_requested": _info_requested,
    "accepted": People.accepted,
    "dispatched": lambda people: people.dispatched(co=CO),
    "signed": lambda people: people.signed(co=CO),
    "signed_above": _signed_above,
    "contacted": lambda people: people.contacted(co=CO),
    "submitted": lambda people: people.submitted(co=CO),
    "signed_off": lambda people: people.signed_off(co=CO),
    "reviewed": lambda people: people.reviewed(co=CO),
    "called_back": lambda people: people.called_back(co=CO),
    "dissatisfied": lambda people: people.called_back(co=CO, answer=dissatisfied()),
    "struck_off": lambda people: people.struck_off(co=CO),
    "with_requirement": _with_requirement,
    "with_number": _with_number,
    "returned": _returned,
    "extension_asked": _extension_asked,
    "long_extension": lambda people: _extension_asked(people, dt.date(2019, 3, 29)),
    "hold_asked": _hold_asked,
    "on_hold": _on_hold,
    "merged": _merged,
}

_ABOUT_AN_ASSIGNMENT = frozenset(
    {"hand_down", "recall", "sign", "contact", "report", "submit_result", "sign_off", "send_back", "review"}
    | {"return", "rule_uphold", "rule_reassign", "request_extension", "decide_extension"}
    | {"request_hold", "hold", "refuse_hold", "renew_hold", "unhold"}
)
_SAID: dict[str, Callable[[People, Problem], dict[str, Any]]] = {
    "accept": lambda people, problem: {"category_id": str(people.category)},
    "decline": lambda people, problem: {"reason_code": "not_ours", "where_to_go": "请拨打 12345。"},
    "request_info": lambda people, problem: {"what": "哪条线路？"},
    "supply_info": lambda people, problem: {"text": "十千伏崧北线。"},
    "correct": lambda people, problem: {"reason": "错字", "title": "用电跳闸"},
    "dispatch": lambda people, problem: {"lead": str(people.unit("gds-songxia"))},
    "hand_down": lambda people, problem: {"lead": str(people.unit("gds-songxia"))},
    "recall": lambda people, problem: {"reason": "派错单位"},
    "return": lambda people, problem: (
        {"reason": "不属本所", "basis": "供电区域划分", "proposed_unit": str(people.unit("slj"))}
    ),
    "rule_uphold": lambda people, problem: {"reason": "属本所"},
    "rule_reassign": lambda people, problem: {"unit": str(people.unit("slj"))},
    "request_extension": lambda people, problem: {"due_on": "2019-02-28", "reason": "等设备"},
    "decide_extension": lambda people, problem: {"granted": True},
    "request_hold": lambda people, problem: {"condition": "works", "review_on": "2019-03-29", "reason": "等工程"},
    "hold": lambda people, problem: {},
    "refuse_hold": lambda people, problem: {"reason": "可以先办"},
    "renew_hold": lambda people, problem: {"review_on": "2019-04-30", "reason": "还在施工"},
    "unhold": lambda people, problem: {},
    "reopen": lambda people, problem: {"reason": "又跳闸了"},
    "withdraw": lambda people, problem: {"reason": "自己解决了", "proof": "书面说明"},
    "merge": lambda people, problem: {"master": people.at_stage("contacted").number, "reason": "同一件事"},
    "unmerge": lambda people, problem: {"reason": "不是同一件事"},
    "split": lambda people, problem: {"parts": ["电压不稳。", "道路破损。"]},
    "sign": lambda people, problem: {},
    "contact": lambda people, problem: {"how": "phone"},
    "report": lambda people, problem: {"text": "已查勘。"},
    "submit_result": lambda people, problem: {"result_kind": "solved", "text": "已增容。", "evidence": "验收单"},
    "sign_off": lambda people, problem: {},
    "send_back": lambda people, problem: {"reason_code": "no_evidence", "text": "请附验收单。"},
    "review": lambda people, problem: {},
    "record_callback": lambda people, problem: (
        {"channel": "phone", "reached": True, "contacted": True, "solved": True}
        | {"satisfied": "yes", "outcome": "confirmed"}
    ),
    "strike_off": lambda people, problem: {},
    "archive": lambda people, problem: {},
    "appoint_leader": lambda people, problem: {"post_id": str(people.leader.post_id)},
    "record_coordination": lambda people, problem: (
        {"level": "district", "held_at": "2019-02-12T09:00:00+08:00", "chaired_by": str(people.leader.post_id)}
    ),
    "record_commitment": lambda people, problem: {"unit_id": str(people.unit("gdgs")), "text": "三日内接通。"},
    "set_plan": lambda people, problem: (
        {"steps": [{"text": "立项", "unit_id": str(people.unit("gdgs")), "due_on": "2019-03-01"}]}
    ),
    "add_requirement": lambda people, problem: {"text": "用电申请表"},
    "meet_requirement": lambda people, problem: (
        {"requirement_id": str(Requirement.objects.values_list("pk", flat=True).get(problem=problem))}
    ),
    "note_foreign_number": lambda people, problem: {"system": system(), "number": "GD-2"},
    "correct_foreign_number": lambda people, problem: (
        {"foreign_id": str(ForeignNumber.objects.values_list("pk", flat=True).get(problem=problem)), "reason": "抄错"}
    ),
    "note_foreign_update": lambda people, problem: {"system": "hotline", "number": "GD-1", "status": "已办结"},
}
