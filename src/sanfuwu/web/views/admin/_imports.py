"""A reference table from a workbook: chosen, looked at row by row, entered."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import ngettext

from sanfuwu.ledger.errors import ActionError
from sanfuwu.reference.sheets import Preview, Row, read_table

from ._pages import FileForm, refuse, sealed, sent, unsealed, uploaded


def import_page(
    request: HttpRequest,
    *,
    title: str,
    headings: Sequence[str],
    required: Sequence[str],
    back: str,
    example: Sequence[str],
    look: Callable[[Sequence[Row]], Preview],
    enter: Callable[[Sequence[Row]], Preview],
) -> HttpResponse:
    """Two steps on one page. Rows with a fault are named and left out; those that are known add nothing."""
    form, preview, rows = FileForm(sent(request)), None, ""
    if request.method == "POST":
        try:
            if request.POST.get("do") == "enter":
                done = enter(unsealed(request.POST.get("rows", "")))
                said = ngettext("%(n)d line was entered.", "%(n)d lines were entered.", len(done.new))
                messages.success(request, said % {"n": len(done.new)})
                return HttpResponseRedirect(reverse(back))
            table = read_table(uploaded(request), headings, required)
            preview, rows = look(table), sealed(table)
        except ActionError as error:
            refuse(form, error)
    context = {
        "form": form,
        "title": title,
        "headings": headings,
        "required": required,
        "example": example,
        "back": reverse(back),
        "preview": preview,
        "rows": rows,
    }
    return render(request, "web/admin/sheet_import.html", context, status=422 if form.errors else 200)
