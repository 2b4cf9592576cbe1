"""`POST /problems`: the hot path. One statement for the token, then the action's own; nothing is read back.

A request that comes twice with the same `Idempotency-Key` gets the first answer again. The key is not looked up
beforehand: it is written with the problem, and only when that fails is it asked for.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Header
from pydantic import ConfigDict, Field, StringConstraints

from sanfuwu.config import clock
from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.errors import ActionError, InvalidInput
from sanfuwu.parties.actions import RequesterInput
from sanfuwu.parties.models import Party
from sanfuwu.problems.actions import Also, register_problem, solve_on_spot
from sanfuwu.problems.chip import Stage, stage_of_new
from sanfuwu.problems.commands import Registration, SpotSolution
from sanfuwu.problems.models import Category, Problem
from sanfuwu.rules.lifecycle import ProblemState
from sanfuwu.territory.actor import Actor

from .idempotency import Sent
from .routers import problems as problems_router
from .shapes import BODY, Code, Given, Line, Moment, Name, Text, Told, answers
from .tokens import actor_of, request_id_of

DivisionCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}([0-9]{3}([0-9]{3})?)?$")]
Key = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,128}$")]


class _Choices(Given):
    model_config = ConfigDict(extra="forbid", frozen=True, use_enum_values=True)


class RequesterIn(_Choices):
    """Who raised it. `name` is of a firm, body, project or village; a resident has a contact only."""

    kind: Party.Kind = Party.Kind.RESIDENT
    name: Name = ""
    uscc: Code = Field("", description="Unified social credit code (GB 32100), 18 characters")
    village_code: Code = Field("", description="Division code of a village or community, 12 digits")
    contact_name: Code = ""
    phone: Code = ""
    party_id: UUID | None = Field(None, description="A party that a person has chosen")


class OnSpotIn(Given):
    """Solved there and then at a visit or meeting, on the same working day."""

    how: Text
    confirmed_by: Code


class RegistrationIn(_Choices):
    """One problem. `text`, `division` and `requester` suffice."""

    text: Text
    division: DivisionCode = Field(description="Where: 6, 9 or 12 digits of this county")
    requester: RequesterIn
    anonymous: bool = False
    confidential: bool = Field(False, description="保密: the requester stays unknown to the handling units")
    title: Line = Field("", description="Empty: the first sentence of the text")
    channel: Problem.Channel = Problem.Channel.VISIT
    urgency: Problem.Urgency = Problem.Urgency.NORMAL
    nature: Problem.Nature = Problem.Nature.PROBLEM
    category_id: UUID | None = Field(None, description="As proposed; a person confirms it when accepting")
    category_code: Code | None = Field(None, description="Instead of category_id")
    proposed_unit: UUID | None = None
    raised_on: Moment | None = Field(None, description="When the requester raised it; empty: now")
    source_system: Annotated[str, StringConstraints(max_length=40, pattern=r"^[^\x00]*$")] = ""
    source_ref: Code | None = Field(None, description="Its number in the other system: registered once only")
    on_spot: OnSpotIn | None = None

    def registration(self) -> Registration:
        """As the action takes it. Asks for the category only when a code is given."""
        said = self.__dict__.copy()
        del said["on_spot"], said["requester"]
        code = said.pop("category_code")
        reg = Registration(requester=RequesterInput(**self.requester.__dict__), **said)
        return reg if code is None else replace(reg, category_id=_category_of(code, self.category_id))


class Registered(Told):
    """What was written. `read_code` is for the paper slip: whoever holds it may read the stage, and nothing more."""

    id: UUID
    number: str
    version: int = Field(description="1 for a new problem; for If-Match")
    state: ProblemState
    stage: Stage
    registered_at: dt.datetime
    proposed_unit: UUID | None = Field(description="As sent, otherwise the catalogue's; null: nobody proposed one")
    read_code: str


@problems_router.post(
    "/problems",
    response=answers({201: Registered}, 403, 409, *BODY),
    operation_id="register_problem",
    summary="Register a problem",
    url_name="problems",
)
def register(
    request: HttpRequest,
    payload: RegistrationIn,
    idempotency_key: Annotated[
        Key | None,
        Header(alias="Idempotency-Key", description="Yours, up to 128 characters; sent again, nothing is doubled"),
    ] = None,
) -> HttpResponse:
    """Send an Idempotency-Key and repeat the request until it is answered: the problem is registered once.

    The same key with the same body is answered as before (with `Idempotency-Replayed: true`), with another body by 409.
    Keys are kept for seven days.
    """
    actor = actor_of(request)
    sent = Sent.of(actor.post_id, idempotency_key, request.path, request.body)
    for last_try in (False, True):
        try:
            return created(request.path, _write(payload, sent, actor, request_id_of(request)))
        except (ActionError, IntegrityError) as error:
            if sent is not None and (before := sent.answered()) is not None:
                response = created(request.path, before)
                response.headers["Idempotency-Replayed"] = "true"
                return response
            # Two requests that both met a firm or a source row for the first time: the later one looks again.
            if last_try or isinstance(error, ActionError):
                raise
    raise AssertionError  # the second turn returns or raises


def _write(payload: RegistrationIn, sent: Sent | None, actor: Actor, request_id: str) -> dict[str, Any]:
    now = clock.now()
    said: dict[str, Any] = {"actor": actor, "now": now, "request_id": request_id, "also": kept(sent, now)}
    if payload.on_spot is None:
        return answer_of(register_problem(payload.registration(), **said))
    solution = SpotSolution(how=payload.on_spot.how, confirmed_by=payload.on_spot.confirmed_by)
    return answer_of(solve_on_spot(payload.registration(), solution, **said))


def kept(sent: Sent | None, now: dt.datetime) -> Also | None:
    """What goes into the act's transaction besides: the key and its answer."""

    def keep(problem: Problem, changes: Changes) -> None:
        if sent is not None:
            changes.insert(sent.row(answer_of(problem), now))

    return keep if sent is not None else None


def answer_of(problem: Problem) -> dict[str, Any]:
    """`Registered`, ready for JSON: made by hand, because a checked copy would cost more than the whole validation."""
    return {
        "id": str(problem.pk),
        "number": problem.number,
        "version": 1,
        "state": str(problem.state),
        "stage": str(stage_of_new(problem)),
        "registered_at": problem.registered_at.astimezone(dt.UTC).isoformat(),
        "proposed_unit": str(problem.proposed_unit) if problem.proposed_unit else None,
        "read_code": problem.read_code,
    }


def created(path: str, said: dict[str, Any]) -> HttpResponse:
    """201 with what was written."""
    body, headers = body_and_headers(path, said)
    return HttpResponse(body, headers=headers, status=201)


def body_and_headers(path: str, said: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
    """The answer to a registration. Sorted, so that one that went through the database is the same to the byte."""
    body = json.dumps(said, ensure_ascii=False, sort_keys=True).encode()
    location, tag = f"{path}/{said['number']}", f'"{said["version"]}"'
    return body, {"Content-Type": "application/json", "Location": location, "ETag": tag}


def _category_of(code: str, category_id: UUID | None) -> UUID:
    if category_id is not None:
        raise InvalidInput(_("Give the category's id or its code, not both."), field="category_code")
    found = Category.objects.filter(code=code).values_list("pk", flat=True).first()
    if found is None:
        raise InvalidInput(_("There is no such category."), field="category_code")
    return found
