"""问题清单: filters in the address, saved views as tabs, one's own columns, pages by cursor, search."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from sanfuwu.documents.policies import may_export
from sanfuwu.exchange.queries import by_their_number
from sanfuwu.ledger.errors import InvalidInput, NotVisible
from sanfuwu.problems.models import SavedView
from sanfuwu.problems.policies import may_arrange, may_change_view, may_register, may_share_view
from sanfuwu.problems.queries import Arranged, Filters, Page, arranged, find, lines, list_problems, may_see_duties
from sanfuwu.territory.actor import Actor
from sanfuwu.web import bulk, columns, filters, lists
from sanfuwu.web.exporting import ExportForm
from sanfuwu.web.page import actor_of, for_post, now_of
from sanfuwu.web.pieces import Pager, Tab
from sanfuwu.web.rows import row
from sanfuwu.web.when import capped_count

PAGE = 50
_EMPTY = Page([], 0, False, None, None)


@require_GET
@for_post
def problems(request: HttpRequest) -> HttpResponse:
    """The list. A whole number in the search goes straight to its problem; without any address the view that this
    post has chosen to open with."""
    actor, now = actor_of(request), now_of(request)
    if any(not value for _name, values in request.GET.lists() for value in values):
        return HttpResponseRedirect(request.path + lists.clean(request.GET))  # the form's open fields
    own = arranged(actor)
    if not request.GET and own.opens_with is not None:
        return HttpResponseRedirect(request.path + lists.view_url(own.opens_with))
    asked = lists.read(request.GET, now, actor)
    if number := lists.number_in(asked.filters.words):
        try:
            return HttpResponseRedirect(reverse("web:problem", args=[find(actor, number).problem.number]))
        except NotVisible:
            if ours := by_their_number(actor, number):
                return HttpResponseRedirect(reverse("web:problem", args=[ours]))
            messages.warning(request, _("No problem with this number is visible to your present post."))
    if number := lists.elsewhere_in(asked.filters.words):
        elsewhere = list_problems(actor, Filters(foreign_number=number), limit=2)
        if len(elsewhere.ids) == 1:
            (line,) = lines(actor, elsewhere.ids, now=now)
            return HttpResponseRedirect(reverse("web:problem", args=[line.number]))
        if elsewhere.ids:  # two systems have given the same number
            return HttpResponseRedirect(reverse("web:problems") + "?" + urlencode({"number": number}))
    refused = ""
    try:
        page = list_problems(actor, asked.filters, sort=asked.sort, cursor=asked.cursor or None, limit=PAGE)
    except InvalidInput as error:
        page, refused = _EMPTY, error.message
    shown = asked.columns or columns.known(own.columns)
    found = lines(actor, page.ids, now=now, more=columns.needs(shown))
    list_url = reverse("web:problems")
    present = next((view for view in own.views if view.pk == asked.view), None)
    return render(
        request,
        "web/pages/problems.html",
        {
            "rows": [row(line, columns=shown, cells=columns.cells(line, shown, now)) for line in found],
            "headings": columns.headings(shown),
            "tabs": lists.tabs(asked, page.count, page.capped, own.views),
            "filter_chips": filters.chips(asked, now, flags_too=present is not None),
            "filters_url": reverse("web:filters") + asked.url(),
            "sorts": _sorts(asked),
            "count_text": _count(page),
            "export": ExportForm(query=request.GET.urlencode(), count=_count(page)) if may_export(actor) else None,
            "refused": refused,
            "pager": Pager(prev_url=_cursor(asked, page.prev_cursor), next_url=_cursor(asked, page.next_cursor)),
            "list_url": list_url,
            "all_url": f"{list_url}?view={lists.ALL}",
            "register_url": reverse("web:register") if may_register(actor) else "",
            "here": asked.url(),
            "bulk_acts": bulk.acts_of(actor),
            "bulk_most": min(page.count, bulk.MOST),
            "bulk_all": page.count > len(page.ids),
            "bulk_cut": page.capped or page.count > bulk.MOST,
            "duties_url": reverse("web:duties") if may_see_duties(actor) else "",
            **(_arranging(asked, own, present, shown, actor) if may_arrange(actor) else {}),
        },
    )


def _arranging(
    asked: lists.Asked, own: Arranged, present: SavedView | None, shown: tuple[str, ...], actor: Actor
) -> dict[str, Any]:
    """What the menu of views and the choice of columns need."""
    others = [name for name in columns.COLUMNS if name not in shown]
    return {
        "may_arrange": True,
        "present": present,
        "changed": present is not None and lists.essence(asked.query) != present.query,
        "may_change": present is not None and may_change_view(actor, present),
        "may_share": [code for code in SavedView.Share.values if may_share_view(actor, code)],
        "opens_here": own.opens_with == present if present is not None else own.opens_with is None,
        "can_open_here": present is not None or not lists.essence(asked.query),
        "chosen_columns": columns.headings(shown),
        "other_columns": columns.headings(others),
        "columns_open": asked.query.get("columns") == "1",
        "own_columns": bool(own.columns),
    }


def _sorts(asked: lists.Asked) -> list[Tab]:
    labels = [
        ("newest", _("Newest first")),
        ("due", _("Due first")),
        ("raised", _("Raised last")),
        ("struck", _("Struck off last")),
    ]
    return [Tab(label, asked.url(sort=name), asked.sort == name) for name, label in labels]


@require_GET
@for_post
def filter_sheet(request: HttpRequest) -> HttpResponse:
    """The sheet behind 筛选: a part of the list with script, a page of its own without."""
    now = now_of(request)
    asked = lists.read(request.GET, now, actor_of(request))
    list_url = reverse("web:problems")
    return render(
        request,
        "web/components/filter_sheet.html" if request.headers.get("HX-Request") else "web/pages/filters.html",
        {
            "form": filters.FilterForm(request.GET, now),
            "list_url": list_url,
            "back_url": list_url + asked.url(),
            "all_url": f"{list_url}?view={lists.ALL}",
        },
    )


def _cursor(asked: lists.Asked, cursor: str | None) -> str:
    return asked.url(cursor=cursor) if cursor else ""


def _count(page: Page) -> str:
    if page.capped:
        return _("%(n)s problems") % {"n": capped_count(page.count)}
    return ngettext("%(n)s problem", "%(n)s problems", page.count) % {"n": f"{page.count:,}"}
