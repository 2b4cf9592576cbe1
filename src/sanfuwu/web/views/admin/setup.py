"""启用清单: what is still missing before work can begin."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from sanfuwu.ledger.errors import NotVisible
from sanfuwu.territory.models import Role
from sanfuwu.web.page import actor_of, for_post, now_of
from sanfuwu.web.setting_up import steps

from .units import may_see_units


@require_GET
@for_post
def checklist(request: HttpRequest) -> HttpResponse:
    actor, today = actor_of(request), timezone.localdate(now_of(request))
    if not may_see_units(actor):
        raise NotVisible("checklist")
    found = steps(today)
    context = {
        "steps": found,
        "missing": sum(not step.done for step in found),
        "next": next((step for step in found if not step.done), None),
        "is_system": actor.role == Role.SYSTEM_OFFICER,
        "is_security": actor.role == Role.SECURITY_OFFICER,
    }
    return render(request, "web/admin/setup.html", context)
