"""上传照片: photographs of a problem, or the evidence of a result. Welcome, never compulsory."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.commit import commit
from sanfuwu.ledger.errors import InvalidInput, NotAllowed
from sanfuwu.rules.lifecycle import CLOSED_PROBLEM_STATES, Who
from sanfuwu.territory.actor import Actor

from .. import files, policies
from ..files import MOST_FILES, Photo
from ..models import Attachment, Problem
from ..snapshot import Snapshot, load


def attach(
    problem_id: UUID,
    photos: Sequence[Photo],
    *,
    actor: Actor,
    now: dt.datetime,
    assignment_id: UUID | None = None,
) -> list[Attachment]:
    """Keep photographs with a problem; with `assignment_id` they are evidence of that unit's result, otherwise they
    belong to what was raised. Photographs come encoded (`files.encode`). Raises `ActionError`."""
    if len(photos) > MOST_FILES:
        raise InvalidInput(_("At most %(n)d photographs at a time.") % {"n": MOST_FILES}, field="files")
    with transaction.atomic():
        snap = load(problem_id, lock=True)
        _authorise(actor, snap, assignment_id)
        changes = Changes()
        rows = [_plan(snap.problem, photo, actor, now, assignment_id, changes) for photo in photos]
        for row, photo in zip(rows, photos, strict=True):
            files.write(row.path, photo)
        commit(changes, actor=actor, now=now)
    return rows


def _authorise(actor: Actor, snap: Snapshot, assignment_id: UUID | None) -> None:
    if assignment_id is not None:
        assignment = snap.assignment(assignment_id)
        if assignment is None:
            raise InvalidInput(_("This assignment does not belong to the problem."), field="assignment_id")
        if not policies.stands_in(actor, Who.UNIT, snap, assignment):
            raise NotAllowed(_("Your post may not do this on this problem."))
        return
    writes = any(policies.stands_in(actor, who, snap) for who in (Who.REGISTRAR, Who.OFFICE))
    if not writes or (snap.problem.state in CLOSED_PROBLEM_STATES and not snap.problem.on_spot):
        raise NotAllowed(_("Your post may not do this on this problem."))


def _plan(
    problem: Problem, photo: Photo, actor: Actor, now: dt.datetime, assignment_id: UUID | None, changes: Changes
) -> Attachment:
    purpose = Attachment.Purpose.EVIDENCE if assignment_id else Attachment.Purpose.ORIGINAL
    row = Attachment(
        problem=problem,
        assignment_id=assignment_id,
        purpose=purpose.value,
        content_type=files.CONTENT_TYPE,
        size=len(photo.data),
        width=photo.width,
        height=photo.height,
        sha256=photo.sha256,
        by_post=actor.post_id,
        at=now,
    )
    row.path = files.relative_path(row.pk)
    changes.insert(row)
    changes.event(
        problem,
        "attached",
        data={"attachment": row.pk, "purpose": purpose.value, "sha256": photo.sha256},
        assignment_id=assignment_id,
    )
    return row
