"""Who may import what, and who sees an import."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from sanfuwu.problems.policies import may_approve_history, may_import_history, may_register
from sanfuwu.territory.actor import Actor
from sanfuwu.territory.models import Role

from .models import ImportRun

_IMPORTERS = frozenset({Role.DISPATCHER, Role.TOWN_DISPATCHER, Role.COLLECTOR})
_PROPOSERS = frozenset({Role.DISPATCHER, Role.TOWN_DISPATCHER})

__all__ = [
    "may_approve",
    "may_approve_any",
    "may_import",
    "may_import_history",
    "may_open",
    "may_propose",
    "may_work_on",
    "visible_to",
]


def may_import(actor: Actor) -> bool:
    """The dispatch offices of the district and the towns, and collectors with the list of their own unit."""
    return actor.is_system or (actor.role in _IMPORTERS and may_register(actor))


def may_open(actor: Actor) -> bool:
    """Whether the pages of imports are of any use to this post: to import, or to approve."""
    return may_import(actor) or actor.role == Role.SUPERVISOR


def may_propose(actor: Actor) -> bool:
    """Whether names of units and categories that nobody knows become proposed ones."""
    return actor.is_system or actor.role in _PROPOSERS


def may_work_on(actor: Actor, run: ImportRun) -> bool:
    """Whoever uploaded it, in the same post."""
    return may_import(actor) and (actor.is_system or run.post_id == actor.effective_post)


def may_approve_any(actor: Actor) -> bool:
    """Whether this post ever is the second approver of an import."""
    return may_approve_history(actor, Actor(account_id=None, post_id=None, unit_id=None, role=Role.DISPATCHER))


def may_approve(actor: Actor, run: ImportRun) -> bool:
    """The second approver of an import of history: another person than who uploaded it."""
    if run.kind != ImportRun.Kind.HISTORY:
        return False
    asked_by = Actor(account_id=run.account_id, post_id=run.post_id, unit_id=run.unit_id, role=Role.DISPATCHER)
    return may_approve_history(actor, asked_by)


def visible_to(actor: Actor) -> QuerySet[ImportRun]:
    """One's own; the district's dispatch office sees all, supervision those of history."""
    runs = ImportRun.objects.all()
    if actor.is_system or actor.role == Role.DISPATCHER:
        return runs
    if actor.role == Role.SUPERVISOR:
        return runs.filter(kind=ImportRun.Kind.HISTORY).exclude(state__in=("uploaded", "checking", "checked"))
    if not may_import(actor):
        return runs.none()
    return runs.filter(Q(post_id=actor.effective_post))
