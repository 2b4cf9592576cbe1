"""往来: what was sent to other counties and what came from them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from sanfuwu.exchange.policies import hide_unless_exchange
from sanfuwu.exchange.queries import LIST_CAP, TABS, partners, tab_counts
from sanfuwu.exchange.queries import transfers as lines_of
from sanfuwu.web.exchange_rows import transfer_row
from sanfuwu.web.page import actor_of, for_post
from sanfuwu.web.pieces import Tab


@require_GET
@for_post
def transfers(request: HttpRequest) -> HttpResponse:
    """One tab at a time: waiting for an answer, sent, received, declined."""
    actor = actor_of(request)
    hide_unless_exchange(actor)
    asked = request.GET.get("tab", "")
    tab = asked if asked in TABS else "waiting"
    counts = tab_counts(actor)
    labels = {
        "waiting": _("Waiting for an answer"),
        "sent": _("Sent"),
        "received": _("Received"),
        "declined": _("Declined"),
    }
    address = reverse("web:transfers")
    return render(
        request,
        "web/exchange/transfers.html",
        {
            "tabs": [
                Tab(label, f"{address}?tab={name}", name == tab, counts[name], capped=False)
                for name, label in labels.items()
            ],
            "rows": [transfer_row(line) for line in lines_of(actor, tab)],
            "cut": counts[tab] > LIST_CAP,
            "cap": LIST_CAP,
            "partners": partners(),
        },
    )
