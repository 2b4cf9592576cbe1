"""Free text for readers: decrypted in bulk, and only what this reader may read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sanfuwu.ledger.crypto import decrypt
from sanfuwu.ledger.models import Note
from sanfuwu.territory.actor import Actor
from sanfuwu.territory.models import Role

from ..models import Problem
from .scope import sees_requester

_OFFICE_ROLES = frozenset({Role.DISPATCHER, Role.TOWN_DISPATCHER, Role.SUPERVISOR, Role.VERIFIER})


def may_read(actor: Actor, problem: Problem, note: Note) -> bool:
    """Office notes are for the office; of a confidential problem only for its named officers."""
    if note.audience != Note.Audience.OFFICE:
        return True
    if not sees_requester(actor, problem):
        return False
    wrote_it = problem.registered_by is not None and actor.effective_post == problem.registered_by
    return actor.is_system or actor.role in _OFFICE_ROLES or wrote_it


def texts(actor: Actor, problem: Problem, note_ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Readable texts by note id; what is erased or not for this reader is left out."""
    wanted = {n for n in note_ids if n is not None}
    if not wanted:
        return {}
    return {
        note.pk: decrypt(note.text_enc, note.pk, note.key_id)
        for note in Note.objects.filter(pk__in=wanted)
        if note.erased_at is None and may_read(actor, problem, note)
    }


def readable_sql(actor: Actor, note: str, sees: str, params: dict[str, Any]) -> str:
    """`may_read` of a note's alias as an SQL condition, and that it is not erased; `sees` is that of the second grade
    (`scope.sees_requester_sql`) on problem `p`. Adds its parameters."""
    if actor.is_system or actor.role in _OFFICE_ROLES:
        office = sees
    else:
        params["effective_post"] = actor.effective_post
        office = f"({sees} AND p.registered_by = %(effective_post)s::uuid)"
    return f"({note}.erased_at IS NULL AND ({note}.audience <> 'office' OR {office}))"
