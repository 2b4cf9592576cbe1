"""删除个人信息 (个人信息保护法 §47): the person goes, the proof that something happened stays.

Names, telephone, every free text and photograph of the problem are emptied for good; codes, dates and figures stay,
and so does the chain of events, which holds only salted hashes of the texts.
"""

from __future__ import annotations

import datetime as dt
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.commit import commit
from sanfuwu.ledger.errors import IllegalTransition, InvalidInput
from sanfuwu.ledger.models import AccessLog, Event, Note
from sanfuwu.ledger.together import settle
from sanfuwu.parties.contacts import locked_contact
from sanfuwu.parties.policies import may_erase
from sanfuwu.rules.lifecycle import CLOSED_PROBLEM_STATES
from sanfuwu.territory.actor import Actor
from sanfuwu.territory.policies import require

from .. import files
from ..models import Attachment, Problem, ProblemText
from ..snapshot import Snapshot, load

ERASED_TITLE = "—"


def erase_requester(problem_id: UUID, *, reason: str, actor: Actor, now: dt.datetime) -> Problem:
    """Erase whoever raised a closed problem. `reason` goes into the access log, not into an event.

    Raises `NotAllowed`; `IllegalTransition` while the problem is open, because then it is still needed by law.
    """
    require(may_erase(actor))
    if not reason.strip():
        raise InvalidInput(_("Say on what ground the person is erased."), field="reason")
    with transaction.atomic():
        snap = load(problem_id, lock=True)
        if snap.problem.state not in CLOSED_PROBLEM_STATES:
            raise IllegalTransition(_("The problem is still open: erase the person when it is closed."))
        changes = Changes()
        gone = plan_erase(snap, changes, now)
        changes.insert(
            AccessLog(
                at=now,
                post_id=actor.post_id,
                account_id=actor.account_id,
                what="erase_requester",
                subject_kind="problem",
                subject_id=problem_id,
                reason=reason.strip()[:200],
            )
        )
        commit(changes, actor=actor, now=now)
        # After the commit: a file without a row may remain, a row never points at a file that is gone.
        for path in gone:
            transaction.on_commit(partial(files.remove, path))
    return snap.problem


def plan_erase(snap: Snapshot, changes: Changes, now: dt.datetime) -> list[str]:
    """Empties rows and returns the photographs to remove."""
    problem = snap.problem
    settle()
    notes = list(Note.objects.filter(pk__in=_note_ids(problem), erased_at__isnull=True))
    for note in notes:
        changes.update(note, text_enc=b"", salt=b"", erased_at=now)
    # Locked: an act on another part of the same problem may be writing a number into it just now.
    contact = locked_contact(problem.contact_id)
    if contact is not None and contact.erased_at is None:
        changes.update(contact, name_enc=b"", phone_enc=b"", phone_hmac=None, erased_at=now)
    changes.update(problem, title=ERASED_TITLE, title_for_units="", claimed_party="")
    changes.update(ProblemText.objects.get(pk=problem.pk), grams=[])
    photos = list(Attachment.objects.filter(problem=problem, erased_at__isnull=True))
    for photo in photos:
        changes.update(photo, erased_at=now)
    changes.event(
        problem,
        "erased",
        data={
            "contact": contact.pk if contact else None,
            "notes": [n.pk for n in notes],
            "attachments": [p.pk for p in photos],
        },
    )
    return [p.path for p in photos]


def _note_ids(problem: Problem) -> set[UUID]:
    """Every text that any event of the problem brought."""
    payloads = Event.objects.filter(stream_kind="problem", stream_id=problem.pk).values_list("payload", flat=True)
    return {UUID(note) for payload in payloads for note in payload.get("notes", {})}
