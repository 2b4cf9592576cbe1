"""建议主办: who is proposed to lead, and by whom. One rule for a dispatch of one and of many; a person decides."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.utils.translation import gettext as _

from sanfuwu.problems.models import Problem
from sanfuwu.rules.identifiers import DivisionLevel, division_at
from sanfuwu.territory.queries import town_units, unit_names
from sanfuwu.triage import queries as catalogue


@dataclass(frozen=True, slots=True)
class Proposal:
    """For the form of one dispatch. `lead` is None where nobody proposed one: whose place it is, is only said."""

    lead: UUID | None
    co: tuple[UUID, ...]
    why: str


class Proposing:
    """Proposals on a day: two small statements, however many problems are asked about."""

    def __init__(self, today: dt.date) -> None:
        self.today = today

    @cached_property
    def names(self) -> Mapping[UUID, str]:
        return unit_names(self.today)

    @cached_property
    def towns(self) -> Mapping[str, UUID]:
        return town_units(self.today)

    def lead(self, p: Problem) -> UUID | None:
        """The catalogue's unit for the category as it was accepted, otherwise what stood there at registration."""
        found = catalogue.propose(p.category_id, p.division, self.today)
        return found.lead if found is not None else p.proposed_unit

    def one(self, p: Problem) -> Proposal:
        """The same with its co-handlers and its reason in words."""
        at_registration = ""
        if p.proposed_unit is not None:
            at_registration = _("Proposed at registration: %(unit)s.") % {"unit": self.names.get(p.proposed_unit, "")}
        if (found := catalogue.propose(p.category_id, p.division, self.today)) is not None:
            why = _("Catalogue: %(line)s. You decide.") % {"line": catalogue.reason(found, self.today)}
            return Proposal(found.lead, found.co, why if found.lead == p.proposed_unit else why + at_registration)
        if p.proposed_unit is not None:
            return Proposal(p.proposed_unit, (), at_registration)
        return Proposal(None, (), self.by_place(p))

    def by_place(self, p: Problem) -> str:
        """Whose place it is, said and not proposed."""
        town = division_at(p.division, DivisionLevel.TOWN)
        unit = self.towns.get(town) if town else None
        if unit is None:
            return _("Nobody proposed a unit.")
        return _("By place: %(unit)s. Nobody proposed a unit.") % {"unit": self.names.get(unit, "")}

    def line(self, p: Problem) -> str:
        """What a line among many says before anything is filled in."""
        lead = self.lead(p)
        return self.by_place(p) if lead is None else _("proposed: %(unit)s") % {"unit": self.names.get(lead, "")}
