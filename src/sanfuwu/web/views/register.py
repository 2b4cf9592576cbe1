"""登记: three fields suffice; what is solved at once is registered and struck off in the same form."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from sanfuwu.ledger.errors import ActionError, NotAllowed
from sanfuwu.problems.actions import register_problem, solve_on_spot
from sanfuwu.problems.actions.attaching import attach
from sanfuwu.problems.policies import may_register
from sanfuwu.reference.queries import county_data
from sanfuwu.triage import queries as catalogue
from sanfuwu.web import alike, choices
from sanfuwu.web.alike import AlikeRow
from sanfuwu.web.page import actor_of, for_post, now_of, said_of
from sanfuwu.web.registering import RegisterForm, place_code
from sanfuwu.web.views.problem import uploads


@require_GET
@for_post
def proposed_unit(request: HttpRequest) -> HttpResponse:
    """The catalogue's unit for what is being typed: a sentence, swapped in beside the field. Nothing is chosen."""
    actor, now = actor_of(request), now_of(request)
    if not may_register(actor):
        raise NotAllowed(_("Your post may not register problems."))
    code, _near = place_code(request.GET.get("place", ""), choices.places(now))
    category = request.GET.get("category_id", "")
    today = timezone.localdate(now)
    found = None
    if code and category in choices.flat(choices.categories(confirmed_only=True)):
        found = catalogue.propose(UUID(category), code, today)
    line = catalogue.reason(found, today) if found else ""
    return render(request, "web/components/proposed_unit.html", {"line": line})


@require_http_methods(["GET", "POST"])
@for_post
def register(request: HttpRequest) -> HttpResponse:
    """The form, and on POST the problem. Whatever is refused comes back with everything typed."""
    actor, now = actor_of(request), now_of(request)
    if not may_register(actor):
        raise NotAllowed(_("Your post may not register problems."))
    spot = request.POST.get("do") == "spot"
    places = choices.places(now)
    form = RegisterForm(
        request.POST or None,
        actor=actor,
        places=places,
        units=choices.units(now),
        categories=choices.categories(confirmed_only=True),
        spot=spot,
    )
    key = f"register:{actor.post_id}"
    seen: list[AlikeRow] = []
    if request.method == "POST" and form.is_valid():
        if not request.POST.get("alike_seen"):
            # Shown while one types; without script, or when one was faster, once before it is registered.
            seen = [row for row in alike.rows(alike.typed(actor, request.POST, places, now)) if row.strong]
        if seen:
            return _page(request, form, places, key, alike=seen)
        try:
            sent = uploads(request)
            reg = form.registration(now)
            with transaction.atomic():
                if spot:
                    problem = solve_on_spot(reg, form.solution(), actor=actor, now=now)
                else:
                    problem = register_problem(reg, actor=actor, now=now)
                if sent:
                    attach(problem.pk, sent, actor=actor, now=now)
        except ActionError as error:
            form.refuse(error)
        else:
            request.session["draft_done"] = key
            said = (
                _("Registered, solved on the spot and struck off: %(number)s.")
                if spot
                else _("Registered: %(number)s. It waits for acceptance by the dispatch office.")
            )
            messages.success(request, said % {"number": problem.number})
            if form.unreachable:
                messages.warning(
                    request,
                    _(
                        "No telephone was entered: at the call-back the requester cannot be reached. Ask him, and have "
                        "the dispatch office enter it by “Correct”, or enter it when you are asked for a supplement."
                    ),
                )
            return HttpResponseRedirect(said_of(problem.number))
    return _page(request, form, places, key)


def _page(
    request: HttpRequest, form: RegisterForm, places: dict[str, str], key: str, *, alike: Sequence[AlikeRow] = ()
) -> HttpResponse:
    return render(
        request,
        "web/pages/register.html",
        {"form": form, "places": places, "draft_key": key, "alike": alike, "asked": bool(alike)}
        | {"privacy_notice": county_data().privacy_notice},
        status=422 if form.errors else 200,
    )
