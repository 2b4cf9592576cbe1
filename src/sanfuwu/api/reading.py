"""`GET /problems/{number}`: one problem as this post may see it, with its timeline and what may be done now."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from sanfuwu.config import clock
from sanfuwu.ledger.errors import NotVisible
from sanfuwu.problems import queries
from sanfuwu.problems.acts import ACTS
from sanfuwu.problems.models import ProblemRow
from sanfuwu.problems.policies import offers
from sanfuwu.problems.snapshot import load
from sanfuwu.territory.actor import Actor

from .problem_json import OffersOut, ProblemOut, offers_json, problem_json
from .routers import problems as problems_router
from .shapes import answers
from .tokens import actor_of

_NUMBER = re.compile(r"[0-9-]{1,24}")


def checked(number: str) -> str:
    """What could be a number of ours; raises `NotVisible` (404) for anything else."""
    if not _NUMBER.fullmatch(number):
        raise NotVisible(_("There is no such problem, or it is not visible to you."))
    return number


def visible_row(actor: Actor, number: str) -> ProblemRow:
    """The problem of this number when the actor sees it, otherwise `NotVisible` (404)."""
    return queries.find(actor, checked(number))


@problems_router.get(
    "/problems/{number}",
    response=answers({200: ProblemOut}, 404),
    operation_id="get_problem",
    summary="One problem",
    url_name="problem",
)
def one(request: HttpRequest, number: str, response: HttpResponse) -> ProblemOut:
    """What this post may read of it. `ETag` is its version: send it as If-Match with an act."""
    view = queries.get_problem(actor_of(request), checked(number), now=clock.now())
    response.headers["ETag"] = f'"{view.version}"'
    return problem_json(view, request.path)


@problems_router.get(
    "/problems/{number}/acts",
    response=answers({200: OffersOut}, 404),
    operation_id="list_acts",
    summary="What this post may do now",
    url_name="acts",
)
def acts(request: HttpRequest, number: str, response: HttpResponse) -> OffersOut:
    """Each act with its address and, where it is about one unit's assignment, which."""
    actor = actor_of(request)
    snap = load(visible_row(actor, number).pk)
    response.headers["ETag"] = f'"{snap.problem.version}"'
    return OffersOut(
        number=snap.problem.number,
        version=snap.problem.version,
        offers=offers_json(offers(actor, snap, tuple(ACTS)), request.path.rpartition("/")[0]),
    )
