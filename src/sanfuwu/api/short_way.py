"""The short way of an intake by token (ADR 0030): what will be registered goes from WSGI straight to the action.

Django's request, middleware, signals and router, and Ninja's operation, cost a registration as much again as the
registration itself. So a `POST /problems` that is as plain as programs send it is read here, and registered by the
same schema, the same action and the same group commit. **Whatever is not plain, and whatever is refused, takes the
long way from its beginning**: refusals, replays and everything else that is documented have one place, `registering`.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypedDict
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from django.conf import settings
from django.db import DatabaseError, IntegrityError, close_old_connections
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port, validate_host
from django.middleware.security import SecurityMiddleware
from django.utils import translation
from pydantic import TypeAdapter, ValidationError

from sanfuwu.config import clock
from sanfuwu.config.middleware import LanguageMiddleware, SecurityHeadersMiddleware
from sanfuwu.counties.middleware import NoCounty, county_of_host
from sanfuwu.counties.models import County
from sanfuwu.counties.schema import enter
from sanfuwu.ledger.errors import ActionError
from sanfuwu.problems.actions import Also, Incoming, known_source, register_problem, register_together
from sanfuwu.problems.models import Problem
from sanfuwu.reference.stamps import looked_at_once
from sanfuwu.territory.actor import Actor
from sanfuwu.territory.queries import actor_of_token

from . import registering
from .gate import MOST_BYTES, of_every_answer, request_id_in
from .idempotency import Sent
from .refusals import our_fault
from .together import Together

PATH: Final = "/api/v1/problems"
PATIENCE_S: Final = 0.005  # about a quarter of what a group of eight takes
_BEARER: Final = "Bearer "
_KEY: Final[TypeAdapter[str]] = TypeAdapter(registering.Key)


class _LongWay(Exception):
    """This request is not for the short way."""


class _Besides(TypedDict):
    request_id: str
    also: Also | None


@dataclass(frozen=True, slots=True)
class _Asked:
    """A registration as it came: its form is right, its token nobody has looked at."""

    county: County
    token: str
    payload: registering.RegistrationIn
    key: str | None
    body: bytes
    request_id: str
    now: dt.datetime

    def besides(self, actor: Actor) -> _Besides:
        """What goes with it into the transaction."""
        sent = Sent.of(actor.post_id, self.key, PATH, self.body)
        return {"request_id": self.request_id, "also": registering.kept(sent, self.now)}


def short_way(application: WSGIApplication) -> WSGIApplication:
    """`application` with the short way before it."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] != PATH or environ["REQUEST_METHOD"] != "POST" or not _plain(environ):
            return application(environ, start_response)
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        try:
            status, said, headers = _registered(_read(environ, body))
        except (_LongWay, ActionError, IntegrityError):
            environ["wsgi.input"] = io.BytesIO(body)
            return application(environ, start_response)
        start_response(status, [*headers.items(), *_of_middleware(settings.SANFUWU_BEHIND_TLS)])
        return [said]

    return answer


def _plain(environ: WSGIEnvironment) -> bool:
    """Whether the long way would read it as it stands: JSON of a known length, over TLS where that is asked for."""
    length = environ.get("CONTENT_LENGTH") or ""
    return (
        not environ.get("SCRIPT_NAME")
        and not environ.get("QUERY_STRING")
        and "HTTP_COOKIE" not in environ
        and environ.get("CONTENT_TYPE") == "application/json"
        and environ.get("HTTP_AUTHORIZATION", "").startswith(_BEARER)
        and length.isascii()
        and length.isdigit()
        and 0 < int(length) <= MOST_BYTES
        and (not settings.SANFUWU_BEHIND_TLS or environ.get("HTTP_X_FORWARDED_PROTO") == "https")
    )


def _read(environ: WSGIEnvironment, body: bytes) -> _Asked:
    """Raises `_LongWay` for all that the long way would refuse or answer by more than this one action."""
    domain, _port = split_domain_port(environ.get("HTTP_HOST", ""))
    if not domain or not validate_host(domain, settings.ALLOWED_HOSTS):
        raise _LongWay
    key = environ.get("HTTP_IDEMPOTENCY_KEY")
    try:
        county = county_of_host(domain)
        payload = registering.RegistrationIn.model_validate_json(body)
        if key is not None:
            _KEY.validate_python(key)
    except (ValidationError, NoCounty, DatabaseError) as error:  # a lost connection: the long way makes a new one
        raise _LongWay from error
    if payload.on_spot is not None:
        raise _LongWay
    token = environ["HTTP_AUTHORIZATION"].removeprefix(_BEARER)
    return _Asked(county, token, payload, key, body, request_id_in(environ), clock.now())


def _registered(asked: _Asked) -> tuple[str, bytes, dict[str, str]]:
    """Status, body and headers. Raises `_LongWay`, `ActionError` or `IntegrityError` when nothing was written of it."""
    try:
        written = _together.submit((asked.county.schema_name, asked.token), asked)
    except (_LongWay, ActionError, IntegrityError):
        raise
    except Exception as error:  # perhaps written: to try again could write it twice
        request = HttpRequest()
        request.request_id = asked.request_id  # type: ignore[attr-defined]
        refusal = our_fault(request, error)
        status, body, headers = "500 Internal Server Error", refusal.content, dict(refusal.headers)
    else:
        if isinstance(written, ActionError):
            raise written
        status = "201 Created"
        body, headers = registering.body_and_headers(PATH, registering.answer_of(written))
    return status, body, headers | of_every_answer(body, asked.request_id)


def _all(company: Sequence[_Asked]) -> list[Problem | ActionError]:
    """Requests with one token in one transaction: the token is looked at once for all of them."""
    first = company[0]
    close_old_connections()  # as Django does at the beginning of a request
    enter(first.county)
    with translation.override(settings.LANGUAGE_CODE), looked_at_once():
        actor = actor_of_token(first.token, first.now)
        if actor is None:
            raise _LongWay
        if len(company) == 1:
            return [register_problem(first.payload.registration(), actor=actor, now=first.now, **first.besides(actor))]
        incoming = [Incoming(one.payload.registration(), **one.besides(actor)) for one in company]
        results = register_together(incoming, actor=actor, now=max(one.now for one in company))
    return [r.problem or r.error or known_source() for r in results]


def _alone(asked: _Asked) -> Problem | ActionError:
    return _all([asked])[0]


_together: Together[_Asked, Problem | ActionError] = Together(
    _all, _alone, apart=(_LongWay, ActionError, IntegrityError), patience=PATIENCE_S
)


@lru_cache(maxsize=2)
def _of_middleware(secure: bool) -> tuple[tuple[str, str], ...]:
    """The headers that middleware puts on every answer: asked of the middleware itself, once."""
    request = HttpRequest()
    if secure:
        request.META["HTTP_X_FORWARDED_PROTO"] = "https"
    bare = HttpResponse()
    del bare.headers["Content-Type"]
    language = LanguageMiddleware(lambda _request: bare)
    SecurityMiddleware(language).process_response(request, language(request))
    return tuple(SecurityHeadersMiddleware(lambda _request: bare)(request).headers.items())
