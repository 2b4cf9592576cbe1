"""常用语 of a post: its own, its unit's, the county's."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db.models import Q, QuerySet

from sanfuwu.territory.actor import Actor

from ..models import Phrase
from ..placeholders import fill

_ORDER = {Phrase.Scope.PERSONAL: 0, Phrase.Scope.UNIT: 1, Phrase.Scope.COUNTY: 2}


def phrases_of(actor: Actor) -> QuerySet[Phrase]:
    """All that this post may use."""
    mine = Q(scope=Phrase.Scope.COUNTY)
    if actor.effective_post is not None:
        mine |= Q(scope=Phrase.Scope.PERSONAL, post_id=actor.effective_post)
    if actor.unit_id is not None:
        mine |= Q(scope=Phrase.Scope.UNIT, unit_id=actor.unit_id)
    return Phrase.objects.filter(mine, active=True)


def insertable(actor: Actor, act: str, values: Mapping[str, str]) -> list[tuple[UUID, str]]:
    """(id, text ready to put in) for one act, one's own first."""
    rows = phrases_of(actor).filter(act__in=["", act])
    ordered = sorted(rows, key=lambda p: (_ORDER[Phrase.Scope(p.scope)], p.act == "", p.pk))
    return [(p.pk, fill(p.text, values)) for p in ordered]
