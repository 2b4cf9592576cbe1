"""Problems at the stage where a test begins, brought there by the API with the tokens of the people who do it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

from .people import Cast
from .server import Site

_serial = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Given:
    """A problem that is there: its number and title."""

    number: str
    title: str
    read_code: str = ""

    @property
    def path(self) -> str:
        return f"/problems/{self.number}"


def registered(site: Site, cast: Cast, title: str = "", **more: Any) -> Given:
    """待受理, by the 走访干部."""
    title = title or f"停车难，请协调（{next(_serial)}）"
    body = {
        "text": f"{title}。早晚高峰进出困难。",
        "division": "330604007",
        "requester": {"kind": "resident", "contact_name": "陆建国", "phone": "13957500071"},
    }
    said = site.call(cast.collector.token, "/problems", body | more)
    return Given(said["number"], title, said["read_code"])


def accepted(site: Site, cast: Cast, title: str = "", **more: Any) -> Given:
    """待交办."""
    problem = registered(site, cast, title, **more)
    site.call(cast.dispatcher.token, f"{problem.path}/accept", {"category_id": cast.category})
    return problem


def dispatched(site: Site, cast: Cast, title: str = "", *, second: dict[str, str] | None = None, **more: Any) -> Given:
    """待签收 at the 供电所; `second` are title and text for the units of a confidential problem."""
    problem = accepted(site, cast, title, **more)
    site.call(cast.dispatcher.token, f"{problem.path}/dispatch", {"lead": cast.lead, **(second or {})})
    return problem


def signed(site: Site, cast: Cast, title: str = "", **more: Any) -> Given:
    """办理中, contacted."""
    problem = dispatched(site, cast, title, **more)
    site.call(cast.handler.token, f"{problem.path}/sign")
    site.call(cast.handler.token, f"{problem.path}/contact", {"how": "phone"})
    return problem
