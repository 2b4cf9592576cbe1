"""What the exchange's pages read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from sanfuwu.counties.models import County
from sanfuwu.counties.queries import county_code
from sanfuwu.problems.models import ForeignNumber, ForeignSystem
from sanfuwu.problems.queries.scope import sees_requester, visible_to
from sanfuwu.territory.actor import Actor

from .actions.telling import moved
from .models import Exchange, LedgerMessage, Partner, Transfer

LIST_CAP = 200


@dataclass(frozen=True, slots=True)
class SystemLine:
    """One system in the list: how many numbers it has here, and how many of them have moved since it was told."""

    system: ForeignSystem
    numbers: int
    moved: int
    last_out: Exchange | None
    last_in: Exchange | None


def systems() -> list[SystemLine]:
    """All systems of the county, those in use first."""
    rows = list(ForeignSystem.objects.order_by("-active", "name"))
    counts = dict(
        ForeignNumber.objects.filter(ended_at__isnull=True).values_list("system").annotate(Count("pk")).order_by()
    )
    last: dict[tuple[str, str], Exchange] = {}
    kept = Exchange.objects.exclude(state=Exchange.State.DROPPED)
    for one in kept.order_by("system", "direction", "-no").distinct("system", "direction"):
        last[one.system_id, one.direction] = one
    return [
        SystemLine(
            row,
            counts.get(row.code, 0),
            moved(row.code).count(),
            last.get((row.code, "out")),
            last.get((row.code, "in")),
        )
        for row in rows
    ]


def county_names() -> dict[str, str]:
    """{six digits: name} of the counties of this installation."""
    return dict(County.objects.values_list("code", "name"))


def other_counties() -> list[tuple[str, str]]:
    """(code, name) of those that could become partners."""
    here = county_code()
    return [(code, name) for code, name in sorted(county_names().items()) if code != here]


def partners(kind: str = "") -> list[tuple[str, str]]:
    """(code, name) of partners in use: for a report upwards only superiors, otherwise all."""
    rows = Partner.objects.filter(active=True)
    if kind == Transfer.Kind.UP:
        rows = rows.filter(relation=Partner.Relation.SUPERIOR)
    codes = list(rows.order_by("code").values_list("code", flat=True))
    names = county_names() if codes else {}
    return [(code, names.get(code, code)) for code in codes]


@dataclass(frozen=True, slots=True)
class TransferLine:
    """One line of 往来. `title` as this reader may see it; `undelivered`: a message of it has not arrived."""

    transfer: Transfer
    number: str
    title: str
    county: str
    undelivered: bool


# What we wait for (a report upwards until it is finished), what went out, what came in, what was declined.
TABS: dict[str, Q] = {
    "waiting": Q(direction="out") & (Q(state__in=["waiting", "received"]) | Q(kind="up", state="accepted")),
    "sent": Q(direction="out"),
    "received": Q(direction="in"),
    "declined": Q(state="declined"),
}


def transfers(actor: Actor, tab: str) -> list[TransferLine]:
    """The newest of a tab of `TABS`, up to `LIST_CAP`, of problems that the actor sees."""
    rows = _visible(actor, Transfer.objects.filter(TABS[tab])).select_related("problem").order_by("-created_at", "pk")
    return _lines(actor, rows[:LIST_CAP])


def transfers_of(actor: Actor, problem_id: UUID) -> list[TransferLine]:
    """Everything that was sent or received about one problem, which the actor sees."""
    return _lines(actor, Transfer.objects.filter(problem=problem_id).select_related("problem").order_by("created_at"))


def tab_counts(actor: Actor) -> dict[str, int]:
    """How many lines each tab has."""
    return {tab: _visible(actor, Transfer.objects.filter(where)).count() for tab, where in TABS.items()}


def _visible(actor: Actor, rows: QuerySet[Transfer]) -> QuerySet[Transfer]:
    return rows.filter(problem__in=visible_to(actor).values("problem"))


def _lines(actor: Actor, rows: Iterable[Transfer]) -> list[TransferLine]:
    found = list(rows)
    names = county_names() if found else {}
    stuck = set(
        LedgerMessage.objects.filter(
            transfer_id__in=[t.pk for t in found], direction="out", sent_at__isnull=True, attempts__gt=0
        ).values_list("transfer_id", flat=True)
    )
    return [
        TransferLine(
            t,
            t.problem.number,
            t.problem.title
            if not t.problem.confidential or sees_requester(actor, t.problem)
            else t.problem.title_for_units,
            names.get(t.partner_code, t.partner_code),
            t.pk in stuck,
        )
        for t in found
    ]


def by_their_number(actor: Actor, number: str) -> str:
    """Our number of the problem that another county knows under `number`; "" when there is none to see."""
    found = _visible(actor, Transfer.objects.filter(their_number=number)).order_by("-created_at")
    return found.values_list("problem__number", flat=True).first() or ""


def exchanges(code: str) -> list[Exchange]:
    """What was exchanged with a system, newest first."""
    return list(Exchange.objects.filter(system__code=code).order_by("-at", "-no")[:LIST_CAP])
