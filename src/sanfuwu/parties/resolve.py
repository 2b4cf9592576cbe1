"""From what was written down about a requester to the party and the contact: the plan that registration uses.

Only three things match by themselves: a valid USCC, a village's division code, and the unit chosen where a public body
is itself the requester; and a party that a person chose. A firm known by name alone gets no party (its name is kept
in `Problem.claimed_party`) until somebody at the dispatch office decides, with `queries.candidates` before him. A
resident never becomes a party: his name and phone are in the contact, encrypted, and that can be erased.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from sanfuwu.counties.models import DivisionVersion
from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.errors import InvalidInput
from sanfuwu.ledger.fields import new_id
from sanfuwu.ledger.together import once, unwritten
from sanfuwu.rules.identifiers import DivisionLevel, check_division, check_uscc, division_level

from .contacts import check_contact, new_contact
from .matching import normalise_name
from .models import Contact, Party

Resolved = tuple[Party | None, Contact | None]
_KINDS = frozenset(Party.Kind.values)  # worked out at every look, and a batch looks 1,000 times


@dataclass(frozen=True)  # no slots: an import pickles them for other processes: faster so
class RequesterInput:
    """Who raised it, as written down. `name` is of a firm, body, project or village, never of a resident."""

    kind: str = Party.Kind.RESIDENT
    name: str = ""
    uscc: str = ""
    village_code: str = ""
    contact_name: str = ""
    phone: str = ""
    party_id: UUID | None = None  # chosen by a person
    unit_id: UUID | None = None  # a public unit as the requester


class CheckedRequester(RequesterInput):
    """Normalised, and known to be right."""


def check_requester(given: RequesterInput) -> CheckedRequester:
    """The same, normalised. Raises `InvalidInput` with the field that is wrong."""
    if type(given) is CheckedRequester:
        return given
    if given.kind not in _KINDS:
        raise InvalidInput(_("There is no such kind of requester."), field="kind")
    name = given.name.strip()
    uscc = village = ""
    if len(name) > 120:
        raise InvalidInput(_("At most %(n)d characters.") % {"n": 120}, field="name")
    if given.kind == Party.Kind.RESIDENT:
        if name or given.uscc.strip() or given.party_id or given.unit_id:
            raise InvalidInput(_("A resident's name belongs into the contact."), field="name")
    elif not (name or given.uscc.strip() or given.village_code.strip() or given.party_id or given.unit_id):
        raise InvalidInput(_("Who raised it? Give the name."), field="name")
    if given.uscc.strip():
        checked = check_uscc(given.uscc)
        if not checked.ok:
            raise InvalidInput(_("This unified social credit code is not valid."), field="uscc")
        uscc = checked.value
    if given.kind == Party.Kind.VILLAGE and given.village_code.strip():
        checked = check_division(given.village_code)
        if not checked.ok or division_level(checked.value) != DivisionLevel.VILLAGE:
            raise InvalidInput(_("This is not the code of a village or community."), field="village_code")
        village = checked.value
    contact_name, phone = check_contact(given.contact_name, given.phone)
    return CheckedRequester(given.kind, name, uscc, village, contact_name, phone, given.party_id, given.unit_id)


def resolve_party(changes: Changes, given: RequesterInput, now: dt.datetime, *, origin: str = "live") -> Resolved:
    """Party and contact of one requester; new ones are planned into `changes`. No statement at all for a resident."""
    return resolve_parties(changes, [given], now, origin=origin)[0]


def resolve_parties(
    changes: Changes, given: Sequence[RequesterInput], now: dt.datetime, *, origin: str = "live", matched: bool = True
) -> list[Resolved]:
    """The same for up to some hundred requesters at once, in two statements: what is known, and names of new villages.
    `matched` is False in training: nobody is found again by these telephones.

    (One more for each step in a chain of merged parties.) Two rows with the same new USCC get one new party. Two
    *transactions* that both meet a new USCC collide on `party_uscc_uq`: the later one is simply to be run again.
    """
    checked = [check_requester(one) for one in given]
    register = _Register.load(checked)
    villages = [
        c.village_code for c in checked if c.village_code and not c.name and c.village_code not in register.by_village
    ]
    register.village_names = _village_names(villages)
    resolved: list[Resolved] = []
    for one in checked:
        party = register.find(one) or _new_party(changes, register, one, now, origin)
        resolved.append((party, new_contact(changes, party, one.contact_name, one.phone, matched=matched)))
    return resolved


@dataclass(slots=True)
class _Register:
    """The parties that any of the given requesters could be, by each thing that matches by itself."""

    by_id: dict[UUID, Party]
    by_uscc: dict[str, Party]
    by_village: dict[str, Party]
    by_unit: dict[UUID, Party]
    village_names: dict[str, str]

    @classmethod
    def load(cls, checked: Iterable[RequesterInput]) -> _Register:
        wanted = Q()
        ids = {c.party_id for c in checked if c.party_id}
        usccs = {c.uscc for c in checked if c.uscc}
        villages = {c.village_code for c in checked if c.village_code}
        units = {c.unit_id for c in checked if c.unit_id}
        # Only clauses that are needed: each has its own index, and an empty one would cost the planner its choice.
        if ids:
            wanted |= Q(pk__in=ids)
        if usccs:
            wanted |= Q(uscc__in=usccs)
        if villages:
            wanted |= Q(kind=Party.Kind.VILLAGE, division_code__in=villages)
        if units:
            wanted |= Q(unit_id__in=units)
        asked = (frozenset(ids), frozenset(usccs), frozenset(villages), frozenset(units))
        met = list(once(Party, asked, lambda: list(Party.objects.filter(wanted)))) if wanted else []
        met += [
            p
            for p in unwritten(Party)
            if p.pk in ids
            or p.uscc in usccs
            or (p.kind == Party.Kind.VILLAGE and p.division_code in villages)
            or p.unit_id in units
        ]
        known = {p.pk: p for p in met}
        while missing := {p.merged_into_id for p in known.values() if p.merged_into_id} - known.keys():
            known |= Party.objects.in_bulk(missing)
        register = cls({}, {}, {}, {}, {})
        for party in met:
            register.remember(party, _survivor(party, known))
        return register

    def remember(self, party: Party, stands_for: Party) -> None:
        self.by_id[party.pk] = stands_for
        if party.uscc:
            self.by_uscc[party.uscc] = stands_for
        if party.kind == Party.Kind.VILLAGE and party.division_code:
            self.by_village[party.division_code] = stands_for
        if party.unit_id:
            self.by_unit[party.unit_id] = stands_for

    def find(self, one: RequesterInput) -> Party | None:
        if one.party_id:
            if one.party_id not in self.by_id:
                raise InvalidInput(_("There is no such party."), field="party_id")
            return self.by_id[one.party_id]
        if one.uscc:
            return self.by_uscc.get(one.uscc)
        if one.village_code:
            return self.by_village.get(one.village_code)
        return self.by_unit.get(one.unit_id) if one.unit_id else None


def _survivor(party: Party, known: dict[UUID, Party]) -> Party:
    while party.merged_into_id is not None:
        party = known[party.merged_into_id]
    return party


def _new_party(
    changes: Changes, register: _Register, one: RequesterInput, now: dt.datetime, origin: str
) -> Party | None:
    if not (one.uscc or one.village_code or (one.unit_id and one.name)):
        return None
    name = one.name or register.village_names.get(one.village_code, "")
    if not name:
        if one.village_code:
            raise InvalidInput(_("This village is not known: give its name."), field="village_code")
        raise InvalidInput(_("Who raised it? Give the name."), field="name")
    party = plan_create_party(
        changes,
        kind=one.kind,
        name=name,
        uscc=one.uscc or None,
        division_code=one.village_code,
        unit_id=one.unit_id,
        now=now,
        origin=origin,
    )
    register.remember(party, party)
    return party


def plan_create_party(
    changes: Changes,
    *,
    kind: str,
    name: str,
    uscc: str | None,
    division_code: str,
    unit_id: UUID | None,
    now: dt.datetime,
    origin: str = "live",
) -> Party:
    """A new party and its event; the arguments are checked already."""
    party = changes.insert(
        Party(
            id=new_id(),
            kind=kind,
            name=name,
            name_norm=normalise_name(name),
            uscc=uscc,
            division_code=division_code,
            unit_id=unit_id,
            created_at=now,
        )
    )
    changes.event(party, "created", origin=origin)
    return party


def _village_names(codes: Sequence[str]) -> dict[str, str]:
    if not codes:
        return {}
    rows = DivisionVersion.objects.filter(code__in=set(codes)).order_by("valid_from").values_list("code", "name")
    return dict(rows)
