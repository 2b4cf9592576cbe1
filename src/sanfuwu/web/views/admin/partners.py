"""管理 · 往来县区: which counties problems are sent to and taken from."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from sanfuwu.exchange.actions.partners import set_partner
from sanfuwu.exchange.models import Partner
from sanfuwu.exchange.policies import hide_unless_exchange
from sanfuwu.exchange.queries import county_names, other_counties
from sanfuwu.ledger.errors import InvalidInput
from sanfuwu.web import words
from sanfuwu.web.exchange_forms import PartnerForm
from sanfuwu.web.page import actor_of, for_post, now_of


@require_http_methods(["GET", "POST"])
@for_post
def partners(request: HttpRequest) -> HttpResponse:
    """The list, and one form that names a county or changes what was said of it."""
    actor, now = actor_of(request), now_of(request)
    hide_unless_exchange(actor)
    counties = other_counties()
    form = PartnerForm(request.POST if request.method == "POST" else None, counties=counties)
    if request.method == "POST" and form.is_valid():
        try:
            set_partner(**form.cleaned_data, actor=actor, now=now)
        except InvalidInput as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved: %(name)s.") % {"name": dict(counties)[form.cleaned_data["code"]]})
            return HttpResponseRedirect(reverse("web:admin_partners"))
    names = county_names()
    rows = [
        (names.get(p.code, p.code), words.word(words.PARTNER_RELATIONS, p.relation), p.active)
        for p in Partner.objects.order_by("code")
    ]
    context = {"form": form, "rows": rows, "counties": counties}
    return render(request, "web/admin/partners.html", context, status=422 if form.errors else 200)
