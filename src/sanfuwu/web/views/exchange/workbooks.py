"""与其他系统交换: which systems, what waits to be told, the workbooks made so far and their files."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from sanfuwu.exchange import headings, sheets
from sanfuwu.exchange.actions.downloading import open_again
from sanfuwu.exchange.actions.telling import MOST_LINES, make_workbook
from sanfuwu.exchange.models import Exchange
from sanfuwu.exchange.policies import hide_unless_exchange
from sanfuwu.exchange.queries import exchanges, systems
from sanfuwu.exchange.reading import MOST_ROWS
from sanfuwu.ledger.errors import NotVisible
from sanfuwu.web import words
from sanfuwu.web.exchange_forms import AnswersForm
from sanfuwu.web.page import actor_of, for_post, now_of

WORDING = sheets.Wording(
    stage=words.stage_word,
    result=lambda code: words.word(words.RESULT_KINDS, code),
    callback=lambda code: words.word(words.CONCLUSIONS, code),
)


@require_GET
@for_post
def index(request: HttpRequest) -> HttpResponse:
    """All systems, each with what has changed since it was told."""
    hide_unless_exchange(actor_of(request))
    return render(request, "web/exchange/systems.html", {"lines": systems(), "most": MOST_LINES})


@require_GET
@for_post
def system(request: HttpRequest, code: str) -> HttpResponse:
    """One system: make the next workbook, bring theirs, look at earlier ones."""
    hide_unless_exchange(actor_of(request))
    return system_page(request, code, AnswersForm())


def system_page(request: HttpRequest, code: str, form: AnswersForm, status: int = 200) -> HttpResponse:
    """The page, also with a form that was refused."""
    line = next((one for one in systems() if one.system.code == code), None)
    if line is None:
        raise NotVisible("no system")
    past = [(one, words.chip_of(words.EXCHANGE_STATES, one.state)) for one in exchanges(code)]
    context = {
        "line": line,
        "system": line.system,
        "form": form,
        "past": past,
        "in_headings": headings.of_in(line.system.headings),
        "most": MOST_LINES,
        "most_rows": MOST_ROWS,
    }
    return render(request, "web/exchange/system.html", context, status=status)


@require_POST
@for_post
def make(request: HttpRequest, code: str) -> HttpResponse:
    """Make the next workbook; its file is then downloaded from the list."""
    actor, now = actor_of(request), now_of(request)
    hide_unless_exchange(actor)
    made = make_workbook(code, actor=actor, now=now)
    if made is None:
        messages.info(request, _("Nothing has changed since the last workbook."))
    else:
        said = ngettext(
            "Workbook no. %(no)d with %(n)d line is ready.",
            "Workbook no. %(no)d with %(n)d lines is ready.",
            made.lines,
        )
        messages.success(request, said % {"no": made.no, "n": made.lines})
    return HttpResponseRedirect(reverse("web:exchange_system", args=[code]))


@require_GET
@for_post
def download(request: HttpRequest, exchange_id: UUID) -> HttpResponse:
    """The file of one workbook, as often as it is wanted; each download is logged."""
    actor, now = actor_of(request), now_of(request)
    hide_unless_exchange(actor)
    exchange: Exchange = open_again(exchange_id, actor=actor, now=now)
    answer = HttpResponse(sheets.workbook(exchange, WORDING), content_type=sheets.MEDIA_TYPE)
    answer["Content-Disposition"] = content_disposition_header(True, sheets.file_name(exchange))
    answer["Cache-Control"] = "no-store"
    return answer
