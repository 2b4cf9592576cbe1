"""Saved views and columns of the 问题清单: each form takes one action and goes back to the list."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sanfuwu.ledger.errors import InvalidInput, NotAllowed
from sanfuwu.problems.actions import arranging as act
from sanfuwu.problems.models import SavedView
from sanfuwu.problems.models.arranged import NAME_LENGTH
from sanfuwu.problems.policies import may_arrange, may_share_view
from sanfuwu.problems.queries import saved_view
from sanfuwu.territory.actor import Actor
from sanfuwu.web import columns, lists, words
from sanfuwu.web.page import actor_of, for_post, now_of


class NameForm(forms.Form):
    """A view's name and who gets it, asked again when the first attempt was refused."""

    def __init__(self, data: Any, actor: Actor) -> None:
        super().__init__(data, auto_id="view_%s")
        self.fields["name"] = forms.CharField(label=_("Name of the view"), max_length=NAME_LENGTH)
        shares = [s for s in SavedView.Share.values if may_share_view(actor, s)]
        self.fields["share"] = forms.ChoiceField(
            label=_("For whom"), choices=words.options(words.SHARES, tuple(shares)), widget=forms.RadioSelect
        )


@require_POST
@for_post
def views(request: HttpRequest) -> HttpResponse:
    """Save, update, rename, delete a view, or open the list with it. `query` is the list's address."""
    actor, now = actor_of(request), now_of(request)
    if not may_arrange(actor):
        raise NotAllowed(_("Your post has no list of problems."))
    does = request.POST.get("do", "save")
    query = QueryDict(request.POST.get("query", "").removeprefix("?"))
    view_id = lists.uuid_or_none(request.POST.get("view", ""))
    if does in ("save", "rename"):
        return _named(request, does, query, view_id)
    if does == "open":
        act.open_with(view_id, actor=actor, now=now)
        messages.success(request, _("The list opens with this view from now on."))
    elif view_id is None:
        raise InvalidInput(_("There is no such view."), field="view")
    elif does == "update":
        view = act.update_view(view_id, lists.essence(query), actor=actor, now=now)
        messages.success(request, _("The view “%(name)s” is as you see it now.") % {"name": view.name})
    elif does == "delete":
        view = act.delete_view(view_id, actor=actor, now=now)
        messages.success(request, _("The view “%(name)s” is deleted.") % {"name": view.name})
        return _to(f"?view={lists.ALL}")
    else:
        raise InvalidInput(_("Choose one of the values offered."), field="do")
    if view_id is None:
        return _to("?" + (query.urlencode() or f"view={lists.ALL}"))
    return _to(lists.view_url(saved_view(actor, view_id)))


def _named(request: HttpRequest, does: str, query: QueryDict, view_id: Any) -> HttpResponse:
    actor, now = actor_of(request), now_of(request)
    form = NameForm(request.POST, actor)
    if form.is_valid():
        name, share = form.cleaned_data["name"], form.cleaned_data["share"]
        try:
            if does == "save":
                view = act.save_view(name, lists.essence(query), share=share, actor=actor, now=now)
            else:
                view = act.rename_view(view_id, name, share=share, actor=actor, now=now)
        except InvalidInput as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            messages.success(request, _("The view “%(name)s” is saved.") % {"name": view.name})
            return _to(lists.view_url(view))
    context = {
        "form": form,
        "does": does,
        "query": "?" + query.urlencode(),
        "view_id": view_id or "",
        "back_url": reverse("web:problems") + "?" + (query.urlencode() or f"view={lists.ALL}"),
    }
    return render(request, "web/pages/view_name.html", context, status=422)


@require_POST
@for_post
def choose_columns(request: HttpRequest) -> HttpResponse:
    """The columns ticked, in the order of the form. `do`: up:NAME or down:NAME moves one, `mine` keeps them for all
    lists of this post, `usual` takes the post's own ones back, anything else shows them in this list only."""
    actor, now = actor_of(request), now_of(request)
    query = QueryDict(request.POST.get("query", "").removeprefix("?"), mutable=True)
    chosen = columns.known(request.POST.getlist("col"))
    does, _colon, name = request.POST.get("do", "").partition(":")
    query.pop("columns", None)
    if does in ("up", "down"):
        query["cols"] = ",".join(columns.moved(chosen, name, does == "up"))
        query["columns"] = "1"
    elif does in ("mine", "usual"):
        act.set_columns(chosen if does == "mine" else (), actor=actor, now=now)
        query.pop("cols", None)
        messages.success(
            request,
            _("Your lists show these columns from now on.")
            if does == "mine"
            else _("Your lists show the usual columns."),
        )
    else:
        query["cols"] = ",".join(chosen)
    return _to("?" + (query.urlencode() or f"view={lists.ALL}"))


def _to(query: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("web:problems") + query)
