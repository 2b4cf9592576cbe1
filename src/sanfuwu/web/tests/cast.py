"""People of 上虞 who log in to the pages of the tests, and a problem brought to a stage."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.test import Client
from django.utils import timezone

from sanfuwu.accounts.models import Account
from sanfuwu.ledger.fields import new_id
from sanfuwu.parties.actions import RequesterInput
from sanfuwu.problems import actions as act
from sanfuwu.problems.commands import (
    Accept,
    Dispatch,
    MakeContact,
    Registration,
    Review,
    Sign,
    SignOff,
    SubmitResult,
)
from sanfuwu.problems.models import Category, Problem
from sanfuwu.territory.actor import Actor
from sanfuwu.territory.models import Unit
from sanfuwu.territory.queries import load_actor
from sanfuwu.testing.people import enter

SONGXIA = "330604007000"
SINCE = dt.date(2018, 1, 1)
PHONE = "16100000001"


@dataclass(frozen=True)
class Person:
    """Somebody with an account and one post, logged in."""

    client: Client
    actor: Actor


def person(unit_code: str, role: str, *, name: str = "周明", title: str = "经办", rank: str = "staff") -> Person:
    """A new official in a seeded unit, logged in with a browser of his own."""
    now = timezone.now()
    account = Account.objects.create(id=new_id(), username=f"u{new_id().hex[-10:]}", password="!", created_at=now)
    post = enter(
        name,
        Unit.objects.get(code=unit_code).pk,
        role=role,
        title=title,
        rank=rank,
        valid_from=SINCE,
        office_phone="0575-82120012",
        account_id=account.pk,
        now=now,
    )
    client = Client()
    client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    return Person(client, load_actor(post.pk, account_id=account.pk, now=now))


def dispatcher() -> Person:
    return person("sfwb", "dispatcher", name="陈某", title="受理员")


def collector() -> Person:
    return person(SONGXIA, "collector", name="赵某", title="副镇长", rank="deputy")


def handler() -> Person:
    return person("gds-songxia", "handler", name="王某")


def head() -> Person:
    return person("gds-songxia", "unit_head", name="李某", title="所长", rank="chief")


def verifier() -> Person:
    return person("qwqzf", "verifier", name="周某", title="回访员")


def category(name: str = "水电气") -> Category:
    return Category.objects.get_or_create(code=f"t-{name}", defaults={"id": new_id(), "name": name})[0]


def lead_unit() -> UUID:
    return Unit.objects.get(code="gds-songxia").pk


STAGES = ("registered", "accepted", "dispatched", "signed", "contacted", "submitted", "signed_off", "reviewed")


def problem(
    until: str = "registered",
    *,
    text: str = "园区二期临时用水用电未接通。请协调。",
    by: Person | None = None,
    **more: object,
) -> Problem:
    """A problem that has come as far as `until`, one minute between the acts."""
    steps = STAGES[: STAGES.index(until) + 1]
    at = timezone.now() - dt.timedelta(minutes=30)
    given: dict[str, object] = {"division": SONGXIA, "channel": "visit"} | more
    who = given.pop("requester", None) or RequesterInput(
        "enterprise", "上虞城建资产经营管理有限公司", contact_name="金小明", phone=PHONE
    )
    made = act.register_problem(
        Registration(text=text, requester=who, **given),  # type: ignore[arg-type]
        actor=(by or collector()).actor,
        now=at,
    )
    result = SubmitResult(result_kind="solved", text="已通水通电。", evidence="照片")
    doing: dict[str, tuple[Callable[[], Person], Callable[..., object], object]] = {
        "accepted": (dispatcher, act.accept, Accept(category_id=category().pk)),
        "dispatched": (dispatcher, act.dispatch, Dispatch(lead=lead_unit(), **_second_text(made))),
        "signed": (handler, act.sign, Sign()),
        "contacted": (handler, act.contact, MakeContact()),
        "submitted": (handler, act.submit_result, result),
        "signed_off": (head, act.sign_off, SignOff()),
        "reviewed": (dispatcher, act.review, Review()),
    }
    people: dict[Callable[[], Person], Person] = {}
    for minute, step in enumerate(steps[1:], start=1):
        who_acts, run, command = doing[step]
        actor = people.setdefault(who_acts, people.get(who_acts) or who_acts()).actor
        run(made.pk, command, actor=actor, now=at + dt.timedelta(minutes=minute))
    return Problem.objects.get(pk=made.pk)


def _second_text(made: Problem) -> dict[str, str]:
    if not made.confidential:
        return {}
    return {"title_for_units": "一户居民取暖问题", "text_for_units": "请核查取暖补助发放。"}
