"""交办单、销号单: numbers without a gap, nothing about a confidential requester, templates that can do no harm."""

from __future__ import annotations

import io
import threading
import zipfile
from dataclasses import replace

import docx
import pytest
from django.db import connection, transaction
from django_tenants.utils import schema_context
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt

from sanfuwu.ledger.errors import IllegalTransition, InvalidInput, NotAllowed, NotVisible
from sanfuwu.ledger.models import Event
from sanfuwu.ledger.replay import differences, replay
from sanfuwu.parties.actions import RequesterInput
from sanfuwu.problems import actions as act
from sanfuwu.problems.commands import Dispatch, Recall
from sanfuwu.problems.snapshot import load
from sanfuwu.problems.tests.cast import NOW, PERSON, PHONE, SECOND_TEXT, TEXT, Cast, at, firm, told

from ..actions import decide_template, issue, propose_template, retire_template, set_letterhead
from ..commands import ProposeTemplate, SetLetterhead
from ..models import DocumentSeries, IssuedDocument, PaperTemplate
from ..papers import code, standard, word
from ..papers.fields import sheet_of
from ..queries import approved_template, letterhead

HOST = "https://shangyu.example"


def text_of(file: bytes) -> str:
    """All words of a Word file, tables included."""
    made = docx.Document(io.BytesIO(file))
    cells = [cell.text for table in made.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(p.text for p in made.paragraphs), *cells])


def filled(document: IssuedDocument) -> str:
    sheet = sheet_of(document, load(document.problem_id), letterhead(), host=HOST)
    return text_of(word.render(standard.template(document.kind), sheet))


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_numbers_follow_one_another_by_kind_and_year(cast: Cast) -> None:
    first, second = cast.dispatched(), cast.dispatched(told(requester=firm(2)))
    closed = cast.called_back(told(requester=firm(3)))
    assert issue(first.pk, "order", actor=cast.office, now=NOW).number == "三服交〔2019〕1号"
    assert issue(second.pk, "order", actor=cast.head, now=NOW).number == "三服交〔2019〕2号"
    assert issue(closed.pk, "strike_off", actor=cast.office, now=NOW).number == "三服销〔2019〕1号"
    assert issue(closed.pk, "order", actor=cast.office, now=NOW.replace(year=2020)).number == "三服交〔2020〕1号"


def test_printed_again_it_keeps_its_number_and_a_new_hand_down_gets_a_new_one(cast: Cast) -> None:
    problem = cast.dispatched()
    first = issue(problem.pk, "order", actor=cast.office, now=NOW)
    again = issue(problem.pk, "order", actor=cast.head, now=at(13))
    assert again.pk == first.pk
    act.recall(problem.pk, Recall(reason="派错单位"), actor=cast.office, now=at(13))
    act.dispatch(problem.pk, Dispatch(lead=cast.unit("zlsgs")), actor=cast.office, now=at(13))
    assert issue(problem.pk, "order", actor=cast.office, now=at(13)).number == "三服交〔2019〕2号"


def test_a_number_that_was_rolled_back_is_the_next_ones(cast: Cast) -> None:
    one, two = cast.dispatched(), cast.dispatched(told(requester=firm(2)))
    with transaction.atomic():
        issue(one.pk, "order", actor=cast.office, now=NOW)
        transaction.set_rollback(True)
    assert issue(two.pk, "order", actor=cast.office, now=NOW).serial == 1


def test_many_who_issue_at_once_leave_no_gap(committed_db: str) -> None:
    cast = Cast()
    made = [cast.dispatched(told(requester=firm(n))) for n in range(1, 7)]
    office, got, failed = cast.office, [], []

    def run(pk: object) -> None:
        try:
            with schema_context("shangyu"):
                got.append(issue(pk, "order", actor=office, now=NOW).serial)  # type: ignore[arg-type]
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(problem.pk,)) for problem in made for _twice in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert sorted(set(got)) == [1, 2, 3, 4, 5, 6]
    assert IssuedDocument.objects.count() == 6
    assert DocumentSeries.objects.get().last == 6


def test_issuing_is_an_event_that_replays(cast: Cast) -> None:
    document = issue(cast.dispatched().pk, "order", actor=cast.office, now=NOW)
    events = list(Event.objects.filter(stream_kind="document", stream_id=document.pk))
    assert [event.kind for event in events] == ["issued"]
    assert events[0].actor_post == cast.office.post_id
    assert differences(replay(events), "documents") == []


@pytest.mark.parametrize("who", ["office", "town_office", "supervisor", "handler", "head"])
def test_offices_and_the_units_at_work_issue(cast: Cast, who: str) -> None:
    assert issue(cast.dispatched().pk, "order", actor=getattr(cast, who), now=NOW).serial == 1


def test_who_only_reads_issues_nothing(cast: Cast) -> None:
    problem = cast.dispatched()
    for who in ("collector", "district_leader"):
        with pytest.raises(NotAllowed):
            issue(problem.pk, "order", actor=getattr(cast, who), now=NOW)
    for who in ("water", "system_officer"):
        with pytest.raises(NotVisible):
            issue(problem.pk, "order", actor=getattr(cast, who), now=NOW)
    for who, acts in (("head", frozenset({"sign"})),):
        with pytest.raises(NotAllowed):
            issue(problem.pk, "order", actor=replace(getattr(cast, who), acts_allowed=acts), now=NOW)
    assert not DocumentSeries.objects.exists()


def test_it_is_not_issued_too_early(cast: Cast) -> None:
    with pytest.raises(InvalidInput):
        issue(cast.accepted().pk, "order", actor=cast.office, now=NOW)
    with pytest.raises(InvalidInput):
        issue(cast.reviewed(told(requester=firm(2))).pk, "strike_off", actor=cast.office, now=NOW)


# ── what they say ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_order_has_what_a_head_signs(cast: Cast) -> None:
    problem = cast.dispatched(co=("zlsgs",))
    said = filled(issue(problem.pk, "order", actor=cast.head, now=NOW))
    wanted = (
        problem.number,
        TEXT,
        "崧厦供电所",
        "自来水公司",
        "2019年2月12日",
        firm().name,
        "陆**",
        "承办单位主要负责人签字",
    )
    for part in (*wanted, "诉求人意见", "审核", "三服交〔2019〕1号", problem.read_code[:4]):
        assert part in said
    for hidden in (PERSON, PHONE, "2019年02月"):
        assert hidden not in said


def test_a_slip_has_the_answer_and_how_the_requester_took_it(cast: Cast) -> None:
    said = filled(issue(cast.struck_off().pk, "strike_off", actor=cast.office, now=NOW))
    for part in ("已更换变压器并完成增容。", "实际解决", "满意", "三服销〔2019〕1号"):
        assert part in said


@pytest.mark.parametrize("who", ["named_office", "office", "head"])
def test_of_a_confidential_problem_the_paper_has_the_second_text_whoever_prints_it(cast: Cast, who: str) -> None:
    problem = cast.dispatched(told(confidential=True, requester=firm(2)))
    said = filled(issue(problem.pk, "order", actor=getattr(cast, who), now=NOW))
    assert SECOND_TEXT in said
    for secret in (TEXT[:8], firm(2).name, "陆", "****", "俞镇长", problem.read_code[:4], "查询码"):
        assert secret not in said


def test_the_requester_stands_in_one_cell_and_only_his_number_in_the_other(cast: Cast) -> None:
    resident = RequesterInput("resident", contact_name=PERSON, phone=PHONE)
    document = issue(cast.dispatched(told(requester=resident)).pk, "order", actor=cast.office, now=NOW)
    sheet = sheet_of(document, load(document.problem_id), letterhead(), host=HOST)
    made = docx.Document(io.BytesIO(word.render(standard.template("order"), sheet)))
    cells = {row.cells[0].text: [cell.text for cell in row.cells] for row in made.tables[0].rows}
    _label, who, _next, number = cells["诉求人"]
    assert (who, number) == (sheet.values["requester"], sheet.values["phone"])
    firms = issue(cast.dispatched(told(requester=firm(3))).pk, "order", actor=cast.office, now=NOW)
    assert f"{firm(3).name}（联系人：陆**）" in filled(firms)


def test_a_paper_says_the_whole_path_of_its_category_and_the_town_of_its_village(cast: Cast) -> None:
    document = issue(cast.dispatched().pk, "order", actor=cast.office, now=NOW)
    sheet = sheet_of(document, load(document.problem_id), letterhead(), host=HOST)
    assert sheet.values["category"].endswith(" / 供电")
    assert sheet.values["category"] in filled(document)


@pytest.mark.parametrize("kind", ["order", "strike_off"])
def test_agency_and_date_stand_at_the_right_four_characters_in(kind: str) -> None:
    made = docx.Document(io.BytesIO(standard.template(kind)))
    ending = {p.text: p for p in made.paragraphs if p.paragraph_format.right_indent}
    assert list(ending) == ["{{ agency }}", "{{ issued_on }}"]
    for line in ending.values():
        assert line.alignment == WD_ALIGN_PARAGRAPH.RIGHT
        assert line.paragraph_format.right_indent == standard.SIZE_3 * 4


@pytest.mark.parametrize("kind", ["order", "strike_off"])
def test_no_label_beside_another_one_is_wider_than_its_cell(kind: str) -> None:
    """12 pt a character, and 1.9 mm on either side of a cell."""
    for row in docx.Document(io.BytesIO(standard.template(kind))).tables[0].rows:
        for cell in (row.cells[0], row.cells[2]):
            words = cell.text
            if words and "{{" not in words and "签字" not in words:
                assert Pt(12) * len(words) + Mm(3.8) <= cell.width, words


def test_the_standard_files_have_the_measures_of_the_standard() -> None:
    for kind in ("order", "strike_off"):
        made = docx.Document(io.BytesIO(standard.template(kind)))
        page = made.sections[0]
        found = [round(x.mm) for x in (page.page_width, page.page_height, page.top_margin, page.bottom_margin)]
        assert found == [210, 297, 37, 35]
        assert [round(x.mm) for x in (page.left_margin, page.right_margin)] == [28, 26]
        (body,) = [p for p in made.paragraphs if "下列问题" in p.text]
        assert (body.runs[0].font.size.pt, body.runs[0].font.name) == (16, "仿宋_GB2312")
        assert body.paragraph_format.line_spacing.pt == 28
        (title,) = [p for p in made.paragraphs if p.text.startswith("问题")]
        assert (title.runs[0].font.size.pt, title.runs[0].font.name) == (22, "方正小标宋简体")
        assert "— " in page.footer.paragraphs[0].text
        word.check(standard.template(kind), kind)


def test_the_code_leads_to_the_page_that_only_reads(cast: Cast) -> None:
    document = issue(cast.dispatched().pk, "order", actor=cast.office, now=NOW)
    sheet = sheet_of(document, load(document.problem_id), letterhead(), host=HOST)
    assert sheet.values["read_url"] == f"{HOST}/r/{document.problem.read_code}"
    assert code.svg(sheet.values["read_url"], "码").startswith("<svg")
    assert "style" not in code.svg("x", "码")
    assert code.png("x").startswith(b"\x89PNG")


# ── templates of the county's own ────────────────────────────────────────────────────────────────────────────────────


def own(*paragraphs: str) -> bytes:
    made = docx.Document()
    for text in paragraphs:
        made.add_paragraph(text)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def test_a_template_is_used_once_somebody_else_has_approved_it(cast: Cast) -> None:
    file = own("本区样式 {{ number }}", "{% if co %}协办 {{ co }}{% endif %}", "{{ qr }}")
    row = propose_template(ProposeTemplate(kind="order", file=file), actor=cast.office, now=NOW)
    assert approved_template("order") is None
    with pytest.raises(NotAllowed):
        decide_template(row.pk, approve=True, actor=cast.office, now=NOW)
    second_post = replace(cast.supervisor, person_id=cast.office.person_id)
    with pytest.raises(NotAllowed):
        decide_template(row.pk, approve=True, actor=second_post, now=NOW)
    decide_template(row.pk, approve=True, actor=cast.supervisor, now=NOW)
    used = approved_template("order")
    assert used is not None
    document = issue(cast.dispatched().pk, "order", actor=cast.office, now=NOW)
    sheet = sheet_of(document, load(document.problem_id), letterhead(), host=HOST)
    assert "本区样式 三服交〔2019〕1号" in text_of(word.render(bytes(used.file), sheet))
    retire_template(used.pk, actor=cast.office, now=NOW)
    assert approved_template("order") is None
    with pytest.raises(IllegalTransition):
        decide_template(used.pk, approve=True, actor=cast.supervisor, now=NOW)
    kinds = (
        Event.objects.filter(stream_kind="template", stream_id=row.pk).order_by("seq").values_list("kind", flat=True)
    )
    assert list(kinds) == ["template_proposed", "template_approved", "template_retired"]


def test_a_newer_proposal_takes_the_place_of_the_one_that_waits(cast: Cast) -> None:
    first = propose_template(ProposeTemplate(kind="order", file=own("{{ number }}")), actor=cast.office, now=NOW)
    propose_template(ProposeTemplate(kind="order", file=own("{{ number }}。")), actor=cast.office, now=NOW)
    first.refresh_from_db()
    assert first.state == PaperTemplate.State.REFUSED


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("{{ password }}", "password"),
        ("{{ title.__class__ }}", "Getattr"),
        ("{{ ''.join(title) }}", "Call"),
        ("{{ title|upper }}", "Filter"),
        ("{% for c in title %}{{ c }}{% endfor %}", "c"),
        ("{{ 'a' * 1000000000 }}", "Mul"),
        ("{% set x = 1 %}", "Assign"),
        ("{% include 'x' %}", "Include"),
        ("{{ title", ""),
    ],
)
def test_a_template_that_wants_more_is_refused_with_its_place(cast: Cast, text: str, named: str) -> None:
    file = own("第一段 {{ number }}", f"坏处在此 {text}")
    with pytest.raises(InvalidInput) as caught:
        propose_template(ProposeTemplate(kind="order", file=file), actor=cast.office, now=NOW)
    assert named in caught.value.message
    assert "坏处在此" in caught.value.message
    assert not PaperTemplate.objects.exists()


def packed(**parts: bytes) -> bytes:
    """The standard file with further parts in it."""
    out = io.BytesIO(standard.template("order"))
    with zipfile.ZipFile(out, "a") as package:
        for name, body in parts.items():
            package.writestr(name.replace("__", "/"), body)
    return out.getvalue()


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"%PDF-1.4",
        own("no number"),
        packed(**{"word__vbaProject.bin": b"x"}),
        packed(**{"word__x.xml": b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>"}),
        packed(**{"word___rels__x.rels": b'<r TargetMode="External" Target="http://x"/>'}),
        packed(**{"word__media__x.bin": bytes(21 << 20)}),
        bytes((1 << 20) + 1),
    ],
    ids=["empty", "pdf", "no number", "macro", "entity", "external", "bomb", "large"],
)
def test_a_file_that_is_no_harmless_form_is_refused(cast: Cast, file: bytes) -> None:
    with pytest.raises(InvalidInput) as caught:
        propose_template(ProposeTemplate(kind="order", file=file), actor=cast.office, now=NOW)
    assert caught.value.field == "file"


def test_typed_text_is_no_markup_in_a_word_file(cast: Cast) -> None:
    problem = cast.dispatched(told("我厂<w:p/>&高峰{{ number }}经常跳闸，请协调增容。"))
    assert "我厂<w:p/>&高峰{{ number }}经常跳闸" in filled(issue(problem.pk, "order", actor=cast.office, now=NOW))


def test_the_letterhead_is_the_offices_and_papers_issued_keep_their_number(cast: Cast) -> None:
    before = issue(cast.dispatched().pk, "order", actor=cast.office, now=NOW)
    head = SetLetterhead(agency="虞区三服务专班", order_word="虞三服交", strike_off_word="虞三服销")
    with pytest.raises(NotAllowed):
        set_letterhead(head, actor=cast.supervisor, now=NOW)
    set_letterhead(head, actor=cast.office, now=NOW)
    after = issue(cast.dispatched(told(requester=firm(2))).pk, "order", actor=cast.office, now=NOW)
    before.refresh_from_db()
    assert (before.number, after.number) == ("三服交〔2019〕1号", "虞三服交〔2019〕2号")
    with pytest.raises(InvalidInput):
        set_letterhead(replace(head, order_word="虞〔2019〕"), actor=cast.office, now=NOW)
    with pytest.raises(InvalidInput):
        set_letterhead(replace(head, strike_off_word="虞三服交"), actor=cast.office, now=NOW)
