"""导入对方反馈: read, look row by row, then note or drop."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from sanfuwu.exchange.actions.answers import drop_answers, read_answers, record_answers, words_of
from sanfuwu.exchange.models import AnswerLine, Exchange
from sanfuwu.exchange.policies import hide_unless_exchange
from sanfuwu.exchange.reading import MOST_BYTES
from sanfuwu.ledger.errors import ActionError, InvalidInput, NotVisible
from sanfuwu.web import words
from sanfuwu.web.exchange_forms import AnswersForm
from sanfuwu.web.page import actor_of, for_post, now_of
from sanfuwu.web.pieces import Chip
from sanfuwu.web.views.exchange.workbooks import system_page


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One row of their workbook and what becomes of it."""

    line: AnswerLine
    chip: Chip
    why: str
    ours: str
    status: str
    reply: str


@require_POST
@for_post
def read(request: HttpRequest, code: str) -> HttpResponse:
    """Take the file; on success its preview, otherwise the form with what is wrong."""
    actor, now = actor_of(request), now_of(request)
    hide_unless_exchange(actor)
    form = AnswersForm(request.POST, request.FILES)
    if form.is_valid():
        sent = form.cleaned_data["file"]
        try:
            if sent.size > MOST_BYTES:
                raise InvalidInput(
                    _("A workbook may have at most %(mb)d MB.") % {"mb": MOST_BYTES // 1024 // 1024}, field="file"
                )
            exchange = read_answers(code, sent.name, sent.read(), actor=actor, now=now)
        except InvalidInput as error:
            form.refuse(error)
        else:
            return HttpResponseRedirect(reverse("web:exchange_preview", args=[exchange.pk]))
    return system_page(request, code, form, status=422)


@require_http_methods(["GET", "POST"])
@for_post
def preview(request: HttpRequest, exchange_id: UUID) -> HttpResponse:
    """Each row with its verdict; POST notes what was matched and what was ticked, or drops all of it."""
    hide_unless_exchange(actor_of(request))
    exchange = Exchange.objects.filter(pk=exchange_id, direction="in").select_related("system").first()
    if exchange is None:
        raise NotVisible("no exchange")
    if request.method == "POST":
        try:
            _decide(request, exchange)
        except ActionError as error:
            messages.error(request, error.message)
            return HttpResponseRedirect(request.path)
        return HttpResponseRedirect(request.path)
    rows = [_row(line) for line in exchange.answers.select_related("foreign__problem").order_by("row")]
    return render(
        request,
        "web/exchange/preview.html",
        {
            "exchange": exchange,
            "rows": rows,
            "counts": _counts(rows),
            "chip": words.chip_of(words.EXCHANGE_STATES, exchange.state),
            "open": exchange.state == Exchange.State.PREVIEW,
            "conflicts": any(row.line.verdict == "conflict" for row in rows),
            "matched": sum(row.line.verdict == "matched" for row in rows),
        },
    )


def _decide(request: HttpRequest, exchange: Exchange) -> None:
    actor, now = actor_of(request), now_of(request)
    if request.POST.get("do") == "drop":
        drop_answers(exchange.pk, actor=actor, now=now)
        messages.info(request, _("Nothing of this workbook was noted."))
        return
    chosen = {found for text in request.POST.getlist("take") if (found := _uuid(text))}
    done = record_answers(exchange.pk, chosen, actor=actor, now=now)
    said = ngettext("%(n)d row was noted on its problem.", "%(n)d rows were noted on their problems.", done.recorded)
    messages.success(request, said % {"n": done.recorded})


def _row(line: AnswerLine) -> AnswerRow:
    status, reply = words_of(line)
    return AnswerRow(
        line=line,
        chip=words.chip_of(words.EXCHANGE_STATES, "recorded")
        if line.recorded_at
        else words.chip_of(words.VERDICTS, line.verdict),
        why=words.word(words.VERDICT_REASONS, line.why),
        ours=line.foreign.problem.number if line.foreign else "",
        status=status,
        reply=reply,
    )


def _counts(rows: list[AnswerRow]) -> list[tuple[Chip, int]]:
    """How many rows of each verdict, as read."""
    counts = {code: sum(row.line.verdict == code for row in rows) for code in words.VERDICTS}
    return [(words.chip_of(words.VERDICTS, code), count) for code, count in counts.items() if count]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
