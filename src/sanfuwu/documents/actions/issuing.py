"""发文: a paper gets its number. Printed again it keeps it."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.commit import commit
from sanfuwu.ledger.errors import InvalidInput, NotAllowed, NotVisible
from sanfuwu.problems.queries import visible_to
from sanfuwu.problems.snapshot import load
from sanfuwu.territory.actor import Actor

from ..models import DocumentSeries, IssuedDocument, Paper
from ..papers.fields import about
from ..policies import may_issue
from ..queries import letterhead


def issue(problem_id: UUID, kind: str, *, actor: Actor, now: dt.datetime) -> IssuedDocument:
    """The paper of the present hand-down or call-back, issued now or before. Raises the `ActionError`s.

    The series is locked until the transaction ends: two that issue at once wait for each other, and a number that was
    taken and rolled back is the next one's.
    """
    if kind not in Paper.values:
        raise InvalidInput(_("There is no such paper."), field="kind")
    if not visible_to(actor).filter(pk=problem_id).exists():
        raise NotVisible(_("There is no such problem, or it is not visible to you."))
    with transaction.atomic():
        snap = load(problem_id)
        if not may_issue(actor, snap.assignments):
            raise NotAllowed(_("Your post may not issue this paper."))
        subject = about(kind, snap)
        if (before := _issued(kind, subject)) is not None:
            return before
        year = timezone.localtime(now).year
        DocumentSeries.objects.bulk_create([DocumentSeries(kind=kind, year=year)], ignore_conflicts=True)
        series = DocumentSeries.objects.select_for_update().get(kind=kind, year=year)
        if (before := _issued(kind, subject)) is not None:
            return before  # by whoever held the series before
        series.last += 1
        series.save(update_fields=["last"])
        head = letterhead()
        word = head.order_word if kind == Paper.ORDER else head.strike_off_word
        changes = Changes()
        document = changes.insert(
            IssuedDocument(
                kind=kind,
                year=year,
                serial=series.last,
                number=f"{word}〔{year}〕{series.last}号",
                problem=snap.problem,
                about_id=subject,
                issued_at=now,
                issued_by=actor.post_id,
            )
        )
        changes.event(document, "issued")
        commit(changes, actor=actor, now=now)
    return document


def _issued(kind: str, subject: UUID) -> IssuedDocument | None:
    return IssuedDocument.objects.filter(kind=kind, about_id=subject).first()
