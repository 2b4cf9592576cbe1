"""Programs that call the API, each with the token of one post of the cast."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpResponse
from django.test import Client, RequestFactory

from sanfuwu.api.short_way import short_way
from sanfuwu.problems.tests.cast import NOW, PERSON, PHONE, TEXT, VILLAGE
from sanfuwu.territory.actions import issue_token, name_confidential_officer
from sanfuwu.territory.actor import SYSTEM, Actor

HOME = "/api/v1"
WAYS = ("long", "short")
SAID: dict[str, Any] = {
    "text": TEXT,
    "division": VILLAGE,
    "requester": {"kind": "resident", "contact_name": PERSON, "phone": PHONE},
}


class Caller:
    """One program. `get` and `post` take a path below /api/v1. `way`: "short" goes through WSGI as a server does, with
    the short way of intake before the application; "long" through Django alone."""

    way = "long"  # of all callers of a test (the fixture `both_ways`)

    def __init__(self, token: str | None) -> None:
        self.token = token
        self.client = Client(headers={"Authorization": f"Bearer {token}"} if token is not None else {})

    def get(self, path: str, query: dict[str, Any] | None = None, **headers: str) -> Any:
        return self.client.get(HOME + path, query, headers=_dashed(headers))

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        if body is None:
            return self.client.generic("POST", HOME + path, b"", content_type="", headers=_dashed(headers))
        data = body if isinstance(body, str | bytes) else json.dumps(body)
        if self.way == "short":
            return self._through_wsgi(path, data, headers)
        return self.client.post(HOME + path, data, content_type="application/json", headers=_dashed(headers))

    def _through_wsgi(self, path: str, data: str | bytes, headers: dict[str, str]) -> Any:
        said = {"host": "testserver"} | _dashed(headers)
        if self.token is not None:
            said["authorization"] = f"Bearer {self.token}"
        request = RequestFactory().post(HOME + path, data, content_type="application/json", headers=said)
        del request.environ["HTTP_COOKIE"]  # the factory's empty one; programs send none
        told: list[Any] = []
        body = short_way(WSGIHandler())(request.environ, lambda *said: told.append(said))  # type: ignore[arg-type,return-value]
        said_back = b"".join(body)
        if hasattr(body, "close"):  # Django's: the request ends here
            body.close()
        response: Any = HttpResponse(said_back, status=int(told[0][0].split()[0]), headers=dict(told[0][1]))
        response.json = lambda: json.loads(response.content)
        return response


def _dashed(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def caller_for(actor: Actor) -> Caller:
    """A program with a new token of the actor's post; a named officer is entered as such."""
    assert isinstance(actor.post_id, UUID)
    if actor.confidential_officer:
        name_confidential_officer(actor.post_id, True, actor=SYSTEM, now=NOW)
    _row, text = issue_token(actor.post_id, "test", actor=SYSTEM, now=NOW)
    return Caller(text)


def refusal(response: Any, status: int, code: str) -> dict[str, Any]:
    """The body of a refusal, checked to be a complete RFC 9457 one."""
    assert response.status_code == status, response.content.decode()
    assert response["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = json.loads(response.content)
    assert body["code"] == code, body
    assert body["type"] == f"urn:sanfuwu:error:{code}"
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    assert body["instance"] == f"urn:sanfuwu:request:{response['X-Request-Id']}"
    return body
