"""清单列设置: the columns of the four ledgers, and the way back to the default."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from sanfuwu.documents.actions import set_columns
from sanfuwu.documents.commands import SetColumns
from sanfuwu.documents.ledgers.columns import FORMS, Kind
from sanfuwu.documents.policies import may_set_columns
from sanfuwu.documents.queries import columns_of
from sanfuwu.ledger.errors import InvalidInput
from sanfuwu.territory.policies import require
from sanfuwu.web import words
from sanfuwu.web.page import actor_of, for_post, now_of


@require_GET
@for_post
def ledgers(request: HttpRequest) -> HttpResponse:
    """The four ledgers with their columns now."""
    require(may_set_columns(actor_of(request)))
    found = [
        {
            "label": words.word(words.LEDGERS, ledger),
            "url": reverse("web:admin_columns", args=[ledger]),
            "columns": [column.heading for column in columns_of(ledger)],
        }
        for ledger in FORMS
    ]
    return render(request, "web/admin/ledgers.html", {"found": found})


@require_http_methods(["GET", "POST"])
@for_post
def columns(request: HttpRequest, ledger: str) -> HttpResponse:
    """One ledger: tick the columns, number them in the order wanted."""
    actor, now = actor_of(request), now_of(request)
    require(may_set_columns(actor))
    if ledger not in FORMS:
        raise Http404
    form = FORMS[ledger]
    refused, status = "", 200
    chosen = [column.code for column in columns_of(ledger)]
    if request.method == "POST":
        chosen = [] if request.POST.get("do") == "default" else _chosen(request, [c.code for c in form.columns])
        try:
            if not chosen and request.POST.get("do") != "default":
                raise InvalidInput(_("Choose at least one column."))
            set_columns(SetColumns(ledger=ledger, columns=tuple(chosen)), actor=actor, now=now)
        except InvalidInput as error:
            refused, status = error.message, 422
        else:
            messages.success(request, _("Saved. The next file that is taken out has these columns."))
            return HttpResponseRedirect(reverse("web:admin_ledgers"))
    place = {code: n for n, code in enumerate(chosen, start=1)}
    rows = [
        {
            "code": column.code,
            "heading": column.heading,
            "on": column.code in place,
            "place": place.get(column.code, ""),
            "standard": column.code in form.default,
            "empty": column.kind == Kind.EMPTY,
        }
        for column in sorted(form.columns, key=lambda c: place.get(c.code, 1000))
    ]
    context = {"label": words.word(words.LEDGERS, ledger), "rows": rows, "refused": refused}
    return render(request, "web/admin/columns.html", context, status=status)


def _chosen(request: HttpRequest, known: list[str]) -> list[str]:
    """Ticked columns by the numbers given; without a number they follow at the end."""

    def place(code: str) -> tuple[int, int]:
        text = request.POST.get(f"place_{code}", "")
        return (int(text) if text.isdigit() else 1000, known.index(code))

    ticked = set(request.POST.getlist("on"))
    return sorted((code for code in known if code in ticked), key=place)
