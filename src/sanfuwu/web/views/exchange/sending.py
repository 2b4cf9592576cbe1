"""上报、移交: the form on the problem's page."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from sanfuwu.exchange.actions.sending import SENDING
from sanfuwu.exchange.models import Transfer
from sanfuwu.exchange.queries import partners
from sanfuwu.ledger.errors import ActionError, NotAllowed
from sanfuwu.problems.queries import get_problem
from sanfuwu.web import problem_page
from sanfuwu.web.exchange_forms import SendForm
from sanfuwu.web.page import actor_of, for_post, now_of, said_of
from sanfuwu.web.views.problem import page


@require_http_methods(["GET", "POST"])
@for_post
def send(request: HttpRequest, number: str, name: str) -> HttpResponse:
    """The form open in place; POST sends. What was typed comes back with a refusal."""
    actor, now = actor_of(request), now_of(request)
    view = get_problem(actor, number, now=now)
    offered = any(offer.act == name for offer in view.beyond)
    counties = partners(Transfer.Kind.UP if name == "report_up" else "")
    if not offered or not counties:
        if request.method == "POST":
            raise NotAllowed(_("Your post may not do this on this problem."))
        messages.warning(request, _("This act is not possible at the present stage, or not for your post."))
        return HttpResponseRedirect(said_of(number))
    opened = problem_page.beyond_act(view, name)
    form = SendForm(request.POST or None, partners=counties, confidential=view.problem.confidential)
    if request.method == "POST" and not request.POST:
        form = SendForm({}, partners=counties, confidential=view.problem.confidential)
    if request.method == "POST" and form.is_valid():
        version = request.POST.get("version", "")
        try:
            SENDING[name](
                view.problem.pk,
                form.command(),
                actor=actor,
                now=now,
                expected_version=int(version) if version.isdigit() else None,
            )
        except ActionError as error:
            form.refuse(error)
        else:
            messages.success(request, _("%(act)s: done.") % {"act": opened.label})
            return HttpResponseRedirect(said_of(number))
    return page(request, view, actor, now, opened=opened, form=form, status=422 if form.errors else 200)
