"""柯桥 beside 上虞: the second county of the tests with an office of its own, and what goes between the two."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django_tenants.utils import schema_context

from sanfuwu.counties.models import Division, DivisionVersion
from sanfuwu.counties.queries import county_code
from sanfuwu.exchange import carrier, replying
from sanfuwu.exchange.actions.partners import set_partner
from sanfuwu.exchange.actions.systems import SetSystem, add_system
from sanfuwu.problems.actions.categories import create_category
from sanfuwu.problems.tests.cast import NOW, Cast
from sanfuwu.territory.actions import create_person, create_post, create_unit
from sanfuwu.territory.actor import SYSTEM, Actor
from sanfuwu.territory.models import Role, Unit

SINCE = dt.date(2018, 12, 1)
KEQIAO, SHANGYU = "330603", "330604"


class Neighbours:
    """上虞's cast, and 柯桥 with one dispatcher; each names the other as partner unless a test says otherwise."""

    def __init__(self, cast: Cast, *, relation: str = "neighbour", admitted: bool = True) -> None:
        self.here = cast
        Division.objects.get_or_create(pk=KEQIAO.ljust(12, "0"), defaults={"name": "柯桥区", "level": "county"})
        DivisionVersion.objects.get_or_create(
            code=KEQIAO.ljust(12, "0"), valid_from=SINCE, defaults={"name": "柯桥区", "level": "county"}
        )
        set_partner(KEQIAO, relation, True, actor=cast.office, now=NOW)
        with self.there():
            assert county_code() == KEQIAO
            root = create_unit(
                code=KEQIAO.ljust(12, "0"),
                kind=Unit.Kind.COUNTY,
                name="柯桥区",
                parent_id=None,
                valid_from=SINCE,
                division_code=KEQIAO.ljust(12, "0"),
                actor=SYSTEM,
                now=NOW,
            )
            self.unit = create_unit(
                code="kq-sfwb",
                kind=Unit.Kind.OFFICE,
                name="柯桥区三服务办",
                parent_id=root.pk,
                valid_from=SINCE,
                actor=SYSTEM,
                now=NOW,
            )
            person = create_person("柯受理", actor=SYSTEM, now=NOW)
            post = create_post(
                person.pk, self.unit.pk, role=Role.DISPATCHER, title="受理员", valid_from=SINCE, actor=SYSTEM, now=NOW
            )
            self.office = Actor(account_id=None, post_id=post.pk, unit_id=self.unit.pk, role=Role.DISPATCHER)
            self.category = create_category("kq", "综合", actor=SYSTEM, now=NOW).pk
            if admitted:
                set_partner(SHANGYU, "neighbour", True, actor=self.office, now=NOW)

    @contextmanager
    def there(self) -> Iterator[None]:
        """Inside 柯桥."""
        with schema_context("keqiao"):
            yield

    def carry(self, now: dt.datetime = NOW) -> int:
        """What the jobs of both counties do, until nothing waits any more."""
        arrived = 0
        while found := self._once(now):
            arrived += found
        with self.there():
            assert carrier.waiting(now) == []
        return arrived

    def _once(self, now: dt.datetime) -> int:
        done = 0
        for schema in ("shangyu", "keqiao"):
            with schema_context(schema):
                for transfer in replying.unanswered():
                    replying.answer(transfer, now=now)
                done += sum(carrier.carry(message, now=now) for message in carrier.waiting(now))
        return done


def hotline(cast: Cast, code: str = "hotline", name: str = "12345热线", **more: object) -> str:
    """A system of the county's list; returns its code."""
    return add_system(code, SetSystem(name=name, **more), actor=cast.office, now=NOW).code  # type: ignore[arg-type]
