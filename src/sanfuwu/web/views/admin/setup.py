"""启用清单: what is still missing before work can begin."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from sanfuwu.ledger.errors import NotVisible
from sanfuwu.web.page import actor_of, for_post, now_of
from sanfuwu.web.setting_up import may_see_steps, next_of, steps


@require_GET
@for_post
def checklist(request: HttpRequest) -> HttpResponse:
    actor, today = actor_of(request), timezone.localdate(now_of(request))
    if not may_see_steps(actor):
        raise NotVisible("checklist")
    found = steps(actor, today)
    context = {"steps": found, "missing": sum(not step.done for step in found), "next": next_of(found)}
    return render(request, "web/admin/setup.html", context)
