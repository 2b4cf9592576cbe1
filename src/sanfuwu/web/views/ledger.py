"""问题清单: filters in the address, newest or due first, pages by cursor, search of two characters or more."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from sanfuwu.exchange.queries import by_their_number
from sanfuwu.ledger.errors import InvalidInput, NotVisible
from sanfuwu.problems.queries import Filters, Page, find, lines, list_problems
from sanfuwu.problems.queries.foreign import system_names
from sanfuwu.web import choices, lists, words
from sanfuwu.web.page import actor_of, for_post, now_of
from sanfuwu.web.pieces import Pager, Tab
from sanfuwu.web.rows import row
from sanfuwu.web.when import capped_count

PAGE = 50
_EMPTY = Page([], 0, False, None, None)


@require_GET
@for_post
def problems(request: HttpRequest) -> HttpResponse:
    """The list. A whole number in the search goes straight to its problem."""
    actor, now = actor_of(request), now_of(request)
    if any(not value for _name, values in request.GET.lists() for value in values):
        return HttpResponseRedirect(request.path + lists.clean(request.GET))  # the form's open fields
    asked = lists.read(request.GET, now)
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
    places, units, categories = choices.towns(now), choices.units(now), choices.categories(confirmed_only=False)
    systems = system_names()
    names = {
        "stage": dict(words.stages()),
        "tier": dict(words.options(words.TIERS)),
        "channel": dict(words.options(words.CHANNELS)),
        "served": dict(words.options(words.PARTY_KINDS)),
        "urgency": dict(words.options(words.URGENCIES)),
        "result": dict(words.options(words.RESULT_KINDS)),
        "level": dict(words.options(words.RESOLUTION_LEVELS)),
        "place": dict(places),
        "foreign": systems,
        "waiting": dict(words.options(words.WAITING_ON)),
        "category": choices.flat(categories),
        **{name: choices.flat(units) for name in ("lead", "co", "unit")},
        "party": dict.fromkeys(asked.filters.facets.get("party", ()), _("this requester")),
        "registered_by": dict.fromkeys(asked.filters.facets.get("registered_by", ()), _("this post")),
    }
    return render(
        request,
        "web/pages/problems.html",
        {
            "rows": [row(line) for line in lines(actor, page.ids, now=now)],
            "tabs": lists.tabs(asked, page.count, page.capped),
            "filter_chips": lists.chips(asked, names),
            "form": lists.FilterForm(
                asked, places=places, units=units, categories=categories, systems=list(systems.items())
            ),
            "sorts": [
                Tab(_("Newest first"), asked.url(sort="newest"), asked.sort == "newest"),
                Tab(_("Due first"), asked.url(sort="due"), asked.sort == "due"),
            ],
            "count_text": _count(page),
            "refused": refused,
            "pager": Pager(prev_url=_cursor(asked, page.prev_cursor), next_url=_cursor(asked, page.next_cursor)),
            "list_url": reverse("web:problems"),
        },
    )


def _cursor(asked: lists.Asked, cursor: str | None) -> str:
    return asked.url(cursor=cursor) if cursor else ""


def _count(page: Page) -> str:
    if page.capped:
        return _("%(n)s problems") % {"n": capped_count(page.count)}
    return ngettext("%(n)s problem", "%(n)s problems", page.count) % {"n": f"{page.count:,}"}
