"""待批: what waits for this very person's approval. One statement, and none for a post that approves nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext as _

from sanfuwu.documents.models import PaperTemplate
from sanfuwu.documents.policies import may_set_papers
from sanfuwu.intake import policies as intake
from sanfuwu.intake.models import ImportRun
from sanfuwu.reference.models import CalendarNotice, Proposal, RuleVersion
from sanfuwu.reference.policies import may_approve
from sanfuwu.territory.actor import Actor

from . import words


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing to approve. `section` is the page of the navigation or of the administration that it belongs to."""

    label: str
    url: str
    section: str


@dataclass(frozen=True, slots=True)
class _Row:
    sort: str
    key: str
    post: UUID | None  # whose proposal it is
    who: UUID | None  # the person; of an import the account

    def waits_for(self, actor: Actor) -> bool:
        """Nobody approves what is his own."""
        if self.sort == "import":
            run = ImportRun(kind=ImportRun.Kind.HISTORY, post_id=self.post, account_id=self.who)
            return intake.may_approve(actor, run)
        own_post = self.sort != "template" and self.post == actor.post_id
        return not own_post and (self.who is None or self.who != actor.person_id)

    def told(self) -> Waiting:
        if self.sort == "calendar":
            url = f"{reverse('web:admin_calendar')}?year={self.key}"
            return Waiting(_("Working calendar of %(year)s") % {"year": self.key}, url, "web:admin_calendar")
        if self.sort == "limits":
            url = reverse("web:admin_limits_version", args=[int(self.key)])
            return Waiting(_("Time limits, version %(n)s") % {"n": self.key}, url, "web:admin_limits")
        if self.sort == "template":
            label = _("Template of the paper %(paper)s") % {"paper": words.word(words.PAPERS, self.key)}
            return Waiting(label, reverse("web:admin_papers"), "web:admin_papers")
        return Waiting(_("Import of past cases"), reverse("web:import", args=[UUID(self.key)]), "web:imports")


def waiting(actor: Actor) -> list[Waiting]:
    """What this post is to approve now, rules before papers before imports."""
    sources: list[QuerySet[Any, Any]] = []
    if may_approve(actor):
        proposed = Proposal.Status.PROPOSED
        calendars, rules = CalendarNotice.objects.filter(status=proposed), RuleVersion.objects.filter(status=proposed)
        sources += [
            _rows(calendars, "calendar", "year", "proposed_by", "proposed_person"),
            _rows(rules, "limits", "number", "proposed_by", "proposed_person"),
        ]
    if may_set_papers(actor):
        templates = PaperTemplate.objects.filter(state=PaperTemplate.State.PROPOSED)
        sources.append(_rows(templates, "template", "kind", "uploaded_by", "uploaded_by_person"))
    if intake.may_approve_any(actor):
        runs = intake.visible_to(actor).filter(kind=ImportRun.Kind.HISTORY, state=ImportRun.State.AWAITING)
        sources.append(_rows(runs, "import", "pk", "post_id", "account_id"))
    if not sources:
        return []
    first, *others = sources
    rows = [_Row(*row) for row in (first.union(*others, all=True) if others else first)]
    order = ("calendar", "limits", "template", "import")
    return [row.told() for row in sorted(rows, key=lambda r: (order.index(r.sort), r.key)) if row.waits_for(actor)]


def by_section(found: Iterable[Waiting]) -> Counter[str]:
    """{name of the page: how many wait there}."""
    return Counter(one.section for one in found)


def _rows(rows: QuerySet[Any], sort: str, key: str, post: str, who: str) -> QuerySet[Any, Any]:
    # Every column is made here, under a name that no model has: the parts of a union must agree in their order.
    return rows.annotate(
        u_sort=Value(sort, output_field=CharField()),
        u_key=Cast(key, CharField()),
        u_post=F(post),
        u_who=F(who),
    ).values_list("u_sort", "u_key", "u_post", "u_who")
