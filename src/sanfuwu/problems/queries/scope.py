"""The one visibility rule (house rule 3): every list, page, search, export, count and API answer starts here.

Two grades: who sees the problem (`scope_of`, `visible_to`), and who of those sees the requester (`sees_requester`).
The table is that of model.md, "Who sees what".
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet

from sanfuwu.territory.actor import Actor
from sanfuwu.territory.models import Rank, Role

from .. import facets
from ..facets import CLEARED, TRAINING, Token
from ..models import Problem, ProblemRow


@dataclass(frozen=True, slots=True)
class Scope:
    """What an actor sees, as tokens: everything, or whatever has one of `any_of`; with all of `all_of`, none of
    `none_of`."""

    everything: bool = False
    any_of: frozenset[Token] = frozenset()
    none_of: frozenset[Token] = frozenset()
    all_of: frozenset[Token] = frozenset()

    @property
    def nothing(self) -> bool:
        return not self.everything and not self.any_of


NOTHING = Scope()


def scope_of(actor: Actor) -> Scope:
    """The row of the table that this post stands in; in training what was registered in training, otherwise never."""
    scope = _scope_of_post(actor)
    if scope.nothing:
        return scope
    if actor.training:
        return replace(scope, all_of=frozenset({TRAINING}), none_of=scope.none_of | {CLEARED})
    return replace(scope, none_of=scope.none_of | {TRAINING})


def _scope_of_post(actor: Actor) -> Scope:
    if actor.is_system:
        return Scope(everything=True)
    if actor.is_officer:
        return NOTHING
    match actor.role:
        case Role.DISPATCHER | Role.SUPERVISOR:
            return Scope(everything=True)
        case Role.LEADER if actor.rank == Rank.DISTRICT_LEADER:
            return Scope(everything=True)
    # What he registered, and what was handed over to him by whoever did.
    tokens: set[Token] = {("reg", str(actor.effective_post)), ("mind", str(actor.effective_post))}
    none_of: frozenset[Token] = frozenset()
    match actor.role:
        case Role.HANDLER | Role.UNIT_HEAD:
            tokens.add(("scope", str(actor.unit_id)))
        case Role.TOWN_DISPATCHER:
            tokens.add(("scope", str(actor.unit_id)))
            if actor.place:
                tokens.add(("place", actor.place))
        case Role.LEADER:
            tokens.add(("leader", str(actor.effective_post)))
            tokens |= {("scope", str(unit)) for unit in actor.portfolio}
        case Role.VERIFIER:
            tokens = {("verify", "open")}
            none_of = frozenset({("handled", str(actor.unit_id))})
    return Scope(any_of=frozenset(tokens), none_of=none_of)


@dataclass(frozen=True, slots=True)
class Visible:
    """A scope as facet numbers: a row has one of each group and none of `none_of`; only real ones, if `real`."""

    groups: list[list[int]]
    none_of: list[int]
    real: bool


def resolve(scope: Scope) -> Visible | None:
    """None = nothing at all is visible."""
    if scope.nothing:
        return None
    # "No training" is asked of nearly every row that anybody looks at: a column says it at a tenth of a facet's cost.
    absent = scope.none_of - {TRAINING}
    numbers = facets.known_ids(scope.any_of | absent | scope.all_of)
    none_of = sorted(numbers[t] for t in absent if t in numbers)
    groups = [[numbers[t]] if t in numbers else [] for t in sorted(scope.all_of)]
    if not scope.everything:
        groups.append(sorted(numbers[t] for t in scope.any_of if t in numbers))
    return Visible(groups, none_of, TRAINING in scope.none_of) if all(groups) else None


def visible_to(actor: Actor) -> QuerySet[ProblemRow]:
    """The rows this actor may see; chain further conditions onto it."""
    resolved = resolve(scope_of(actor))
    if resolved is None:
        return ProblemRow.objects.none()
    rows = ProblemRow.objects.all()
    for group in resolved.groups:
        rows = rows.filter(facets__overlap=group)
    if resolved.none_of:
        rows = rows.exclude(facets__overlap=resolved.none_of)
    return rows.filter(training=False) if resolved.real else rows


def where(actor: Actor, alias: str = "r") -> tuple[str, list[Any]] | None:
    """The same rule as an SQL condition on `problems_problemrow`; None = nothing is visible."""
    resolved = resolve(scope_of(actor))
    return None if resolved is None else sql_of(resolved, alias)


def sql_of(resolved: Visible, alias: str = "r") -> tuple[str, list[Any]]:
    """What `resolve` gave, as an SQL condition on `problems_problemrow`."""
    parts: list[str] = [f"NOT {alias}.training" if resolved.real else "TRUE"]
    params: list[Any] = []
    for group in resolved.groups:
        parts.append(f"{alias}.facets && %s::int4[]")
        params.append(group)
    if resolved.none_of:
        parts.append(f"NOT ({alias}.facets && %s::int4[])")
        params.append(resolved.none_of)
    return " AND ".join(parts), params


def without_confidential(scope: Scope) -> Scope:
    """The same scope less its confidential problems: for a filter that would tell who is behind them."""
    return replace(scope, none_of=scope.none_of | {("confidential", "yes")})


def sees_confidential(actor: Actor) -> bool:
    """Whether this post sees the requester of any confidential problem that it sees at all."""
    if actor.is_system or actor.role == Role.VERIFIER:
        return True
    return actor.role in (Role.DISPATCHER, Role.SUPERVISOR) and actor.confidential_officer


def sees_requester(actor: Actor, problem: Problem) -> bool:
    """The second grade: whether the requester's side (name, phone, original text of a confidential one) is shown."""
    if actor.is_officer:
        return False
    if not problem.confidential or sees_confidential(actor):
        return True
    # Whoever wrote it down knows it: a collector sees what he himself wrote.
    return problem.registered_by is not None and actor.effective_post == problem.registered_by


def sees_requester_sql(actor: Actor, params: dict[str, Any], alias: str = "p") -> str:
    """`sees_requester` as an SQL condition on `problems_problem`, for what is read by the hundred thousand; adds its
    parameters. A test compares the two."""
    if actor.is_officer:
        return "FALSE"
    if sees_confidential(actor):
        return "TRUE"
    params["effective_post"] = actor.effective_post
    return f"(NOT {alias}.confidential OR {alias}.registered_by = %(effective_post)s::uuid)"
