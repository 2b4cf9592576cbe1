"""Switching the post one acts in."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from sanfuwu.config import clock
from sanfuwu.ledger.errors import NotAllowed
from sanfuwu.territory.queries import load_actor

from .forms import SwitchPostForm
from .middleware import choose_post


@require_POST
@login_required
def switch_post(request: HttpRequest) -> HttpResponse:
    """POST post, on_behalf_of (optional), next (optional): act in another of one's own posts, or for somebody else.

    403 for a post that is not one's own or is not stood in for today. Goes on to `next`, by default the desk: the page
    one comes from may not be visible to the other post.
    """
    form = SwitchPostForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    post_id, on_behalf_of = form.cleaned_data["post"], form.cleaned_data["on_behalf_of"]
    try:
        load_actor(post_id, account_id=request.user.pk, now=clock.now(), on_behalf_of=on_behalf_of)
    except NotAllowed as error:
        raise PermissionDenied(error.message) from error
    choose_post(request, post_id, on_behalf_of)
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(target if safe else "/")
