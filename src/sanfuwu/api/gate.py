"""What every request to the API passes before anything else: an id, a limit of size, JSON only."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from sanfuwu.ledger.fields import new_id

from .refusals import refuse

MOST_BYTES = 256 * 1024
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")

View = Callable[..., HttpResponse]


def gate(view: View) -> View:
    """Wrap a view of the API. Exempt from CSRF: it listens to tokens only, never to the session's cookie."""

    @csrf_exempt
    @wraps(view)
    def passed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.request_id = request_id_in(request.META)  # type: ignore[attr-defined]
        response = _unwanted_body(request) or _answer(view, request, args, kwargs)
        for name, value in of_every_answer(response.content, request.request_id).items():  # type: ignore[attr-defined]
            response.headers[name] = value
        return response

    passed.listens_to_tokens_only = True  # type: ignore[attr-defined]  # see `middleware`
    return passed


def of_every_answer(body: bytes, request_id: str) -> dict[str, str]:
    """The headers that every answer of the API carries."""
    return {"X-Request-Id": request_id, "Cache-Control": "no-store", "Content-Length": str(len(body))}


def _nothing_here(request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
    """Addresses under /api/ that do not exist."""
    return refuse(request, 404, "not_found")


def _answer(view: View, request: HttpRequest, args: Any, kwargs: Any) -> HttpResponse:
    try:
        response = view(request, *args, **kwargs)
    except Http404:
        return refuse(request, 404, "not_found")
    if response.status_code == 405:
        refusal = refuse(request, 405, "no_such_method")
        refusal.headers["Allow"] = response.headers["Allow"]
        return refusal
    return response


def request_id_in(said: Mapping[str, Any]) -> str:
    """The id that a proxy gave, when it looks like one; otherwise a new one. `said`: WSGI's environment."""
    given = said.get("HTTP_X_REQUEST_ID", "")
    return given if _REQUEST_ID.fullmatch(given) else new_id().hex


def _unwanted_body(request: HttpRequest) -> HttpResponse | None:
    """A refusal of what is too large or not JSON; None for what may be read.

    Without a length there is no body: WSGI reads exactly as many bytes as CONTENT_LENGTH says.
    """
    length = request.META.get("CONTENT_LENGTH")
    if request.method != "POST" or not length or length == "0":
        return None
    if not length.isdigit() or int(length) > MOST_BYTES:
        return refuse(request, 413, "too_large")
    return None if request.content_type == "application/json" else refuse(request, 415, "not_json")


nothing_here = gate(_nothing_here)
