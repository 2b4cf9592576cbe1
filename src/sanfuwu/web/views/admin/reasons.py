"""事由: the reasons an act may name, kind by kind."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from sanfuwu.ledger.errors import ActionError, NotVisible
from sanfuwu.reference.actions import set_reason
from sanfuwu.reference.policies import may_set_lists, require
from sanfuwu.reference.queries import Reason, reason
from sanfuwu.reference.queries import reasons as reasons_of
from sanfuwu.reference.reasons import KINDS, WITH_WHERE_TO_GO
from sanfuwu.web.page import actor_of, for_post, now_of
from sanfuwu.web.pieces import Tab

from ._pages import area, refuse, sent, text


class ReasonForm(forms.Form):
    def __init__(self, kind: str, one: Reason | None, data: Any = None) -> None:
        initial: dict[str, Any] = {"place": 200, "active": True}
        if one is not None:
            where = str(one.where_to_go)
            initial = {"label": str(one.label), "where_to_go": where, "place": one.place, "active": one.active}
        super().__init__(data, initial=initial, auto_id="f_%s")
        if one is None:
            self.fields["code"] = text(
                label=_("Code"), max_length=32, help_text=_("Small letters, for figures and exports; it never changes.")
            )
        self.fields["label"] = text(label=_("Reason, as it is read"), max_length=60)
        if kind in WITH_WHERE_TO_GO:
            self.fields["where_to_go"] = area(
                3,
                label=_("Where to go instead"),
                required=False,
                max_length=300,
                help_text=_("The requester reads it when the dispatcher writes nothing of his own."),
            )
        self.fields["place"] = forms.IntegerField(
            label=_("Place in the list"), widget=forms.NumberInput(attrs={"class": "short", "min": 1, "max": 999})
        )
        self.fields["active"] = forms.BooleanField(label=_("In use"), required=False)


@require_http_methods(["GET", "POST"])
@for_post
def reasons(request: HttpRequest, kind: str) -> HttpResponse:
    """All reasons of one kind; POST adds one."""
    actor = actor_of(request)
    require(may_set_lists(actor))
    if kind not in KINDS:
        raise NotVisible("no such kind")
    form = ReasonForm(kind, None, sent(request))
    if request.method == "POST" and form.is_valid() and _save(request, kind, form, None):
        return HttpResponseRedirect(reverse("web:admin_reasons", args=[kind]))
    context = {
        "form": form,
        "kind": kind,
        "kind_word": KINDS[kind],
        "tabs": [Tab(str(word), reverse("web:admin_reasons", args=[k]), k == kind) for k, word in KINDS.items()],
        "lines": reasons_of(kind, also_closed=True),
        "with_where": kind in WITH_WHERE_TO_GO,
    }
    return render(request, "web/admin/reasons.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@for_post
def reason_page(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """One reason: its words, its place, whether it is in use."""
    require(may_set_lists(actor_of(request)))
    one = reason(kind, code)
    if one is None:
        raise NotVisible("no such reason")
    form = ReasonForm(kind, one, sent(request))
    if request.method == "POST" and form.is_valid() and _save(request, kind, form, one):
        return HttpResponseRedirect(reverse("web:admin_reasons", args=[kind]))
    context = {"form": form, "kind": kind, "kind_word": KINDS[kind], "one": one}
    return render(request, "web/admin/reason.html", context, status=422 if form.errors else 200)


def _save(request: HttpRequest, kind: str, form: ReasonForm, one: Reason | None) -> bool:
    said = form.cleaned_data
    seen = request.POST.get("version", "")
    try:
        set_reason(
            kind,
            one.code if one else said["code"],
            label=said["label"],
            where_to_go=said.get("where_to_go", ""),
            place=said["place"],
            active=said["active"],
            new=one is None,
            expected_version=int(seen) if one and seen.isdigit() else None,
            actor=actor_of(request),
            now=now_of(request),
        )
    except ActionError as error:
        refuse(form, error)
        return False
    messages.success(request, _("Saved: %(name)s.") % {"name": said["label"]})
    return True
