"""The message workbook, in sentences. Every workbook is made here."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from click.testing import CliRunner

from sanfuwu.commands import import_
from sanfuwu.intake.actions import SOURCE_SYSTEM, ImportReport, import_workbook
from sanfuwu.intake.workbook import HEADINGS, BadWorkbook, read_workbook
from sanfuwu.ledger.crypto import decrypt
from sanfuwu.ledger.errors import IllegalTransition, InvalidInput, NotAllowed
from sanfuwu.ledger.models import Event, Note
from sanfuwu.parties.models import Contact
from sanfuwu.problems.actions import accept
from sanfuwu.problems.actions.categories import confirm_category, create_category, propose_categories
from sanfuwu.problems.commands import Accept
from sanfuwu.problems.models import Category, Problem
from sanfuwu.territory.actor import SYSTEM
from sanfuwu.visits.tests.people import act_as, events_of

CHINA = dt.timezone(dt.timedelta(hours=8))
NOW = dt.datetime(2026, 11, 23, 10, 0, tzinfo=CHINA)
Row = tuple[Any, ...]


def workbook(path: Path, rows: list[Row], *, headings: Row = HEADINGS, above: int = 0) -> Path:
    """A workbook with one sheet; `above` empty rows stand over the headings."""
    file = path / "messages.xlsx"
    with xlsxwriter.Workbook(file, {"default_date_format": "yyyy-mm-dd hh:mm"}) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate((headings, *rows)):
            sheet.write_row(at + above, 0, row)
    return file


def row(number: object = "M1", **more: object) -> Row:
    cells = {
        "留言编号": number,
        "留言用户": "A0001",
        "留言主题": "小区门口积水",
        "留言时间": "2019-02-11 08:20:00",
        "留言详情": "一下雨门口就积水，老人出门不便。",
        "一级标签": "城乡建设",
    } | more
    return tuple(cells.values())


def run(file: Path) -> ImportReport:
    return import_workbook(file, actor=SYSTEM, now=NOW)


@pytest.mark.django_db
def test_a_row_becomes_a_problem_waiting_to_be_accepted(tmp_path: Path) -> None:
    report = run(workbook(tmp_path, [row("M00002")]))
    assert (report.rows, report.registered, report.duplicates, report.errors) == (1, 1, 0, [])
    problem = Problem.objects.get()
    assert (problem.state, problem.channel, problem.origin) == ("submitted", "import", "live")
    assert (problem.source_system, problem.source_ref) == (SOURCE_SYSTEM, "M00002")
    assert (problem.division, problem.title) == ("330604000000", "小区门口积水")
    assert problem.raised_on == dt.datetime(2019, 2, 11, 8, 20, tzinfo=CHINA)
    assert problem.registered_at == NOW
    note = Note.objects.get(pk=problem.text_note_id)
    assert decrypt(note.text_enc, note.pk, note.key_id) == "一下雨门口就积水，老人出门不便。"
    assert events_of(problem) == ["registered"]
    assert Event.objects.get(stream_id=problem.pk).happened_at == problem.raised_on


@pytest.mark.django_db
def test_the_sender_is_kept_encrypted_and_nowhere_in_the_clear(tmp_path: Path) -> None:
    run(workbook(tmp_path, [row(留言用户="A000107866"), row("M2", 留言用户="")]))
    known, unknown = Problem.objects.order_by("number")
    contact = Contact.objects.get()
    assert known.contact_id == contact.pk
    assert decrypt(contact.name_enc, contact.pk, contact.key_id) == "A000107866"
    assert (known.anonymous, unknown.anonymous, unknown.contact_id) == (False, True, None)
    assert "A000107866" not in str(list(Event.objects.values())) + str(list(Problem.objects.values()))


@pytest.mark.django_db
def test_a_second_run_adds_none_and_a_longer_file_only_what_is_new(tmp_path: Path) -> None:
    rows = [row(f"M{n}") for n in range(1, 4)]
    run(workbook(tmp_path, rows))
    again = run(workbook(tmp_path, rows))
    assert (again.registered, again.duplicates) == (0, 3)
    longer = run(workbook(tmp_path, [*rows, row("M4"), row("M4")]))
    assert (longer.registered, longer.duplicates) == (1, 4)
    assert Problem.objects.count() == 4


@pytest.mark.django_db
def test_a_row_without_a_number_is_known_again_by_its_place_in_the_file(tmp_path: Path) -> None:
    file = workbook(tmp_path, [row(""), row("")])
    assert run(file).registered == 2  # the same words twice are two messages
    assert run(file).duplicates == 2


@pytest.mark.django_db
def test_rows_that_cannot_be_registered_are_named_and_the_others_are_registered(tmp_path: Path) -> None:
    rows = [
        row("M1"),
        row("M2", 留言主题="", 留言详情=" "),
        row("M3", 留言时间="去年夏天"),
        row("M4", 留言时间="2031-01-01"),
        row("M5", 留言用户="某" * 41),
        row("M6", 留言详情="长" * 20_001),
        row("M7"),
    ]
    report = run(workbook(tmp_path, rows, above=2))
    assert (report.rows, report.registered) == (7, 2)
    assert [(e.row, e.heading) for e in report.errors] == [
        (5, "留言详情"),
        (6, "留言时间"),
        (7, "留言时间"),
        (8, "留言用户"),
        (9, "留言详情"),
    ]
    assert all(e.reason for e in report.errors)
    assert sorted(Problem.objects.values_list("source_ref", flat=True)) == ["M1", "M7"]


@pytest.mark.django_db
def test_long_texts_and_titles_are_kept_whole(tmp_path: Path) -> None:
    text, title = "长" * 20_000, "题" * 201
    run(workbook(tmp_path, [row("M1", 留言详情=text), row("M2", 留言主题=title, 留言详情="正文")]))
    first, second = Problem.objects.order_by("number")
    kept = [Note.objects.get(pk=p.text_note_id) for p in (first, second)]
    assert [decrypt(n.text_enc, n.pk, n.key_id) for n in kept] == [text, f"{title}\n正文"]
    assert second.title == "题" * 199 + "…"


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        (dt.datetime(2020, 1, 4, 11, 17, 46), "2020-01-04T11:17:46+08:00"),  # noqa: DTZ001 — a cell has no zone
        ("2020-01-04 11:17:46", "2020-01-04T11:17:46+08:00"),
        ("2020/1/4 11:17", "2020-01-04T11:17:00+08:00"),
        ("2020.1.4", "2020-01-04T00:00:00+08:00"),
        ("2020年1月4日", "2020-01-04T00:00:00+08:00"),
        ("2020年1月4日 9时05分", "2020-01-04T09:05:00+08:00"),
        ("2020-01-04T11:17:46", "2020-01-04T11:17:46+08:00"),
        (43834.5, "2020-01-04T12:00:00+08:00"),
        ("", None),
    ],
)
def test_dates_come_in_many_forms(tmp_path: Path, cell: object, moment: str | None) -> None:
    (message,) = read_workbook(workbook(tmp_path, [row(留言时间=cell)])).messages
    assert (message.sent_at.isoformat() if message.sent_at else None) == moment


@pytest.mark.parametrize("cell", ["2020-13-01", "31.12.2020", "2020-1-1 25:00", True, 999999])
def test_what_is_no_date_is_said(tmp_path: Path, cell: object) -> None:
    (error,) = read_workbook(workbook(tmp_path, [row(留言时间=cell)])).errors
    assert (error.row, error.heading) == (2, "留言时间")


def test_columns_stand_in_any_order_and_unknown_ones_are_named(tmp_path: Path) -> None:
    file = workbook(
        tmp_path,
        [("详情一句。", 7, "备注"), ("", "", ""), ("又一句。", 8.5, "")],
        headings=("留言详情", "留言编号", "处理意见"),
    )
    sheet = read_workbook(file)
    assert [(m.row, m.ref, m.text, m.user, m.title) for m in sheet.messages] == [
        (2, "7", "详情一句。", "", ""),
        (4, "8.5", "又一句。", "", ""),
    ]
    assert sheet.unused == ("处理意见",)


@pytest.mark.parametrize(
    ("headings", "said"),
    [(("留言编号", "留言主题"), "留言详情"), (("a", "b"), "留言编号"), ((*HEADINGS, "留言编号"), "留言编号")],
)
def test_a_sheet_without_its_headings_is_refused_with_what_to_do(tmp_path: Path, headings: Row, said: str) -> None:
    with pytest.raises(BadWorkbook, match=said):
        read_workbook(workbook(tmp_path, [], headings=headings))


@pytest.mark.parametrize("content", [b"", b"not a workbook", b"PK\x03\x04 broken"])
def test_a_file_that_is_no_workbook_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "x.xlsx"
    file.write_bytes(content)
    with pytest.raises(BadWorkbook, match=r"\.xlsx"):
        read_workbook(file)
    with pytest.raises(BadWorkbook):
        read_workbook(tmp_path / "missing.xlsx")


@pytest.mark.django_db
def test_labels_become_proposed_categories_once_and_known_ones_are_used(tmp_path: Path) -> None:
    known = create_category("edu", "教育文体", actor=SYSTEM, now=NOW)
    rows = [row("M1"), row("M2", 一级标签="教育文体"), row("M3", 一级标签=""), row("M4")]
    assert run(workbook(tmp_path, rows)).categories == ["城乡建设", "教育文体"]
    run(workbook(tmp_path, [row("M5")]))
    proposed = Category.objects.get(status="proposed")
    told = list(Problem.objects.order_by("number").values_list("proposed_category_id", "category_id"))
    assert told == [(proposed.pk, None), (known.pk, None), (None, None), (proposed.pk, None), (proposed.pk, None)]


@pytest.mark.django_db
def test_nothing_is_accepted_under_a_proposed_category_before_the_office_confirms_it(tmp_path: Path) -> None:
    run(workbook(tmp_path, [row()]))
    problem, category = Problem.objects.get(), Category.objects.get()
    office = act_as("sfwb", "dispatcher")
    with pytest.raises(InvalidInput):
        accept(problem.pk, Accept(category_id=category.pk), actor=office, now=NOW)
    with pytest.raises(NotAllowed):
        confirm_category(category.pk, actor=act_as("zjj", "handler"), now=NOW)
    confirm_category(category.pk, actor=office, now=NOW)
    with pytest.raises(IllegalTransition):
        confirm_category(category.pk, actor=office, now=NOW)
    assert accept(problem.pk, Accept(category_id=category.pk), actor=office, now=NOW).category_id == category.pk


@pytest.mark.django_db
def test_categories_have_three_levels_and_one_of_a_name_below_a_parent() -> None:
    office = act_as("sfwb", "dispatcher")
    top = create_category("a", "公用事业", actor=office, now=NOW)
    middle = create_category("b", "供水", parent_id=top.pk, actor=office, now=NOW)
    leaf = create_category("c", "管道接入", parent_id=middle.pk, actor=office, now=NOW)
    for code, name, parent in (("d", "更深", leaf.pk), ("a", "同码", None), ("e", "供水", top.pk), ("f", " ", None)):
        with pytest.raises(InvalidInput):
            create_category(code, name, parent_id=parent, actor=office, now=NOW)
    assert propose_categories(["供水", "", "新标签"], actor=office, now=NOW)["供水"] == middle.pk
    with pytest.raises(NotAllowed):
        propose_categories(["甲"], actor=act_as("zjj", "handler"), now=NOW)


@pytest.mark.django_db
def test_rows_go_in_batches_and_progress_is_told(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    file = workbook(tmp_path, [row(f"M{n}") for n in range(501)])
    report = import_workbook(file, actor=SYSTEM, now=NOW, progress=lambda done, total: told.append((done, total)))
    assert report.registered == 501
    assert told == [(500, 501), (501, 501)]


def test_the_report_says_what_became_of_the_rows() -> None:
    report = ImportReport(rows=25, registered=2, duplicates=1, undated=1, anonymous=1, categories=["城乡建设"])
    file_errors = [import_workbook_error(n) for n in range(2, 24)]
    report.errors = file_errors
    words = import_.lines(report)
    assert "25" in words[0]
    assert "22" in words[0]
    assert len(words) == 1 + 3 + import_.ERRORS_SHOWN + 1
    assert json.loads(json.dumps(report.as_dict()))["errors"][0]["row"] == 2


def import_workbook_error(number: int) -> Any:
    from sanfuwu.intake.workbook import RowError

    return RowError(number, "留言时间", "?")


@pytest.mark.slow
@pytest.mark.usefixtures("committed_db")
def test_the_command_registers_reports_and_says_by_its_exit_code_whether_all_went_in(tmp_path: Path) -> None:
    file = workbook(tmp_path, [row("M1"), row("M2", 留言时间="昨天")])
    first = CliRunner().invoke(import_.command, [str(file), "--json"])
    assert first.exit_code == 1, first.output
    assert json.loads(first.stdout)["registered"] == 1
    second = CliRunner().invoke(import_.command, [str(workbook(tmp_path, [row("M1")])), "--lang", "en"])
    assert second.exit_code == 0, second.output
    assert "0 registered, 1 there already" in second.output
    missing = CliRunner().invoke(import_.command, [str(tmp_path / "none.xlsx")])
    assert missing.exit_code == 1
    assert "none.xlsx" in missing.output
