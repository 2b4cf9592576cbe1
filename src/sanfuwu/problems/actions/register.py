"""登记、现场解决: the ways a problem comes in, one at a time or up to 500 in one transaction."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.commit import TRAINING, commit
from sanfuwu.ledger.errors import ActionError, InvalidInput, NotAllowed
from sanfuwu.ledger.models import Note
from sanfuwu.ledger.reader import ask
from sanfuwu.ledger.rows import fresh
from sanfuwu.ledger.together import atomically, settle, unwritten
from sanfuwu.parties.actions import RequesterInput, resolve_parties
from sanfuwu.parties.models import Contact, Party
from sanfuwu.reference.queries import county_data
from sanfuwu.reference.stamps import looked_at_once
from sanfuwu.rules.lifecycle import Machine, next_state
from sanfuwu.rules.text import reference_key
from sanfuwu.territory.actor import Actor

from ..commands import Registration, SpotSolution
from ..models import ForeignNumber, ForeignSystem, Problem, ProblemText, VerificationCycle
from ..policies import may_register
from ..snapshot import Snapshot
from ._checking import Checked, check
from ._numbering import new_read_code, next_numbers
from ._proposing import responsible
from ._references import broken_references
from ._shell import MOST_AT_ONCE, Context, finish, new_row
from .foreign import digest_of, number_row
from .triage import search_grams

_BY_REFERENCE = "SELECT source_ref, number FROM problems_problem WHERE source_system = %s AND source_ref = ANY(%s)"
RECURS_WITHIN = dt.timedelta(days=30)
Also = Callable[[Problem, Changes], None]


@dataclass(frozen=True, slots=True)
class RegisterResult:
    """What became of one registration of a batch: exactly one of `problem` and `error`, or a duplicate's number."""

    index: int
    status: str  # created | duplicate | error
    problem: Problem | None = None
    number: str = ""
    error: ActionError | None = None


@dataclass(frozen=True, slots=True)
class Incoming:
    """One registration of several: whose request it was, and what else goes into the same transaction."""

    reg: Registration
    request_id: str = ""
    also: Also | None = None


def register_problem(
    reg: Registration, *, actor: Actor, now: dt.datetime, request_id: str = "", also: Also | None = None
) -> Problem:
    """登记 → 待受理. `also` may add rows to the same transaction (an idempotency key). Raises `ActionError`."""
    return _one(reg, None, actor=actor, now=now, request_id=request_id, also=also)


def solve_on_spot(
    reg: Registration,
    solution: SpotSolution,
    *,
    actor: Actor,
    now: dt.datetime,
    request_id: str = "",
    also: Also | None = None,
) -> Problem:
    """现场解决: registered, solved and struck off in one step, with how and who confirmed (model.md)."""
    return _one(reg, solution, actor=actor, now=now, request_id=request_id, also=also)


def _one(
    reg: Registration,
    solution: SpotSolution | None,
    *,
    actor: Actor,
    now: dt.datetime,
    request_id: str,
    also: Also | None,
) -> Problem:
    _require_may_register(actor)
    checked = check(reg, solution, now)
    if fault := broken_references([reg])[0]:
        raise fault
    with atomically():
        if reg.source_ref is not None and _existing([checked]):
            raise known_source()
        changes = Changes()
        (problem,) = _plan([checked], solution, actor, now, changes)
        if also is not None:
            also(problem, changes)
        commit(changes, actor=actor, now=now, request_id=request_id)
    return problem


def register_problems(regs: Sequence[Registration], *, actor: Actor, now: dt.datetime) -> list[RegisterResult]:
    """Up to 500 registrations by the same plan in one transaction; bad rows and known source rows are left out and
    named, the others are written."""
    return register_together([Incoming(reg) for reg in regs], actor=actor, now=now)


def register_together(incoming: Sequence[Incoming], *, actor: Actor, now: dt.datetime) -> list[RegisterResult]:
    """The same for requests of one actor that met at the same moment: each keeps its request id and what it writes
    besides. An `IntegrityError` (a key that is used, a firm that another one registers now) takes all of them back."""
    _require_may_register(actor)
    if len(incoming) > MOST_AT_ONCE:
        raise InvalidInput(_("At most 500 problems at a time."))
    regs = [one.reg for one in incoming]
    results: dict[int, RegisterResult] = {}
    good: list[tuple[int, Checked]] = []
    for index, reg in enumerate(regs):
        try:
            good.append((index, check(reg, None, now)))
        except ActionError as error:
            results[index] = RegisterResult(index, "error", error=error)
    with atomically(), looked_at_once():
        known = _existing([c for _i, c in good])
        faults = broken_references([c.reg for _i, c in good])
        spellings = _spellings([c.reg for _i, c in good])
        fresh: list[tuple[int, Checked]] = []
        for (index, checked), fault in zip(good, faults, strict=True):
            if fault is not None:
                results[index] = RegisterResult(index, "error", error=fault)
                continue
            key = _source_key(checked.reg)
            if key is not None and key in known:
                results[index] = RegisterResult(index, "duplicate", number=known[key])
                continue
            if key is not None:
                # A second row with the same key in this batch is a duplicate too; a known system's however written.
                known[key] = ""
                known.update({(key[0], other): "" for other in spellings.get((key[0], reference_key(key[1])), ())})
            fresh.append((index, checked))
        if fresh:
            changes = Changes()
            requests = [incoming[index].request_id for index, _c in fresh]
            problems = _plan([c for _i, c in fresh], None, actor, now, changes, requests)
            for (index, _c), problem in zip(fresh, problems, strict=True):
                if (also := incoming[index].also) is not None:
                    also(problem, changes)
            commit(changes, actor=actor, now=now)
            for (index, _c), problem in zip(fresh, problems, strict=True):
                results[index] = RegisterResult(index, "created", problem, problem.number)
    return [results[i] for i in range(len(regs))]


def known_source() -> InvalidInput:
    """The refusal of a source row that is registered already."""
    return InvalidInput(
        _("This entry of the other system is registered already."), field="source_ref", code="duplicate"
    )


def _require_may_register(actor: Actor) -> None:
    if not may_register(actor):
        raise NotAllowed(_("Your post may not register problems."))


def _source_key(reg: Registration) -> tuple[str, str] | None:
    return (reg.source_system, reg.source_ref) if reg.source_ref is not None else None


def _existing(batch: Sequence[Checked]) -> dict[tuple[str, str], str]:
    """Numbers of source rows that are registered already."""
    wanted: dict[str, set[str]] = {}
    for checked in batch:
        if checked.reg.source_ref is not None:
            wanted.setdefault(checked.reg.source_system, set()).add(checked.reg.source_ref)
    found: dict[tuple[str, str], str] = {}
    if wanted:
        settle()
    for system, refs in wanted.items():
        found |= {(system, ref): number for ref, number in ask(_BY_REFERENCE, [system, list(refs)])}
    for source, code in _systems_of([c.reg for c in batch]).items():
        keys = {ref: reference_key(ref) for ref in wanted[source]}
        noted = ForeignNumber.objects.filter(system__code=code, key__in=set(keys.values()), ended_at__isnull=True)
        numbers = dict(noted.values_list("key", "problem__number"))
        for ref, key in keys.items():
            if key in numbers:
                found.setdefault((source, ref), numbers[key])
    return found


def _systems_of(regs: Sequence[Registration]) -> dict[str, str]:
    """{source_system: code} of those sources that the county's list of other systems knows by code or name: what comes
    from there has its number there from its first day (ADR 0023). No query for what comes from nowhere."""
    sources = {reg.source_system for reg in regs if reg.source_ref is not None and reg.source_system}
    if not sources:
        return {}
    rows = ForeignSystem.objects.filter(Q(code__in=sources) | Q(name__in=sources), active=True)
    known = [(code, name) for code, name in rows.values_list("code", "name")]
    return {said: code for code, name in known for said in (code, name) if said in sources}


def _spellings(regs: Sequence[Registration]) -> dict[tuple[str, str], set[str]]:
    """The ways in which one number of a known system is written in a batch: "Ａ12" and "a 12" are one."""
    systems = _systems_of(regs)
    found: dict[tuple[str, str], set[str]] = {}
    for reg in regs:
        if reg.source_ref is not None and reg.source_system in systems:
            found.setdefault((reg.source_system, reference_key(reg.source_ref)), set()).add(reg.source_ref)
    return found


def _plan(
    batch: Sequence[Checked],
    solution: SpotSolution | None,
    actor: Actor,
    now: dt.datetime,
    changes: Changes,
    requests: Sequence[str] = (),
) -> list[Problem]:
    """The plan of one and of many: the same lines, so that a batch is nothing but its singles. `requests` are the ids
    of their requests, where these differ."""
    numbers = next_numbers(now, len(batch), training=actor.training)
    # In training no number of another system is taken: it would not be free for the real problem.
    systems = {} if actor.training else _systems_of([c.reg for c in batch])
    served = _served(changes, [c.requester for c in batch], actor, now)
    today = now.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    proposed: dict[tuple[UUID | None, str], UUID | None] = {}
    pairs = []
    for n, (checked, number, (party, contact)) in enumerate(zip(batch, numbers, served, strict=True)):
        changes.request_id = requests[n] if requests else ""
        # Whoever registers knows best, then the catalogue. The town of the place is nobody's proposal: pages name it.
        unit = checked.reg.proposed_unit
        if unit is None:
            asked = (checked.reg.category_id, checked.division)
            if asked not in proposed:
                proposed[asked] = responsible(*asked, today)
            unit = proposed[asked]
        snap = _plan_one(checked, number, party, contact, unit, actor, now, solution, systems, changes)
        pairs.append((snap, Context(actor=actor, now=now)))
    finish(pairs, changes)
    return [snap.problem for snap, _ctx in pairs]


def _served(
    changes: Changes, requesters: Sequence[RequesterInput], actor: Actor, now: dt.datetime
) -> list[tuple[Party | None, Contact | None]]:
    """Who is served. In training nobody becomes a party and no telephone is matched: the register stays real."""
    if not actor.training:
        return resolve_parties(changes, requesters, now)
    people = [RequesterInput(contact_name=r.contact_name, phone=r.phone) for r in requesters]
    return resolve_parties(changes, people, now, matched=False)


def _plan_one(
    checked: Checked,
    number: str,
    party: Party | None,
    contact: Contact | None,
    unit: UUID | None,
    actor: Actor,
    now: dt.datetime,
    solution: SpotSolution | None,
    systems: Mapping[str, str],
    changes: Changes,
) -> Snapshot:
    reg = checked.reg
    recurs = solution is not None and _recurs(party, now)
    note = changes.note(checked.text, Note.Audience.OFFICE if reg.confidential else Note.Audience.HANDLING)
    act = "register" if solution is None else "solve_on_spot"
    problem = fresh(
        Problem,
        number=number,
        read_code=new_read_code(),
        state=next_state(Machine.PROBLEM, act, None),
        nature=reg.nature,
        tier=Problem.Tier.ON_SPOT if solution else "",
        urgency=reg.urgency,
        proposed_category_id=reg.category_id,
        category_id=reg.category_id if solution else None,
        proposed_unit=unit,
        channel=reg.channel,
        origin=TRAINING if actor.training else reg.origin,
        source_system=reg.source_system,
        source_ref=reg.source_ref,
        raised_on=checked.raised_on,
        registered_at=now,
        registered_by=actor.effective_post,
        division=checked.division,
        title=checked.title,
        text_note_id=note.pk,
        party_id=party.pk if party else None,
        party_kind=checked.requester.kind,
        claimed_party="" if checked.requester.kind == "resident" else checked.requester.name,
        contact_id=contact.pk if contact else None,
        anonymous=reg.anonymous,
        confidential=reg.confidential,
        visit_id=reg.visit_id,
        meeting_id=reg.meeting_id,
    )
    data: dict[str, object] = {"note": note.pk}
    if solution is not None:
        problem.on_spot = True
        problem.result_kind = Problem.ResultKind.SOLVED.value
        problem.resolution_level = "on_spot"
        problem.solved_at = problem.struck_off_at = now
        problem.close_basis = Problem.CloseBasis.CONFIRMED.value
        data["how_note"] = changes.note(solution.how.strip(), Note.Audience.REQUESTER).pk
        data["confirmed_note"] = changes.note(solution.confirmed_by.strip(), Note.Audience.OFFICE).pk
    changes.insert(problem)
    row = changes.insert(new_row(problem))
    snap = Snapshot(problem=problem, row=row, party_unit=party.unit_id if party else None)
    if reg.source_ref is not None and (system := systems.get(reg.source_system)):
        there = changes.insert(number_row(problem.pk, system, reg.source_ref, by=actor.effective_post, now=now))
        snap.foreign.append(there)
        data |= {"system": system, "foreign": there.pk, "sha256": digest_of(there)}
    changes.insert(fresh(ProblemText, problem_id=problem.pk, grams=search_grams(problem, checked.text)))
    if solution is not None and (recurs or _sampled(problem.pk, county_data().spot_sample)):
        cycle = VerificationCycle(
            problem=problem, cycle_no=1, why=VerificationCycle.Why.SAMPLE, state="pending", opened_at=now
        )
        snap.cycles.append(changes.insert(cycle))
        data["sampled"] = "recurs" if recurs else "sample"
    kind = "registered" if solution is None else "solved_on_spot"
    changes.event(problem, kind, data=data, happened_at=checked.raised_on if solution is None else now)
    return snap


def _sampled(problem_id: UUID, percent: int) -> bool:
    """So many of a hundred (model.md: ten), decided by the id: nobody chooses whom to ask, and the same id always gives
    the same answer."""
    return hashlib.sha256(problem_id.bytes).digest()[0] * 100 < percent * 256


def _recurs(party: Party | None, now: dt.datetime) -> bool:
    """Whether the same party raised something in the 30 days before."""
    if party is None:
        return False
    since = now - RECURS_WITHIN
    if any(p.party_id == party.pk and p.registered_at >= since for p in unwritten(Problem)):
        return True
    return Problem.objects.filter(party=party, registered_at__gte=since).exists()
