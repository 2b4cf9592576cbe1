"""演练: the switch of a session, and what the actor becomes by it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from django.http import HttpRequest, HttpResponse

from sanfuwu.problems.policies import BUSINESS_ROLES
from sanfuwu.reference.queries import county_data
from sanfuwu.territory.actor import Actor

SESSION_KEY = "training"


def may_train(actor: Actor | None) -> bool:
    """Whoever does business may practise it, once the system officer has opened training."""
    return actor is not None and actor.role in BUSINESS_ROLES and county_data().training


class TrainingMiddleware:
    """Puts `request.actor` into training while the session's switch is on. Stands after the post is known.

    When the system officer closes training, every session is back in real work with its next request.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        actor: Actor | None = getattr(request, "actor", None)
        if actor is not None and request.session.get(SESSION_KEY):
            if may_train(actor):
                request.actor = replace(actor, training=True)  # type: ignore[attr-defined]
            else:
                del request.session[SESSION_KEY]
        return self.get_response(request)
