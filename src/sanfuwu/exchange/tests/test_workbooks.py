"""The two workbooks: what changed since goes out once, and again on request; what comes back is looked at first."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
import python_calamine
import xlsxwriter
from django.db import connection

from sanfuwu.intake.files import guard
from sanfuwu.ledger.errors import IllegalTransition, InvalidInput, NotAllowed
from sanfuwu.ledger.models import AccessLog, Note
from sanfuwu.problems import actions
from sanfuwu.problems.commands import CorrectForeignNumber, NoteForeignNumber, Report
from sanfuwu.problems.models import ForeignNumber, Problem
from sanfuwu.problems.tests.cast import NOW, PERSON, PHONE, TEXT, Cast, firm, kinds, told

from .. import reading, sheets
from ..actions.answers import drop_answers, read_answers, record_answers, words_of
from ..actions.systems import SetSystem, change_system
from ..actions.telling import make_workbook
from ..models import AnswerLine, Exchange, ToldLine
from .cast import hotline

WORDING = sheets.Wording(stage=lambda c: f"<{c}>", result=lambda c: c, callback=lambda c: c)


def numbered(cast: Cast, stage: str = "registered", number: str = "A-1", **more: Any) -> Problem:
    """A problem at a stage with a number of the hotline."""
    problem = getattr(cast, stage)(told(f"{TEXT}{number}", **more))
    cmd = NoteForeignNumber(system="hotline", number=number)
    return actions.note_foreign_number(problem.pk, cmd, actor=cast.office, now=NOW)


def out(cast: Cast) -> list[dict[str, str]] | None:
    """The next workbook as rows by heading; None when there is nothing new."""
    made = make_workbook("hotline", actor=cast.office, now=NOW)
    return table(made) if made else None


def table(exchange: Exchange) -> list[dict[str, str]]:
    data = sheets.workbook(exchange, WORDING)
    with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
        head, *rows = book.get_sheet_by_index(0).to_python()
    return [dict(zip(map(str, head), map(str, row), strict=True)) for row in rows]


def back(*rows: tuple[Any, ...], head: tuple[str, ...] = ("工单编号", "状态", "答复", "日期")) -> bytes:
    """Their workbook."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet()
        for n, row in enumerate((head, *rows)):
            sheet.write_row(n, 0, row)
    return buffer.getvalue()


def read(cast: Cast, *rows: tuple[Any, ...]) -> Exchange:
    return read_answers("hotline", "回复.xlsx", back(*rows), actor=cast.office, now=NOW)


def verdicts(exchange: Exchange) -> list[tuple[str, str]]:
    return list(exchange.answers.order_by("row").values_list("verdict", "why"))


@pytest.fixture
def cast(cast: Cast) -> Cast:
    hotline(cast)
    return cast


def test_each_change_goes_out_once_and_nothing_is_lost(cast: Cast) -> None:
    first, _second = numbered(cast, number="A-1"), numbered(cast, number="A-2")
    cast.registered(told("没有外部编号"))
    assert [r["工单编号"] for r in out(cast) or []] == ["A-1", "A-2"]
    assert out(cast) is None
    actions.request_info(first.pk, _info(), actor=cast.office, now=NOW)
    rows = out(cast)
    assert rows is not None
    assert [(r["工单编号"], r["办理状态"]) for r in rows] == [("A-1", "<info_needed>")]
    assert out(cast) is None


def _info() -> Any:
    from sanfuwu.problems.commands import RequestInfo

    return RequestInfo(what="户号")


def test_an_event_without_news_for_them_makes_no_line(cast: Cast) -> None:
    problem = numbered(cast, "signed")
    assert out(cast)
    actions.report(problem.pk, Report(text="内部情况"), actor=cast.handler, now=NOW)
    assert out(cast) is None
    actions.report(problem.pk, Report(text="已到场查勘", for_requester=True), actor=cast.handler, now=NOW)
    rows = out(cast)
    assert rows is not None
    assert [r["最新进展"] for r in rows] == ["已到场查勘"]


def test_the_line_tells_state_unit_date_result_and_call_back_and_no_requester(cast: Cast) -> None:
    numbered(cast, "struck_off", requester=firm())
    (row,) = out(cast) or []
    assert row["办理状态"] == "<struck_off>"
    assert row["主办单位"] == "崧厦供电所"
    assert row["办理结果"] == "solved"
    assert row["答复内容"] == "已更换变压器并完成增容。"
    assert row["回访结果"] == "confirmed"
    assert PERSON not in str(row)
    assert PHONE not in str(row)
    assert "样例" not in str(row)


def test_a_result_before_its_review_is_nobody_s_word(cast: Cast) -> None:
    numbered(cast, "signed_off")
    (row,) = out(cast) or []
    assert row["答复内容"] == ""


def test_phones_and_identity_numbers_in_texts_are_masked(cast: Cast) -> None:
    problem = numbered(cast, "signed")
    said = Report(text=f"请联系 {PHONE} 王师傅", for_requester=True)
    actions.report(problem.pk, said, actor=cast.handler, now=NOW)
    (row,) = out(cast) or []
    assert PHONE not in row["最新进展"]
    assert PHONE[-4:] in row["最新进展"]


def test_of_a_confidential_problem_no_text_goes_out(cast: Cast) -> None:
    numbered(cast, "struck_off", confidential=True)
    (row,) = out(cast) or []
    assert (row["最新进展"], row["答复内容"]) == ("", "")
    assert row["办理结果"] == "solved"


def test_a_past_workbook_is_the_same_again_less_what_was_erased(cast: Cast) -> None:
    problem = numbered(cast, "struck_off")
    made = make_workbook("hotline", actor=cast.office, now=NOW)
    assert made is not None
    before = table(made)
    actions.archive(problem.pk, _archive(), actor=cast.office, now=NOW)
    assert table(Exchange.objects.get(pk=made.pk)) == before
    assert sheets.workbook(made, WORDING) == sheets.workbook(made, WORDING)
    note = ToldLine.objects.values_list("answer_note_id", flat=True).get()
    Note.objects.filter(pk=note).update(text_enc=b"", salt=b"", erased_at=NOW)
    assert "变压器" not in str(table(made))


def _archive() -> Any:
    from sanfuwu.problems.commands import Archive

    return Archive()


def test_a_text_that_looks_like_a_formula_stays_a_text(cast: Cast) -> None:
    problem = numbered(cast, "signed")
    evil = Report(text='=HYPERLINK("http://x","y")', for_requester=True)
    actions.report(problem.pk, evil, actor=cast.handler, now=NOW)
    made = make_workbook("hotline", actor=cast.office, now=NOW)
    assert made is not None
    assert b"<f>" not in _sheet_xml(sheets.workbook(made, WORDING))
    assert table(made)[0]["最新进展"].startswith("=HYPERLINK")


def _sheet_xml(data: bytes) -> bytes:
    import zipfile

    return zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")


def test_a_system_names_its_columns_as_it_likes(cast: Cast) -> None:
    numbered(cast)
    named = SetSystem(
        name="12345热线", headings={"out_number": "诉求编号", "in_number": "诉求编号", "in_reply": "办理意见"}
    )
    change_system("hotline", named, actor=cast.office, now=NOW)
    (row,) = out(cast) or []
    assert row["诉求编号"] == "A-1"
    data = back(("A-1", "已回访"), head=("诉求编号", "办理意见"))
    exchange = read_answers("hotline", "x.xlsx", data, actor=cast.office, now=NOW)
    assert verdicts(exchange) == [("matched", "")]


def test_a_full_workbook_says_that_there_is_more(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from ..actions import telling

    monkeypatch.setattr(telling, "MOST_LINES", 2)
    monkeypatch.setattr(telling, "_CHUNK", 2)
    for n in range(3):
        numbered(cast, number=f"B-{n}")
    made = make_workbook("hotline", actor=cast.office, now=NOW)
    assert made is not None
    assert (made.lines, made.more) == (2, True)
    assert [r["工单编号"] for r in out(cast) or []] == ["B-2"]


def test_a_corrected_number_is_told_anew_and_the_wrong_one_no_more(cast: Cast) -> None:
    problem = numbered(cast, number="A-1")
    out(cast)
    wrong = ForeignNumber.objects.get()
    cmd = CorrectForeignNumber(foreign_id=wrong.pk, number="A-9", reason="抄错")
    actions.correct_foreign_number(problem.pk, cmd, actor=cast.office, now=NOW)
    assert [r["工单编号"] for r in out(cast) or []] == ["A-9"]


def test_each_exchange_is_logged_and_only_the_office_makes_one(cast: Cast) -> None:
    numbered(cast)
    for who in ("handler", "town_office", "supervisor", "district_leader", "system_officer"):
        with pytest.raises(NotAllowed):
            make_workbook("hotline", actor=getattr(cast, who), now=NOW)
    out(cast)
    record_answers(read(cast, ("A-1", "已办结", "", "2019-02-12")).pk, (), actor=cast.office, now=NOW)
    assert list(AccessLog.objects.order_by("pk").values_list("what", flat=True)) == ["exchange_out", "exchange_in"]


def test_rows_are_judged_one_by_one_and_only_matched_ones_are_noted(cast: Cast) -> None:
    problem = numbered(cast, "signed")
    closed = numbered(cast, "struck_off", number="A-2")
    exchange = read(
        cast,
        ("a-1", "处理中", "已转属地", dt.date(2019, 2, 11)),
        ("A-2", "来电人不认可", "", "2019-02-12"),
        ("Z-9", "已办结", "", ""),
        ("", "已办结", "", ""),
        ("A-1", "", "", ""),
        ("A-1", "处理中", "x", "昨天"),
        ("A-1", "处理中", "x", "2019-03-01"),
    )
    assert verdicts(exchange) == [
        ("matched", ""),
        ("conflict", "closed_here"),
        ("unknown", ""),
        ("fault", "no_number"),
        ("fault", "no_words"),
        ("fault", "no_date"),
        ("fault", "future"),
    ]
    states = list(Problem.objects.order_by("pk").values_list("state", flat=True))
    done = record_answers(exchange.pk, (), actor=cast.office, now=NOW)
    assert (done.state, done.recorded, done.lines) == ("recorded", 1, 7)
    assert kinds(problem)[-1] == "foreign_updated"
    assert kinds(closed)[-1] != "foreign_updated"
    assert list(Problem.objects.order_by("pk").values_list("state", flat=True)) == states


def test_a_conflict_is_noted_when_a_person_says_so(cast: Cast) -> None:
    closed = numbered(cast, "struck_off", number="A-2")
    exchange = read(cast, ("A-2", "来电人不认可", "", "2019-02-12"))
    line = exchange.answers.get()
    record_answers(exchange.pk, (line.pk,), actor=cast.office, now=NOW)
    assert kinds(closed)[-1] == "foreign_updated"
    assert Problem.objects.get(pk=closed.pk).state == "struck_off"


def test_the_same_file_again_adds_nothing(cast: Cast) -> None:
    problem = numbered(cast)
    row = ("A-1", "处理中", "已转属地", "2019-02-11")
    record_answers(read(cast, row).pk, (), actor=cast.office, now=NOW)
    again = read(cast, row, row)
    assert verdicts(again) == [("known", ""), ("known", "")]
    done = record_answers(again.pk, (), actor=cast.office, now=NOW)
    assert done.recorded == 0
    assert kinds(problem).count("foreign_updated") == 1


def test_a_row_that_stands_twice_in_a_file_is_noted_once(cast: Cast) -> None:
    problem = numbered(cast)
    row = ("A-1", "处理中", "已转属地", "2019-02-11")
    record_answers(read(cast, row, row).pk, (), actor=cast.office, now=NOW)
    assert kinds(problem).count("foreign_updated") == 1


def test_older_news_and_two_words_of_one_day_are_conflicts(cast: Cast) -> None:
    numbered(cast)
    record_answers(read(cast, ("A-1", "已办结", "", "2019-02-12")).pk, (), actor=cast.office, now=NOW)
    exchange = read(
        cast, ("A-1", "处理中", "", "2019-02-10"), ("A-1", "甲", "", "2019-02-12"), ("A-1", "乙", "", "2019-02-12")
    )
    assert verdicts(exchange) == [("conflict", "older"), ("conflict", "two_words"), ("conflict", "two_words")]


def test_their_words_come_back_to_nobody_in_the_next_workbook(cast: Cast) -> None:
    numbered(cast)
    out(cast)
    record_answers(read(cast, ("A-1", "已办结", "答复", "2019-02-12")).pk, (), actor=cast.office, now=NOW)
    assert out(cast) is None


def test_recording_twice_is_refused_and_words_are_kept_nowhere_else(cast: Cast) -> None:
    numbered(cast)
    exchange = read(cast, ("A-1", "处理中", "保密的答复", "2019-02-11"))
    line = exchange.answers.get()
    assert words_of(line) == ("处理中", "保密的答复")
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(t::text, '') FROM exchange_answerline t")
        assert "保密" not in cursor.fetchone()[0]
    record_answers(exchange.pk, (), actor=cast.office, now=NOW)
    with pytest.raises(IllegalTransition):
        record_answers(exchange.pk, (), actor=cast.office, now=NOW)
    line.refresh_from_db()
    assert words_of(line) == ("", "")


def test_a_newer_file_takes_the_place_of_a_preview(cast: Cast) -> None:
    numbered(cast)
    first = read(cast, ("A-1", "处理中", "", ""))
    read(cast, ("A-1", "已办结", "", ""))
    first.refresh_from_db()
    assert first.state == "dropped"
    assert words_of(first.answers.get()) == ("", "")
    with pytest.raises(IllegalTransition):
        drop_answers(first.pk, actor=cast.office, now=NOW)


def test_a_dropped_preview_records_nothing(cast: Cast) -> None:
    problem = numbered(cast)
    exchange = read(cast, ("A-1", "处理中", "", ""))
    drop_answers(exchange.pk, actor=cast.office, now=NOW)
    assert "foreign_updated" not in kinds(problem)
    assert AnswerLine.objects.filter(recorded_at__isnull=False).count() == 0


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "空"),
        (b"not a workbook", "工单编号"),
        (b"PK\x03\x04broken", "xlsx"),
        (back(("1", "x"), head=("别的", "状态")), "工单编号"),
        (back(("1", "1", "x"), head=("工单编号", "工单编号", "状态")), "工单编号"),
        (back(), ""),
    ],
)
def test_a_file_of_no_use_is_refused_with_what_to_do(cast: Cast, data: bytes, said: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_answers("hotline", "x.xlsx", data, actor=cast.office, now=NOW)
    assert caught.value.field == "file"
    assert said in caught.value.message
    assert not Exchange.objects.exists()


def test_a_table_saved_as_csv_reads_the_same(cast: Cast) -> None:
    numbered(cast)
    data = "工单编号,状态,答复,日期\nA-1,处理中,已派单,2019/2/12\n".encode("gb18030")
    exchange = read_answers("hotline", "x.csv", data, actor=cast.office, now=NOW)
    assert words_of(exchange.answers.get()) == ("处理中", "已派单")


def test_a_file_that_unpacks_to_too_much_is_not_unpacked(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "MOST_UNPACKED", 100)
    with pytest.raises(InvalidInput):
        read(cast, ("A-1", "处理中", "", ""))


def test_too_many_rows_are_refused(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_ROWS", 1)
    with pytest.raises(InvalidInput, match="2"):
        read(cast, ("A-1", "处理中", "", ""), ("A-2", "处理中", "", ""))


def test_a_telephone_in_the_wrong_column_is_not_kept_in_clear(cast: Cast) -> None:
    exchange = read(cast, (PHONE, "已办结", "", ""))
    assert verdicts(exchange) == [("unknown", "")]
    assert exchange.answers.get().number == PHONE[:3] + "****" + PHONE[-4:]
