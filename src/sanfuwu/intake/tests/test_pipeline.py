"""From a table to problems, in sentences: known again, repeats linked, resumed after a kill, history with two
persons."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from sanfuwu.intake import actions, keeping, queries, running, tasks
from sanfuwu.intake.files import open_book
from sanfuwu.intake.models import ImportFindings, ImportPiece, ImportRows, ImportRun
from sanfuwu.ledger.crypto import decrypt
from sanfuwu.ledger.errors import IllegalTransition, InvalidInput, NotAllowed, NotVisible
from sanfuwu.ledger.models import Note
from sanfuwu.ledger.verify import verify
from sanfuwu.problems.models import Category, Problem
from sanfuwu.territory.actor import SYSTEM
from sanfuwu.web.tests import cast

from .making import HEAD, csv, row, table, xlsx
from .steps import counts, imported, killed_after, planned
from .times import NOW

pytestmark = pytest.mark.django_db


def text_of(problem: Problem) -> str:
    note = Note.objects.get(pk=problem.text_note_id)
    return decrypt(note.text_enc, note.pk, note.key_id)


def test_a_row_becomes_a_problem_with_everything_it_says() -> None:
    run = imported(table(row("L-7")), actor=cast.dispatcher().actor)
    assert counts(run) == (1, 1, 0, 0)
    problem = Problem.objects.get()
    assert (problem.state, problem.origin, problem.channel) == ("submitted", "live", "visit")
    assert (problem.source_system, problem.source_ref) == ("清单", "L-7")
    assert (problem.division, problem.party_kind) == (cast.SONGXIA, "enterprise")
    assert problem.claimed_party == "上虞样例电器有限公司"
    assert timezone.localdate(problem.raised_on) == dt.date(2019, 2, 11)
    assert problem.category is None
    assert problem.proposed_category is not None
    assert problem.proposed_category.status == Category.Status.PROPOSED
    assert "诉求建议：请协调增容。" in text_of(problem)
    assert problem.contact is not None
    assert "王经理".encode() not in bytes(problem.contact.name_enc)


def test_the_file_goes_when_the_import_has_ended_and_its_name_is_not_in_the_clear() -> None:
    run = planned(table(row()))
    assert ImportPiece.objects.filter(run=run).exists()
    assert "清单".encode() not in b"".join(bytes(p.data_enc) for p in run.pieces.all())
    actions.start(run.pk, actor=SYSTEM, now=NOW)
    running.run(run.pk, now=NOW)
    run.refresh_from_db()
    assert not ImportPiece.objects.exists()
    assert run.file_gone_at == NOW
    assert "清单".encode() not in bytes(run.name_enc)
    assert keeping.file_name(run) == "清单.xlsx"


def test_a_second_time_adds_nothing() -> None:
    data = table(row("L-1"), row("L-2"))
    imported(data)
    assert counts(imported(data)) == (2, 0, 2, 0)
    assert Problem.objects.count() == 2


def test_rows_without_a_number_are_known_by_what_they_say_in_whatever_order() -> None:
    lines = [row("", 问题描述=text) for text in ("甲地路灯不亮。", "乙地水压不足。", "丙地垃圾未清。")]
    imported(table(*lines))
    again = imported(
        xlsx([HEAD[::-1], *(line[::-1] for line in (lines[2], lines[0], row("", 问题描述="丁地新的一件。")))])
    )
    assert counts(again) == (3, 1, 2, 0)
    assert Problem.objects.count() == 4


def test_an_exact_repeat_of_a_text_is_kept_and_linked_to_the_first() -> None:
    data = table(row("L-1", 问题描述="同样的一段话。"), row("L-2", 问题描述="同样的一段话！", 联系人="李某"))
    run = imported(data)
    assert (run.created, run.lookalikes) == (2, 1)
    first, second = Problem.objects.order_by("number")
    assert queries.report(run).repeats == [{"row": 3, "number": second.number, "first": first.number}]
    later = imported(table(row("M-1", 问题描述="同样的一段话")), source="另一份")
    assert later.lookalikes == 1
    third = Problem.objects.get(source_ref="M-1")
    assert queries.same_text(third.pk)[0] == first.pk


def test_the_same_row_twice_without_a_number_is_kept_twice_once() -> None:
    data = table(row(""), row(""))
    assert counts(imported(data)) == (2, 2, 0, 0)
    assert counts(imported(data)) == (2, 0, 2, 0)


def test_a_list_that_counts_one_two_three_does_not_take_that_for_numbers() -> None:
    lines = [row(n, 问题描述=f"第{n}件事，请协调。") for n in range(1, 6)]
    run = planned(table(*lines))
    assert run.mapping["1"] == "ignore"


def test_refused_rows_come_back_as_a_workbook_and_can_be_mended() -> None:
    office = cast.dispatcher().actor
    data = table(row("L-1"), row("=1+1", 收集日期="昨天"), row("L-3", 联系电话="见附件", 收集日期="x"))
    run = imported(data, actor=office)
    assert counts(run) == (3, 1, 0, 2)
    back = actions.export_rejects(run.pk, mark="m", actor=office, now=NOW)
    (head, *lines) = [cells for _n, cells in open_book(back).sheets[0].rows()]
    assert head == [*HEAD, "未导入原因"]
    assert [line[0] for line in lines] == ["=1+1", "L-3"]
    assert "昨天" in lines[0][-1]
    assert lines[1][-1].count("；") == 1
    mended = [[*line[:1], "2019-02-11", *line[2:5], "", *line[6:]] for line in lines]
    again = imported(xlsx([head, *mended]), actor=office)
    assert counts(again) == (2, 2, 0, 0)
    assert Problem.objects.filter(source_ref="=1+1").exists()


def test_own_numbers_are_known_problems_and_foreign_ones_are_references() -> None:
    mine = cast.problem()
    head = ("序号", "编号", "收集日期", "对象名称", "电话(掩码)", "所属镇街/村社", "问题描述", "分级")
    lines = [
        (
            1,
            mine.number,
            "2019-02-11",
            "上虞样例电器有限公司",
            "139****0011",
            "崧厦街道/祝温村",
            "不会再登记一次。",
            "限期",
        ),
        (
            2,
            "330603-2019-000017",
            "2019-02-11",
            "柯桥样例印染有限公司",
            "139****0012",
            "崧厦街道",
            "别县移交的问题。",
            "限期",
        ),
    ]
    run = imported(xlsx([["上虞区“三服务”问题清单"], head, *lines]))
    assert counts(run) == (2, 1, 1, 0)
    foreign = Problem.objects.exclude(pk=mine.pk).get()
    assert (foreign.source_system, foreign.source_ref) == ("sanfuwu-330603", "330603-2019-000017")
    assert foreign.contact is None
    report = queries.report(run)
    assert report.known[0]["number"] == mine.number
    assert "隐去" in report.notices[0]["reason"]


def test_a_killed_worker_continues_where_it_was_and_adds_nothing_twice() -> None:
    data = table(*(row(f"K-{n}") for n in range(25)), row("K-bad", 联系电话="无效"))
    run = planned(data)
    actions.start(run.pk, actor=SYSTEM, now=NOW)
    killed_after(20, run, batch_size=10)
    run.refresh_from_db()
    assert (run.state, run.done, run.created) == ("running", 20, 20)
    running.run(run.pk, now=NOW, batch_size=10)
    run.refresh_from_db()
    assert run.state == "done"
    assert counts(run) == (26, 25, 0, 1)
    assert Problem.objects.count() == 25
    assert verify("shangyu").breaks == 0


def test_a_second_worker_on_the_same_import_leaves_it_alone() -> None:
    run = planned(table(*(row(f"K-{n}") for n in range(8))))
    actions.start(run.pk, actor=SYSTEM, now=NOW)
    met: list[int] = []

    def other_worker(done: int, _total: int) -> None:
        if not met:
            met.append(done)
            running.run(run.pk, now=NOW, batch_size=3)

    running.run(run.pk, now=NOW, progress=other_worker, batch_size=3)
    run.refresh_from_db()
    assert (run.state, run.created) == ("done", 8)
    assert Problem.objects.count() == 8


def test_a_silent_run_is_given_to_another_worker() -> None:
    run = planned(table(row()))
    actions.start(run.pk, actor=SYSTEM, now=NOW)
    ImportRun.objects.filter(pk=run.pk).update(beat_at=NOW)
    assert tasks.take_up_here(NOW + dt.timedelta(seconds=30)) == 0
    assert tasks.take_up_here(NOW + tasks.SILENT + dt.timedelta(seconds=1)) == 1


def test_cancelling_stops_before_the_next_batch_and_says_what_stays() -> None:
    office = cast.dispatcher().actor
    run = planned(table(*(row(f"C-{n}") for n in range(9))), actor=office)
    actions.start(run.pk, actor=office, now=NOW)

    def cancel(done: int, _total: int) -> None:
        if done == 3:
            actions.cancel(run.pk, actor=office, now=NOW)

    running.run(run.pk, now=NOW, progress=cancel, batch_size=3)
    run.refresh_from_db()
    assert (run.state, run.created, Problem.objects.count()) == ("cancelled", 3, 3)
    assert not ImportPiece.objects.exists()
    assert not ImportRows.objects.exists()


def test_what_nobody_touches_is_forgotten() -> None:
    left = actions.upload(table(row()), "a.xlsx", actor=SYSTEM, now=NOW)
    done = imported(table(row("R"), row("B", 联系电话="无效")))
    assert ImportFindings.objects.filter(run=done).exists()
    tasks.forget_here(NOW + dt.timedelta(days=6))
    left.refresh_from_db()
    assert left.state == "uploaded"
    tasks.forget_here(NOW + dt.timedelta(days=31))
    left.refresh_from_db()
    assert left.state == "cancelled"
    assert not ImportPiece.objects.exists()
    assert not ImportFindings.objects.exists()


# ── who ──


def test_a_town_imports_for_its_own_place_only() -> None:
    town = cast.person(cast.SONGXIA, "town_dispatcher").actor
    run = imported(table(row("T-1", 所属镇街=""), row("T-2", 所属镇街="百官街道")), actor=town)
    assert counts(run) == (2, 1, 0, 1)
    assert Problem.objects.get().division == cast.SONGXIA
    assert "镇街" in queries.report(run).rejects[0]["reason"]


def test_a_collector_imports_the_list_of_his_unit_and_proposes_nothing() -> None:
    run = imported(table(row("C-1", 问题分类="从未听说的分类")), actor=cast.collector().actor)
    assert run.created == 1
    assert not Category.objects.filter(status="proposed").exists()
    assert "问题分类：从未听说的分类" in text_of(Problem.objects.get())


@pytest.mark.parametrize("who", [cast.handler, cast.head, cast.verifier])
def test_others_do_not_import(who: Any) -> None:
    with pytest.raises(NotAllowed):
        actions.upload(table(row()), "a.xlsx", actor=who().actor, now=NOW)


def test_another_ones_import_does_not_exist() -> None:
    run = actions.upload(table(row()), "a.xlsx", actor=cast.collector().actor, now=NOW)
    other = cast.person(cast.SONGXIA, "collector").actor
    with pytest.raises(NotVisible):
        queries.one(other, run.pk)
    office = cast.dispatcher().actor
    assert queries.one(office, run.pk).pk == run.pk
    with pytest.raises(NotAllowed):
        actions.cancel(run.pk, actor=office, now=NOW)


def test_a_mapping_is_remembered_for_the_source_and_its_headings() -> None:
    head = ("单子号", "说了什么", "几时")
    lines = [("Q-1", "河道有异味，请处理，已经持续一个月了。", "2019-02-11")]
    run = planned(xlsx([head, *lines]), source="热线周报", 单子号="ref", 说了什么="text", 几时="raised_on")
    actions.start(run.pk, actor=SYSTEM, now=NOW)
    again = actions.upload(xlsx([head[::-1], *(line[::-1] for line in lines)]), "b.xlsx", actor=SYSTEM, now=NOW)
    assert again.source == "热线周报"
    assert again.mapping == {"1": "raised_on", "2": "text", "3": "ref"}


def test_two_columns_of_one_kind_are_refused_at_the_second() -> None:
    run = actions.upload(table(row()), "a.xlsx", actor=SYSTEM, now=NOW)
    mapping = {int(at): key for at, key in run.mapping.items()} | {5: "party"}
    with pytest.raises(InvalidInput) as refused:
        actions.plan(run.pk, mapping=mapping, kind="live", source="x", actor=SYSTEM, now=NOW)
    assert refused.value.field == "column_5"


def test_an_import_is_done_once() -> None:
    run = imported(table(row()))
    with pytest.raises(IllegalTransition):
        actions.start(run.pk, actor=SYSTEM, now=NOW)


def test_a_demonstration_takes_tables_of_later_years_than_its_own(settings: Any) -> None:
    later = table(row("L-1", 收集日期=f"{NOW + dt.timedelta(days=1):%Y-%m-%d}"), row("L-2"))
    assert counts(planned(later)) == (2, 1, 0, 1)  # an installation with the real time does not take tomorrow's
    settings.SANFUWU_CLOCK_OFFSET = (NOW - timezone.now()).total_seconds()  # as if NOW were in 2019
    office = cast.dispatcher().actor
    assert counts(imported(later, actor=office)) == (2, 2, 0, 0)
    assert all(p.registered_at > NOW + dt.timedelta(days=2) for p in Problem.objects.all())


def test_a_csv_of_gb18030_is_imported_like_a_workbook() -> None:
    assert counts(imported(csv([HEAD, row("G-1")], "gb18030"))) == (1, 1, 0, 0)
