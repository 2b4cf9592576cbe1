"""Switching one's session into training and back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sanfuwu.ledger.errors import NotAllowed
from sanfuwu.web.page import actor_of, for_post
from sanfuwu.web.training import SESSION_KEY, may_train


@require_POST
@for_post
def training(request: HttpRequest) -> HttpResponse:
    """`on` = 1 begins, anything else ends. Always back to the desk: what one world holds is not in the other."""
    if request.POST.get("on") == "1":
        if not may_train(actor_of(request)):
            raise NotAllowed(_("Training is not open."))
        request.session[SESSION_KEY] = True
        messages.warning(request, _("You are in training. What you register now never counts."))
    else:
        request.session.pop(SESSION_KEY, None)
        messages.success(request, _("Training has ended. You work with real records again."))
    return HttpResponseRedirect(reverse("web:desk"))
