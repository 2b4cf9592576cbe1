"""The requester's page by the code on his slip of paper. No account; it reads only."""

from __future__ import annotations

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from sanfuwu.ledger.errors import NotVisible
from sanfuwu.problems.chip import Stage
from sanfuwu.problems.queries import RequesterView, by_code
from sanfuwu.reference.queries import county_data
from sanfuwu.territory.queries import unit_names
from sanfuwu.web import words
from sanfuwu.web.page import now_of
from sanfuwu.web.pieces import Line
from sanfuwu.web.sentences import Told, for_requester
from sanfuwu.web.views.errors import too_many

WRONG_CODES, WINDOW_SECONDS = 20, 600

_IN_HAND = frozenset(
    {Stage.TO_SIGN, Stage.HANDLING, Stage.RETURNED, Stage.ON_HOLD, Stage.TO_SIGN_OFF, Stage.TO_REVIEW, Stage.SPLIT}
)
# The way of a problem as its requester sees it; stages of the house are folded into five.
_WAY: tuple[tuple[str, frozenset[Stage]], ...] = (
    ("registered", frozenset({Stage.SUBMITTED, Stage.INFO_NEEDED})),
    ("accepted", frozenset({Stage.TO_DISPATCH})),
    ("in_hand", _IN_HAND),
    ("called_back", frozenset({Stage.TO_CALL_BACK, Stage.TO_STRIKE_OFF})),
    ("closed", frozenset({Stage.STRUCK_OFF, Stage.ARCHIVED})),
)  # fmt: skip
_WORDS = {
    "registered": lambda: _("Registered"),
    "accepted": lambda: _("Accepted"),
    "in_hand": lambda: _("In the hands of a unit"),
    "called_back": lambda: _("You are asked whether it is solved"),
    "closed": lambda: _("Closed"),
}


@require_GET
def ask(request: HttpRequest) -> HttpResponse:
    """Where a code is typed in."""
    code = request.GET.get("code", "").strip().upper().replace(" ", "").replace("-", "")
    if code.isalnum() and len(code) <= 16:
        return HttpResponseRedirect(reverse("web:slip", args=[code]))
    return render(request, "web/pages/slip_ask.html", {"wrong": bool(code)})


@require_GET
def slip(request: HttpRequest, code: str) -> HttpResponse:
    """The page of one code. Wrong codes are counted per address; too many of them rest for ten minutes."""
    key = f"slip:{request.META.get('REMOTE_ADDR', '')}"
    if cache.get(key, 0) >= WRONG_CODES:
        return too_many(request)
    now = now_of(request)
    try:
        view = by_code(code, now=now)
    except NotVisible:
        cache.add(key, 0, WINDOW_SECONDS)
        cache.incr(key)
        return render(request, "web/pages/slip_ask.html", {"wrong": True}, status=404)
    units = {str(k): name for k, name in unit_names(timezone.localdate(now)).items()}
    lines = [
        Line(
            at=told.at,
            sentence=for_requester(told.kind, Told(who="", data=told.data, units=units, posts={}, now=now)),
            said="\n".join(told.texts),
        )
        for told in reversed(view.told)
    ]
    answer = render(
        request,
        "web/pages/slip.html",
        {
            "view": view,
            "chip": words.stage_chip(view.stage),
            "way": _way(view),
            "lines": lines,
            "county": county_data(),
            "parts": [(number, words.stage_word(at)) for number, at in view.parts],
        },
    )
    answer["Cache-Control"] = "no-store"
    answer["Referrer-Policy"] = "no-referrer"
    return answer


def _way(view: RequesterView) -> list[tuple[str, str]]:
    """(word, past|now|"") of each step; empty when it left the way (declined, withdrawn, merged)."""
    at = next((i for i, (_code, stages) in enumerate(_WAY) if view.stage in stages), None)
    if at is None:
        return []
    last = len(_WAY) - 1
    return [
        (_WORDS[code](), "past" if i < at or (i == at == last) else "now" if i == at else "")
        for i, (code, _stages) in enumerate(_WAY)
    ]
