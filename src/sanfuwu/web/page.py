"""What every page needs: the actor, the clock read once, and an action's refusal as an answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from sanfuwu.config import clock
from sanfuwu.ledger.errors import ActionError, NotAllowed, NotVisible
from sanfuwu.territory.actor import Actor

View = Callable[..., HttpResponseBase]
SAID = "#messages"  # where a page says what was done


def now_of(request: HttpRequest) -> dt.datetime:
    """The page's one reading of the clock; the templates get the same."""
    now: dt.datetime | None = getattr(request, "now", None)
    if now is None:
        now = clock.now()
        request.now = now  # type: ignore[attr-defined]
    return now


def actor_of(request: HttpRequest) -> Actor:
    """The actor of a page that `for_post` guards."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        raise NotAllowed("no post")
    return actor


def said_of(number: str) -> str:
    """Where an act on a problem leads: to its page, at the message that says what was done. Without a place of its own
    the address keeps the form's, and a phone shows the acts at the end of the page with the message far above."""
    return reverse("web:problem", args=[number]) + SAID


def for_post(view: View) -> View:
    """Only for somebody logged in who serves in a post today. `NotVisible` is 404, `NotAllowed` 403, any other
    refusal that a page did not catch 400 with its sentence."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if getattr(request, "actor", None) is None:
            return render(request, "web/pages/no_post.html", status=403)
        try:
            return view(request, *args, **kwargs)
        except NotVisible as error:
            raise Http404 from error
        except NotAllowed as error:
            return render(request, "403.html", {"sentence": error.message}, status=403)
        except ActionError as error:
            return render(request, "400.html", {"sentence": error.message}, status=400)

    return guarded
