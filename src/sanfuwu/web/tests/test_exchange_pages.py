"""往来 in the browser's eyes: numbers on the problem, workbooks out and in, a problem sent to another county."""

from __future__ import annotations

import io
import re

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.utils import timezone
from django_tenants.utils import schema_context

from sanfuwu.exchange.actions.partners import set_partner
from sanfuwu.exchange.actions.systems import SetSystem, add_system
from sanfuwu.exchange.models import Exchange, LedgerMessage, Partner, Transfer
from sanfuwu.ledger.models import AccessLog
from sanfuwu.problems.models import ForeignNumber, ForeignSystem, Problem
from sanfuwu.territory.actor import SYSTEM

from . import cast
from .cast import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Person:
    add_system("hotline", SetSystem(name="12345热线", told_to_requester=True), actor=SYSTEM, now=timezone.now())
    return cast.dispatcher()


def note(office: Person, problem: Problem, number: str = "SX-2019-77") -> HttpResponse:
    form = {"system": "hotline", "number": number, "version": Problem.objects.get(pk=problem.pk).version}
    return office.client.post(f"/problems/{problem.number}/note_foreign_number", form)


def book(*rows: tuple[str, ...]) -> SimpleUploadedFile:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as made:
        sheet = made.add_worksheet()
        for n, row in enumerate((("工单编号", "状态", "答复", "日期"), *rows)):
            sheet.write_row(n, 0, row)
    return SimpleUploadedFile("回复.xlsx", buffer.getvalue())


def test_a_number_is_noted_shown_found_and_filtered(office: Person) -> None:
    problem = cast.problem("dispatched")
    assert note(office, problem).status_code == 302
    page = office.client.get(f"/problems/{problem.number}").content.decode()
    assert "SX-2019-77" in page
    assert "登记12345热线编号" in page or "12345热线" in page
    found = office.client.get("/problems/", {"q": "sx-2019-77"})
    assert (found.status_code, found["Location"]) == (302, f"/problems/{problem.number}")
    listed = office.client.get("/problems/", {"foreign": "hotline"}).content.decode()
    assert problem.title in listed
    assert "SX-2019-77" in office.client.get(f"/r/{problem.read_code}").content.decode()


def test_a_number_that_two_systems_gave_leads_to_a_list(office: Person) -> None:
    add_system("xinfang", SetSystem(name="信访系统"), actor=SYSTEM, now=timezone.now())
    one, two = cast.problem("accepted"), cast.problem("accepted", text="另一件事情。")
    note(office, one, "777")
    version = Problem.objects.get(pk=two.pk).version
    form = {"system": "xinfang", "number": "777", "version": version}
    assert office.client.post(f"/problems/{two.number}/note_foreign_number", form).status_code == 302
    answer = office.client.get("/problems/", {"q": "777"}, follow=True)
    assert answer.request["QUERY_STRING"] == "number=777"
    assert answer.content.decode().count('class="title"') == 2


def test_a_number_taken_elsewhere_comes_back_with_what_was_typed(office: Person) -> None:
    one, two = cast.problem("accepted"), cast.problem("accepted", text="另一件事情。")
    note(office, one)
    answer = note(office, two)
    assert answer.status_code == 422
    assert one.number in answer.content.decode()
    assert 'value="SX-2019-77"' in answer.content.decode()


def test_the_unit_does_not_read_numbers_of_a_confidential_problem(office: Person) -> None:
    problem = cast.problem("dispatched", confidential=True)
    assert note(office, problem).status_code == 302
    assert "SX-2019-77" not in cast.handler().client.get(f"/problems/{problem.number}").content.decode()
    assert cast.handler().client.get("/problems/", {"q": "SX-2019-77"}).status_code == 200


def test_the_workbook_is_made_once_and_downloaded_as_often_as_wanted(office: Person) -> None:
    note(office, cast.problem("dispatched"))
    assert "1 件" in office.client.get("/exchange/systems/hotline").content.decode()
    office.client.post("/exchange/systems/hotline/out")
    office.client.post("/exchange/systems/hotline/out")
    (made,) = Exchange.objects.all()
    first, second = (office.client.get(f"/exchange/out/{made.pk}") for _n in range(2))
    assert first.content == second.content
    assert first["Content-Type"].endswith("spreadsheetml.sheet")
    assert "attachment" in first["Content-Disposition"]
    logged = AccessLog.objects.filter(what__startswith="exchange_").order_by("pk").values_list("what", flat=True)
    assert list(logged) == ["exchange_out", "exchange_download", "exchange_download"]


def test_their_workbook_is_looked_at_row_by_row_and_then_noted(office: Person) -> None:
    problem = cast.problem("dispatched")
    note(office, problem)
    sent = {"file": book(("SX-2019-77", "已办结", "已回复来电人", ""), ("NO-1", "已办结", "", ""))}
    answer = office.client.post("/exchange/systems/hotline/in", sent, follow=True)
    page = answer.content.decode()
    assert "已回复来电人" in page
    assert "NO-1" in page
    assert problem.number in page
    (read,) = Exchange.objects.all()
    state = Problem.objects.values_list("state", flat=True).get(pk=problem.pk)
    office.client.post(f"/exchange/in/{read.pk}", {"do": "record"})
    assert "已回复来电人" in office.client.get(f"/problems/{problem.number}").content.decode()
    assert Problem.objects.values_list("state", flat=True).get(pk=problem.pk) == state
    again = office.client.post(f"/exchange/in/{read.pk}", {"do": "record"}, follow=True)
    assert again.status_code == 200
    assert Exchange.objects.get().recorded == 1


def test_a_bad_file_is_refused_at_its_field(office: Person) -> None:
    for sent in ({}, {"file": SimpleUploadedFile("x.xlsx", b"nothing")}, {"file": SimpleUploadedFile("x.xlsx", b"")}):
        answer = office.client.post("/exchange/systems/hotline/in", sent)
        assert answer.status_code == 422
        assert "field-error" in answer.content.decode()


@pytest.mark.parametrize(
    "path",
    ["/exchange/", "/exchange/systems/", "/exchange/systems/hotline", "/admin/systems/", "/admin/partners/"],
)
def test_to_others_the_pages_do_not_exist(office: Person, path: str) -> None:
    assert office.client.get(path).status_code == 200
    for who in (cast.handler(), cast.collector(), cast.verifier(), cast.person(cast.SONGXIA, "town_dispatcher")):
        assert who.client.get(path).status_code == 404


def test_the_list_of_systems_is_kept_in_the_administration(office: Person) -> None:
    form = {"code": "xinfang", "name": "信访系统", "active": "on", "h_out_number": "信访编号"}
    assert office.client.post("/admin/systems/new", form).status_code == 302
    assert ForeignSystem.objects.get(code="xinfang").headings == {"out_number": "信访编号"}
    refused = office.client.post("/admin/systems/new", form | {"code": "other", "h_out_state": "信访编号"})
    assert refused.status_code == 422
    assert ForeignSystem.objects.count() == 2
    assert office.client.post("/admin/systems/xinfang", {"name": "信访", "active": "on"}).status_code == 302
    assert ForeignSystem.objects.get(code="xinfang").name == "信访"


def partner(relation: str) -> None:
    set_partner("330603", relation, True, actor=SYSTEM, now=timezone.now())


def test_a_problem_is_offered_from_its_page_and_waits(office: Person) -> None:
    problem = cast.problem("registered")
    path = f"/problems/{problem.number}"
    assert "hand_over" not in office.client.get(path).content.decode()  # nobody to send to
    partner("neighbour")
    page = office.client.get(path).content.decode()
    assert f"{path}/hand_over" in page
    assert f"{path}/report_up" not in page  # no superior among the partners
    assert office.client.post(f"{path}/hand_over", {"partner": "330603", "why": " "}).status_code == 422
    form = {"partner": "330603", "why": "厂区在对方境内。", "version": problem.version}
    assert office.client.post(f"{path}/hand_over", form).status_code == 302
    page = office.client.get(path).content.decode()
    assert "柯桥区" in page
    assert f"{path}/accept" not in page  # it is answered first
    waiting = office.client.get("/exchange/").content.decode()
    assert problem.number in waiting
    assert Transfer.objects.get().with_requester is False


def test_somebody_else_was_faster(office: Person) -> None:
    partner("superior")
    problem = cast.problem("accepted")
    form = {"partner": "330603", "why": "需上级协调", "version": 0}
    answer = office.client.post(f"/problems/{problem.number}/report_up", form)
    assert answer.status_code == 422
    assert "需上级协调" in answer.content.decode()
    assert not LedgerMessage.objects.exists()


def test_partners_are_kept_in_the_administration(office: Person) -> None:
    form = {"code": "330603", "relation": "neighbour", "active": "on"}
    assert office.client.post("/admin/partners/", form).status_code == 302
    assert (Partner.objects.get().relation, Partner.objects.get().active) == ("neighbour", True)
    assert office.client.post("/admin/partners/", {"code": "330603", "relation": "superior"}).status_code == 302
    assert (Partner.objects.get().relation, Partner.objects.get().active) == ("superior", False)
    assert office.client.post("/admin/partners/", form | {"code": "330604"}).status_code == 422
    with schema_context("keqiao"):
        assert not Partner.objects.exists()


def test_a_number_of_another_county_leads_to_the_problem_that_was_sent_there(office: Person) -> None:
    problem = cast.problem("accepted")
    now = timezone.now()
    Transfer.objects.create(
        direction="out",
        kind="up",
        state="received",
        partner_code="330603",
        problem=problem,
        their_number="330603-2019-000012",
        created_at=now,
        changed_at=now,
    )
    answer = office.client.get("/problems/", {"q": "330603-2019-000012"})
    assert (answer.status_code, answer["Location"]) == (302, f"/problems/{problem.number}")


def test_no_page_of_the_exchange_speaks_english(office: Person) -> None:
    partner("superior")
    note(office, cast.problem("dispatched"))
    office.client.post("/exchange/systems/hotline/out")
    other = cast.problem("accepted", text="第二件。")
    for path in (
        "/exchange/",
        "/exchange/systems/",
        "/exchange/systems/hotline",
        "/admin/",
        "/admin/systems/new",
        "/admin/systems/hotline",
        "/admin/partners/",
        f"/problems/{other.number}/report_up",
        f"/problems/{ForeignNumber.objects.get().problem.number}/note_foreign_update",
    ):
        page = office.client.get(path).content.decode()
        main = page[page.index("<main") :]
        text = re.sub(r"<[^>]+>", " ", main)
        assert not re.search(r"[A-Za-z]{4,} [A-Za-z]{3,}", text), (path, re.findall(r"[A-Za-z]{4,} [a-z]{3,}", text))


def test_every_state_of_a_transfer_and_every_verdict_has_a_word() -> None:
    from sanfuwu.exchange.models import AnswerLine
    from sanfuwu.exchange.reading import FAULTS
    from sanfuwu.web import words

    assert set(words.TRANSFER_STATES) == set(Transfer.State.values)
    assert set(words.RECEIVED_STATES) == set(Transfer.State.values) - {"waiting"}  # it is there once it is received
    assert set(words.VERDICTS) == set(AnswerLine.Verdict.values)
    assert set(words.EXCHANGE_STATES) == set(Exchange.State.values)
    assert set(words.PARTNER_RELATIONS) == set(Partner.Relation.values)
    assert set(words.WAITING_ON) == set(words.TRANSFER_KINDS) == set(Transfer.Kind.values)
    assert set(FAULTS) | {"two_words", "older", "closed_here"} == set(words.VERDICT_REASONS)
