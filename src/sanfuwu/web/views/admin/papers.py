"""文书设置: letterhead, numbers, and the county's own Word files with their second pair of eyes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sanfuwu.documents.actions import decide_template, propose_template, retire_template, set_letterhead
from sanfuwu.documents.commands import ProposeTemplate, SetLetterhead
from sanfuwu.documents.models import Paper, PaperTemplate
from sanfuwu.documents.papers import standard, word
from sanfuwu.documents.papers.fields import FIELDS
from sanfuwu.documents.policies import may_set_columns, may_set_papers
from sanfuwu.documents.queries import letterhead, templates
from sanfuwu.ledger.errors import ActionError, InvalidInput, NotVisible
from sanfuwu.territory.policies import require
from sanfuwu.territory.queries import post_labels
from sanfuwu.web import words
from sanfuwu.web.page import actor_of, for_post, now_of
from sanfuwu.web.views.exports import TYPES


class LetterheadForm(forms.Form):
    agency = forms.CharField(label=gettext_lazy("Issuing agency"), max_length=40)
    order_word = forms.CharField(
        label=gettext_lazy("Word of the numbers of dispatch orders"),
        max_length=12,
        help_text=gettext_lazy("It stands before the year and the number."),
    )
    strike_off_word = forms.CharField(label=gettext_lazy("Word of the numbers of strike-off slips"), max_length=12)


@require_http_methods(["GET", "POST"])
@for_post
def papers(request: HttpRequest) -> HttpResponse:
    """The page; POST sets the letterhead."""
    actor, now = actor_of(request), now_of(request)
    require(may_set_papers(actor))
    head = letterhead()
    names = ("agency", "order_word", "strike_off_word")
    form = LetterheadForm(
        request.POST if request.method == "POST" else None,
        initial={n: getattr(head, n) for n in names},
        auto_id="head_%s",
    )
    if request.method == "POST" and form.is_valid():
        try:
            set_letterhead(SetLetterhead(**form.cleaned_data), actor=actor, now=now)
        except InvalidInput as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            messages.success(request, _("Saved. Papers issued from now on carry it."))
            return HttpResponseRedirect(reverse("web:admin_papers"))
    return _page(request, form, status=422 if form.errors else 200)


@require_POST
@for_post
def propose(request: HttpRequest, kind: str) -> HttpResponse:
    """Upload a Word file; what is wrong with it is said with its place."""
    actor, now = actor_of(request), now_of(request)
    require(may_set_papers(actor))
    if kind not in Paper.values:
        raise Http404
    sent = request.FILES.get("file")
    try:
        if sent is None:
            raise InvalidInput(_("Choose a Word file."), field="file")
        if (sent.size or 0) > word.MOST_BYTES:
            raise InvalidInput(_("A template may have at most 1 MB."), field="file")
        propose_template(ProposeTemplate(kind=kind, file=sent.read()), actor=actor, now=now)
    except InvalidInput as error:
        return _page(request, None, refused={kind: error.message}, status=422)
    messages.success(request, _("Kept. It is used once somebody else has approved it."))
    return HttpResponseRedirect(reverse("web:admin_papers"))


@require_GET
@for_post
def standard_file(request: HttpRequest, kind: str) -> HttpResponse:
    """The file that comes with the program: where a template of one's own begins."""
    require(may_set_papers(actor_of(request)))
    if kind not in Paper.values:
        raise Http404
    return _docx(standard.template(kind), words.word(words.PAPERS, kind))


@require_GET
@for_post
def template_file(request: HttpRequest, template_id: UUID) -> HttpResponse:
    """An uploaded file, or with `?filled=1` as a paper in which every field says its name."""
    require(may_set_papers(actor_of(request)))
    row = PaperTemplate.objects.filter(pk=template_id).first()
    if row is None:
        raise NotVisible(_("There is no such template."))
    name = f"{words.word(words.PAPERS, row.kind)} {timezone.localtime(row.uploaded_at):%Y%m%d-%H%M}"
    file = bytes(row.file)
    if request.GET.get("filled"):
        return _docx(word.render(file, word.sample(row.kind)), f"{name} {_('with the names of its fields')}")
    return _docx(file, name)


@require_POST
@for_post
def decide(request: HttpRequest, template_id: UUID) -> HttpResponse:
    """approve, refuse, or back to the standard file (retire)."""
    actor, now = actor_of(request), now_of(request)
    require(may_set_papers(actor))
    do = request.POST.get("do", "")
    try:
        if do == "retire":
            retire_template(template_id, actor=actor, now=now)
        elif do in ("approve", "refuse"):
            decide_template(template_id, approve=do == "approve", actor=actor, now=now)
        else:
            raise InvalidInput(_("Choose one of the values offered."))
    except NotVisible:
        raise
    except ActionError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Done."))
    return HttpResponseRedirect(reverse("web:admin_papers"))


def _page(
    request: HttpRequest, form: LetterheadForm | None, *, refused: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    actor, now = actor_of(request), now_of(request)
    if form is None:
        head = letterhead()
        names = ("agency", "order_word", "strike_off_word")
        form = LetterheadForm(initial={n: getattr(head, n) for n in names}, auto_id="head_%s")
    found = templates()
    people = {row.uploaded_by for rows in found.values() for row in rows if row.uploaded_by}
    labels = post_labels(people, timezone.localdate(now)) if people else {}
    cards: list[dict[str, Any]] = [
        {
            "kind": kind,
            "label": words.word(words.PAPERS, kind),
            "refused": (refused or {}).get(kind, ""),
            "own": any(row.state == PaperTemplate.State.APPROVED for row in rows),
            "rows": [
                {
                    "row": row,
                    "state": words.word(words.TEMPLATE_STATES, row.state),
                    "who": _who(labels, row),
                    "waits": row.state == PaperTemplate.State.PROPOSED,
                    "used": row.state == PaperTemplate.State.APPROVED,
                    "mine": row.uploaded_by_person is not None and row.uploaded_by_person == actor.person_id,
                }
                for row in rows[:6]
            ],
        }
        for kind, rows in found.items()
    ]
    context = {"form": form, "cards": cards, "fields": FIELDS, "may_set_head": may_set_columns(actor)}
    return render(request, "web/admin/papers.html", context, status=status)


def _who(labels: dict[UUID, tuple[str, str, str]], row: PaperTemplate) -> str:
    """Unit, post and name of whoever uploaded it."""
    if row.uploaded_by is None or row.uploaded_by not in labels:
        return ""
    return " ".join(part for part in labels[row.uploaded_by] if part)


def _docx(body: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(body, content_type=TYPES["docx"])
    answer["Content-Disposition"] = content_disposition_header(True, f"{name}.docx") or ""
    return answer
