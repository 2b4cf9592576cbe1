"""分类: the tree, what an import proposed, and each category's own page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods

from sanfuwu.ledger.errors import ActionError
from sanfuwu.problems.actions import categories as act
from sanfuwu.problems.models import Category
from sanfuwu.problems.queries.categories import MOST_LEVELS, Tree, problems_filed, read_tree
from sanfuwu.reference.policies import may_set_lists, require
from sanfuwu.web.page import actor_of, for_post, now_of

from ._pages import refuse, sent, text


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the tree."""

    category: Category
    depth: int
    problems: int  # with those of the categories below it


class AddForm(forms.Form):
    def __init__(self, tree: Tree, data: Any = None) -> None:
        super().__init__(data, auto_id="f_%s")
        self.fields |= {
            "name": text(label=pgettext("category", "Name"), max_length=60),
            "code": text(label=_("Code"), max_length=32, help_text=_("Letters, digits, hyphens; it never changes.")),
            "parent_id": forms.ChoiceField(label=_("Below"), required=False, choices=_parents(tree)),
        }


class OneForm(forms.Form):
    """What can be done with one category; each part has its own button."""

    def __init__(self, tree: Tree, row: Category, data: Any = None) -> None:
        initial = {"name": row.name, "parent_id": str(row.parent_id or "")}
        super().__init__(data, initial=initial, auto_id="f_%s")
        proposed = row.status == Category.Status.PROPOSED
        below = set(tree.below(row.pk))
        if not proposed:
            self.fields["name"] = text(label=pgettext("category", "Name"), max_length=60, required=False)
        self.fields["parent_id"] = forms.ChoiceField(
            label=_("Below"), required=False, choices=_parents(tree, without=below)
        )
        if proposed:
            self.fields["code"] = text(
                label=_("Code"), max_length=32, required=False, help_text=_("Left empty, the one of the import stays.")
            )
        self.fields["into"] = forms.ChoiceField(
            label=_("Merge into"), required=False, choices=[("", "—"), *_all(tree, without=below)]
        )


@require_http_methods(["GET", "POST"])
@for_post
def categories(request: HttpRequest) -> HttpResponse:
    """The tree; POST adds one."""
    actor, now = actor_of(request), now_of(request)
    require(may_set_lists(actor))
    tree = read_tree()
    form = AddForm(tree, sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            made = act.create_category(
                form.cleaned_data["code"],
                form.cleaned_data["name"],
                parent_id=_id(form.cleaned_data["parent_id"]),
                actor=actor,
                now=now,
            )
        except ActionError as error:
            refuse(form, error)
        else:
            messages.success(request, _("Added: %(name)s.") % {"name": made.name})
            return HttpResponseRedirect(reverse("web:admin_categories"))
    filed = problems_filed()
    context = {
        "form": form,
        "lines": _lines(tree, filed, Category.Status.ACTIVE),
        "proposed": [Line(r, 0, filed.get(r.pk, 0)) for r in _with(tree, Category.Status.PROPOSED)],
        "closed": [Line(r, 0, filed.get(r.pk, 0)) for r in _with(tree, Category.Status.CLOSED)],
    }
    return render(request, "web/admin/categories.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@for_post
def category(request: HttpRequest, category_id: UUID) -> HttpResponse:
    """One category: rename, move, merge, close; a proposed one: take into use or merge."""
    actor, now = actor_of(request), now_of(request)
    require(may_set_lists(actor))
    tree = read_tree()
    row = tree.row(category_id)
    form = OneForm(tree, row, sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            said = _do(request.POST.get("do", ""), row, form.cleaned_data, actor=actor, now=now)
        except ActionError as error:
            refuse(form, error)
        else:
            messages.success(request, said)
            return HttpResponseRedirect(reverse("web:admin_categories"))
    context = {
        "form": form,
        "category": row,
        "full_name": tree.full_name(row.pk),
        "proposed": row.status == Category.Status.PROPOSED,
        "closed": row.status == Category.Status.CLOSED,
        "into": tree.full_name(row.merged_into_id) if row.merged_into_id else "",
        "problems": problems_filed().get(row.pk, 0),
        "below": [c for c in tree.children(row.pk) if c.status == Category.Status.ACTIVE],
    }
    return render(request, "web/admin/category.html", context, status=422 if form.errors else 200)


def _do(what: str, row: Category, said: dict[str, Any], **who: Any) -> str:
    """One of the buttons; returns the sentence that says it is done."""
    if what == "merge":
        into = _id(said["into"])
        if into is None:
            raise act.InvalidInput(_("Choose a category of the list."), field="into")
        followed = act.merge_category(row.pk, into, **who)
        return ngettext(
            "“%(name)s” was merged; %(n)d problem follows.", "“%(name)s” was merged; %(n)d problems follow.", followed
        ) % {"name": row.name, "n": followed}
    if what == "close":
        act.close_category(row.pk, **who)
        return _("“%(name)s” was closed.") % {"name": row.name}
    if what == "confirm":
        act.confirm_category(row.pk, parent_id=_id(said["parent_id"]), code=said.get("code", "").strip(), **who)
        return _("“%(name)s” is in use.") % {"name": row.name}
    if what == "move":
        act.move_category(row.pk, _id(said["parent_id"]), **who)
        return _("“%(name)s” was moved.") % {"name": row.name}
    act.rename_category(row.pk, said.get("name", ""), **who)
    return _("“%(old)s” is now called “%(new)s”.") % {"old": row.name, "new": said.get("name", "").strip()}


def _lines(tree: Tree, filed: dict[UUID, int], status: str) -> list[Line]:
    found: list[Line] = []

    def walk(parent: UUID | None, depth: int) -> None:
        for row in tree.children(parent):
            if row.status == status:
                found.append(Line(row, depth, sum(filed.get(pk, 0) for pk in tree.below(row.pk))))
                walk(row.pk, depth + 1)

    walk(None, 0)
    return found


def _with(tree: Tree, status: str) -> list[Category]:
    return sorted((r for r in tree.rows.values() if r.status == status), key=lambda r: r.name)


def _parents(tree: Tree, without: set[UUID] | None = None) -> list[tuple[str, str]]:
    """Where one may stand: nowhere (top level) or below a category that is not on the lowest level."""
    options = [("", _("top level"))]
    for line in _lines(tree, {}, Category.Status.ACTIVE):
        if line.depth < MOST_LEVELS - 1 and line.category.pk not in (without or ()):
            options.append((str(line.category.pk), tree.full_name(line.category.pk)))
    return options


def _all(tree: Tree, without: set[UUID]) -> list[tuple[str, str]]:
    lines = _lines(tree, {}, Category.Status.ACTIVE)
    return [(str(x.category.pk), tree.full_name(x.category.pk)) for x in lines if x.category.pk not in without]


def _id(value: str) -> UUID | None:
    return UUID(value) if value else None
