"""Every figure once: its name, its definition in words, and the query whose rows are what it counts.

The number is the count of those rows, the list behind it shows the same rows (`records`), and nothing else in the
program counts them again. Definitions: model.md, "Definitions that must not differ between two readers".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sanfuwu.counties.wording import local
from sanfuwu.meetings.models import MeetingItem, MeetingParty
from sanfuwu.parties.models import Party
from sanfuwu.problems.models import Commitment, PlanStep, Problem
from sanfuwu.problems.queries import visible_to
from sanfuwu.rules.resolution_level import ResolutionLevel
from sanfuwu.territory.actor import Actor
from sanfuwu.territory.models import Rank
from sanfuwu.visits.models import Opinion, VisitParty
from sanfuwu.visits.queries import visits_between

from .policies import place_of
from .windows import Window

Of = Literal["problems", "villages", "visits", "opinions", "items", "attendance"]
Rows = QuerySet[Any]


@dataclass(frozen=True, slots=True)
class Figure:
    """`of` says which kind of rows `rows` gives, and so how its list is shown."""

    name: str
    label: str | Promise
    definition: str | Promise
    of: Of
    rows: Callable[[Actor, Window], Rows]
    group: str = ""

    def count(self, actor: Actor, window: Window) -> int:
        return self.rows(actor, window).count()


def _problems(actor: Actor) -> QuerySet[Problem]:
    """What is visible; what was imported or entered for training never counts."""
    found = Problem.objects.filter(origin="live")
    return found if actor.is_system else found.filter(pk__in=visible_to(actor).values("pk"))


def solved(level: str = "") -> Callable[[Actor, Window], Rows]:
    """Results of kind 实际解决 that happened in the window and stand: a call-back that overturns one takes level, kind
    and moment away from the problem until it is solved again."""

    def rows(actor: Actor, window: Window) -> Rows:
        found = _problems(actor).filter(
            solved_at__gte=window.start, solved_at__lt=window.end, result_kind=Problem.ResultKind.SOLVED
        )
        return found.filter(resolution_level=level) if level else found

    return rows


def registered(actor: Actor, window: Window) -> Rows:
    """Problems registered in the window."""
    return _problems(actor).filter(row__registered_at__gte=window.start, row__registered_at__lt=window.end)


def _struck_off(actor: Actor, window: Window) -> Rows:
    return _problems(actor).filter(struck_off_at__gte=window.start, struck_off_at__lt=window.end)


def _visits(actor: Actor, window: Window) -> Rows:
    """Visits in the window with a visitor who was of the rank 区领导 then."""
    found = visits_between(window.first, window.last, rank=Rank.DISTRICT_LEADER)
    return found.filter(division__startswith=place) if (place := place_of(actor)) else found


def _villages(actor: Actor, window: Window) -> Rows:
    met = VisitParty.objects.filter(visit__in=_visits(actor, window).values("pk"), party_kind=Party.Kind.VILLAGE)
    return Party.objects.filter(pk__in=met.values(survivor=Coalesce("party__merged_into_id", "party_id")))


def _enterprise_visits(actor: Actor, window: Window) -> Rows:
    met = VisitParty.objects.filter(visit__in=_visits(actor, window).values("pk"), party_kind=Party.Kind.ENTERPRISE)
    # A joint visit that two of the visitors wrote down is still one: same firm, same moment.
    occasion = ("party_id", "claimed_party", "visit__held_at")
    return VisitParty.objects.filter(pk__in=met.order_by(*occasion, "pk").distinct(*occasion).values("pk"))


def _opinions(actor: Actor, window: Window) -> Rows:
    return Opinion.objects.filter(visit__in=_visits(actor, window).values("pk"))


def _items(actor: Actor, window: Window) -> QuerySet[MeetingItem]:
    found = MeetingItem.objects.filter(
        meeting__held_at__gte=window.start,
        meeting__held_at__lt=window.end,
        meeting__division__startswith=place_of(actor),
    )
    return found.filter(problem__in=_problems(actor).values("pk"))


def _attended(actor: Actor, window: Window) -> Rows:
    return MeetingParty.objects.filter(
        meeting__held_at__gte=window.start,
        meeting__held_at__lt=window.end,
        meeting__division__startswith=place_of(actor),
        party_kind=Party.Kind.ENTERPRISE,
    )


def _committed(actor: Actor, window: Window) -> Rows:
    of_it = {"problem": OuterRef("problem_id")}
    promised = Commitment.objects.filter(**of_it, meeting_id=OuterRef("meeting_id"))
    return _items(actor, window).filter(Exists(PlanStep.objects.filter(**of_it)), Exists(promised))


_SOLVED, _VISITED, _MET, _FLOW = "solved", "visited", "met", "flow"

FIGURES: tuple[Figure, ...] = (
    Figure(
        "solved_on_spot",
        _("Solved on the spot"),
        _(
            "Registered and solved on the same day at a visit or a meeting, with how and who confirmed. Overturned by a"
            " call-back, it no longer counts."
        ),
        "problems",
        solved(ResolutionLevel.ON_SPOT),
        _SOLVED,
    ),
    Figure(
        "solved_under_leader",
        _("Solved under a lead leader"),
        _("Actually solved while a named leader led the problem; not counted above."),
        "problems",
        solved(ResolutionLevel.UNDER_LEADER),
        _SOLVED,
    ),
    Figure(
        "solved_by_district_coordination",
        local(_("Solved by co-ordination of the %(county)s")),
        local(_("Actually solved after a co-ordination of the %(county)s decided on the problem; not counted above.")),
        "problems",
        solved(ResolutionLevel.DISTRICT),
        _SOLVED,
    ),
    Figure(
        "solved_by_town_coordination",
        _("Solved by co-ordination of the town"),
        _("Actually solved after a co-ordination of the town decided on the problem; not counted above."),
        "problems",
        solved(ResolutionLevel.TOWN),
        _SOLVED,
    ),
    Figure(
        "solved_by_unit",
        _("Solved by the unit"),
        _("Actually solved by the responsible unit without any of these."),
        "problems",
        solved(ResolutionLevel.UNIT),
        _SOLVED,
    ),
    Figure(
        "villages_visited",
        _("Villages and communities visited"),
        local(
            _("Different villages and communities met on visits with a visitor of the rank of %(county)s leader then.")
        ),
        "villages",
        _villages,
        _VISITED,
    ),
    Figure(
        "enterprise_visits",
        _("Visits to enterprises"),
        local(_("Enterprise × occasion, on visits with a %(county)s leader; a joint visit counts once.")),
        "visits",
        _enterprise_visits,
        _VISITED,
    ),
    Figure(
        "opinions_collected",
        _("Opinions collected"),
        _("Opinions and suggestions heard on these visits; an opinion need not be a problem."),
        "opinions",
        _opinions,
        _VISITED,
    ),
    Figure(
        "meeting_enterprises",
        _("Enterprises at meetings"),
        _("Enterprise × meeting, by the attendance of the meetings held in this time."),
        "attendance",
        _attended,
        _MET,
    ),
    Figure(
        "meeting_items",
        _("Items raised at meetings"),
        _("Items of the meetings held in this time; each is a problem."),
        "items",
        lambda actor, window: _items(actor, window),
        _MET,
    ),
    Figure(
        "meeting_solved_on_spot",
        _("Solved at the meeting"),
        _("Of these items, solved there and then and not overturned."),
        "items",
        lambda actor, window: _items(actor, window).filter(problem__on_spot=True),
        _MET,
    ),
    Figure(
        "meeting_commitments",
        _("Left with a plan and a commitment"),
        _("Of these items, those with a plan of steps and a commitment that a unit gave at the meeting."),
        "items",
        _committed,
        _MET,
    ),
    Figure(
        "problems_registered",
        _("Registered"),
        _("Problems registered in this time, whatever became of them."),
        "problems",
        registered,
        _FLOW,
    ),
    Figure(
        "problems_solved",
        _("Solved in all"),
        _("Actually solved, at whatever level: the sum of the first group."),
        "problems",
        solved(),
        _FLOW,
    ),
    Figure(
        "problems_struck_off",
        _("Struck off"),
        _("Struck off in this time, on whatever basis, and not reopened."),
        "problems",
        _struck_off,
        _FLOW,
    ),
)
BY_NAME = {figure.name: figure for figure in FIGURES}
