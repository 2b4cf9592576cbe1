"""导入历史: cases that another ledger closed, up to 500 in one transaction, confirmed by a second person.

They are marked `origin=import` and end 已归档 with `imported_unknown`: nobody knows whether they were solved.
The reply of
that time is kept as a `historic_reply` note and is no result; no unit gets an assignment, so no rate counts them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.commit import commit
from sanfuwu.ledger.errors import ActionError, InvalidInput, NotAllowed
from sanfuwu.ledger.models import Note
from sanfuwu.parties.actions import resolve_parties
from sanfuwu.parties.models import Contact, Party
from sanfuwu.reference.stamps import looked_at_once
from sanfuwu.rules.lifecycle import Machine, next_state
from sanfuwu.territory.actor import Actor
from sanfuwu.territory.models import Unit

from ..commands import PastCase
from ..models import Category, Problem, ProblemText
from ..policies import may_approve_history, may_import_history
from ..snapshot import Snapshot
from ._checking import Checked, check
from ._numbering import new_read_code, next_numbers
from ._references import broken_references
from ._shell import MOST_AT_ONCE, Context, finish, new_row
from .register import RegisterResult, _existing, _source_key
from .triage import search_grams

REPLY_LENGTH = 50_000


@dataclass(frozen=True, slots=True)
class _CheckedCase:
    case: PastCase
    checked: Checked


def import_history(
    cases: Sequence[PastCase], *, approved_by: Actor, actor: Actor, now: dt.datetime
) -> list[RegisterResult]:
    """Take over past cases. `approved_by` is the second approver: the district's dispatch office or supervision, and
    another person than `actor`. Bad rows and known source rows are left out and named, the others are written."""
    if not may_import_history(actor):
        raise NotAllowed(_("History is imported by the dispatch office of the district."))
    if not may_approve_history(approved_by, actor):
        raise NotAllowed(_("History needs a second approver: somebody else of the dispatch office or of supervision."))
    if len(cases) > MOST_AT_ONCE:
        raise InvalidInput(_("At most 500 problems at a time."))
    results: dict[int, RegisterResult] = {}
    good: list[tuple[int, _CheckedCase]] = []
    for index, case in enumerate(cases):
        try:
            good.append((index, _CheckedCase(case, _check_case(case, now))))
        except ActionError as error:
            results[index] = RegisterResult(index, "error", error=error)
    with transaction.atomic(), looked_at_once():
        fresh = _fresh(good, results)
        if fresh:
            changes = Changes()
            problems = _plan([c for _i, c in fresh], approved_by, actor, now, changes)
            commit(changes, actor=actor, now=now)
            for (index, _c), problem in zip(fresh, problems, strict=True):
                results[index] = RegisterResult(index, "created", problem, problem.number)
    return [results[i] for i in range(len(cases))]


def _check_case(case: PastCase, now: dt.datetime) -> Checked:
    checked = check(case.reg, None, now)
    if case.reg.raised_on is None:
        raise InvalidInput(_("A case of the past needs its date."), field="raised_on")
    if case.replied_on is not None and case.replied_on > now:
        raise InvalidInput(_("It cannot have been answered in the future."), field="replied_on")
    if len(case.reply) > REPLY_LENGTH:
        raise InvalidInput(_("At most %(most)d characters.") % {"most": REPLY_LENGTH}, field="reply")
    return checked


def _fresh(
    good: Sequence[tuple[int, _CheckedCase]], results: dict[int, RegisterResult]
) -> list[tuple[int, _CheckedCase]]:
    """Those that are not registered yet and point at what is there; the others go into `results`."""
    known = _existing([c.checked for _i, c in good])
    faults = broken_references([c.case.reg for _i, c in good])
    units = {u for _i, c in good for u in c.case.units}
    missing = units - set(Unit.objects.filter(pk__in=units).values_list("pk", flat=True)) if units else set()
    fresh = []
    for (index, one), fault in zip(good, faults, strict=True):
        if fault is None and missing & set(one.case.units):
            fault = InvalidInput(_("There is no such unit."), field="units")
        if fault is not None:
            results[index] = RegisterResult(index, "error", error=fault)
            continue
        key = _source_key(one.case.reg)
        if key is not None and key in known:
            results[index] = RegisterResult(index, "duplicate", number=known[key])
            continue
        if key is not None:
            known[key] = ""
        fresh.append((index, one))
    return fresh


def _plan(
    cases: Sequence[_CheckedCase], approved_by: Actor, actor: Actor, now: dt.datetime, changes: Changes
) -> list[Problem]:
    numbers = next_numbers(now, len(cases), training=False)
    served = resolve_parties(changes, [c.checked.requester for c in cases], now, origin="import")
    wanted = {c.case.reg.category_id for c in cases if c.case.reg.category_id is not None}
    # Nothing is filed under a category that nobody has confirmed yet.
    in_use = set(Category.objects.filter(pk__in=wanted, status=Category.Status.ACTIVE).values_list("pk", flat=True))
    ctx = Context(actor=actor, now=now)
    pairs = []
    for one, number, (party, contact) in zip(cases, numbers, served, strict=True):
        category = one.case.reg.category_id if one.case.reg.category_id in in_use else None
        snap = _plan_one(one, number, party, contact, category, approved_by.effective_post, ctx, changes)
        pairs.append((snap, ctx))
    finish(pairs, changes)
    return [snap.problem for snap, _ctx in pairs]


def _plan_one(
    one: _CheckedCase,
    number: str,
    party: Party | None,
    contact: Contact | None,
    category: UUID | None,
    approved_by: UUID | None,
    ctx: Context,
    changes: Changes,
) -> Snapshot:
    case, checked, reg = one.case, one.checked, one.case.reg
    note = changes.note(checked.text, Note.Audience.OFFICE if reg.confidential else Note.Audience.HANDLING)
    problem = Problem(
        number=number,
        read_code=new_read_code(),
        state=next_state(Machine.PROBLEM, "import_history", None),
        nature=reg.nature,
        urgency=reg.urgency,
        proposed_category_id=reg.category_id,
        category_id=category,
        proposed_unit=case.units[0] if case.units else None,
        channel=reg.channel,
        origin="import",
        source_system=reg.source_system,
        source_ref=reg.source_ref,
        raised_on=checked.raised_on,
        registered_at=ctx.now,
        registered_by=ctx.actor.effective_post,
        division=checked.division,
        title=checked.title,
        text_note_id=note.pk,
        party=party,
        party_kind=checked.requester.kind,
        claimed_party="" if checked.requester.kind == "resident" else checked.requester.name,
        contact=contact,
        anonymous=reg.anonymous,
        confidential=reg.confidential,
        close_basis=Problem.CloseBasis.IMPORTED_UNKNOWN.value,
    )
    changes.insert(problem)
    snap = Snapshot(problem=problem, row=changes.insert(new_row(problem)))
    changes.insert(ProblemText(problem_id=problem.pk, grams=search_grams(problem, checked.text)))
    data: dict[str, object] = {"note": note.pk, "approved_by": approved_by}
    if case.units:
        data["units"] = list(case.units)
    changes.event(problem, "history_imported", data=data, happened_at=checked.raised_on, origin="import")
    if case.reply.strip():
        audience = Note.Audience.OFFICE if reg.confidential else Note.Audience.HANDLING
        reply = changes.note(case.reply.strip(), audience)
        when = case.replied_on or checked.raised_on
        changes.event(problem, "historic_reply", data={"note": reply.pk}, happened_at=when, origin="import")
    return snap
