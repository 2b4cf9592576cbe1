"""相似件: problems that may be the same one, the likeliest first, each with its reasons. A person decides.

Three ways lead to one: a text that shares bigrams, the same requester, the same kind of thing at the same place. Only
what the reader may see, and never a confidential problem: that it resembles something would tell who raised it.

By text, nothing is compared with a million others. Of the asked text's grams the rarest are taken in pairs; texts with
both grams of a pair come from the index (a pair of rare ones is met by few), and only these are compared in full. Two
texts that share 70 % of their grams are found by 8 pairs with a chance of 99.5 %.
"""

# ruff: noqa: S608 — SQL is put together of constants in this file; every value is a parameter.

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection
from django.utils import timezone

from sanfuwu.parties.matching import normalise_name
from sanfuwu.parties.models import Party
from sanfuwu.problems import facets
from sanfuwu.problems.facets import Token
from sanfuwu.problems.models import Problem, ProblemText
from sanfuwu.problems.queries import Line, lines, scope
from sanfuwu.problems.queries.common import how_common
from sanfuwu.problems.search import grams_of
from sanfuwu.rules.identifiers import check_uscc
from sanfuwu.territory.actor import Actor

ALIKE = 0.45  # shared grams over those of the shorter text, from which two are worth a look
STRONG = 0.70  # from which somebody who registers is asked once more
SHORTEST = 8  # grams: a text below that is like another one by chance
FEWEST_SHARED = 6
SHORTEST_NAME = 3  # two characters name half a town
PAIRS = 8
MOST_COMPARED = 400
RECENT = dt.timedelta(days=90)  # how far back the same kind of thing at the same place counts
TEXT, PARTY, PLACE = "text", "party", "place"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: `kind` is text (share 0…1 in `share`), party or place (category too)."""

    kind: str
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class LookAlike:
    """A problem that may be the same; `days` since it was registered (local days)."""

    line: Line
    reasons: tuple[Reason, ...]
    days: int

    @property
    def strong(self) -> bool:
        """Whether the text alone says so."""
        return any(r.kind == TEXT and r.share >= STRONG for r in self.reasons)


@dataclass(slots=True)
class _Found:
    reasons: dict[str, Reason] = field(default_factory=dict)
    registered_at: dt.datetime | None = None


def look_alikes(
    actor: Actor,
    *,
    text: str,
    who: str = "",
    uscc: str = "",
    division: str = "",
    category_id: UUID | None = None,
    now: dt.datetime,
    limit: int = 5,
) -> list[LookAlike]:
    """For what somebody is about to register. `who` is the requester as typed, a person's name is not looked for."""
    return _found(
        actor,
        grams_of(text),
        _parties(who, uscc),
        who,
        division,
        category_id,
        exclude=None,
        now=now,
        limit=limit,
    )


def of_problem(actor: Actor, problem: Problem, *, now: dt.datetime, limit: int = 5) -> list[LookAlike]:
    """For a problem that is there. Nothing for a confidential one."""
    if problem.confidential:
        return []
    grams = ProblemText.objects.filter(pk=problem.pk).values_list("grams", flat=True).first() or []
    # The firm's name is in the grams for the search; two firms of like names are no like problems.
    named = set(grams_of(problem.claimed_party)) if problem.claimed_party else set()
    own = [g for g in grams if g not in named]
    parties = [problem.party_id] if problem.party_id else []
    category = problem.category_id or problem.proposed_category_id
    return _found(
        actor,
        own,
        parties,
        problem.claimed_party,
        problem.division,
        category,
        exclude=problem.pk,
        now=now,
        limit=limit,
    )


def _parties(who: str, uscc: str) -> list[UUID]:
    """Firms, villages and bodies that are meant: by code, or else by exactly this name."""
    if uscc.strip() and (checked := check_uscc(uscc)).ok:
        return list(Party.objects.filter(uscc=checked.value).values_list("pk", flat=True))
    norm = normalise_name(who)
    if len(norm) < SHORTEST_NAME:
        return []
    return list(Party.objects.filter(name_norm=norm, merged_into__isnull=True).values_list("pk", flat=True)[:20])


def _found(
    actor: Actor,
    grams: Sequence[int],
    parties: Sequence[UUID],
    who: str,
    division: str,
    category_id: UUID | None,
    *,
    exclude: UUID | None,
    now: dt.datetime,
    limit: int,
) -> list[LookAlike]:
    visible = scope.resolve(scope.without_confidential(scope.scope_of(actor)))
    if visible is None:
        return []
    found: dict[UUID, _Found] = {}
    for pid, at, share in _by_text(grams, visible):
        _note(found, pid, at, Reason(TEXT, share))
    if parties:
        for pid, at in _by_facets([[("party", str(p)) for p in parties]], visible, since=None, most=2 * limit):
            _note(found, pid, at, Reason(PARTY))
    for pid, at in _by_name(who, visible, most=2 * limit):
        _note(found, pid, at, Reason(PARTY))
    if len(division) >= 9 and category_id is not None:
        same = [[("place", division.ljust(12, "0"))], [("category", str(category_id))]]
        for pid, at in _by_facets(same, visible, since=now - RECENT, most=limit):
            _note(found, pid, at, Reason(PLACE))
    if exclude is not None:
        found.pop(exclude, None)
    best = sorted(found.items(), key=lambda pair: _rank(pair[1], now), reverse=True)[:limit]
    told = lines(actor, [pid for pid, _f in best], now=now)
    today = timezone.localdate(now)
    return [
        LookAlike(line, tuple(f.reasons.values()), max(0, (today - timezone.localdate(line.registered_at)).days))
        for line, (_pid, f) in zip(told, best, strict=True)
        if not line.confidential
    ]


def _note(found: dict[UUID, _Found], pid: UUID, at: dt.datetime, reason: Reason) -> None:
    one = found.setdefault(pid, _Found(registered_at=at))
    one.reasons[reason.kind] = reason


def _rank(one: _Found, now: dt.datetime) -> tuple[float, dt.datetime]:
    """The text counts most, then the requester, then the place; something recent before something old."""
    text = one.reasons.get(TEXT)
    said = (text.share if text else 0.0) + (0.25 if PARTY in one.reasons else 0) + (0.15 if PLACE in one.reasons else 0)
    at = one.registered_at or now
    return said - min(0.1, (now - at).days / 3650), at


def _by_text(grams: Sequence[int], visible: scope.Visible) -> list[tuple[UUID, dt.datetime, float]]:
    """(problem, registered at, share of grams) of texts that are alike, in one statement."""
    if len(grams) < SHORTEST:
        return []
    pairs = _pairs(grams)
    sql, params = scope.sql_of(visible)
    either = " OR ".join("t.grams @> %s::int4[]" for _pair in pairs)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH near AS MATERIALIZED (
                SELECT t.problem_id, t.grams FROM problems_problemtext t WHERE {either} LIMIT %s
            ), judged AS MATERIALIZED (
                SELECT near.problem_id, least(cardinality(near.grams), %s) AS shorter,
                       (SELECT count(*) FROM unnest(near.grams) g WHERE g = ANY(%s::int4[])) AS shared
                  FROM near
            )
            SELECT j.problem_id, r.registered_at, j.shared::float / j.shorter AS share
              FROM judged j JOIN problems_problemrow r ON r.problem_id = j.problem_id
             WHERE j.shared >= %s AND j.shared >= %s * j.shorter AND {sql}
             ORDER BY share DESC, r.registered_at DESC LIMIT 20""",
            [*pairs, MOST_COMPARED, len(grams), list(grams), FEWEST_SHARED, ALIKE, *params],
        )
        return list(cursor.fetchall())


def _by_name(who: str, visible: scope.Visible, *, most: int) -> list[tuple[UUID, dt.datetime]]:
    """(problem, registered at), the newest first, of firms and bodies that gave this name: without a code they have no
    entry of their own, and their name stands in the searchable text. A resident's name stands nowhere."""
    norm = normalise_name(who)
    if len(norm) < SHORTEST_NAME:
        return []
    sql, params = scope.sql_of(visible)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH named AS MATERIALIZED (
                SELECT t.problem_id FROM problems_problemtext t WHERE t.grams @> %s::int4[] LIMIT %s
            )
            SELECT r.problem_id, r.registered_at, p.claimed_party
              FROM named JOIN problems_problemrow r ON r.problem_id = named.problem_id
              JOIN problems_problem p ON p.id = named.problem_id
             WHERE p.claimed_party <> '' AND {sql} ORDER BY r.registered_at DESC""",
            [grams_of(norm), MOST_COMPARED, *params],
        )
        return [(pid, at) for pid, at, claimed in cursor.fetchall() if normalise_name(claimed) == norm][:most]


def _pairs(grams: Sequence[int]) -> list[list[int]]:
    """The rarest grams, two and two. Which are rare is PostgreSQL's own statistic; it only saves work."""
    common = how_common("problems_problemtext", "grams")
    # Spread over the text by the scramble itself: grams that stand together have numbers far apart.
    rare = sorted(grams, key=lambda g: (common.get(g, 0.0), g))[: 2 * PAIRS]
    half = len(rare) // 2
    return [list(pair) for pair in zip(rare[:half], rare[half : 2 * half], strict=True)]


def _by_facets(
    groups: Iterable[list[Token]], visible: scope.Visible, *, since: dt.datetime | None, most: int
) -> list[tuple[UUID, dt.datetime]]:
    """(problem, registered at), the newest first, of those that have one facet of each group."""
    wanted = list(groups)
    numbers = facets.known_ids({token for group in wanted for token in group})
    asked = [[numbers[t] for t in group if t in numbers] for group in wanted]
    if not all(asked):
        return []
    sql, params = scope.sql_of(visible)
    among = " AND ".join("r.facets && %s::int4[]" if len(g) > 1 else "r.facets @> %s::int4[]" for g in asked)
    when, at = ("AND r.registered_at >= %s", [since]) if since is not None else ("", [])
    with connection.cursor() as cursor:
        # MATERIALIZED: first all that match (few), then the newest; not a walk of the whole sort index for the LIMIT.
        cursor.execute(
            f"WITH hit AS MATERIALIZED (SELECT r.problem_id, r.registered_at FROM problems_problemrow r"
            f" WHERE {among} {when} AND {sql})"
            " SELECT problem_id, registered_at FROM hit ORDER BY registered_at DESC LIMIT %s",
            [*asked, *at, *params, most],
        )
        return list(cursor.fetchall())
