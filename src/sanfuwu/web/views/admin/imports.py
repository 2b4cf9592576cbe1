"""Units, people and duty from Excel: upload, look through, confirm, report. Nothing is written before the confirmation.

What was read travels in the page, signed: there is no half-imported file lying about on the server.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from sanfuwu.accounts import importing
from sanfuwu.accounts.importing import BadWorkbook, Report, Row, read_table
from sanfuwu.accounts.importing.duty import DUTY_REQUIRED
from sanfuwu.accounts.importing.people import PEOPLE_REQUIRED
from sanfuwu.accounts.importing.units import UNIT_REQUIRED
from sanfuwu.ledger.errors import ActionError, NotVisible
from sanfuwu.territory import policies
from sanfuwu.territory.actor import Actor
from sanfuwu.web import words
from sanfuwu.web.admin_forms.people import UploadForm
from sanfuwu.web.page import actor_of, for_post, now_of

SALT = "sanfuwu.admin.import"
SIGNED_FOR = 2 * 3600  # seconds between looking and confirming
SHOWN = 500


@dataclass(frozen=True, slots=True)
class Kind:
    """One workbook the administration takes."""

    name: str
    title: str | Promise
    url_name: str
    back_name: str
    back: str | Promise
    headings: Sequence[str]
    required: Sequence[str]
    example: Sequence[Sequence[str]]
    rules: Sequence[str | Promise]
    may: Callable[[Actor], bool]
    plan: Callable[..., Report[Any]]
    write: Callable[[Report[Any], Actor, dt.datetime], int]
    next_step: str | Promise = ""
    next_name: str = ""


KINDS: dict[str, Kind] = {
    "units": Kind(
        "units",
        gettext_lazy("Units from Excel"),
        "web:admin_units_import",
        "web:admin_units",
        gettext_lazy("Units"),
        importing.UNIT_HEADINGS,
        UNIT_REQUIRED,
        (
            ("sfwb", "县三服务办", "办公室", "", ""),
            ("zjj", "县住房和城乡建设局", "部门", "", ""),
            ("cgz", "城关镇", "镇街", "", "（十二位）"),
        ),
        (
            gettext_lazy("编码 is short and for ever; 上级 is a name or a code, empty = the county itself."),
            gettext_lazy("类型: 办公室, 部门, 镇街, 村社, 公共服务单位, 开发区 or 国有企业."),
            gettext_lazy("区划: twelve digits, of towns and villages; problems can be registered there afterwards."),
        ),
        policies.may_manage_units,
        importing.plan_units,
        lambda report, actor, now: importing.import_units(
            report, valid_from=timezone.localdate(now), actor=actor, now=now
        ),
        gettext_lazy("Now the people"),
        "web:admin_people_import",
    ),
    "people": Kind(
        "people",
        gettext_lazy("People from Excel"),
        "web:admin_people_import",
        "web:admin_people",
        gettext_lazy("People"),
        importing.PEOPLE_HEADINGS,
        PEOPLE_REQUIRED,
        (
            ("张三", "县三服务办", "受理员", "受理员", "工作人员", "0575-00000000", "zhangsan"),
            ("李四", "城关镇", "镇长", "单位负责人", "单位正职", "", "lisi"),
        ),
        (
            gettext_lazy("One row is one post. Somebody with two posts has two rows with the same 账号."),
            gettext_lazy(
                "单位 is the present name. 角色: 走访干部, 受理员, 承办人, 单位负责人, 回访员, 督查员 or 领导."
            ),
            gettext_lazy("级别: 区领导, 单位正职, 单位副职 or empty. 账号 empty: no account for now."),
            gettext_lazy("No mobile numbers and no identity numbers: they do not belong here."),
        ),
        policies.may_manage_posts,
        importing.plan_people,
        lambda report, actor, now: importing.import_people(
            report, valid_from=timezone.localdate(now), actor=actor, now=now
        ),
        gettext_lazy("Print the first passwords"),
        "web:admin_slips",
    ),
    "duty": Kind(
        "duty",
        gettext_lazy("Duty roster from Excel"),
        "web:duty_import",
        "web:duty",
        gettext_lazy("Duty roster"),
        importing.DUTY_HEADINGS,
        DUTY_REQUIRED,
        (("2019-02-20", "全天", "区三服务办", "张三", "带班"), ("2019-02-20", "夜班", "区三服务办", "李四", "值班")),
        (
            gettext_lazy("One row is one person on one day. 班次: 全天, 白班 or 夜班. 职责: 带班 or 值班."),
            gettext_lazy("姓名 must serve in 单位 on that day."),
        ),
        policies.may_keep_duty,
        importing.plan_duty,
        lambda report, actor, now: importing.import_duty(report, actor=actor, now=now),
    ),
}


@require_http_methods(["GET", "POST"])
@for_post
def upload(request: HttpRequest, kind: str) -> HttpResponse:
    """GET: what is asked. POST workbook: the preview. POST rows (signed): written, with the report."""
    actor, now = actor_of(request), now_of(request)
    what = KINDS[kind]
    policies.require(what.may(actor))
    form = UploadForm()
    if request.method == "POST" and "rows" in request.POST:
        return _confirm(request, what, actor, now)
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                rows = read_table(form.cleaned_data["workbook"].read(), what.headings, what.required)
            except BadWorkbook as error:
                form.add_error("workbook", str(error))
            else:
                if rows:
                    return _preview(request, what, rows, now)
                form.add_error("workbook", _("There is no row below the headings."))
    return _ask(request, what, form)


def _ask(request: HttpRequest, what: Kind, form: UploadForm) -> HttpResponse:
    context = {"kind": what, "form": form, "back_url": reverse(what.back_name)}
    return render(request, "web/admin/import.html", context, status=422 if form.errors else 200)


def _preview(request: HttpRequest, what: Kind, rows: list[Row], now: dt.datetime) -> HttpResponse:
    report = what.plan(rows, today=timezone.localdate(now))
    signed = signing.dumps([[r.number, r.cells] for r in rows], salt=SALT + what.name, compress=True)
    return render(request, "web/admin/import_preview.html", _said(what, report) | {"signed": signed})


def _confirm(request: HttpRequest, what: Kind, actor: Actor, now: dt.datetime) -> HttpResponse:
    """Planned once more: what came in meanwhile is not entered twice."""
    try:
        said = signing.loads(request.POST["rows"], salt=SALT + what.name, max_age=SIGNED_FOR)
        report = what.plan([Row(number, cells) for number, cells in said], today=timezone.localdate(now))
        count = what.write(report, actor, now)
    except signing.BadSignature:
        form = UploadForm({}, {})
        form.errors["workbook"] = form.error_class([_("This preview is too old. Upload the workbook again.")])
        return _ask(request, what, form)
    except ActionError as error:
        return render(
            request, "web/admin/import_preview.html", _said(what, report) | {"refused": error.message}, status=422
        )
    context = _said(what, report) | {"done": True, "count": count}
    if what.next_name:
        context |= {"next_url": reverse(what.next_name)}
    return render(request, "web/admin/import_preview.html", context)


def _said(what: Kind, report: Report[Any]) -> dict[str, Any]:
    lines = sorted(report.lines, key=lambda line: (line.state != "error", line.row))
    return {
        "kind": what,
        "back_url": reverse(what.back_name),
        "again_url": reverse(what.url_name),
        "lines": [(line, words.chip(words.ROW_STATES, line.state)) for line in lines[:SHOWN]],
        "hidden": max(0, len(lines) - SHOWN),
        "new": report.count("new"),
        "same": report.count("same"),
        "errors": report.count("error"),
    }


@require_GET
@for_post
def template(request: HttpRequest, kind: str) -> HttpResponse:
    """An empty workbook with the headings and two or three rows as an example."""
    what = KINDS.get(kind)
    if what is None:
        raise NotVisible("no such workbook")
    policies.require(what.may(actor_of(request)))
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(str(what.back))
        bold, text = book.add_format({"bold": True, "bottom": 1}), book.add_format({"num_format": "@"})
        sheet.set_column(0, len(what.headings) - 1, 20, text)
        for row, cells in enumerate([what.headings, *what.example]):
            for column, cell in enumerate(cells):
                sheet.write_string(row, column, cell, bold if row == 0 else text)
    answer = HttpResponse(
        buffer.getvalue(), content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    answer["Content-Disposition"] = f'attachment; filename="sanfuwu-{what.name}.xlsx"'
    return answer
