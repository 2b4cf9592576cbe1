"""The first page of the administration: what this post may set."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from sanfuwu.ledger.errors import NotVisible
from sanfuwu.web.administration import sections_for
from sanfuwu.web.approving import by_section, waiting
from sanfuwu.web.page import actor_of, for_post


@require_GET
@for_post
def index(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    sections = sections_for(actor)
    if not sections:
        raise NotVisible("no section")
    waits = by_section(waiting(actor))
    return render(request, "web/admin/index.html", {"sections": [(one, waits[one.url_name]) for one in sections]})
