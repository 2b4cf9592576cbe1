"""导出 from the list, papers from the problem, and the administration of both, as people meet them."""

from __future__ import annotations

import io
import re
import zipfile
from html import unescape
from pathlib import Path

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sanfuwu.documents import files, making
from sanfuwu.documents.models import Export, IssuedDocument, PaperTemplate
from sanfuwu.documents.papers import standard
from sanfuwu.ledger.models import AccessLog
from sanfuwu.web.views import exports

from . import cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, settings: object) -> Path:
    settings.SANFUWU_DATA_DIR = tmp_path  # type: ignore[attr-defined]
    return tmp_path


def asked(client: Client, **more: object) -> object:
    said = {"query": "", "ledger": "problems", "format": "csv", "scope": "filtered"} | more
    return client.post("/exports/", said)


def test_the_list_offers_the_four_ledgers_and_says_what_follows() -> None:
    cast.problem()
    html = unescape(cast.dispatcher().client.get("/problems/").content.decode())
    for word in ("问题清单", "责任清单", "任务清单", "效果清单", "掩码", "记入日志", "当前筛选（1 件"):
        assert word in html


def test_a_small_file_comes_at_once_and_is_logged() -> None:
    office, problem = cast.dispatcher(), cast.problem("dispatched")
    answer = asked(office.client)
    assert answer.status_code == 200  # type: ignore[attr-defined]
    assert answer["Content-Type"].startswith("text/csv")  # type: ignore[index]
    assert "filename*=utf-8''" in answer["Content-Disposition"]  # type: ignore[index]
    body = answer.content.decode("utf-8-sig")  # type: ignore[attr-defined]
    assert problem.number in body
    export = Export.objects.get()
    assert str(export.pk) in body
    said = AccessLog.objects.filter(subject_id=export.pk).order_by("at", "pk")
    assert {(entry.what, entry.account_id) for entry in said} == {
        ("export", office.actor.account_id),
        ("export_download", office.actor.account_id),
    }


@pytest.mark.parametrize("ledger", ["problems", "duties", "tasks", "results"])
def test_each_ledger_comes_as_a_workbook(ledger: str) -> None:
    cast.problem("dispatched")
    answer = asked(cast.dispatcher().client, ledger=ledger, format="xlsx")
    assert zipfile.ZipFile(io.BytesIO(answer.content)).testzip() is None  # type: ignore[attr-defined]


def test_what_goes_out_is_what_is_listed_or_all() -> None:
    office = cast.dispatcher()
    first, second = cast.problem(), cast.problem("dispatched")
    listed = asked(office.client, query="stage=submitted").content.decode()  # type: ignore[attr-defined]
    assert first.number in listed
    assert second.number not in listed
    everything = asked(office.client, query="stage=submitted", scope="all").content.decode()  # type: ignore[attr-defined]
    assert second.number in everything


def test_nothing_to_take_out_is_said_and_leaves_no_record() -> None:
    office = cast.dispatcher()
    answer = office.client.post(
        "/exports/", {"query": "stage=merged", "ledger": "problems", "format": "csv", "scope": "filtered"}, follow=True
    )
    assert "没有可以导出的内容" in answer.content.decode()
    assert not Export.objects.exists()
    assert not AccessLog.objects.exists()


def test_chosen_rows_go_out_as_a_workbook_or_as_orders() -> None:
    office = cast.dispatcher()
    one, two = cast.problem("dispatched"), cast.problem("dispatched")
    chosen = office.client.post("/exports/", {"do": "ledger.xlsx", "n": [one.number]})
    sheet = zipfile.ZipFile(io.BytesIO(chosen.content)).read("xl/worksheets/sheet1.xml").decode()
    assert one.number in sheet
    assert two.number not in sheet
    orders = office.client.post("/exports/", {"do": "orders.zip", "n": [one.number, two.number]})
    names = zipfile.ZipFile(io.BytesIO(orders.content)).namelist()
    assert [name.split()[1] for name in names] == [f"{one.number}.docx", f"{two.number}.docx"]
    assert {d.serial for d in IssuedDocument.objects.all()} == {1, 2}
    none = office.client.post("/exports/", {"do": "orders.zip"}, follow=True)
    assert "至少选择一件问题" in none.content.decode()


def test_a_large_one_is_made_by_a_job_and_fetched_by_whoever_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "AT_ONCE", 0)
    deferred: list[object] = []
    monkeypatch.setattr(exports.tasks, "defer", deferred.append)
    office, problem = cast.dispatcher(), cast.problem("dispatched")
    answer = asked(office.client)
    export = Export.objects.get()
    assert answer["Location"] == f"/exports/{export.pk}"  # type: ignore[index]
    assert deferred == [export.pk]
    waiting = office.client.get(f"/exports/{export.pk}").content.decode()
    assert 'hx-trigger="every 2s"' in waiting
    assert "取消" in waiting
    real = making.write
    monkeypatch.setattr(making, "write", lambda *args, **more: real(*args, **(more | {"beside": False})))
    making.make(export.pk, clock=lambda: export.created_at)
    page = office.client.get(f"/exports/{export.pk}").content.decode()
    assert "下载文件" in page
    got = office.client.get(f"/exports/{export.pk}/file")
    body = b"".join(got.streaming_content)  # type: ignore[attr-defined]
    assert int(got["Content-Length"]) == len(body)
    assert problem.number.encode() in body
    assert AccessLog.objects.filter(what="export_download", subject_id=export.pk).count() == 1
    for stranger in (cast.dispatcher(), cast.handler()):
        assert stranger.client.get(f"/exports/{export.pk}/file").status_code == 404
        assert stranger.client.get(f"/exports/{export.pk}").status_code == 404
    files.remove(export.pk)
    assert office.client.get(f"/exports/{export.pk}/file").status_code == 404
    assert str(export.pk) in office.client.get("/exports/").content.decode()


def test_a_head_prints_an_order_by_one_click_and_again_with_the_same_number() -> None:
    head, problem = cast.head(), cast.problem("dispatched")
    page = head.client.get(f"/problems/{problem.number}").content.decode()
    assert f'action="/problems/{problem.number}/papers/order"' in page
    assert f"/problems/{problem.number}/papers/strike_off" not in page
    answer = head.client.post(f"/problems/{problem.number}/papers/order", follow=True)
    sheet = answer.content.decode()
    for word in ("问题交办单", "三服交〔", problem.number, "承办单位主要负责人签字", "诉求人意见", "<svg", "金**"):
        assert word in sheet
    assert cast.PHONE not in sheet
    again = head.client.get(f"/problems/{problem.number}").content.decode()
    document = IssuedDocument.objects.get()
    assert f'href="/papers/{document.pk}"' in again
    word_file = head.client.get(f"/papers/{document.pk}/word")
    assert word_file.content.startswith(b"PK")
    assert cast.person("zlsgs", "handler").client.get(f"/papers/{document.pk}").status_code == 404


def test_columns_are_set_on_a_page_and_kept_when_refused() -> None:
    office = cast.dispatcher()
    said = {"on": ["number", "lead"], "place_number": "2", "place_lead": "1"}
    assert office.client.post("/admin/ledgers/problems", said).status_code == 302
    page = office.client.get("/admin/ledgers/").content.decode()
    assert re.search(r"<p>主办单位 · 编号</p>", page)
    refused = office.client.post("/admin/ledgers/problems", {"on": ["lead"]})
    assert refused.status_code == 422
    assert re.search(r'value="lead" checked', refused.content.decode())
    office.client.post("/admin/ledgers/problems", {"do": "default"})
    assert "序号 · 编号 · 收集日期" in office.client.get("/admin/ledgers/").content.decode()


def test_a_bad_template_is_refused_on_the_page_and_a_good_one_waits_for_somebody_else() -> None:
    office, supervisor = cast.dispatcher(), cast.person("dcs", "supervisor")
    bad = io.BytesIO()
    made = docx.Document()
    made.add_paragraph("此处有误 {{ nonsense }}")
    made.save(bad)
    refused = office.client.post("/admin/papers/order/template", {"file": SimpleUploadedFile("x.docx", bad.getvalue())})
    assert refused.status_code == 422
    assert "nonsense" in refused.content.decode()
    assert "此处有误" in refused.content.decode()
    good = SimpleUploadedFile("x.docx", standard.template("order"))
    office.client.post("/admin/papers/order/template", {"file": good})
    row = PaperTemplate.objects.get()
    assert 'value="approve"' not in office.client.get("/admin/papers/").content.decode()
    office.client.post(f"/admin/templates/{row.pk}/decide", {"do": "approve"})
    row.refresh_from_db()
    assert row.state == "proposed"
    assert 'value="approve"' in supervisor.client.get("/admin/papers/").content.decode()
    supervisor.client.post(f"/admin/templates/{row.pk}/decide", {"do": "approve"})
    row.refresh_from_db()
    assert row.state == "approved"
    assert office.client.get(f"/admin/templates/{row.pk}?filled=1").content.startswith(b"PK")
