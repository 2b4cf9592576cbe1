"""上传照片 to a problem that is under way."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from sanfuwu.ledger.errors import ActionError, InvalidInput, NotAllowed
from sanfuwu.problems.actions.attaching import attach
from sanfuwu.problems.queries import get_problem
from sanfuwu.web import problem_page
from sanfuwu.web.acts.forms import PlainForm
from sanfuwu.web.page import actor_of, for_post, now_of, said_of
from sanfuwu.web.views.problem import page, uploads


@require_http_methods(["GET", "POST"])
@for_post
def photos(request: HttpRequest, number: str) -> HttpResponse:
    """The form in place; POST keeps what was sent."""
    actor, now = actor_of(request), now_of(request)
    view = get_problem(actor, number, now=now)
    opened = problem_page.photos_act(view, actor)
    if opened is None:
        raise NotAllowed(_("Your post may not do this on this problem."))
    form = PlainForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        try:
            sent = uploads(request)
            if not sent:
                raise InvalidInput(_("Choose at least one photograph."), field="files")
            attach(view.problem.pk, sent, actor=actor, now=now, assignment_id=_mine(request))
        except ActionError as error:
            form.is_valid()
            form.add_error(None, error.message)
            return page(request, view, actor, now, opened=opened, form=form, status=422)
        messages.success(
            request, ngettext("%(n)d photograph kept.", "%(n)d photographs kept.", len(sent)) % {"n": len(sent)}
        )
        return HttpResponseRedirect(said_of(number))
    return page(request, view, actor, now, opened=opened, form=form)


def _mine(request: HttpRequest) -> UUID | None:
    text = request.GET.get("a", "")
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
