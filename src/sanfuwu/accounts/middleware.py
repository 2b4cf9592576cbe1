"""Which post this session acts in: `request.actor`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import ClassVar
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from sanfuwu.config import clock
from sanfuwu.ledger.errors import NotAllowed
from sanfuwu.territory.actor import ActivePost, Actor
from sanfuwu.territory.queries import load_actor, posts_of

SESSION_KEY = "active_post"


class ActivePostMiddleware:
    """Set `request.actor` (None when nobody is logged in or the account has no post today) and `request.my_posts()`.

    The post is asked for at every request, so that an ended post, an unlinked account or a delegation that has run out
    takes effect at once, in one statement. Stands after the session and authentication middleware.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        now = clock.now()
        request.actor = actor_of_session(request, now)  # type: ignore[attr-defined]
        request.my_posts = partial(_my_posts, request, timezone.localdate(now))  # type: ignore[attr-defined]
        return self.get_response(request)


class FirstPasswordMiddleware:
    """Whoever came in with a printed password chooses his own before anything else; past its day it opens nothing."""

    OPEN: ClassVar = ("account_change_password", "account_logout", "account_reauthenticate", "web:preferences")

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        until = getattr(request.user, "first_password_until", None)
        if until is None or request.path in {reverse(name) for name in self.OPEN}:
            return self.get_response(request)
        if until <= clock.now():
            logout(request)
            messages.error(request, _("This first password is past its day. Ask the system officer for a new one."))
            return HttpResponseRedirect(reverse("account_login"))
        if request.headers.get("Sec-Fetch-Dest", "document") == "document":  # not for the icon of the page
            messages.info(request, _("Welcome. Choose your own password first: the printed one is good only for this."))
        return HttpResponseRedirect(reverse("account_change_password") + _afterwards(request))


def _afterwards(request: HttpRequest) -> str:
    """The page that was asked for, to go on to once the password is chosen; the desk needs no mention."""
    asked = request.get_full_path() if request.method == "GET" else "/"
    return "" if asked == "/" else "?" + urlencode({REDIRECT_FIELD_NAME: asked})


def actor_of_session(request: HttpRequest, now: dt.datetime) -> Actor | None:
    """The post chosen in this session while it may still be acted in, otherwise the account's first one."""
    if not request.user.is_authenticated:
        return None
    account_id: UUID = request.user.pk
    chosen = request.session.get(SESSION_KEY)
    if chosen is not None:
        post_id, on_behalf_of = chosen
        try:
            return load_actor(
                UUID(post_id),
                account_id=account_id,
                now=now,
                on_behalf_of=UUID(on_behalf_of) if on_behalf_of else None,
            )
        except NotAllowed:
            del request.session[SESSION_KEY]
    posts = posts_of(account_id, timezone.localdate(now))
    if not posts:
        return None
    choose_post(request, posts[0].post_id, None)
    return load_actor(posts[0].post_id, account_id=account_id, now=now)


def choose_post(request: HttpRequest, post_id: UUID, on_behalf_of: UUID | None) -> None:
    """Remember the post in the session; whether it may be acted in has been asked already."""
    request.session[SESSION_KEY] = [str(post_id), str(on_behalf_of) if on_behalf_of else None]


def _my_posts(request: HttpRequest, day: dt.date) -> list[ActivePost]:
    return posts_of(request.user.pk, day) if request.user.is_authenticated else []
