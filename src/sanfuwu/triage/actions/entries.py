"""派单目录: lines are added and ended, never changed: what was proposed on a day can be told later."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from sanfuwu.counties.queries import division_exists
from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.commit import commit
from sanfuwu.ledger.errors import InvalidInput, NotVisible
from sanfuwu.problems.models import Category
from sanfuwu.reference import stamps
from sanfuwu.reference.policies import may_set_lists, require
from sanfuwu.rules.identifiers import DivisionLevel, check_division, division_level
from sanfuwu.territory.actor import Actor
from sanfuwu.territory.models import Unit
from sanfuwu.territory.policies import overlaps

from ..models import CatalogueEntry
from ..queries import TOPIC

MOST_CO = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryInput:
    """One line as it is typed. `town` "" = the whole county; `valid_to` is the last day, included."""

    category_id: UUID
    town: str = ""
    lead: UUID
    co: tuple[UUID, ...] = ()
    valid_from: dt.date
    valid_to: dt.date | None = None


@dataclass(slots=True)
class Book:
    """The catalogue, and what its lines may name, read once for one line or for five thousand."""

    entries: dict[tuple[UUID, str], list[CatalogueEntry]] = field(default_factory=dict)
    categories: frozenset[UUID] = frozenset()
    units: frozenset[UUID] = frozenset()

    def add(self, entry: CatalogueEntry) -> None:
        self.entries.setdefault((entry.category_id, entry.town), []).append(entry)


def read_book(*, lock: bool = False) -> Book:
    rows: Iterable[CatalogueEntry] = (
        CatalogueEntry.objects.select_for_update() if lock else CatalogueEntry.objects.all()
    )
    book = Book(
        categories=frozenset(Category.objects.filter(status=Category.Status.ACTIVE).values_list("pk", flat=True)),
        units=frozenset(Unit.objects.filter(status=Unit.Status.ACTIVE).values_list("pk", flat=True)),
    )
    for row in rows:
        book.add(row)
    return book


def add_entry(given: EntryInput, *, actor: Actor, now: dt.datetime) -> CatalogueEntry:
    """A new line. One that still runs for the same category and place ends the day before."""
    require(may_set_lists(actor))
    with transaction.atomic():
        changes = Changes()
        entry = plan_add(changes, read_book(lock=True), given)
        stamps.touch(changes, TOPIC)
        commit(changes, actor=actor, now=now)
    return entry


def plan_add(changes: Changes, book: Book, given: EntryInput) -> CatalogueEntry:
    """The line into `changes`, checked against `book`."""
    if given.category_id not in book.categories:
        raise InvalidInput(_("Choose a category of the list."), field="category_id")
    town = checked_town(given.town)
    _check_units(book.units, given)
    end = given.valid_to + dt.timedelta(days=1) if given.valid_to else None
    if end is not None and end <= given.valid_from:
        raise InvalidInput(_("It must end after it begins."), field="valid_to")
    for other in book.entries.get((given.category_id, town), []):
        if not overlaps(other.valid_from, other.valid_to, given.valid_from, end):
            continue
        if other.valid_to is None and other.valid_from < given.valid_from:
            changes.update(other, valid_to=given.valid_from)
            changes.event(other, "ended")
        else:
            raise InvalidInput(
                _("There is a line for this category and place already in these days; end it first."),
                field="valid_from",
            )
    entry = changes.insert(
        CatalogueEntry(
            category_id=given.category_id,
            town=town,
            lead_id=given.lead,
            co=[str(unit) for unit in given.co],
            valid_from=given.valid_from,
            valid_to=end,
        )
    )
    changes.event(entry, "added")
    book.add(entry)
    return entry


def end_entry(entry_id: UUID, *, last_day: dt.date, actor: Actor, now: dt.datetime) -> CatalogueEntry:
    """The line holds up to and including a day, today at the earliest: what was proposed stays as it was."""
    require(may_set_lists(actor))
    with transaction.atomic():
        entry = CatalogueEntry.objects.select_for_update().filter(pk=entry_id).first()
        if entry is None:
            raise NotVisible(_("There is no such line."))
        today = timezone.localdate(now)
        if last_day < today - dt.timedelta(days=1):
            raise InvalidInput(_("It can end yesterday at the earliest."), field="last_day")
        end = last_day + dt.timedelta(days=1)
        if entry.valid_to is not None and entry.valid_to <= end:
            raise InvalidInput(_("It ends then or before already."), field="last_day")
        changes = Changes()
        # A line that has not begun by then never holds: its days are empty.
        changes.update(entry, valid_to=max(end, entry.valid_from))
        changes.event(entry, "ended")
        stamps.touch(changes, TOPIC)
        commit(changes, actor=actor, now=now)
    return entry


def checked_town(town: str) -> str:
    """Twelve digits of a town of the county, or "" for all of it."""
    if not town:
        return ""
    place = check_division(town)
    if not place.ok or division_level(place.value) is not DivisionLevel.TOWN or not division_exists(place.value):
        raise InvalidInput(_("Choose a town of the county, or the whole county."), field="town")
    return place.value


def _check_units(units: Collection[UUID], given: EntryInput) -> None:
    if given.lead not in units:
        raise InvalidInput(_("This unit is not confirmed or no longer exists; choose another."), field="lead")
    if any(unit not in units for unit in given.co):
        raise InvalidInput(_("This unit is not confirmed or no longer exists; choose another."), field="co")
    if given.lead in given.co or len(set(given.co)) != len(given.co):
        raise InvalidInput(_("The same unit is named twice."), field="co")
    if len(given.co) > MOST_CO:
        raise InvalidInput(_("At most %(most)d units.") % {"most": MOST_CO}, field="co")
