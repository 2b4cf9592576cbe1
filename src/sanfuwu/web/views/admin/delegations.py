"""代理 (AB 角): all of them for the officers, one's own for everybody, and the end of one."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from sanfuwu.ledger.errors import NotVisible
from sanfuwu.territory import policies
from sanfuwu.territory.actions import delegate, end_delegation
from sanfuwu.territory.actor import Actor
from sanfuwu.territory.models import Delegation
from sanfuwu.territory.queries import DelegationLine, delegations, serving
from sanfuwu.web import choices, words
from sanfuwu.web.admin_forms.base import AdminForm, date_field
from sanfuwu.web.admin_forms.people import DelegateForm
from sanfuwu.web.page import actor_of, for_post, now_of
from sanfuwu.web.pieces import Chip

from .deed import Deed, Fact, answer
from .people import acts_in_words
from .units import may_see_units

Row = tuple[DelegationLine, Chip, str, bool]


def rows(lines: list[DelegationLine], actor: Actor) -> list[Row]:
    """(delegation, state, acts in words, whether this actor may end it)."""
    found = []
    for line in lines:
        mine = line.post.id == actor.post_id and actor.on_behalf_of is None
        may_end = line.state != "past" and (
            mine or policies.may_manage_posts(actor) or policies.may_grant_access(actor)
        )
        found.append((line, words.chip(words.DELEGATION_STATES, line.state), acts_in_words(line.acts), may_end))
    return found


@require_GET
@for_post
def every(request: HttpRequest) -> HttpResponse:
    """GET past=1: those that have ended too."""
    actor, today = actor_of(request), timezone.localdate(now_of(request))
    if not may_see_units(actor):
        raise NotVisible("delegations")
    past = request.GET.get("past") == "1"
    context = {
        "rows": rows(delegations(today, past=past), actor),
        "past": past,
        "may_change": policies.may_manage_posts(actor),
    }
    return render(request, "web/admin/delegations.html", context)


@require_http_methods(["GET", "POST"])
@for_post
def new(request: HttpRequest) -> HttpResponse:
    """The system officer records who stands in for whom."""
    actor, now = actor_of(request), now_of(request)
    policies.require(policies.may_manage_posts(actor))
    today = timezone.localdate(now)
    everybody = choices.posts(serving(today))
    form = DelegateForm(request.POST or None, today=today, deputies=everybody, posts=everybody)
    back = reverse("web:admin_delegations")

    def run(form: DelegateForm) -> str:
        said = form.cleaned_data
        delegate(UUID(said["post"]), UUID(said["to_post"]), **form.values(), actor=actor, now=now)
        return _("The deputy finds this post in his menu of posts on the days named.")

    deed = Deed(
        title=_("New delegation"),
        button=_("Delegate"),
        icon="users",
        consequence=_("Every act says who did it and for whom."),
        back_url=back,
        back=_("Delegations"),
        run=run,
        done_url=back,
    )
    return answer(request, deed, form)


@require_http_methods(["GET", "POST"])
@for_post
def mine(request: HttpRequest) -> HttpResponse:
    """我的代理: who stands in for this post, for whom it stands in, and a form for one more."""
    actor, now = actor_of(request), now_of(request)
    today = timezone.localdate(now)
    if actor.post_id is None or actor.is_officer:
        raise NotVisible("an officer is not stood in for")
    lines = delegations(today, posts=[actor.post_id], past=True)
    may = actor.on_behalf_of is None
    form = None
    if may:
        candidates = [p for p in serving(today) if p.person_id != actor.person_id]
        deputies = choices.posts(candidates, first=actor.unit_id)
        form = DelegateForm(request.POST or None, today=today, deputies=deputies)
    own = reverse("web:my_delegations")
    if request.method == "POST" and form is not None:

        def run(form: DelegateForm) -> str:
            assert actor.post_id is not None
            delegate(actor.post_id, UUID(form.cleaned_data["to_post"]), **form.values(), actor=actor, now=now)
            return _("The deputy finds this post in his menu of posts on the days named.")

        deed = Deed(
            title=_("My delegations"),
            button=_("Delegate"),
            icon="users",
            consequence=_("Every act says who did it and for whom. You can end it at any time."),
            back_url=own,
            back=_("My delegations"),
            run=run,
            done_url=own,
        )
        return answer(request, deed, form)
    context = {
        "given": rows([d for d in lines if d.post.id == actor.post_id], actor),
        "taken": rows([d for d in lines if d.to_post.id == actor.post_id], actor),
        "form": form,
    }
    return render(request, "web/pages/delegations.html", context, status=200 if may or request.method == "GET" else 403)


class EndForm(AdminForm):
    """The last day."""


@require_http_methods(["GET", "POST"])
@for_post
def end(request: HttpRequest, delegation_id: UUID) -> HttpResponse:
    """It ends early, today or on a day named."""
    actor, now = actor_of(request), now_of(request)
    today = timezone.localdate(now)
    row = Delegation.objects.select_related("post").filter(pk=delegation_id).first()
    if row is None or not policies.may_delegate(actor, row.post) or (row.valid_to and row.valid_to <= today):
        raise NotVisible("delegation")
    line = next(d for d in delegations(today, posts=[row.post_id], past=True) if d.id == row.pk)
    form = EndForm(request.POST or None)
    form.fields["valid_to"] = date_field(_("First day without it"), initial=today)
    back = reverse("web:admin_delegations" if actor.is_officer else "web:my_delegations")

    def run(form: AdminForm) -> str:
        end_delegation(row.pk, valid_to=max(form.cleaned_data["valid_to"], today), actor=actor, now=now)
        return _("Ended. What was done for the post stays on record.")

    deed = Deed(
        title=_("End a delegation"),
        button=_("End the delegation"),
        icon="x",
        consequence=_("The deputy no longer acts for this post from that day on."),
        back_url=back,
        back=_("Delegations") if actor.is_officer else _("My delegations"),
        run=run,
        done_url=back,
        facts=[
            Fact(_("For whom"), line.post.label),
            Fact(_("Who stands in"), line.to_post.label),
            Fact(_("For which acts"), acts_in_words(line.acts)),
        ],
        facts_title=_("The delegation"),
    )
    return answer(request, deed, form)
