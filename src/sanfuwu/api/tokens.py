"""A token is a post: whoever sends it acts as that post, with its scope and nothing more."""

from __future__ import annotations

from django.http import HttpRequest
from ninja.security import HttpBearer

from sanfuwu.config import clock
from sanfuwu.territory.actor import Actor
from sanfuwu.territory.queries import actor_of_token


class PostToken(HttpBearer):
    """`Authorization: Bearer …`. Sets `request.auth` to the actor. Sessions are not listened to."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        # Asked of the database at every request: a revoked token opens nothing from that moment on.
        return actor_of_token(token, clock.now()) if token else None


def actor_of(request: HttpRequest) -> Actor:
    """The actor of an authenticated request."""
    actor = request.auth  # type: ignore[attr-defined]
    assert isinstance(actor, Actor)  # every operation of the API stands behind PostToken
    return actor


def request_id_of(request: HttpRequest) -> str:
    """The id given by the gate; goes into the events that the request writes."""
    return str(request.request_id)  # type: ignore[attr-defined]
