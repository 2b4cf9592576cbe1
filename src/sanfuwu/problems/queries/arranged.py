"""Saved views that a post has as tabs, and how its list is set."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from sanfuwu.ledger.errors import NotVisible
from sanfuwu.territory.actor import Actor

from ..models import ListSetting, SavedView


@dataclass(frozen=True, slots=True)
class Arranged:
    """A post's list: its tabs (the county's, the unit's, its own), what it opens with, its columns."""

    views: tuple[SavedView, ...] = ()
    opens_with: SavedView | None = None
    columns: tuple[str, ...] = ()


_ORDER = {SavedView.Share.COUNTY: 0, SavedView.Share.UNIT: 1, SavedView.Share.MINE: 2}


def _mine(actor: Actor) -> Q:
    return (
        Q(post_id=actor.effective_post)
        | Q(share=SavedView.Share.COUNTY)
        | Q(share=SavedView.Share.UNIT, unit_id=actor.unit_id)
    )


def arranged(actor: Actor) -> Arranged:
    """All of it, in two statements."""
    if actor.effective_post is None:
        return Arranged()
    views = list(SavedView.objects.filter(_mine(actor), deleted_at=None).order_by("made_at", "pk"))
    views.sort(key=lambda v: _ORDER[SavedView.Share(v.share)])
    setting = ListSetting.objects.filter(pk=actor.effective_post).first()
    if setting is None:
        return Arranged(tuple(views))
    first = next((v for v in views if v.pk == setting.opens_with_id), None)
    return Arranged(tuple(views), first, tuple(setting.columns))


def view_of(actor: Actor, view_id: UUID, *, lock: bool = False) -> SavedView:
    """One view that this post has; `NotVisible` otherwise."""
    rows = SavedView.objects.select_for_update(no_key=True) if lock else SavedView.objects
    row = rows.filter(_mine(actor), pk=view_id, deleted_at=None).first()
    if row is None:
        raise NotVisible(_("There is no such view."))
    return row
