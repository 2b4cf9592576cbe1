"""导入: a table is uploaded, its columns are looked at, every row is checked, a person confirms, a worker does it."""

from __future__ import annotations

from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sanfuwu.intake import actions, keeping, policies, queries, running, understanding
from sanfuwu.intake.files.guard import too_big
from sanfuwu.intake.models import ImportRun
from sanfuwu.intake.tasks import defer
from sanfuwu.ledger.errors import InvalidInput, NotAllowed
from sanfuwu.web import importing
from sanfuwu.web.page import actor_of, for_post, now_of
from sanfuwu.web.uploading import keep_in_memory

_State = ImportRun.State
_MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@csrf_exempt  # the inner view checks: the upload must be told where to go before anything reads the request
def imports(request: HttpRequest) -> HttpResponseBase:
    """The list and the upload."""
    keep_in_memory(request)
    return _imports(request)


@csrf_protect
@require_http_methods(["GET", "POST"])
@for_post
def _imports(request: HttpRequest) -> HttpResponse:
    actor, now = actor_of(request), now_of(request)
    if not policies.may_open(actor):
        raise NotAllowed(_("Your post may not import."))
    refused = ""
    if request.method == "POST":
        try:
            file = request.FILES.get("file")
            if getattr(request, "upload_too_big", False):
                raise InvalidInput(too_big().message)
            if file is None or isinstance(file, list):
                raise InvalidInput(_("Choose a file first."))
            run = actions.upload(file.read(), str(file.name), actor=actor, now=now)
            return HttpResponseRedirect(reverse("web:import", args=[run.pk]))
        except InvalidInput as error:
            refused = error.message
    return render(
        request,
        "web/pages/imports.html",
        {
            "lines": [{"line": line, "chip": importing.chip(line.run)} for line in queries.newest(actor, now)],
            "may_import": policies.may_import(actor),
            "refused": refused,
            "file_days": keeping.FILE_DAYS,
        },
        status=422 if refused else 200,
    )


@require_GET
@for_post
def one(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """One import, at whatever stage it is."""
    run = queries.one(actor_of(request), run_id)
    return _page(request, run)


def _page(
    request: HttpRequest,
    run: ImportRun,
    *,
    columns: importing.ColumnsForm | None = None,
    table: importing.TableForm | None = None,
    status: int = 200,
) -> HttpResponse:
    actor, now = actor_of(request), now_of(request)
    mine = policies.may_work_on(actor, run)
    uploaded_by, approved_by = queries.by_whom(run, now)
    context = {
        "run": run,
        "name": keeping.file_name(run),
        "chip": importing.chip(run),
        "mine": mine,
        "uploaded_by": uploaded_by,
        "approved_by": approved_by,
        "findings_days": keeping.FINDINGS_DAYS,
        "runs": run.state in (_State.CHECKING, _State.RUNNING),
    }
    editing = mine and (
        run.state == _State.UPLOADED or (run.state == _State.CHECKED and ("edit" in request.GET or columns is not None))
    )
    if editing:
        form = columns or importing.ColumnsForm(run=run, history=policies.may_import_history(actor))
        context |= {
            "form": form,
            "table": table or importing.TableForm(run=run),
            "columns": form.columns(understanding.samples(run)),
        }
    elif context["runs"]:
        # Phases begin by the clock of the page; a demonstration's differs from the real one.
        context["work"] = importing.work(run, now, may_cancel=mine)
    else:
        said = queries.report(run)
        context |= {
            "counts": importing.counts(run, said),
            "report": said,
            "rejects": importing.rejects(said),
            "samples": importing.samples(said, now),
            "may_approve": run.state == _State.AWAITING and policies.may_approve(actor, run),
            "rejects_there": mine and run.rejected and run.state not in ("checked", "awaiting", "uploaded"),
        }
    return render(request, "web/pages/import.html", context, status=status)


@require_POST
@for_post
def table(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Another sheet or head: the columns are proposed anew."""
    actor, now = actor_of(request), now_of(request)
    run = queries.one(actor, run_id)
    form = importing.TableForm(request.POST, run=run)
    if form.is_valid():
        said = form.cleaned_data
        same = (run.head_first, run.head_last - run.head_first + 1) == (said["head_first"], said["head_lines"])
        # Another sheet has its head somewhere else: it is looked for, unless it was said where.
        rows = None if said["sheet"] != run.sheet and same else (
            said["head_first"], said["head_first"] + said["head_lines"] - 1
        )  # fmt: skip
        try:
            actions.choose_table(run.pk, sheet=said["sheet"], head_rows=rows, actor=actor, now=now)
            return HttpResponseRedirect(reverse("web:import", args=[run.pk]))
        except InvalidInput as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
    return _page(request, run, table=form, columns=_columns_form(request, run), status=422)


def _columns_form(request: HttpRequest, run: ImportRun) -> importing.ColumnsForm:
    return importing.ColumnsForm(run=run, history=policies.may_import_history(actor_of(request)))


@require_POST
@for_post
def columns(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """What the columns are; small tables are checked at once, large ones by a worker."""
    actor, now = actor_of(request), now_of(request)
    run = queries.one(actor, run_id)
    form = importing.ColumnsForm(request.POST, run=run, history=policies.may_import_history(actor))
    if not form.is_valid():
        return _page(request, run, columns=form, status=422)
    try:
        with transaction.atomic():
            actions.plan(
                run.pk,
                mapping=form.mapping(),
                kind=form.cleaned_data.get("kind", ImportRun.Kind.LIVE.value),
                source=form.cleaned_data["source"],
                actor=actor,
                now=now,
            )
            if run.total > running.AT_ONCE_ROWS:
                defer(run)
    except InvalidInput as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return _page(request, run, columns=form, status=422)
    if run.total <= running.AT_ONCE_ROWS:
        running.check(run.pk, now=now)
    return HttpResponseRedirect(reverse("web:import", args=[run.pk]))


@require_POST
@for_post
def start(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """The preview is right."""
    run = queries.one(actor_of(request), run_id)
    try:
        with transaction.atomic():
            run = actions.start(run.pk, actor=actor_of(request), now=now_of(request))
            if run.state == _State.RUNNING:
                defer(run)
    except InvalidInput as error:
        messages.error(request, error.message)
    return HttpResponseRedirect(reverse("web:import", args=[run.pk]))


@require_POST
@for_post
def approve(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """The second approver lets history in."""
    run = queries.one(actor_of(request), run_id)
    with transaction.atomic():
        defer(actions.approve(run.pk, actor=actor_of(request), now=now_of(request)))
    messages.success(request, _("Approved. The import begins."))
    return HttpResponseRedirect(reverse("web:import", args=[run.pk]))


@require_POST
@for_post
def refuse(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """The second approver does not."""
    run = queries.one(actor_of(request), run_id)
    actions.refuse(run.pk, actor=actor_of(request), now=now_of(request))
    messages.success(request, _("Not approved. The file was removed; nothing was imported."))
    return HttpResponseRedirect(reverse("web:import", args=[run.pk]))


@require_POST
@for_post
def cancel(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Stop it. What is registered stays."""
    run = queries.one(actor_of(request), run_id)
    actions.cancel(run.pk, actor=actor_of(request), now=now_of(request))
    messages.success(request, _("Cancelled. The file was removed; what was imported before stays."))
    return HttpResponseRedirect(reverse("web:import", args=[run.pk]))


@require_POST
@for_post
def resume(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """After a failure: from where it stopped."""
    run = queries.one(actor_of(request), run_id)
    try:
        with transaction.atomic():
            defer(actions.go_on(run.pk, actor=actor_of(request), now=now_of(request)))
    except InvalidInput as error:
        messages.error(request, error.message)
    return HttpResponseRedirect(reverse("web:import", args=[run.pk]))


@require_GET
@for_post
def rejected(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """The refused rows as a workbook, to be mended and uploaded again."""
    actor, now = actor_of(request), now_of(request)
    run = queries.one(actor, run_id)
    mark = f"{timezone.localtime(now):%Y-%m-%d %H:%M} {actor.effective_post}"
    data = actions.export_rejects(run.pk, mark=mark, actor=actor, now=now)
    answer = HttpResponse(data, content_type=_MIME)
    stem = keeping.file_name(run).rsplit(".", 1)[0]
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(f'{stem}-未导入.xlsx')}"
    answer["Cache-Control"] = "no-store"
    return answer
