"""相似件 on the pages: while somebody registers, and beside a problem. Suggested with reasons; a person decides."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from sanfuwu.ledger.errors import NotAllowed
from sanfuwu.problems.policies import may_register
from sanfuwu.problems.queries import find
from sanfuwu.triage.queries import of_problem
from sanfuwu.web import alike, choices
from sanfuwu.web.page import actor_of, for_post, now_of


@require_POST
@for_post
def typed(request: HttpRequest) -> HttpResponse:
    """The part of the registration form that says what is like it already. By POST: what is typed stays out of logs."""
    actor, now = actor_of(request), now_of(request)
    if not may_register(actor):
        raise NotAllowed(_("Your post may not register problems."))
    found = alike.typed(actor, request.POST, choices.places(now), now)
    return render(request, "web/components/alike_typed.html", {"alike": alike.rows(found)})


@require_GET
@for_post
def of_problem_page(request: HttpRequest, number: str) -> HttpResponse:
    """The card beside a problem, loaded after the page; a page of its own without script."""
    actor, now = actor_of(request), now_of(request)
    problem = find(actor, number).problem
    found = of_problem(actor, problem, now=now)
    name = "web/components/alike.html" if request.headers.get("HX-Request") else "web/pages/alike.html"
    return render(request, name, {"alike": alike.rows(found), "problem": problem})
