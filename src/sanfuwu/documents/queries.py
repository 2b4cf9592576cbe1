"""What is asked of exports, columns and papers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from sanfuwu.config import clock
from sanfuwu.counties.queries import county_kind, county_name
from sanfuwu.ledger.crypto import decrypt
from sanfuwu.ledger.errors import NotVisible
from sanfuwu.problems.queries import ProblemView, visible_to
from sanfuwu.problems.queries.listing import every_id
from sanfuwu.problems.queries.scope import where
from sanfuwu.territory.actor import Actor
from sanfuwu.territory.models import Unit
from sanfuwu.territory.queries import unit_names

from .commands import RequestExport
from .ledgers.columns import FORMS, Column
from .models import Export, IssuedDocument, LedgerColumns, Letterhead, Paper, PaperTemplate
from .papers.fields import HEARD
from .policies import may_issue

_OFFICE, _SIGNS = "三服务", re.compile(r"[“”\"「」]")  # the name of the work often stands in quotation marks

KEPT = 50  # exports shown


def columns_of(ledger: str) -> tuple[Column, ...]:
    """The columns of a ledger as this county has set them."""
    form = FORMS[ledger]
    chosen = LedgerColumns.objects.filter(ledger=ledger).values_list("columns", flat=True).first()
    return form.pick(chosen or form.default)


def asked_for(cmd: RequestExport, actor: Actor) -> tuple[str, list[Any]] | None:
    """(SQL, parameters) of the ids of what is to go out, in order; None when that is nothing."""
    if not cmd.numbers:
        return every_id(actor, cmd.filters, sort=cmd.sort)
    visible = where(actor)
    if visible is None:
        return None
    condition, params = visible
    sql = (
        "SELECT p.id FROM unnest(%s::varchar[]) WITH ORDINALITY x(number, place)"  # noqa: S608 — ours
        " JOIN problems_problem p ON p.number = x.number JOIN problems_problemrow r ON r.problem_id = p.id"
        f" WHERE {condition} ORDER BY x.place"
    )
    return sql, [list(cmd.numbers), *params]


def request_of(export: Export) -> RequestExport:
    """What an export was asked with."""
    text = decrypt(export.asked_enc, export.pk, export.key_id)
    return RequestExport.unpacked(text)


def exports_of(actor: Actor) -> list[Export]:
    """What this person asked for in this post, newest first."""
    return list(
        Export.objects.filter(
            account_id=actor.account_id, post_id=actor.post_id, on_behalf_of=actor.on_behalf_of
        ).order_by("-created_at")[:KEPT]
    )


def export_of(actor: Actor, export_id: UUID) -> Export:
    """One of them. What another person or post asked for does not exist: it may show more than this one sees."""
    mine = Export.objects.filter(
        pk=export_id, account_id=actor.account_id, post_id=actor.post_id, on_behalf_of=actor.on_behalf_of
    )
    export = mine.first() if actor.account_id is not None else None
    if export is None:
        raise NotVisible(_("There is no such export."))
    return export


def letterhead() -> Letterhead:
    """Whose papers these are; unsaved, with the county's 三服务 office or its own name, where nobody has set it."""
    return Letterhead.objects.first() or Letterhead(
        agency=_office_of_the_county()[:40], order_word="三服交", strike_off_word="三服销"
    )


def _office_of_the_county() -> str:
    """The unit that is the 三服务 office, in full: 新昌县三服务办 also where the tree says 三服务办 or 县三服务办."""
    county, today = county_name(), timezone.localdate(clock.now())
    offices = Unit.objects.filter(kind=Unit.Kind.OFFICE, status=Unit.Status.ACTIVE).values_list("pk", flat=True)
    names = unit_names(today)
    found = sorted((names[pk] for pk in offices if _OFFICE in _SIGNS.sub("", names.get(pk, ""))), key=len)
    if not found:
        return f"{county}三服务办公室"
    name = found[0]
    if county[:-1] in name:
        return name
    return f"{county}{name.removeprefix(county_kind())}"


def documents_of(problem_id: UUID) -> list[IssuedDocument]:
    """Papers issued for a problem, which must be visible already; oldest first."""
    return list(IssuedDocument.objects.filter(problem_id=problem_id).order_by("issued_at", "pk"))


@dataclass(frozen=True, slots=True)
class PaperOffer:
    """A paper that this reader may issue, or that was issued already (then with its number)."""

    kind: str
    document: IssuedDocument | None
    current: bool  # of the present hand-down or call-back: issuing it again gives the same number


def papers_for(actor: Actor, view: ProblemView) -> list[PaperOffer]:
    """The papers of a problem that is visible to this reader: what was issued, and what can be issued now."""
    if not may_issue(actor, [holder.assignment for holder in view.holders]):
        return []
    issued = documents_of(view.problem.pk)
    now_about = {Paper.ORDER.value: view.lead.assignment.pk if view.lead else None, Paper.STRIKE_OFF.value: None}
    if view.problem.state in HEARD:
        cycle = view.problem.verification_cycles.order_by("-pk").values_list("pk", flat=True).first()
        now_about[Paper.STRIKE_OFF.value] = cycle
    found = [PaperOffer(d.kind, d, d.about_id == now_about[d.kind]) for d in issued]
    have = {offer.kind for offer in found if offer.current}
    return [*found, *(PaperOffer(kind, None, True) for kind, pk in now_about.items() if pk and kind not in have)]


def document_of(actor: Actor, document_id: UUID) -> IssuedDocument:
    """An issued paper of a problem that this actor sees; otherwise it does not exist."""
    document = IssuedDocument.objects.select_related("problem").filter(pk=document_id).first()
    if document is None or not visible_to(actor).filter(pk=document.problem_id).exists():
        raise NotVisible(_("There is no such paper."))
    return document


def approved_template(kind: str) -> PaperTemplate | None:
    """The county's own Word file that is in use."""
    return PaperTemplate.objects.filter(kind=kind, state=PaperTemplate.State.APPROVED).first()


def templates() -> dict[str, list[PaperTemplate]]:
    """{paper: its templates without their files, newest first}."""
    found: dict[str, list[PaperTemplate]] = {kind: [] for kind in Paper.values}
    for row in PaperTemplate.objects.defer("file").order_by("-uploaded_at")[:100]:
        found[row.kind].append(row)
    return found
