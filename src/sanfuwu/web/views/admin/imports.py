"""The workbooks an office sets itself up with: upload, look through, confirm, report. Nothing is written before the
confirmation.

What was read travels in the page, signed: there is no half-imported file lying about on the server.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from sanfuwu import sheets
from sanfuwu.accounts import importing
from sanfuwu.ledger.errors import ActionError, InvalidInput, NotVisible
from sanfuwu.problems.actions import category_sheet
from sanfuwu.reference.policies import may_propose_rules, may_set_lists
from sanfuwu.sheets import DIFFERS, ENTERED, ERROR, NEW, SAME, Line, Report, Row, Sheet, Table
from sanfuwu.sheets.writing import said_of
from sanfuwu.territory import policies
from sanfuwu.territory.actor import Actor
from sanfuwu.triage import actions as triage
from sanfuwu.web import words
from sanfuwu.web.page import actor_of, for_post, now_of

from ._pages import FileForm, uploaded
from .calendar import CALENDAR

SALT, REJECTS = "sanfuwu.admin.import", "sanfuwu.admin.rejects"
SIGNED_FOR = 2 * 3600  # seconds between looking and confirming
SHOWN = 500
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Kind:
    """One workbook the administration takes. `look` reads only, `enter` writes; both say what becomes of each row."""

    name: str
    title: str | Promise
    url_name: str
    back_name: str
    back: str | Promise
    table: Table
    may: Callable[[Actor], bool]
    look: Callable[[Sequence[Row], Actor, dt.datetime], Report[Any]]
    enter: Callable[[Sequence[Row], Actor, dt.datetime], Report[Any]]
    next_step: str | Promise = ""
    next_name: str = ""


def _enter_units(rows: Sequence[Row], actor: Actor, now: dt.datetime) -> Report[Any]:
    today = timezone.localdate(now)
    report = importing.plan_units(rows, today=today)
    importing.import_units(report, valid_from=today, actor=actor, now=now)
    return report


def _enter_people(rows: Sequence[Row], actor: Actor, now: dt.datetime) -> Report[Any]:
    today = timezone.localdate(now)
    report = importing.plan_people(rows, today=today)
    importing.import_people(report, valid_from=today, actor=actor, now=now)
    return report


def _enter_duty(rows: Sequence[Row], actor: Actor, now: dt.datetime) -> Report[Any]:
    report = importing.plan_duty(rows, today=timezone.localdate(now))
    importing.import_duty(report, actor=actor, now=now)
    return report


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "units",
            gettext_lazy("Units from Excel"),
            "web:admin_units_import",
            "web:admin_units",
            gettext_lazy("Units"),
            importing.UNITS,
            policies.may_manage_units,
            lambda rows, _actor, now: importing.plan_units(rows, today=timezone.localdate(now)),
            _enter_units,
            gettext_lazy("Now the people"),
            "web:admin_people_import",
        ),
        Kind(
            "people",
            gettext_lazy("People from Excel"),
            "web:admin_people_import",
            "web:admin_people",
            gettext_lazy("People"),
            importing.PEOPLE,
            policies.may_manage_posts,
            lambda rows, _actor, now: importing.plan_people(rows, today=timezone.localdate(now)),
            _enter_people,
            gettext_lazy("Print the first passwords"),
            "web:admin_slips",
        ),
        Kind(
            "duty",
            gettext_lazy("Duty roster from Excel"),
            "web:duty_import",
            "web:duty",
            gettext_lazy("Duty roster"),
            importing.DUTY,
            policies.may_keep_duty,
            lambda rows, _actor, now: importing.plan_duty(rows, today=timezone.localdate(now)),
            _enter_duty,
        ),
        Kind(
            "categories",
            gettext_lazy("Categories from Excel"),
            "web:admin_categories_import",
            "web:admin_categories",
            gettext_lazy("Categories"),
            category_sheet.CATEGORIES,
            may_set_lists,
            lambda rows, actor, _now: category_sheet.preview_categories(rows, actor=actor),
            lambda rows, actor, now: category_sheet.import_categories(rows, actor=actor, now=now),
        ),
        Kind(
            "catalogue",
            gettext_lazy("Catalogue from Excel"),
            "web:admin_catalogue_import",
            "web:admin_catalogue",
            gettext_lazy("Catalogue of responsible units"),
            triage.CATALOGUE,
            may_set_lists,
            lambda rows, actor, now: triage.preview_entries(rows, actor=actor, now=now),
            lambda rows, actor, now: triage.import_entries(rows, actor=actor, now=now),
        ),
    )
}
# The calendar's workbook is read on the calendar's own page; its empty one is offered like the others.
TEMPLATES: dict[str, tuple[Table, Callable[[Actor], bool]]] = {
    **{name: (kind.table, kind.may) for name, kind in KINDS.items()},
    "calendar": (CALENDAR, may_propose_rules),
}


@require_http_methods(["GET", "POST"])
@for_post
def upload(request: HttpRequest, kind: str) -> HttpResponse:
    """GET: what is asked. POST file: the preview. POST rows (signed): written, with the report. POST rejects (signed):
    the refused rows as a workbook."""
    actor, now = actor_of(request), now_of(request)
    what = KINDS[kind]
    policies.require(what.may(actor))
    if request.method != "POST":
        return _ask(request, what)
    try:
        if "rejects" in request.POST:
            rows = _opened(request.POST["rejects"], REJECTS, what)
            return _file(f"{what.table.name}未录入的行.xlsx", sheets.rejects(what.table, [(c, why) for c, why in rows]))
        if "rows" in request.POST:
            used, unused, rows = _opened(request.POST["rows"], SALT, what)
            sheet = Sheet([Row(*row) for row in rows], tuple((word, name) for word, name in used), tuple(unused))
            return _confirm(request, what, sheet, actor, now)
        sheet = sheets.read_table(uploaded(request), what.table)
    except InvalidInput as error:
        return _ask(request, what, error)
    return _shown(request, what, sheet, what.look(sheet.rows, actor, now))


def _ask(request: HttpRequest, what: Kind, error: ActionError | None = None) -> HttpResponse:
    form = FileForm({} if error else None)
    if error:
        form.add_error("file", error.message)
    context = {
        "kind": what,
        "form": form,
        "back": reverse(what.back_name),
        "columns": [(column, said_of(column)) for column in what.table.columns],
    }
    return render(request, "web/admin/import.html", context, status=422 if error else 200)


def _confirm(request: HttpRequest, what: Kind, sheet: Sheet, actor: Actor, now: dt.datetime) -> HttpResponse:
    """Planned once more: what came in meanwhile is not entered twice."""
    try:
        report = what.enter(sheet.rows, actor, now)
    except ActionError as error:
        return _shown(request, what, sheet, what.look(sheet.rows, actor, now), refused=error.message)
    return _shown(request, what, sheet, report, done=True)


def _shown(
    request: HttpRequest,
    what: Kind,
    sheet: Sheet,
    report: Report[Any],
    *,
    done: bool = False,
    refused: str = "",
) -> HttpResponse:
    lines = sorted(report.lines, key=lambda line: (line.state != ERROR, not line.warns, line.row))
    cells = {row.number: {**row.cells, **row.others} for row in sheet.rows}
    rejected = [(cells[line.row], f"{line.heading}：{line.reason}") for line in report.errors]
    context = {
        "kind": what,
        "back": reverse(what.back_name),
        "again_url": reverse(what.url_name),
        "next_url": reverse(what.next_name) if what.next_name else "",
        "lines": [
            (line, _chip(line, done=done), list(zip(report.columns, line.extra, strict=False)))
            for line in lines[:SHOWN]
        ],
        "hidden": max(0, len(lines) - SHOWN),
        "new": report.count(NEW),
        "same": report.count(SAME) + report.count(DIFFERS),
        "differ": report.count(DIFFERS),
        "doubtful": sum(line.warns and line.state == NEW for line in report.lines),
        "used": sheet.used,
        "unused": sheet.unused,
        "columns": report.columns,
        "errors": report.count(ERROR),
        "remarks": any(line.reason for line in lines),
        "done": done,
        "refused": refused,
        "rejects": _signed(rejected, REJECTS, what) if rejected else "",
        "signed": "" if done or refused else _signed(_packed(sheet), SALT, what),
    }
    return render(request, "web/admin/import_preview.html", context, status=422 if refused else 200)


def _packed(sheet: Sheet) -> list[Any]:
    return [sheet.used, sheet.unused, [[row.number, dict(row.cells), dict(row.others)] for row in sheet.rows]]


def _chip(line: Line[Any], *, done: bool) -> words.Chip:
    return words.chip(words.ROW_STATES, ENTERED if done and line.state == NEW else line.state)


def _signed(rows: Any, salt: str, what: Kind) -> str:
    return signing.dumps(rows, salt=salt + what.name, compress=True)


def _opened(text: str, salt: str, what: Kind) -> list[Any]:
    """What was signed. Raises `InvalidInput` for what was changed, comes from another page or is too old."""
    try:
        return list(signing.loads(text, salt=salt + what.name, max_age=SIGNED_FOR))
    except signing.BadSignature as error:
        raise InvalidInput(_("This preview is too old. Upload the workbook again."), field="file") from error


@require_GET
@for_post
def template(request: HttpRequest, kind: str) -> HttpResponse:
    """An empty workbook with the headings, and a sheet that says what each column may hold."""
    if kind not in TEMPLATES:
        raise NotVisible("no such workbook")
    table, may = TEMPLATES[kind]
    policies.require(may(actor_of(request)))
    return _file(f"{table.name}导入表.xlsx", sheets.template(table))


def _file(name: str, data: bytes) -> HttpResponse:
    answer = HttpResponse(data, content_type=XLSX)
    answer["Content-Disposition"] = content_disposition_header(True, name) or ""
    return answer
