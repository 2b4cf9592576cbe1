"""导入 through the pages: upload, columns, preview, confirmation, progress, report, approval; who sees what."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from sanfuwu.intake import running
from sanfuwu.intake.files import open_book
from sanfuwu.intake.models import ImportPiece, ImportRun
from sanfuwu.intake.tests.making import row, table, xlsx
from sanfuwu.intake.tests.test_history import PAST, past
from sanfuwu.ledger.models import AccessLog
from sanfuwu.problems.models import Problem

from . import cast
from .test_pages import INLINE, page

pytestmark = pytest.mark.django_db


def sent(client: Client, data: bytes, name: str = "清单.xlsx") -> ImportRun:
    """A file uploaded through the form."""
    answer = client.post("/imports/", {"file": SimpleUploadedFile(name, data)})
    assert answer.status_code == 302, unescape(answer.content.decode())[:3000]
    return ImportRun.objects.get(pk=answer["Location"].rsplit("/", 1)[1])


def chosen(html: str, **more: str) -> dict[str, str]:
    """What the form of the columns would send."""
    form: dict[str, str] = {}
    for name, options in re.findall(r'<select name="(column_\d+)".*?>(.*?)</select>', html, re.DOTALL):
        found = re.search(r'value="(\w+)" selected', options)
        form[name] = found.group(1) if found else ""
    source = re.search(r'name="source" value="([^"]*)"', html)
    kind = re.search(r'name="kind" value="(\w+)"[^>]*checked', html)
    assert source
    return form | {"source": source.group(1)} | ({"kind": kind.group(1)} if kind else {}) | more


def checked(client: Client, data: bytes, **more: str) -> ImportRun:
    run = sent(client, data)
    url = f"/imports/{run.pk}"
    answer = client.post(f"{url}/columns", chosen(page(client, url), **more))
    assert answer.status_code == 302
    return ImportRun.objects.get(pk=run.pk)


def work(run: ImportRun) -> None:
    """What a worker does."""
    running.run(run.pk, now=timezone.now())


def test_a_list_goes_from_the_upload_to_the_report() -> None:
    town = cast.person(cast.SONGXIA, "town_dispatcher", title="受理员")
    run = checked(town.client, table(row("L-1"), row("L-2", 联系电话="无")))
    html = page(town.client, f"/imports/{run.pk}")
    assert "可导入" in html
    assert "导入 2 行" in html
    assert "13900000011" not in html
    assert not INLINE.search(html)
    assert not Problem.objects.exists()
    assert town.client.post(f"/imports/{run.pk}/start").status_code == 302
    html = page(town.client, f"/imports/{run.pk}")
    assert 'hx-trigger="every 2s"' in html
    assert f'<noscript><p class="import-back"><a class="btn" href="/imports/{run.pk}">' in html
    assert "可以离开本页" in html
    work(run)
    html = page(town.client, f"/imports/{run.pk}")
    assert "hx-trigger" not in html
    assert "导入结果" in html
    assert Problem.objects.filter(state="submitted").count() == 2
    assert "清单.xlsx" in page(town.client, "/imports/")


def test_the_file_never_touches_the_disk_in_the_clear(settings: Any, tmp_path: Any) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "none")  # would fail if anything were written there
    office = cast.dispatcher()
    lines = [row(f"L-{n}", 问题描述="电" * 800 + str(n * 7919)) for n in range(4000)]
    data = table(*lines)
    run = sent(office.client, data)
    assert sum(len(bytes(piece.data_enc)) for piece in ImportPiece.objects.filter(run=run)) > len(data)


def test_a_broken_file_is_refused_on_the_page_with_what_to_do() -> None:
    office = cast.dispatcher()
    answer = office.client.post("/imports/", {"file": SimpleUploadedFile("x.xlsx", b"\x89PNG" + b"\0" * 90)})
    assert answer.status_code == 422
    assert "PNG" in unescape(answer.content.decode())
    assert office.client.post("/imports/").status_code == 422


def test_a_file_beyond_the_limit_is_not_even_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sanfuwu.web.uploading.MOST_BYTES", 1000)
    answer = cast.dispatcher().client.post("/imports/", {"file": SimpleUploadedFile("x.csv", b"a" * 200_000)})
    assert answer.status_code == 422
    assert "MB" in unescape(answer.content.decode())


def test_a_wrong_choice_of_columns_comes_back_with_what_was_chosen() -> None:
    office = cast.dispatcher()
    run = sent(office.client, table(row()))
    url = f"/imports/{run.pk}"
    form = chosen(page(office.client, url), column_5="party", source="我们的清单")
    answer = office.client.post(f"{url}/columns", form)
    html = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert "选给了两列" in html
    assert 'value="我们的清单"' in html


def test_errors_are_shown_by_row_and_column_and_can_be_fetched() -> None:
    office = cast.dispatcher()
    run = checked(office.client, table(row("L-1"), row("L-2", 收集日期="昨天")))
    html = page(office.client, f"/imports/{run.pk}")
    assert re.search(r'<td class="num">3</td><td>B 收集日期</td><td>“昨天”', html)
    office.client.post(f"/imports/{run.pk}/start")
    work(run)
    answer = office.client.get(f"/imports/{run.pk}/rejects.xlsx")
    assert answer.status_code == 200
    assert open_book(answer.content).sheets[0].height == 2
    assert AccessLog.objects.filter(what="export_rejects", subject_id=run.pk).count() == 1
    assert cast.dispatcher().client.get(f"/imports/{run.pk}/rejects.xlsx").status_code == 403


def test_history_is_approved_by_another_person_on_the_same_page() -> None:
    office, second = cast.dispatcher(), cast.person("dcs", "supervisor", title="督查员")
    run = checked(office.client, xlsx([PAST, past("J1"), past("J2")]))
    assert run.kind == "history"
    page(second.client, f"/imports/{run.pk}", 404)  # not before it is confirmed
    office.client.post(f"/imports/{run.pk}/start")
    assert f'<a class="menu-item" href="/imports/{run.pk}">' in page(second.client, "/")
    assert "待您审批" not in page(office.client, "/")
    assert "/approve" not in page(office.client, f"/imports/{run.pk}")
    assert office.client.post(f"/imports/{run.pk}/approve").status_code == 403
    assert "待审批" in page(second.client, "/imports/")
    assert "批准导入" in page(second.client, f"/imports/{run.pk}")
    assert second.client.post(f"/imports/{run.pk}/approve").status_code == 302
    work(run)
    assert Problem.objects.filter(state="archived", origin="import").count() == 2
    number = Problem.objects.values_list("number", flat=True)[0]
    told = page(office.client, f"/problems/{number}")
    assert "从原台账导入" in told
    assert "不是我们的问题。" in told


def test_a_second_sheet_can_be_chosen() -> None:
    def more(book: Any, sheet: Any) -> None:
        other = book.add_worksheet("第二页")
        other.write_row(0, 0, ["编号", "问题描述"])
        other.write_row(1, 0, ["Z-1", "第二页上的一件事。"])

    office = cast.dispatcher()
    run = sent(office.client, xlsx([["编号", "问题描述"], ["A-1", "第一页上的一件事。"]], change=more))
    form = {"sheet": "第二页", "head_first": "1", "head_lines": "1"}
    assert office.client.post(f"/imports/{run.pk}/table", form).status_code == 302
    assert "第二页上的一件事" in page(office.client, f"/imports/{run.pk}")
    wrong = office.client.post(f"/imports/{run.pk}/table", form | {"head_first": "0"})
    assert wrong.status_code == 422


def test_cancelling_removes_the_file() -> None:
    office = cast.dispatcher()
    run = sent(office.client, table(row()))
    office.client.post(f"/imports/{run.pk}/cancel")
    assert not ImportPiece.objects.exists()
    assert "已取消导入" in page(office.client, f"/imports/{run.pk}")


def test_only_importers_and_approvers_have_the_entry() -> None:
    for who in (cast.dispatcher, cast.collector):
        assert 'href="/imports/"' in page(who().client, "/")
    assert 'href="/imports/"' not in page(cast.handler().client, "/")
    assert cast.handler().client.get("/imports/").status_code == 403


def test_a_large_table_is_checked_by_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "AT_ONCE_ROWS", 1)
    office = cast.dispatcher()
    run = checked(office.client, table(row("L-1"), row("L-2"), row("L-3")))
    assert run.state == "checking"
    html = page(office.client, f"/imports/{run.pk}")
    assert "正在逐行核对" in html
    running.check(run.pk, now=timezone.now())
    assert "核对结果" in page(office.client, f"/imports/{run.pk}")
