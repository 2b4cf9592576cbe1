"""导出: small files at once, large ones by a job with a page that shows how far it is; fetched within a day."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sanfuwu.documents import files, making, tasks
from sanfuwu.documents.actions import cancel_export, note_download, request_export
from sanfuwu.documents.actions.exporting import AT_ONCE
from sanfuwu.documents.commands import RequestExport
from sanfuwu.documents.models import Export
from sanfuwu.documents.policies import may_export
from sanfuwu.documents.queries import export_of, exports_of
from sanfuwu.ledger.errors import ActionError, InvalidInput, NotVisible
from sanfuwu.territory.actor import Actor
from sanfuwu.territory.policies import require
from sanfuwu.web import lists, words
from sanfuwu.web.exporting import ALL, CHOSEN, ExportForm
from sanfuwu.web.page import actor_of, for_post, now_of
from sanfuwu.web.views.bulk import taken_from
from sanfuwu.web.when import when

PAPERS_AT_ONCE = 20
TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "zip": "application/zip",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@require_http_methods(["GET", "POST"])
@never_cache
@for_post
def exports(request: HttpRequest) -> HttpResponse:
    """My exports; POST asks for one: of the list (`ledger`, `format`, `scope`) or of chosen rows (`do`, `n`)."""
    actor, now = actor_of(request), now_of(request)
    require(may_export(actor))
    if request.method == "POST":
        return _start(request, actor, now)
    return render(request, "web/pages/exports.html", {"found": [_line(export, now) for export in exports_of(actor)]})


def _start(request: HttpRequest, actor: Actor, now: dt.datetime) -> HttpResponse:
    back = reverse("web:problems")
    try:
        cmd = _command(request, actor, now)
        with transaction.atomic():
            export = request_export(cmd, actor=actor, now=now)
            if not export.total:
                transaction.set_rollback(True)
                messages.warning(
                    request, _("Nothing that your present post can see fits: there is nothing to take out.")
                )
                return HttpResponseRedirect(back)
            large = export.total > (PAPERS_AT_ONCE if cmd.what == Export.What.ORDERS else AT_ONCE)
            if large:
                tasks.defer(export.pk)
        if large:
            return HttpResponseRedirect(reverse("web:export", args=[export.pk]))
        return _at_once(export, actor, now)
    except InvalidInput as error:
        messages.warning(request, error.message)
        return HttpResponseRedirect(back)


def _command(request: HttpRequest, actor: Actor, now: dt.datetime) -> RequestExport:
    host = f"{request.scheme}://{request.get_host()}"
    if do := request.POST.get("do", ""):
        if do not in CHOSEN:
            raise InvalidInput(_("Choose one of the values offered."))
        taken = taken_from(request, actor)
        numbers = tuple(number for number in taken.seen if number in taken.visible)
        if not numbers:
            raise InvalidInput(_("Select at least one problem."))
        what, kind = CHOSEN[do]
        return RequestExport(what=what, format=kind, numbers=numbers, host=host)
    form = ExportForm(request.POST)
    if not form.is_valid():
        raise InvalidInput(_("Say which ledger is to be taken out, and as what."))
    said = form.cleaned_data
    asked = lists.read(QueryDict("" if said["scope"] == ALL else said["query"]), now, actor)
    return RequestExport(what=said["ledger"], format=said["format"], filters=asked.filters, sort=asked.sort, host=host)


def _at_once(export: Export, actor: Actor, now: dt.datetime) -> HttpResponse:
    """The file itself. It is not kept: whoever needs it again asks again."""
    try:
        with files.workplace() as place:
            path = place / "file"
            making.write(export, path, actor=actor, now=now, beside=False, told=lambda _problems, _lines: None)
            body = path.read_bytes()
    except BaseException:
        Export.objects.filter(pk=export.pk).update(state=Export.State.FAILED, finished_at=now)
        raise
    export.state, export.bytes, export.started_at, export.finished_at = Export.State.EXPIRED, len(body), now, now
    with transaction.atomic():
        export.save()
        note_download(export, actor=actor, now=now)
    answer = HttpResponse(body, content_type=TYPES[export.format])
    answer["Content-Disposition"] = content_disposition_header(True, export.file_name) or ""
    answer["X-Export-Rows"] = str(export.rows)
    return answer


@require_GET
@never_cache
@for_post
def export(request: HttpRequest, export_id: UUID) -> HttpResponse:
    """How far it is, and when it is ready the way to the file."""
    actor, now = actor_of(request), now_of(request)
    return render(request, "web/pages/export.html", {"one": _line(export_of(actor, export_id), now), "now": now})


@require_GET
@never_cache
@for_post
def download(request: HttpRequest, export_id: UUID) -> HttpResponseBase:
    """The file, opened piece by piece while it goes out; each fetching is logged first."""
    actor, now = actor_of(request), now_of(request)
    found = export_of(actor, export_id)
    if found.state != Export.State.DONE or found.expires_at is None or found.expires_at <= now:
        raise NotVisible(_("This file is not there any more."))
    try:
        pieces = files.pieces(found.pk, found.key_id)
        first = next(pieces)
    except FileNotFoundError as error:
        raise NotVisible(_("This file is not there any more.")) from error
    note_download(found, actor=actor, now=now)

    def body() -> object:
        yield first
        yield from pieces

    answer = StreamingHttpResponse(body(), content_type=TYPES[found.format])  # type: ignore[arg-type]
    answer["Content-Disposition"] = content_disposition_header(True, found.file_name) or ""
    answer["Content-Length"] = str(found.bytes)
    return answer


@require_POST
@for_post
def cancel(request: HttpRequest, export_id: UUID) -> HttpResponse:
    actor, now = actor_of(request), now_of(request)
    export_of(actor, export_id)
    try:
        cancel_export(export_id, actor=actor, now=now)
    except ActionError as error:
        messages.warning(request, error.message)
    else:
        messages.success(request, _("Cancelled. Nothing was taken out."))
    return HttpResponseRedirect(reverse("web:exports"))


def _line(one: Export, now: dt.datetime) -> dict[str, object]:
    """One export in words."""
    running = one.state in (Export.State.WAITING, Export.State.RUNNING)
    ready = one.state == Export.State.DONE and one.expires_at is not None and one.expires_at > now
    said: dict[str, object] = {
        "url": reverse("web:export", args=[one.pk]),
        "title": f"{words.word(words.LEDGERS, one.what)} .{one.format}",
        "chip": words.export_chip(one.state),
        "asked": when(one.created_at, now),
        "running": running,
        "file_url": reverse("web:export_file", args=[one.pk]) if ready else "",
        "until": when(one.expires_at, now) if ready and one.expires_at else "",
        "megabytes": f"{one.bytes / 1e6:.1f}" if one.bytes else "",
        "trouble": one.trouble,
        "id": one.pk,
        "total": one.total,
        "done": one.done,
        "rows": one.rows,
        "rate_text": "",
        "left_text": "",
        "cancel_url": reverse("web:export_cancel", args=[one.pk]) if running else "",
    }
    if one.started_at and one.done and running:
        seconds = max((now - one.started_at).total_seconds(), 1.0)
        rate = one.done / seconds
        left = int((one.total - one.done) / rate) if rate else 0
        said["rate_text"] = _("%(n)s problems a second") % {"n": f"{rate:,.0f}"}
        said["left_text"] = (
            ngettext("about %(n)d second left", "about %(n)d seconds left", left) % {"n": left}
            if left < 60
            else ngettext("about %(n)d minute left", "about %(n)d minutes left", left // 60) % {"n": left // 60}
        )
    return said
