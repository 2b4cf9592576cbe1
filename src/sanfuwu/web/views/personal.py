"""The requester's telephone: shown once, with a reason, logged; and who looked."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from sanfuwu.ledger.errors import NotAllowed
from sanfuwu.problems.actions.revealing import reveal_contact
from sanfuwu.problems.queries import get_problem
from sanfuwu.problems.queries.looks import looks
from sanfuwu.web import words
from sanfuwu.web.page import actor_of, for_post, now_of
from sanfuwu.web.views.problem import page


@require_POST
@never_cache
@for_post
def reveal(request: HttpRequest, number: str) -> HttpResponse:
    """The problem's page with the number in clear, this once."""
    actor, now = actor_of(request), now_of(request)
    view = get_problem(actor, number, now=now)
    contact = reveal_contact(view.problem.pk, request.POST.get("reason", ""), actor=actor, now=now)
    return page(request, view, actor, now, revealed=contact)


@require_GET
@for_post
def seen_by(request: HttpRequest, number: str) -> HttpResponse:
    """Everybody who unmasked the requester of one problem, for whoever may see the requester himself."""
    actor, now = actor_of(request), now_of(request)
    view = get_problem(actor, number, now=now)
    if not view.sees_requester:
        raise NotAllowed(_("The identity of the requester is confidential."))
    found = [(look, words.word(words.REVEAL_REASONS, look.reason)) for look in looks(actor, view.problem, now=now)]
    return render(request, "web/pages/looks.html", {"problem": view.problem, "title": view.title, "looks": found})
