"""交办单、销号单: one click gives the number and the sheet to print; the same as a Word file for changing."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from sanfuwu.documents.actions import issue
from sanfuwu.documents.models import IssuedDocument, Paper
from sanfuwu.documents.papers import code, standard, word
from sanfuwu.documents.papers.fields import Sheet, sheet_of
from sanfuwu.documents.queries import approved_template, document_of, letterhead
from sanfuwu.problems.queries import find
from sanfuwu.problems.snapshot import load
from sanfuwu.web.page import actor_of, for_post, now_of
from sanfuwu.web.views.exports import TYPES


@require_POST
@for_post
def issue_paper(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """Issue it, or find what was issued, and show the sheet."""
    actor, now = actor_of(request), now_of(request)
    row = find(actor, number)
    if kind not in Paper.values:
        raise Http404
    document = issue(row.pk, kind, actor=actor, now=now)
    return HttpResponseRedirect(reverse("web:paper", args=[document.pk]))


@require_GET
@never_cache
@for_post
def paper(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """The sheet as it is printed."""
    document = document_of(actor_of(request), document_id)
    sheet = _sheet(request, document)
    url = sheet.values["read_url"]
    drawn = code.svg(url, _("Code for reading the progress")) if url else ""
    return render(
        request,
        "web/pages/paper.html",
        {"document": document, "sheet": sheet, "v": sheet.values, "qr": mark_safe(drawn)},  # noqa: S308 — drawn by us
    )


@require_GET
@never_cache
@for_post
def paper_word(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """The sheet as a Word file, by the county's own template where one is in use."""
    document = document_of(actor_of(request), document_id)
    own = approved_template(document.kind)
    template = bytes(own.file) if own else standard.template(document.kind)
    answer = HttpResponse(word.render(template, _sheet(request, document)), content_type=TYPES["docx"])
    name = f"{document.number} {document.problem.number}.docx"
    answer["Content-Disposition"] = content_disposition_header(True, name) or ""
    return answer


def _sheet(request: HttpRequest, document: IssuedDocument) -> Sheet:
    host = f"{request.scheme}://{request.get_host()}"
    return sheet_of(document, load(document.problem_id), letterhead(), host=host)
