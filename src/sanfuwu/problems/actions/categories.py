"""分类: entered by the office, or proposed by an import and confirmed by a person before anything is filed under it."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from sanfuwu.ledger.errors import IllegalTransition, InvalidInput, NotAllowed, NotVisible
from sanfuwu.rules.text import content_key
from sanfuwu.territory.actor import Actor
from sanfuwu.territory.models import Role

from ..models import Category

MOST_LEVELS = 3
NAME_LENGTH = 60


def create_category(code: str, name: str, *, parent_id: UUID | None = None, actor: Actor) -> Category:
    """A category in use, at most three levels deep. Names are unique below one parent, codes everywhere."""
    _require_office(actor)
    name = _clean(name)
    level, above = 1, parent_id
    while above is not None:
        row = Category.objects.filter(pk=above).values_list("parent_id", flat=True)
        if not row:
            raise NotVisible(_("There is no such category."))
        level, above = level + 1, row[0]
    if level > MOST_LEVELS:
        raise InvalidInput(_("Categories have at most three levels."), field="parent")
    if not code or len(code) > 32 or Category.objects.filter(code=code).exists():
        raise InvalidInput(_("This code is taken or cannot be used."), field="code")
    if Category.objects.filter(parent=parent_id, name=name).exists():
        raise InvalidInput(_("There is a category of this name already."), field="name")
    return Category.objects.create(code=code, name=name, parent_id=parent_id, status=Category.Status.ACTIVE)


def propose_categories(names: Iterable[str], *, actor: Actor) -> dict[str, UUID]:
    """{name: category} for headings met in an import: one in use where the name is known, otherwise a proposed one.

    Proposing again makes nothing new: the code of a proposed category follows from its name. The towns' offices may
    propose as well, as they may propose units; only the district's confirms.
    """
    if actor.role != Role.TOWN_DISPATCHER:
        _require_office(actor)
    wanted = {name: _clean(name) for name in names if name.strip()}
    with transaction.atomic():
        known = _by_name(wanted.values())
        missing = sorted(set(wanted.values()) - known.keys())
        if missing:
            Category.objects.bulk_create(
                [
                    Category(code=f"p-{content_key(name)[:24]}", name=name, status=Category.Status.PROPOSED)
                    for name in missing
                ],
                ignore_conflicts=True,
            )
            known |= _by_name(missing)
    return {given: known[name] for given, name in wanted.items()}


def confirm_category(category_id: UUID, *, parent_id: UUID | None = None, actor: Actor) -> Category:
    """A person has looked at a proposed category and takes it into use, below another one if he says so."""
    _require_office(actor)
    with transaction.atomic():
        category = Category.objects.select_for_update(no_key=True).filter(pk=category_id).first()
        if category is None:
            raise NotVisible(_("There is no such category."))
        if category.status != Category.Status.PROPOSED:
            raise IllegalTransition(_("This category is not waiting to be confirmed."))
        if parent_id is not None and not Category.objects.filter(pk=parent_id, status="active").exists():
            raise InvalidInput(_("There is no such category."), field="parent")
        category.status = Category.Status.ACTIVE
        category.parent_id = parent_id
        category.save(update_fields=["status", "parent"])
    return category


def _by_name(names: Iterable[str]) -> dict[str, UUID]:
    """Categories in use before proposed ones; of the same name the higher one."""
    rows = Category.objects.filter(name__in=set(names)).exclude(status=Category.Status.CLOSED)
    found: dict[str, UUID] = {}
    for row in sorted(rows, key=lambda c: (c.status != Category.Status.ACTIVE, c.parent_id is not None, c.pk)):
        found.setdefault(row.name, row.pk)
    return found


def _require_office(actor: Actor) -> None:
    if not (actor.is_system or actor.role == Role.DISPATCHER):
        raise NotAllowed(_("Categories are kept by the dispatch office."))


def _clean(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > NAME_LENGTH:
        raise InvalidInput(_("Between 1 and %(most)d characters.") % {"most": NAME_LENGTH}, field="name")
    return name
