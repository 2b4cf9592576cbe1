"""Programs that call the API, each with the token of one post of the cast."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.test import Client

from sanfuwu.problems.tests.cast import NOW, PERSON, PHONE, TEXT, VILLAGE
from sanfuwu.territory.actions import issue_token, name_confidential_officer
from sanfuwu.territory.actor import SYSTEM, Actor

HOME = "/api/v1"
SAID: dict[str, Any] = {
    "text": TEXT,
    "division": VILLAGE,
    "requester": {"kind": "resident", "contact_name": PERSON, "phone": PHONE},
}


class Caller:
    """One program. `get` and `post` take a path below /api/v1."""

    def __init__(self, token: str | None) -> None:
        self.token = token
        self.client = Client(headers={"Authorization": f"Bearer {token}"} if token is not None else {})

    def get(self, path: str, query: dict[str, Any] | None = None, **headers: str) -> Any:
        return self.client.get(HOME + path, query, headers=_dashed(headers))

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        if body is None:
            return self.client.generic("POST", HOME + path, b"", content_type="", headers=_dashed(headers))
        data = body if isinstance(body, str | bytes) else json.dumps(body)
        return self.client.post(HOME + path, data, content_type="application/json", headers=_dashed(headers))


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
