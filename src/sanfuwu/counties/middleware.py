"""Which county a request is for: its host name's, otherwise the default one."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port

from .models import County, CountyDomain
from .schema import enter

_KEEP_SECONDS = 60.0  # how long a process may serve by host names that have changed since
_known: tuple[float, dict[str, County], County | None] | None = None


class NoCounty(RuntimeError):
    """There is no county yet: `sanfuwu migrate` makes the first one."""


def forget() -> None:
    """Empty the process's memory of host names (tests roll back what it remembers)."""
    global _known
    _known = None


def county_of_host(host: str) -> County:
    """The county with this host name (without port), otherwise SANFUWU_COUNTY, otherwise the first. Raises NoCounty."""
    by_host, default = _counties()
    county = by_host.get(host.lower()) or default
    if county is None:
        raise NoCounty("no county in the database")
    return county


def _counties() -> tuple[dict[str, County], County | None]:
    global _known
    now = time.monotonic()
    if _known is None or now - _known[0] > _KEEP_SECONDS:
        # `public` is in every search path, so this works from whatever county the thread served last.
        rows = list(County.objects.order_by("pk"))
        by_id = {row.pk: row for row in rows}
        domains = CountyDomain.objects.values_list("domain", "tenant_id")
        wanted = settings.SANFUWU_COUNTY
        default = next((c for c in rows if not wanted or c.schema_name == wanted), None)
        _known = (now, {domain.lower(): by_id[pk] for domain, pk in domains}, default)
    return _known[1], _known[2]


class CountyMiddleware:
    """Sets `request.tenant` and the connection's schema. Stands before everything that reads the database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        county = county_of_host(split_domain_port(request.get_host())[0])
        enter(county)
        request.tenant = county  # type: ignore[attr-defined]
        return self.get_response(request)
