"""Every error of the API as `application/problem+json` (RFC 9457).

`code` is for programs and stable; `title` and `detail` are for people, in the language of the request; `field` is the
path of the input that is meant ("requester.phone"); `instance` is the request id, which is also in the answer's
header `X-Request-Id` and in the events that the request wrote.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from sanfuwu.ledger.errors import ActionError
from sanfuwu.rules.lifecycle import Illegal

CONTENT_TYPE = "application/problem+json"
TITLES = {
    400: gettext_lazy("The request cannot be read"),
    401: gettext_lazy("A valid token is needed"),
    403: gettext_lazy("Not allowed"),
    404: gettext_lazy("Not found"),
    405: gettext_lazy("This method does not exist here"),
    409: gettext_lazy("Not possible at present"),
    413: gettext_lazy("The request is too large"),
    415: gettext_lazy("Only JSON is read here"),
    422: gettext_lazy("Something in the request is wrong"),
    500: gettext_lazy("Something went wrong here"),
}
log = logging.getLogger("sanfuwu.api")


def refuse(request: HttpRequest, status: int, code: str, detail: str = "", **members: Any) -> HttpResponse:
    """One refusal. `members` with a value are added to it (`field`, `errors`, `version`)."""
    title = str(TITLES[status])
    body: dict[str, Any] = {
        "type": f"urn:sanfuwu:error:{code}",
        "title": title,
        "status": status,
        "detail": detail or title,
        "code": code,
        "instance": f"urn:sanfuwu:request:{getattr(request, 'request_id', '')}",
    }
    body |= {name: value for name, value in members.items() if value is not None}
    response = HttpResponse(json.dumps(body, ensure_ascii=False), content_type=CONTENT_TYPE, status=status)
    if status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="sanfuwu"'
    return response


def of_action(request: HttpRequest, error: ActionError, **members: Any) -> HttpResponse:
    """What an action refused, as it said it."""
    return refuse(request, error.status, error.code, error.message, field=error.field, **members)


def handle_on(api: NinjaAPI) -> None:
    """Let `api` answer every error in this way."""
    handlers: dict[type[Exception], Callable[[HttpRequest, Any], HttpResponse]] = {
        ActionError: of_action,
        ValidationError: _invalid,
        AuthenticationError: _unknown_token,
        HttpError: _unreadable,
        RequestDataTooBig: _too_large,
        Illegal: _illegal,
        Http404: _nothing_here,
        Exception: our_fault,
    }
    for kind, handler in handlers.items():
        api.add_exception_handler(kind, handler)


def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = [
        {"field": _path(fault["loc"]), "message": _said(fault), "reason": fault["type"]} for fault in error.errors
    ]
    first = errors[0] if errors else {"field": "", "message": ""}
    return refuse(request, 422, "invalid_input", first["message"], field=first["field"] or None, errors=errors or None)


def _path(loc: Sequence[str | int]) -> str:
    """("body", "payload", "requester", "phone") → "requester.phone": the names the caller wrote."""
    parts = [str(part) for part in loc]
    drop = 2 if len(parts) > 1 and parts[0] in ("body", "query") and parts[1] in ("payload", "asked") else 1
    return ".".join(parts[drop:])


def _said(fault: dict[str, Any]) -> str:
    """A pydantic fault in our own words; `reason` beside it keeps pydantic's stable name."""
    limits = fault.get("ctx", {})
    match fault["type"]:
        case "missing":
            return _("This must be filled in.")
        case "extra_forbidden":
            return _("There is no such field.")
        case "string_too_long":
            return _("At most %(most)d characters.") % {"most": limits["max_length"]}
        case "too_long":
            return _("At most %(most)d values.") % {"most": limits["max_length"]}
        case "literal_error" | "enum":
            return _("Choose one of the values offered.")
        case "timezone_aware":
            return _("A moment needs its time zone, such as +08:00.")
    return _("This value cannot be used here.")


def _unknown_token(request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    return refuse(request, 401, "unknown_token", _("The token is missing, unknown, expired or withdrawn."))


def _unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    status = error.status_code if error.status_code in TITLES else 400
    return refuse(request, status, "unreadable" if status == 400 else "refused", _("The body is not valid JSON."))


def _too_large(request: HttpRequest, _error: RequestDataTooBig) -> HttpResponse:
    return refuse(request, 413, "too_large")


def _illegal(request: HttpRequest, _error: Illegal) -> HttpResponse:
    return refuse(request, 409, "illegal_transition", _("This is not possible at the present stage."))


def _nothing_here(request: HttpRequest, _error: Http404) -> HttpResponse:
    return refuse(request, 404, "not_found")


def our_fault(request: HttpRequest, error: Exception) -> HttpResponse:
    """What nobody foresaw; it is in the log."""
    # Never the body or the query string: they may hold somebody's name.
    log.error("request %s failed", getattr(request, "request_id", ""), exc_info=error)
    return refuse(request, 500, "internal", _("Nothing was changed. Quote the request id when you ask for help."))
