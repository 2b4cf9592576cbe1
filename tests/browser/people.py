"""`python -m tests.browser.people`: let a small cast in, through the program's own actions; prints it as JSON.

Run in a process of its own on the database of the environment: the tests that drive the browser never touch the
database themselves. Passwords are random and known to this run alone.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
SINCE = dt.date(2019, 1, 2)
SONGXIA = "330604007000"  # the town of the story, 崧厦


@dataclass(frozen=True, slots=True)
class Login:
    """Somebody who can log in and, with `token`, call the API; `name` is what the timeline says."""

    username: str
    name: str
    unit: str
    password: str = field(repr=False)
    token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody by role, and the ids that forms and calls need."""

    collector: Login  # 走访干部
    dispatcher: Login  # 受理员, named to see confidential requesters
    second_dispatcher: Login  # another 受理员, to be faster
    handler: Login  # 经办 of the 供电所
    head: Login  # its 所长
    water: Login  # 经办 of the 自来水公司
    verifier: Login  # 回访员 of the 督查室
    double: Login  # one account, two posts
    system_officer: Login
    category: str
    lead: str
    co: str


def enter(env: dict[str, str]) -> Cast:
    """Make the cast in the database of `env` (a subprocess) and return it."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.browser.people"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    if done.returncode:
        raise RuntimeError(f"The cast could not be entered:\n{done.stdout}{done.stderr}")
    said = json.loads(done.stdout)
    return Cast(**{key: Login(**value) if isinstance(value, dict) else value for key, value in said.items()})


def _main() -> None:
    from sanfuwu.commands.common import program

    with program():
        from django_tenants.utils import schema_context

        with schema_context("shangyu"):
            json.dump(asdict(_let_in()), sys.stdout, ensure_ascii=False)


def _let_in() -> Cast:
    from django.utils import timezone

    from sanfuwu.accounts.start import Newcomer, let_in
    from sanfuwu.problems.actions.categories import create_category
    from sanfuwu.territory.actions import create_post, issue_token, link_account
    from sanfuwu.territory.actor import SYSTEM
    from sanfuwu.territory.models import Post, Rank, Role, Unit

    now = timezone.now()
    units = dict(Unit.objects.values_list("code", "pk"))

    def person(username: str, name: str, unit: str, role: str, title: str, **more: object) -> Login:
        opened = let_in(
            Newcomer(username, name, units[unit], role, title, **more),  # type: ignore[arg-type]
            valid_from=SINCE,
            now=now,
        )
        token = "" if role == Role.SYSTEM_OFFICER else issue_token(opened.post_id, "test", actor=SYSTEM, now=now)[1]
        return Login(username, name, unit, opened.password, token)

    double = person("double", "诸双岗", "zlsgs", Role.UNIT_HEAD, "经理", rank=Rank.CHIEF)
    post = Post.objects.get(title="经理")
    second = create_post(
        post.person_id, units[SONGXIA], role=Role.COLLECTOR, title="联村干部", valid_from=SINCE, actor=SYSTEM, now=now
    )
    link_account(second.pk, post.account_id, actor=SYSTEM, now=now)
    above = create_category("jcss", "基础设施", actor=SYSTEM, now=now)
    return Cast(
        collector=person("collector", "俞走访", SONGXIA, Role.COLLECTOR, "副镇长", rank=Rank.DEPUTY),
        dispatcher=person("dispatcher", "王受理", "sfwb", Role.DISPATCHER, "受理员", sees_confidential=True),
        second_dispatcher=person("dispatcher2", "马受理", "sfwb", Role.DISPATCHER, "受理员"),
        handler=person("handler", "夏经办", "gds-songxia", Role.HANDLER, "客户经理"),
        head=person("head", "严所长", "gds-songxia", Role.UNIT_HEAD, "所长", rank=Rank.CHIEF),
        water=person("water", "何经办", "zlsgs", Role.HANDLER, "业务员"),
        verifier=person("verifier", "钟回访", "dcs", Role.VERIFIER, "回访员"),
        double=double,
        system_officer=person("system", "甲系统", "sfwb", Role.SYSTEM_OFFICER, "系统管理员"),
        category=str(create_category("gd", "供电", parent_id=above.pk, actor=SYSTEM, now=now).pk),
        lead=str(units["gds-songxia"]),
        co=str(units["zlsgs"]),
    )


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUTF8", "1")
    _main()
