"""Beyond 上虞 in the demonstration: the city above it and 柯桥区 beside it, each a small ledger of its own with one
dispatcher; other systems with their numbers, and a problem on its way to each of the two."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django_tenants.utils import schema_context

from sanfuwu.accounts.actions import create_account
from sanfuwu.accounts.passwords import random_password
from sanfuwu.counties.setup import CountyPlan
from sanfuwu.exchange.actions.partners import set_partner
from sanfuwu.exchange.actions.sending import Send, hand_over, report_up
from sanfuwu.exchange.actions.systems import SetSystem, add_system
from sanfuwu.exchange.actions.telling import make_workbook
from sanfuwu.exchange.tasks import sweep_county
from sanfuwu.problems.actions import note_foreign_number
from sanfuwu.problems.actions.categories import create_category
from sanfuwu.problems.commands import NoteForeignNumber
from sanfuwu.problems.models import Problem
from sanfuwu.territory.actions import create_person, create_post, create_unit, link_account
from sanfuwu.territory.actor import SYSTEM, Actor
from sanfuwu.territory.models import Post, Unit

from .cast import SINCE, Credential

HERE = "330604"


@dataclass(frozen=True, slots=True)
class Ledger:
    """Another county of the demonstration; `relation` is what it is to 上虞."""

    schema: str
    code: str
    name: str
    relation: str
    office: str
    username: str
    person: str

    def plan(self) -> CountyPlan:
        return CountyPlan(self.schema, self.code, self.name, (f"{self.schema}.localhost",))

    def division(self) -> tuple[str, str]:
        return self.code.ljust(12, "0"), self.name


LEDGERS: tuple[Ledger, ...] = (
    Ledger("keqiao", "330603", "柯桥区", "neighbour", "柯桥区三服务办", "keqiao", "章文斌"),
    Ledger("shaoxing", "330600", "绍兴市", "superior", "市三服务办", "shaoxing", "韩雨桐"),
)
SYSTEMS: tuple[tuple[str, str, bool], ...] = (
    ("hotline", "12345热线", True),
    ("xiaoguanjia", "小管家", False),
    ("xinfang", "信访系统", False),
    ("chengguan", "数字城管", False),
)
CATEGORIES = (("zh", "综合"), ("gy", "公用事业"), ("qy", "企业服务"), ("jc", "基础设施建设"))


def open_ledgers(now: dt.datetime) -> list[Credential]:
    """In each other county: a unit tree of two, categories, a dispatcher who may log in, 上虞 as partner."""
    found = []
    for ledger in LEDGERS:
        with schema_context(ledger.schema):
            found.append(_open(ledger, now))
    return found


def _open(ledger: Ledger, now: dt.datetime) -> Credential:
    code, name = ledger.division()
    root = _unit(code, Unit.Kind.COUNTY, name, None, code, now)
    office = _unit("sfwb", Unit.Kind.OFFICE, ledger.office, root, "", now)
    person = create_person(ledger.person, actor=SYSTEM, now=now)
    post = create_post(person.pk, office.pk, role="dispatcher", title="受理员", valid_from=SINCE, actor=SYSTEM, now=now)
    for short, title in CATEGORIES:
        create_category(short, title, actor=SYSTEM, now=now)
    set_partner(HERE, "subordinate" if ledger.relation == "superior" else "neighbour", True, actor=SYSTEM, now=now)
    password = random_password()
    account = create_account(ledger.username, password, actor=SYSTEM, now=now)
    link_account(post.pk, account.pk, actor=SYSTEM, now=now)
    return Credential(ledger.username, password, f"{ledger.name}受理员", ledger.person)


def _unit(code: str, kind: str, name: str, above: Unit | None, division: str, now: dt.datetime) -> Unit:
    return create_unit(
        code=code,
        kind=kind,
        name=name,
        parent_id=above.pk if above else None,
        valid_from=SINCE,
        division_code=division,
        actor=SYSTEM,
        now=now,
    )


def reach_out(now: dt.datetime) -> None:
    """In 上虞: partners, other systems, numbers of problems in them, a first workbook, and two problems under way."""
    office = _dispatcher()
    for ledger in LEDGERS:
        set_partner(ledger.code, ledger.relation, True, actor=office, now=now)
    for code, name, told in SYSTEMS:
        add_system(code, SetSystem(name=name, told_to_requester=told), actor=office, now=now)
    _number_some(office, now)
    make_workbook("hotline", actor=office, now=now - dt.timedelta(hours=20))
    _send_two(office, now)
    sweep_county(now)
    for ledger in LEDGERS:
        with schema_context(ledger.schema):
            sweep_county(now)  # their receipts


def _dispatcher() -> Actor:
    """The one who may log in."""
    post = Post.objects.get(role="dispatcher", account_id__isnull=False)
    return Actor(
        account_id=None, post_id=post.pk, unit_id=post.unit_id, role=post.role, person_id=post.person_id, rank=post.rank
    )


def _number_some(office: Actor, now: dt.datetime) -> None:
    """Every twentieth came by another system as well."""
    at = now - dt.timedelta(days=1)
    rows = Problem.objects.filter(registered_at__lt=at, confidential=False).order_by("number")
    for n, pk in enumerate(rows.values_list("pk", flat=True)[::20]):
        code = SYSTEMS[n % len(SYSTEMS)][0]
        number = {
            "hotline": f"SX2019{n + 1:08d}",
            "xiaoguanjia": f"3FW-330604-{n + 1:05d}",
            "xinfang": f"绍虞信〔2019〕{n + 1}号",
            "chengguan": f"CG1902{n + 1:06d}",
        }[code]
        note_foreign_number(pk, NoteForeignNumber(system=code, number=number), actor=office, now=at)


def _send_two(office: Actor, now: dt.datetime) -> None:
    """What waits for dispatch goes up to the city; what is not yet accepted is offered to the neighbour."""
    for ledger in LEDGERS:
        open_ones = Problem.objects.filter(confidential=False, waiting_on="").order_by("number")
        if ledger.relation == "superior":
            found = open_ones.filter(state="in_progress", assignments=None).first()
            act, why = report_up, "涉及市级主管部门审批权限，需市级协调。"
        else:
            found = open_ones.filter(state="submitted").first()
            act, why = hand_over, "经核实，所涉事项属柯桥区管辖。"
        if found is not None:
            act(found.pk, Send(partner=ledger.code, why=why), actor=office, now=now - dt.timedelta(hours=1))
