"""管理 · 其他系统: the county's list of systems, one form each."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from sanfuwu.exchange.actions.systems import add_system, change_system
from sanfuwu.exchange.policies import hide_unless_exchange
from sanfuwu.exchange.queries import systems
from sanfuwu.ledger.errors import InvalidInput, NotVisible
from sanfuwu.problems.models import ForeignSystem
from sanfuwu.web.exchange_forms import SystemForm
from sanfuwu.web.page import actor_of, for_post, now_of


@require_GET
@for_post
def index(request: HttpRequest) -> HttpResponse:
    """The list."""
    hide_unless_exchange(actor_of(request))
    return render(request, "web/admin/systems.html", {"lines": systems()})


@require_http_methods(["GET", "POST"])
@for_post
def add(request: HttpRequest) -> HttpResponse:
    """A further system."""
    hide_unless_exchange(actor_of(request))
    return _form(request, None)


@require_http_methods(["GET", "POST"])
@for_post
def change(request: HttpRequest, code: str) -> HttpResponse:
    """Name, headings, whether it is in use."""
    hide_unless_exchange(actor_of(request))
    system = ForeignSystem.objects.filter(code=code).first()
    if system is None:
        raise NotVisible("no system")
    return _form(request, system)


def _form(request: HttpRequest, system: ForeignSystem | None) -> HttpResponse:
    actor, now = actor_of(request), now_of(request)
    form = SystemForm(request.POST if request.method == "POST" else None, system=system)
    if request.method == "POST" and form.is_valid():
        try:
            if system is None:
                kept = add_system(form.cleaned_data["code"], form.command(), actor=actor, now=now)
            else:
                kept = change_system(system.code, form.command(), actor=actor, now=now)
        except InvalidInput as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved: %(name)s.") % {"name": kept.name})
            return HttpResponseRedirect(reverse("web:admin_systems"))
    context = {"form": form, "system": system}
    return render(request, "web/admin/system.html", context, status=422 if form.errors else 200)
