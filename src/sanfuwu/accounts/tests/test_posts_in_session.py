"""Which post a session acts in, and switching it. `/` only stands for any page: what counts is `request.actor`."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from sanfuwu.accounts.actions import create_account
from sanfuwu.accounts.middleware import SESSION_KEY, ActivePostMiddleware
from sanfuwu.accounts.passwords import random_password
from sanfuwu.territory.actions import end_delegation, end_post, link_account
from sanfuwu.territory.actor import SYSTEM, Actor
from sanfuwu.territory.models import Delegation, Post, Role

from .cast import Cast


@pytest.fixture
def browser(client: Client, cast: Cast) -> Client:
    client.force_login(cast.account)
    return client


def switch(browser: Client, post: Post, for_post: Post | None = None, **more: str) -> HttpResponse:
    said: dict[str, Any] = {"post": str(post.pk)} | more
    if for_post is not None:
        said["on_behalf_of"] = str(for_post.pk)
    return browser.post(reverse("switch-post"), said)  # type: ignore[return-value]


def actor_of(browser: Client, user: object) -> Actor | None:
    """What a page would find as `request.actor` in this browser's session."""
    request = RequestFactory().get("/")
    request.user = user  # type: ignore[assignment]
    session: SessionBase = browser.session
    request.session = session
    found: list[Actor | None] = []

    def page(request: HttpRequest) -> HttpResponse:
        found.append(request.actor)  # type: ignore[attr-defined]
        return HttpResponse()

    ActivePostMiddleware(page)(request)
    session.save()
    return found[0]


def test_a_new_session_acts_in_the_first_post(browser: Client, cast: Cast) -> None:
    actor = actor_of(browser, cast.account)
    assert actor is not None
    assert (actor.post_id, actor.role, actor.account_id) == (cast.handler.pk, Role.HANDLER, cast.account.pk)


def test_a_session_switches_to_another_post_of_its_own(browser: Client, cast: Cast) -> None:
    answer = switch(browser, cast.collector)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    actor = actor_of(browser, cast.account)
    assert actor is not None
    assert (actor.post_id, actor.role) == (cast.collector.pk, Role.COLLECTOR)


def test_a_session_switches_to_a_post_it_stands_in_for(browser: Client, cast: Cast) -> None:
    assert switch(browser, cast.handler, cast.head).status_code == 302
    actor = actor_of(browser, cast.account)
    assert actor is not None
    assert (actor.post_id, actor.on_behalf_of, actor.role) == (cast.handler.pk, cast.head.pk, Role.UNIT_HEAD)


def test_a_post_of_somebody_else_is_refused_and_the_session_stays(browser: Client, cast: Cast) -> None:
    switch(browser, cast.collector)
    assert switch(browser, cast.stranger).status_code == 403
    assert switch(browser, cast.handler, cast.stranger).status_code == 403
    assert switch(browser, cast.collector, cast.head).status_code == 403  # delegated to the other post
    assert browser.session[SESSION_KEY] == [str(cast.collector.pk), None]


@pytest.mark.parametrize("said", [{}, {"post": "x"}, {"post": "x", "on_behalf_of": "y"}])
def test_nonsense_is_a_bad_request(browser: Client, said: dict[str, str]) -> None:
    assert browser.post(reverse("switch-post"), said).status_code == 400


def test_switching_is_a_post_and_needs_a_login(client: Client, cast: Cast) -> None:
    answer = switch(client, cast.handler)
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))
    client.force_login(cast.account)
    assert client.get(reverse("switch-post")).status_code == 405


def test_switching_is_protected_against_forged_requests(cast: Cast) -> None:
    guarded = Client(enforce_csrf_checks=True)
    guarded.force_login(cast.account)
    assert switch(guarded, cast.collector).status_code == 403
    assert guarded.session[SESSION_KEY] == [str(cast.handler.pk), None]


@pytest.mark.parametrize(
    ("wanted", "target"),
    [("/problems/", "/problems/"), ("https://evil.example/", "/"), ("//evil.example/", "/"), ("javascript:x", "/")],
)
def test_switching_goes_on_to_a_page_of_ours_only(browser: Client, cast: Cast, wanted: str, target: str) -> None:
    assert switch(browser, cast.collector, next=wanted)["Location"] == target


def test_a_post_that_ended_is_left_at_the_next_request(browser: Client, cast: Cast) -> None:
    switch(browser, cast.collector)
    now = timezone.now()
    end_post(cast.collector.pk, valid_to=timezone.localdate(now), actor=SYSTEM, now=now)
    actor = actor_of(browser, cast.account)
    assert actor is not None
    assert actor.post_id == cast.handler.pk


def test_a_delegation_that_ended_is_left_at_the_next_request(browser: Client, cast: Cast) -> None:
    switch(browser, cast.handler, cast.head)
    now = timezone.now()
    row = Delegation.objects.get(post=cast.head)
    end_delegation(row.pk, valid_to=timezone.localdate(now), actor=SYSTEM, now=now)
    actor = actor_of(browser, cast.account)
    assert actor is not None
    assert (actor.post_id, actor.on_behalf_of) == (cast.handler.pk, None)


def test_an_account_without_posts_acts_as_nobody(browser: Client, cast: Cast) -> None:
    for post in (cast.handler, cast.collector):
        link_account(post.pk, None, actor=SYSTEM, now=timezone.now())
    assert actor_of(browser, cast.account) is None


def test_nobody_logged_in_is_nobody(client: Client, db: None) -> None:
    assert actor_of(client, AnonymousUser()) is None


def test_the_actor_of_a_session_costs_one_statement(browser: Client, cast: Cast, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    switch(browser, cast.collector)
    request = RequestFactory().get("/")
    request.user = cast.account
    request.session = browser.session
    request.session[SESSION_KEY]
    with django_assert_num_queries(1):
        ActivePostMiddleware(lambda _request: HttpResponse())(request)


def test_a_link_to_another_account_is_not_kept_by_an_old_session(browser: Client, cast: Cast) -> None:
    switch(browser, cast.collector)
    now = timezone.now()
    other = create_account("other", random_password(), actor=SYSTEM, now=now)
    link_account(cast.collector.pk, other.pk, actor=SYSTEM, now=now)
    assert switch(browser, cast.collector).status_code == 403
    actor = actor_of(browser, cast.account)
    assert actor is not None
    assert actor.post_id == cast.handler.pk
