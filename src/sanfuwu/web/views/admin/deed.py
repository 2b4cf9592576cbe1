"""One act of the administration on a page of its own: its form, what it will do, and what it did."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from sanfuwu.ledger.errors import ActionError, NotVisible
from sanfuwu.web.admin_forms.base import AdminForm


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of a preview: what, how many or which, and what becomes of it."""

    label: str
    value: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Deed:
    """The page of one act. `run` does it and returns the sentence said afterwards.

    With `preview` the first sending only looks: the page comes back with what would happen and a second button.
    `facts` stand over the form from the beginning.
    """

    title: str
    button: str
    icon: str
    consequence: str
    back_url: str
    back: str
    run: Callable[[Any], str]
    done_url: str
    preview: Callable[[Any], Sequence[Fact]] | None = None
    facts: Sequence[Fact] = ()
    facts_title: str = ""

    @property
    def looks_first(self) -> bool:
        """For the template, which would call `preview` itself."""
        return self.preview is not None


def answer(request: HttpRequest, deed: Deed, form: AdminForm) -> HttpResponse:
    """GET: the form. POST: the preview or the act; a refusal comes back with everything typed (422)."""
    facts, looked = list(deed.facts), False
    if request.method == "POST" and form.is_valid():
        confirmed = deed.preview is None or request.POST.get("do") == "confirm"
        try:
            if confirmed:
                said = deed.run(form)
                messages.success(request, said)
                return HttpResponseRedirect(deed.done_url)
            assert deed.preview is not None
            facts, looked = list(deed.preview(form)), True
        except NotVisible:
            raise
        except ActionError as error:
            form.refuse(error)
    return render(
        request,
        "web/admin/deed.html",
        {"deed": deed, "form": form, "facts": facts, "looked": looked},
        status=422 if form.errors else 200,
    )
