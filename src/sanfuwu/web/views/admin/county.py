"""县域资料: what stands on pages and papers, notices, and training mode; the system officer's."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from sanfuwu.counties.queries import county_code
from sanfuwu.documents.queries import letterhead
from sanfuwu.ledger.errors import ActionError
from sanfuwu.problems.actions import clear_training
from sanfuwu.problems.actions.clearing import waiting
from sanfuwu.reference import policies
from sanfuwu.reference.actions import set_county
from sanfuwu.reference.known import KNOWN, Known
from sanfuwu.reference.notice import sample_notice
from sanfuwu.reference.queries import county_data
from sanfuwu.web.page import actor_of, for_post, now_of

from ._pages import area, refuse, sent, text, warn_of_phone


class CountyForm(forms.Form):
    """One field a value of `reference.known`."""

    def __init__(self, data: Any = None) -> None:
        present = county_data()
        super().__init__(data, initial={one.key: getattr(present, one.key) for one in KNOWN}, auto_id="f_%s")
        for one in KNOWN:
            self.fields[one.key] = _field(one)


def _field(one: Known) -> forms.Field:
    said: dict[str, Any] = {"label": one.label, "help_text": one.help, "required": False}
    if one.kind == "switch":
        return forms.BooleanField(**said)
    if one.kind == "text":
        return area(5, max_length=one.most, **said)
    if one.kind == "percent":
        return forms.CharField(widget=forms.NumberInput(attrs={"class": "short", "min": 0, "max": 100}), **said)
    return text(max_length=one.most, **said)


@require_http_methods(["GET", "POST"])
@for_post
def county(request: HttpRequest) -> HttpResponse:
    """The form of all values, and the clearing of training."""
    actor, now = actor_of(request), now_of(request)
    policies.require(policies.may_set_county(actor))
    clearing, sampling = request.POST.get("do") == "clear", request.POST.get("do") == "sample"
    form = CountyForm(None if clearing else sent(request))
    if sampling:
        form = CountyForm(_with_sample(form))
    elif request.method == "POST" and (clearing or form.is_valid()):
        try:
            if clearing:
                n = clear_training(actor=actor, now=now)
                said = ngettext("%(n)d problem of training was cleared.", "%(n)d problems of training were cleared.", n)
                messages.success(request, said % {"n": n})
            elif set_county(form.cleaned_data, actor=actor, now=now):
                messages.success(request, _("Saved. It holds at once."))
                warn_of_phone(request, form.cleaned_data["phone"])
            else:
                messages.info(request, _("Nothing would change."))
        except ActionError as error:
            refuse(form, error)
        else:
            return HttpResponseRedirect(reverse("web:admin_county"))
    context = {
        "form": form,
        "code": county_code(),
        "training_waits": waiting(),
        "sampled": sampling,
        "offers_sample": not form["privacy_notice"].value(),
    }
    return render(request, "web/admin/county.html", context, status=422 if form.errors and not sampling else 200)


def _with_sample(form: CountyForm) -> dict[str, Any]:
    """What was typed, with a notice to begin with where there is none. Nothing is saved yet."""
    said = {name: form[name].value() for name in form.fields}
    if not said["privacy_notice"]:
        office = letterhead().agency
        said["privacy_notice"] = sample_notice(office, str(said["phone"] or ""), str(said["hours_text"] or ""))
    return said
