"""What takes the short way is answered as by the long one; everything else takes the long one. The tests of
`test_register` and `test_idempotency` run through both."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import OperationalError
from django.urls import reverse

from sanfuwu.api import short_way as module
from sanfuwu.api.short_way import PATH, short_way
from sanfuwu.ledger.errors import InvalidInput
from sanfuwu.problems.models import Problem
from sanfuwu.problems.tests.cast import Cast

from .callers import SAID, Caller

pytestmark = pytest.mark.usefixtures("in_one_transaction")
BODY = json.dumps(SAID).encode()
Change = Callable[[dict[str, Any]], Any]


def plain(caller: Caller, body: bytes = BODY, **more: Any) -> dict[str, Any]:
    return {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": PATH,
        "SCRIPT_NAME": "",
        "QUERY_STRING": "",
        "HTTP_HOST": "testserver:8000",
        "HTTP_AUTHORIZATION": f"Bearer {caller.token}",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        **more,
    }


class Application:
    """The long way; remembers what it was given."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        self.bodies.append(environ["wsgi.input"].read())
        start_response("299 Long", [])
        return [b""]

    def ask(self, environ: dict[str, Any]) -> tuple[str, dict[str, str], bytes]:
        told: list[Any] = []
        body = short_way(self)(environ, lambda *said: told.append(said))  # type: ignore[arg-type,return-value]
        status, headers = told[0]
        assert len({name for name, _value in headers}) == len(headers)
        return status, dict(headers), b"".join(body)


def test_the_address_is_the_apis() -> None:
    assert reverse("api:problems") == PATH


def test_what_is_plain_never_reaches_the_application(cast: Cast, collector: Caller) -> None:
    application = Application()
    status, _headers, body = application.ask(plain(collector))
    assert status == "201 Created"
    assert application.bodies == []
    assert Problem.objects.get().number == json.loads(body)["number"]


def test_both_ways_send_the_same_headers(cast: Cast, collector: Caller) -> None:
    response = collector.post("/problems", SAID, X_Request_Id="proxy-7f3a-0001")
    _status, headers, body = Application().ask(plain(collector, HTTP_X_REQUEST_ID="proxy-7f3a-0001"))
    long = dict(response.headers) | {"Location": headers["Location"]}
    assert headers == long
    assert headers["Location"] == f"{PATH}/{json.loads(body)['number']}"
    assert json.loads(body).keys() == response.json().keys()


@pytest.mark.parametrize(
    "change",
    [
        lambda e: e.update(HTTP_COOKIE="sessionid=1"),
        lambda e: e.update(QUERY_STRING="a=1"),
        lambda e: e.update(SCRIPT_NAME="/prefix"),
        lambda e: e.update(CONTENT_TYPE="application/json; charset=utf-8"),
        lambda e: e.update(HTTP_AUTHORIZATION="Basic eDp5"),
        lambda e: e.update(HTTP_HOST="elsewhere.example"),
        lambda e: e.update(HTTP_IDEMPOTENCY_KEY="two words"),
        lambda e: e.pop("HTTP_HOST"),
        lambda e: e.pop("HTTP_AUTHORIZATION"),
        lambda e: e.pop("CONTENT_LENGTH"),
        lambda e: e.update(CONTENT_LENGTH="0"),
        lambda e: e.update(CONTENT_LENGTH="-1"),
        lambda e: e.update(CONTENT_LENGTH="²"),
        lambda e: e.update(CONTENT_LENGTH=str(module.MOST_BYTES + 1)),
        lambda e: e.update(PATH_INFO=f"{PATH}/"),
        lambda e: e.update(REQUEST_METHOD="GET"),
        lambda e: e.update(HTTP_AUTHORIZATION="Bearer sfw_nobody"),
    ],
)
def test_what_is_not_plain_takes_the_long_way_with_all_its_bytes(cast: Cast, collector: Caller, change: Change) -> None:
    application, environ = Application(), plain(collector)
    change(environ)
    assert application.ask(environ)[0] == "299 Long"
    assert application.bodies == [BODY]
    assert not Problem.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff",
        json.dumps(SAID | {"text": ""}).encode(),
        json.dumps(SAID | {"division": "110000"}).encode(),
        json.dumps(SAID | {"on_spot": {"how": "x", "confirmed_by": "y"}}).encode(),
        json.dumps(SAID | {"category_code": "nowhere"}).encode(),
    ],
)
def test_what_would_be_refused_is_refused_by_the_long_way(cast: Cast, collector: Caller, body: bytes) -> None:
    application = Application()
    assert application.ask(plain(collector, body))[0] == "299 Long"
    assert application.bodies == [body]
    assert not Problem.objects.exists()


def test_where_tls_is_asked_for_only_tls_is_short(cast: Cast, collector: Caller, settings: LazySettings) -> None:
    settings.SANFUWU_BEHIND_TLS = True
    application = Application()
    assert application.ask(plain(collector))[0] == "299 Long"
    assert application.ask(plain(collector, HTTP_X_FORWARDED_PROTO="https"))[0] == "201 Created"


def test_when_the_county_cannot_be_asked_for_the_long_way_says_so(
    cast: Cast, collector: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(_host: str) -> None:
        raise OperationalError("the connection is closed")

    monkeypatch.setattr(module, "county_of_host", lost)
    assert Application().ask(plain(collector))[0] == "299 Long"


def test_when_the_outcome_is_unknown_nothing_is_tried_again(
    cast: Cast, collector: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_args: Any, **_said: Any) -> None:
        raise ConnectionError("the cable")

    monkeypatch.setattr(module, "register_problem", lost)
    application = Application()
    status, headers, body = application.ask(plain(collector))
    assert (status, application.bodies) == ("500 Internal Server Error", [])
    assert headers["Content-Type"] == "application/problem+json"
    assert json.loads(body)["code"] == "internal"


def test_one_who_is_refused_in_company_refuses_nobody_else(
    cast: Cast, collector: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = [module._read(plain(collector), BODY) for _n in range(3)]
    bad = asked[1].payload.model_copy(update={"division": "110000"})
    object.__setattr__(asked[1], "payload", bad)
    first, refused, last = module._all(asked)
    assert isinstance(refused, InvalidInput)
    assert isinstance(first, Problem)
    assert isinstance(last, Problem)
    assert first.number != last.number
