"""`POST /problems/{number}/{act}`: every act of `problems.acts`, one operation each, read from there.

Who may do what from which state stands in the lifecycle table and the policies; here is only the way in and out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Body, Header
from pydantic import BaseModel

from sanfuwu.config import clock
from sanfuwu.ledger.errors import InvalidInput, StaleVersion
from sanfuwu.problems.actions._shell import Act
from sanfuwu.problems.acts import ACTS
from sanfuwu.problems.chip import Stage, stage
from sanfuwu.problems.models import Problem
from sanfuwu.problems.policies import offers
from sanfuwu.problems.snapshot import load
from sanfuwu.rules import lifecycle
from sanfuwu.rules.lifecycle import ProblemState

from .command_models import all_optional, command_of, model_of
from .problem_json import OfferOut, offers_json
from .reading import visible_row
from .refusals import of_action
from .routers import acts as acts_router
from .shapes import BODY, Told, answers
from .tokens import actor_of, request_id_of

_VERSION = re.compile(r'(?:W/)?"([0-9]{1,9})"|([0-9]{1,9})')


class Acted(Told):
    """How the problem stands after the act, and what this post may do next."""

    number: str
    state: ProblemState
    stage: Stage
    version: int
    offers: list[OfferOut]


def run(request: HttpRequest, act: Act[Any], number: str, given: BaseModel | None, if_match: str | None) -> Any:
    """Find the problem (404), do the act, say how it stands."""
    actor = actor_of(request)
    row = visible_row(actor, number)
    try:
        act(
            row.pk,
            command_of(act.command, given),
            actor=actor,
            now=clock.now(),
            expected_version=_version(if_match),
            request_id=request_id_of(request),
        )
    except StaleVersion as error:
        present = Problem.objects.values_list("version", flat=True).get(pk=row.pk)
        return of_action(request, error, version=present)
    snap = load(row.pk)
    return Acted(
        number=snap.problem.number,
        state=ProblemState(snap.problem.state),
        stage=stage(snap),
        version=snap.problem.version,
        offers=offers_json(offers(actor, snap, tuple(ACTS)), request.path.rpartition("/")[0]),
    )


def _version(if_match: str | None) -> int | None:
    if if_match is None or if_match == "*":
        return None
    said = _VERSION.fullmatch(if_match)
    if said is None:
        raise InvalidInput(_("If-Match is the version of the problem, as in its ETag."), field="If-Match")
    return int(said[1] or said[2])


def _operation(act: Act[Any]) -> Callable[..., Any]:
    """The view of one act. Its signature is what ninja reads: the body's type differs from act to act."""
    model = model_of(act.command)
    optional = all_optional(act.command)

    def view(request: HttpRequest, response: HttpResponse, number: str, payload: Any, if_match: Any) -> Any:
        answer = run(request, act, number, payload, if_match)
        if isinstance(answer, Acted):
            response.headers["ETag"] = f'"{answer.version}"'
        return answer

    view.__name__ = act.name
    view.__doc__ = _said(act)
    view.__annotations__ = {
        "request": HttpRequest,
        "response": HttpResponse,
        "number": str,
        "payload": model | None if optional else model,
        "if_match": str | None,
    }
    view.__defaults__ = (
        Body(None) if optional else Body(...),
        Header(None, alias="If-Match", description="The version you have seen: 409 when somebody else was first"),
    )
    return view


def _said(act: Act[Any]) -> str:
    """The line of the lifecycle table for people who read the API's documentation."""
    lines = [(act.plan.__doc__ or "").strip()]
    for steps in lifecycle.TABLES.values():
        for step in (s for s in steps if s.act == act.name):
            start = ", ".join(str(s) if s else "nothing yet" for s in step.start)
            end = str(step.to) if step.to else "the state stays"
            lines.append(f"{step.machine}: {start} → {end}. By: {', '.join(step.who)}.")
    return "\n\n".join(line for line in lines if line)


for _act in ACTS.values():
    _path = _act.name.replace("_", "-")
    acts_router.post(
        f"/problems/{{number}}/{_path}",
        response=answers({200: Acted}, 403, 404, 409, *BODY),
        operation_id=_act.name,
        summary=_act.name.replace("_", " ").capitalize(),
        url_name=_path,
    )(_operation(_act))
