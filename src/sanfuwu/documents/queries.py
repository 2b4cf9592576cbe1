"""What is asked of exports, columns and papers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from sanfuwu.counties.queries import county_name
from sanfuwu.ledger.crypto import decrypt
from sanfuwu.ledger.errors import NotVisible
from sanfuwu.problems.queries.listing import every_id
from sanfuwu.problems.queries.scope import where
from sanfuwu.territory.actor import Actor

from .commands import RequestExport
from .ledgers.columns import FORMS, Column
from .models import Export, IssuedDocument, LedgerColumns, Letterhead, Paper, PaperTemplate

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
    return RequestExport.unpacked(export.what, export.format, export.host, text)


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
    """Whose papers these are; unsaved and with the county's name where nobody has set it."""
    return Letterhead.objects.first() or Letterhead(
        agency=f"{county_name()}三服务办公室", order_word="三服交", strike_off_word="三服销"
    )


def documents_of(problem_id: UUID) -> list[IssuedDocument]:
    """Papers issued for a problem, which must be visible already; oldest first."""
    return list(IssuedDocument.objects.filter(problem_id=problem_id).order_by("issued_at", "pk"))


def approved_template(kind: str) -> PaperTemplate | None:
    """The county's own Word file that is in use."""
    return PaperTemplate.objects.filter(kind=kind, state=PaperTemplate.State.APPROVED).first()


def templates() -> dict[str, list[PaperTemplate]]:
    """{paper: its templates without their files, newest first}."""
    found: dict[str, list[PaperTemplate]] = {kind: [] for kind in Paper.values}
    for row in PaperTemplate.objects.defer("file").order_by("-uploaded_at")[:100]:
        found[row.kind].append(row)
    return found
