"""What a problem may be filtered on and who may see it, as integers of one narrow row (model.md, "Tables").

Tokens are pairs (kind, key) interned in `Facet`: exact, so that one scope's token can never collide with another's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db import connection, transaction

from sanfuwu.counties.schema import current_schema
from sanfuwu.rules.identifiers import division_ancestors
from sanfuwu.rules.lifecycle import OPEN_PROBLEM_STATES

from .chip import stage
from .models import Facet, ProblemRow
from .snapshot import Snapshot

Token = tuple[str, str]

TRAINING: Token = ("origin", "training")
CLEARED: Token = ("cleared", "yes")  # training whose content is gone: nobody sees it any more

_FROM_THE_START = frozenset({TRAINING, CLEARED})

_cache: dict[tuple[str, Token], int] = {}


def forget() -> None:
    """Empty the process's dictionary (tests roll back what it remembers)."""
    _cache.clear()


def ids_of(tokens: Iterable[Token]) -> dict[Token, int]:
    """Integers for tokens, interning new ones inside the caller's transaction."""
    wanted = set(tokens)
    schema = current_schema()
    known = {t: _cache[schema, t] for t in wanted if (schema, t) in _cache}
    missing = sorted(wanted - known.keys())
    if not missing:
        return known
    found = _select(missing)
    new = [t for t in missing if t not in found]
    if new:
        Facet.objects.bulk_create([Facet(kind=k, key=v) for k, v in new], ignore_conflicts=True)
        found |= _select(new)
    _remember(schema, found)
    return known | found


def known_ids(tokens: Iterable[Token]) -> dict[Token, int]:
    """Integers for tokens that exist; reading never interns."""
    wanted = set(tokens)
    schema = current_schema()
    known = {t: _cache[schema, t] for t in wanted if (schema, t) in _cache}
    missing = sorted(wanted - known.keys())
    if missing:
        found = _select(missing)
        _remember(schema, found)
        known |= found
    return known


def _remember(schema: str, found: dict[Token, int]) -> None:
    """Only once they are really there: a roll-back takes away what this transaction interned."""
    for token in found.keys() & _FROM_THE_START:  # made by a migration: no roll-back takes them away
        _cache[schema, token] = found[token]
    transaction.on_commit(lambda: _cache.update({(schema, t): n for t, n in found.items()}))


def _select(tokens: list[Token]) -> dict[Token, int]:
    kinds = [k for k, _v in tokens]
    keys = [v for _k, v in tokens]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT f.kind, f.key, f.id FROM problems_facet f "
            "JOIN unnest(%s::varchar[], %s::varchar[]) AS w(kind, key) ON f.kind = w.kind AND f.key = w.key",
            [kinds, keys],
        )
        return {(kind, key): number for kind, key, number in cursor.fetchall()}


def tokens_of(snap: Snapshot, scopes: Mapping[UUID, Iterable[UUID]], category_path: Iterable[UUID] = ()) -> set[Token]:
    """All tokens of one problem. `scopes[unit]` are the units that reach `unit` (itself, above, successor)."""
    p = snap.problem
    tokens: set[Token] = {
        ("state", p.state),
        ("stage", stage(snap)),
        ("channel", p.channel),
        ("urgency", p.urgency),
        ("served", p.party_kind),
        ("origin", p.origin),
        ("nature", p.nature),
    }
    if p.registered_by:
        tokens.add(("reg", str(p.registered_by)))
    if p.minded_by:
        tokens.add(("mind", str(p.minded_by)))
    if p.tier:
        tokens.add(("tier", p.tier))
    if p.on_spot:
        tokens.add(("on_spot", "yes"))
    if p.result_kind:
        tokens.add(("result", p.result_kind))
    if p.resolution_level:
        tokens.add(("level", p.resolution_level))
    if p.close_basis:
        tokens.add(("basis", p.close_basis))
    if p.confidential:
        tokens.add(("confidential", "yes"))
    if p.campaign_id:
        tokens.add(("campaign", str(p.campaign_id)))
    if p.party_id:
        tokens.add(("party", str(p.party_id)))
    tokens |= {("category", str(c)) for c in category_path}
    tokens |= {("place", code) for code in division_ancestors(p.division)[2:]}  # county, town, village
    for a in snap.assignments:
        tokens.add((a.role, str(a.unit_id)))
        tokens.add(("handled", str(a.unit_id)))
        tokens |= {("scope", str(s)) for s in scopes.get(a.unit_id, (a.unit_id,))}
    tokens |= {("leader", str(x.post_id)) for x in snap.leaderships}
    tokens |= {("foreign", n.system_id) for n in snap.foreign_now}
    if p.waiting_on:
        tokens.add(("waiting", p.waiting_on))
    tokens |= _duties(snap)
    if snap.open_cycle:
        tokens.add(("verify", "open"))
    return tokens


ABOVE = "above"  # a leader or the supervision decides


def _duties(snap: Snapshot) -> set[Token]:
    """What waits for which unit: its own signature, work, sign-off or review, and what it has to decide."""
    tokens: set[Token] = set()
    for a in snap.open_assignments:
        if a.state == "pending_review":
            waits = ("to_review", a.dispatching_unit) if a.signed_off_at else ("to_sign_off", a.unit_id)
        else:
            waits = (_DUTY[a.state], a.unit_id)
        tokens.add(("duty", f"{waits[0]}:{waits[1]}"))
    dispatching = {a.pk: a.dispatching_unit for a in snap.assignments}
    for request in (r for r in snap.requests if r.decided_at is None):
        decider = ABOVE if request.needs_approver else str(dispatching[request.assignment_id])
        tokens |= {("asks", request.kind), ("duty", f"decide_{request.kind}:{decider}")}
    return tokens


_DUTY = {"pending_sign": "to_sign", "in_progress": "handling", "return_pending": "handling", "on_hold": "handling"}


def list_tokens(row: ProblemRow) -> set[Token]:
    """What lists need besides: whether it is open, and whether its clock runs (that is what "due first" shows).

    As facets they meet every other one inside the same index: "closed, but due first" finds nothing without reading
    half a million rows (ADR 0009).
    """
    tokens: set[Token] = set()
    if row.is_open:
        tokens.add(("open", "yes"))
        if row.due_at is not None:
            tokens.add(("clock", "runs"))
    return tokens


def is_open(state: str) -> bool:
    """Whether a problem in this state is still somebody's work."""
    return state in OPEN_PROBLEM_STATES


def numbers_of_kind(kind: str) -> set[int]:
    """All integers interned for one kind of token."""
    return set(Facet.objects.filter(kind=kind).values_list("id", flat=True))
