"""Saved views of the 问题清单 and each post's own columns: one action per change. No problem is touched."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from sanfuwu.ledger.errors import InvalidInput, NotAllowed
from sanfuwu.ledger.fields import new_id
from sanfuwu.territory.actor import Actor

from ..models import ListSetting, SavedView
from ..models.arranged import NAME_LENGTH, QUERY_LENGTH
from ..policies import may_arrange, may_change_view, may_share_view
from ..queries.arranged import view_of

MOST_VIEWS = 40  # of one post: more tabs than that nobody reads


def save_view(name: str, query: str, *, share: str = SavedView.Share.MINE, actor: Actor, now: dt.datetime) -> SavedView:
    """Keep a query of the list under a name. Raises `InvalidInput` for a name that this post has used already."""
    post_id, unit_id = _own(actor)
    _check_share(actor, share)
    row = SavedView(
        id=new_id(),
        name=_name(name),
        query=_query(query),
        share=share,
        post_id=post_id,
        unit_id=unit_id,
        made_at=now,
        changed_at=now,
        changed_by=actor.post_id or post_id,
    )
    if SavedView.objects.filter(post_id=post_id, deleted_at=None).count() >= MOST_VIEWS:
        raise InvalidInput(_("At most %(most)d views of one's own; delete one first.") % {"most": MOST_VIEWS})
    _write(row, new=True)
    return row


def update_view(view_id: UUID, query: str, *, actor: Actor, now: dt.datetime) -> SavedView:
    """The view shows something else from now on, for everybody who has it."""
    return _change(view_id, actor, now, query=_query(query))


def rename_view(view_id: UUID, name: str, *, share: str | None = None, actor: Actor, now: dt.datetime) -> SavedView:
    """Another name, and another circle of readers where one is given."""
    values = {"name": _name(name)}
    if share is not None:
        _check_share(actor, share)
        values["share"] = share
    return _change(view_id, actor, now, **values)


def delete_view(view_id: UUID, *, actor: Actor, now: dt.datetime) -> SavedView:
    """Gone from everybody's tabs; who opened the list with it opens it with all problems again."""
    with transaction.atomic():
        row = _change(view_id, actor, now, deleted_at=now)
        ListSetting.objects.filter(opens_with=row).update(opens_with=None)
    return row


def open_with(view_id: UUID | None, *, actor: Actor, now: dt.datetime) -> None:
    """The view with which this post's list opens; None = all problems."""
    post_id, _unit_id = _own(actor)
    if view_id is not None:
        view_of(actor, view_id)
    ListSetting.objects.update_or_create(post_id=post_id, defaults={"opens_with_id": view_id})


def set_columns(columns: Collection[str], *, actor: Actor, now: dt.datetime) -> None:
    """The columns of this post's lists, in this order; none = the usual ones. The page knows which there are."""
    post_id, _unit_id = _own(actor)
    if len(columns) > 40 or any(len(name) > 16 for name in columns):
        raise InvalidInput(_("There is no such column."), field="columns")
    ListSetting.objects.update_or_create(post_id=post_id, defaults={"columns": list(columns)})


def _change(view_id: UUID, actor: Actor, now: dt.datetime, **values: object) -> SavedView:
    with transaction.atomic():
        row = view_of(actor, view_id, lock=True)
        if not may_change_view(actor, row):
            raise NotAllowed(_("Only who saved this view may change it; save it under a name of your own."))
        for name, value in values.items():
            setattr(row, name, value)
        row.changed_at, row.changed_by = now, actor.post_id or row.post_id
        _write(row)
    return row


def _write(row: SavedView, *, new: bool = False) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=new)
    except IntegrityError as error:
        raise InvalidInput(_("You have a view of this name already."), field="name") from error


def _own(actor: Actor) -> tuple[UUID, UUID]:
    post_id = actor.effective_post
    if not may_arrange(actor) or post_id is None or actor.unit_id is None:
        raise NotAllowed(_("Your post has no list of problems."))
    return post_id, actor.unit_id


def _check_share(actor: Actor, share: str) -> None:
    if share not in SavedView.Share.values:
        raise InvalidInput(_("Choose one of the values offered."), field="share")
    if not may_share_view(actor, share):
        raise NotAllowed(_("Views for the whole county are made by the district's dispatch office."))


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > NAME_LENGTH:
        raise InvalidInput(_("Between 1 and %(most)d characters.") % {"most": NAME_LENGTH}, field="name")
    return name


def _query(query: str) -> str:
    if len(query) > QUERY_LENGTH:
        raise InvalidInput(_("These are too many filters for one view."), field="query")
    return query


__all__ = ["delete_view", "open_with", "rename_view", "save_view", "set_columns", "update_view"]
