"""Every line of addresses.txt, and that no address of the program is missing from it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver
from PIL import Image

from sanfuwu.documents.actions import issue, propose_template, request_export
from sanfuwu.documents.commands import ProposeTemplate, RequestExport
from sanfuwu.documents.papers import standard
from sanfuwu.exchange.actions.telling import make_workbook
from sanfuwu.intake.actions import upload
from sanfuwu.ledger.fields import new_id
from sanfuwu.meetings.actions import hold_meeting
from sanfuwu.meetings.commands import HoldMeeting
from sanfuwu.problems import files
from sanfuwu.problems.actions import note_foreign_number
from sanfuwu.problems.actions.attaching import attach
from sanfuwu.problems.commands import NoteForeignNumber
from sanfuwu.problems.models import Problem
from sanfuwu.problems.tests.cast import NOW, SONGXIA
from sanfuwu.reference.actions import add_phrase, propose_rules
from sanfuwu.reference.limits import hours_dict, limits_of
from sanfuwu.rules.deadlines import DeadlineRules
from sanfuwu.rules.officehours import OfficeHours
from sanfuwu.territory.actions import OnDuty, merge_units, set_duty
from sanfuwu.territory.actor import SYSTEM
from sanfuwu.territory.models import Delegation, DutyShift, Post
from sanfuwu.visits.actions import record_visit
from sanfuwu.visits.commands import RecordVisit

from .people import People, system

TABLE = Path(__file__).with_name("addresses.txt")
COLUMNS = {"nobody": "", "office": "A", "handler": "D", "stranger": "J", "officer": "U"}
WITH_SESSION = ("/api/v1/openapi.json", "/api/v1/docs")


@dataclass(frozen=True)
class Row:
    method: str
    route: str
    codes: tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.method} {self.route}"


@lru_cache(maxsize=1)
def rows() -> tuple[Row, ...]:
    lines = [line.split() for line in TABLE.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
    return tuple(Row(method, route, tuple(int(code) for code in codes)) for method, route, *codes in lines)


def routes(patterns: Any = None, prefix: str = "/") -> Iterator[str]:
    """Every address of the URLconf as it is written there."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route
        else:
            yield from routes(pattern.url_patterns, route)


@dataclass
class World:
    people: People
    problem: Problem
    ids: dict[str, str]  # "<uuid:…>" → an id; of units, people and posts those of the handler

    def path(self, route: str) -> str:
        """An address of the problem that office and handler see and stranger and officer do not; below /admin/ one of
        the handler's unit, person and post."""
        for name, value in self.ids.items():
            route = route.replace(name, value)
        if route.startswith("/admin/"):
            route = route.replace("<slug:name>", "change" if "/units/" in route else "correct")
        for name, value in (
            ("<number>", self.problem.number),
            ("<str:number>", self.problem.number),
            ("<slug:name>", "sign"),
            ("<str:code>", self.problem.read_code),
            ("<int:pk>", "1"),
            ("<uuid:category_id>", str(self.people.category)),
            ("<slug:kind>", "decline" if "reasons" in route else "order"),
            ("<slug:code>", "military" if "reasons" in route else "hotline"),
            ("<str:kind>", "units"),
            ("<slug:ledger>", "problems"),
        ):
            route = route.replace(name, value)
        return route

    def call(self, method: str, route: str, column: str) -> int:
        """The status of one request. What it did is taken back."""
        api, letter = route.startswith("/api/") and route not in WITH_SESSION, COLUMNS[column]
        client = Client(raise_request_exception=False)
        if letter and api:
            client = self.people.programs[letter].client
        elif letter:
            client.cookies.update(self.people.browsers[letter].cookies)
        body: dict[str, Any] = {"content_type": "application/json", "data": "{}"} if api and method == "POST" else {}
        with transaction.atomic():
            response = getattr(client, method.lower())(self.path(route), **body)
            response.close()
            transaction.set_rollback(True)
        return int(response.status_code)


@pytest.fixture(scope="module")
def world(shared_db: str) -> World:
    people = People()
    assert people.programs
    assert people.browsers
    problem = people.at_stage("dispatched")
    picture = io.BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "PNG")
    (photo,) = attach(problem.pk, [files.encode(picture.getvalue())], actor=people.office, now=NOW)
    limits = limits_of(DeadlineRules()) | {"limited_lead": "5wd"}
    waits = propose_rules(
        limits, hours_dict(OfficeHours()), valid_from=NOW, remark="文件", actor=people.office, now=NOW
    )
    phrase = add_phrase(scope="county", act="", text="已收悉。", actor=people.office, now=NOW)
    assert people.programs
    assert people.browsers
    account = Post.objects.get(pk=people.office.post_id).account_id
    export = request_export(RequestExport(what="problems"), actor=replace(people.office, account_id=account), now=NOW)
    document = issue(problem.pk, "order", actor=people.office, now=NOW)
    file = standard.template("order")
    template = propose_template(ProposeTemplate(kind="order", file=file), actor=people.office, now=NOW)
    number = NoteForeignNumber(system=system(), number="GD-1")
    note_foreign_number(problem.pk, number, actor=people.office, now=NOW)
    workbook = make_workbook("hotline", actor=people.office, now=NOW)
    assert workbook is not None
    run = upload("编号,问题描述\nL-1,路灯不亮。\nL-2,水压不足。\n".encode(), "清单.csv", actor=people.office, now=NOW)
    visit = record_visit(
        RecordVisit(client_key=new_id(), held_at=NOW, division=SONGXIA), actor=people.collector, now=NOW
    )
    meeting = hold_meeting(
        HoldMeeting(title="座谈会", held_at=NOW, division=SONGXIA, chaired_by=people.leader.post_id),
        actor=people.town_office,
        now=NOW,
    )
    made = {
        "<uuid:attachment_id>": photo.pk,
        "<int:number>": waits.number,
        "<uuid:phrase_id>": phrase.pk,
        "<uuid:export_id>": export.pk,
        "<uuid:document_id>": document.pk,
        "<uuid:template_id>": template.pk,
        "<uuid:exchange_id>": workbook.pk,
        "<uuid:run_id>": run.pk,
        "<uuid:visit_id>": visit.pk,
        "<uuid:meeting_id>": meeting.pk,
    }
    ids = {name: str(value) for name, value in made.items()} | territory_of(people)
    return World(people, Problem.objects.get(pk=problem.pk), ids)


def territory_of(people: People) -> dict[str, str]:
    """The handler's unit, person and post; a merger of two units without part in it, a delegation, a day on duty."""
    handler = people.handler
    assert handler.post_id is not None
    merge = merge_units(people.unit("kfq-sy"), people.unit("kfq-hzw"), on_date=NOW.date(), actor=SYSTEM, now=NOW).merge
    set_duty([OnDuty(handler.post_id, NOW.date())], actor=SYSTEM, now=NOW)
    return {
        "<uuid:unit_id>": str(handler.unit_id),
        "<uuid:person_id>": str(handler.person_id),
        "<uuid:post_id>": str(handler.post_id),
        "<uuid:merge_id>": str(merge.pk),
        "<uuid:delegation_id>": str(Delegation.objects.get().pk),
        "<uuid:shift_id>": str(DutyShift.objects.get().pk),
    }


def test_every_address_of_the_program_is_in_the_table() -> None:
    assert set(routes()) - {row.route for row in rows()} == set()


def test_every_address_of_the_table_is_one_of_the_program() -> None:
    assert {row.route for row in rows()} - set(routes()) == set()


def test_no_line_is_there_twice() -> None:
    assert len({(row.method, row.route) for row in rows()}) == len(rows())


@pytest.mark.parametrize("row", rows(), ids=str)
def test_it_answers_as_the_table_says(world: World, row: Row) -> None:
    found = {column: world.call(row.method, row.route, column) for column in COLUMNS}
    assert found == dict(zip(COLUMNS, row.codes, strict=True))


ALIKE = frozenset({"/api/", "/api/v1/", "/favicon.ico"})  # answer every method in the same way


@pytest.mark.parametrize("route", sorted({row.route for row in rows()} - ALIKE))
def test_a_method_that_is_not_in_the_table_does_not_exist(world: World, route: str) -> None:
    listed = {row.method for row in rows() if row.route == route}
    for method in {"GET", "POST", "PUT", "DELETE", "PATCH"} - listed:
        if method == "PUT" and "POST" in listed and not route.startswith("/api/"):
            continue  # Django's form views take PUT as POST
        assert world.call(method, route, "office") in (302, 404, 405), method


@pytest.mark.parametrize("route", sorted({r.route for r in rows() if r.method == "POST" and "/api/" not in r.route}))
def test_every_write_of_a_page_needs_the_csrf_token(world: World, route: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies.update(world.people.browsers["A"].cookies)
    with transaction.atomic():
        assert client.post(world.path(route)).status_code == 403
        transaction.set_rollback(True)
