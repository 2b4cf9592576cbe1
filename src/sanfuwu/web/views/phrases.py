"""常用语: one's own words for forms, the unit's and the county's."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from sanfuwu.counties.wording import local
from sanfuwu.ledger.errors import ActionError, NotVisible
from sanfuwu.problems.acts import ACTS_WITH_FORM
from sanfuwu.reference import actions as act
from sanfuwu.reference import policies
from sanfuwu.reference.models import Phrase
from sanfuwu.reference.placeholders import PLACEHOLDERS
from sanfuwu.reference.queries import phrases_of
from sanfuwu.territory.actor import Actor
from sanfuwu.web.acts.texts import text_of
from sanfuwu.web.page import actor_of, for_post, now_of
from sanfuwu.web.views.admin._pages import area, refuse, sent

SCOPES: dict[str, str | Promise] = {
    Phrase.Scope.PERSONAL: gettext_lazy("my own"),
    Phrase.Scope.UNIT: gettext_lazy("my unit's"),
    Phrase.Scope.COUNTY: local(gettext_lazy("the whole %(county)s's")),
}


class PhraseForm(forms.Form):
    def __init__(self, actor: Actor, phrase: Phrase | None = None, data: Any = None) -> None:
        initial = {"act": phrase.act, "text": phrase.text} if phrase else None
        super().__init__(data, initial=initial, auto_id="f_%s")
        scopes = policies.phrase_scopes(actor)
        if phrase is None and len(scopes) > 1:
            self.fields["scope"] = forms.ChoiceField(
                label=_("Whose"),
                choices=[(scope, SCOPES[scope]) for scope in scopes],
                initial=scopes[0],
                widget=forms.RadioSelect,
            )
        options = [("", _("every form")), *((name, str(text_of(name).label)) for name in ACTS_WITH_FORM)]
        self.fields["act"] = forms.ChoiceField(label=_("For which form"), required=False, choices=options)
        self.fields["text"] = area(
            3,
            label=_("Words"),
            max_length=500,
            help_text=_("In braces may stand: %(known)s. No names, no telephones.")
            % {"known": "、".join(f"{{{word}}}" for word in PLACEHOLDERS)},
        )


@require_http_methods(["GET", "POST"])
@for_post
def phrases(request: HttpRequest) -> HttpResponse:
    """All words this post may use; POST adds some."""
    actor, now = actor_of(request), now_of(request)
    scopes = policies.phrase_scopes(actor)
    policies.require(bool(scopes))
    form = PhraseForm(actor, data=sent(request))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            act.add_phrase(
                scope=said.get("scope") or scopes[0], act=said["act"], text=said["text"], actor=actor, now=now
            )
        except ActionError as error:
            refuse(form, error)
        else:
            messages.success(request, _("The words were added."))
            return HttpResponseRedirect(reverse("web:phrases"))
    rows = phrases_of(actor)
    groups = [
        (SCOPES[scope], [(p, _act_word(p.act), policies.may_edit_phrase(actor, p)) for p in rows if p.scope == scope])
        for scope in SCOPES
    ]
    context = {"form": form, "groups": groups}
    return render(request, "web/pages/phrases.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@for_post
def phrase(request: HttpRequest, phrase_id: UUID) -> HttpResponse:
    """Other words, or none."""
    actor, now = actor_of(request), now_of(request)
    row = phrases_of(actor).filter(pk=phrase_id).first()
    if row is None:
        raise NotVisible("no such phrase")
    policies.require(policies.may_edit_phrase(actor, row))
    removing = request.POST.get("do") == "remove"
    form = PhraseForm(actor, row, None if removing else sent(request))
    if request.method == "POST" and (removing or form.is_valid()):
        seen = request.POST.get("version", "")
        try:
            if removing:
                act.close_phrase(row.pk, actor=actor, now=now)
                messages.success(request, _("The words were removed."))
            else:
                act.change_phrase(
                    row.pk,
                    act=form.cleaned_data["act"],
                    text=form.cleaned_data["text"],
                    expected_version=int(seen) if seen.isdigit() else None,
                    actor=actor,
                    now=now,
                )
                messages.success(request, _("The words were changed."))
        except ActionError as error:
            refuse(form, error)
        else:
            return HttpResponseRedirect(reverse("web:phrases"))
    context = {"form": form, "phrase": row}
    return render(request, "web/pages/phrase.html", context, status=422 if form.errors else 200)


def _act_word(name: str) -> str:
    return str(text_of(name).label) if name else _("every form")
