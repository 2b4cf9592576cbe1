"""A sample of P2's cells through the whole program: middleware, token, view, query layer, JSON; without a socket."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any
from urllib.parse import urlencode

from . import grid, place, stats
from .clocks import Work
from .recipe import BIG, COMMONEST, PERMILLE

HOME = "/api/v1/problems"


def run(made: dict[str, Any], requests: int) -> list[dict[str, Any]]:
    """Each address `requests` times in turns; the first turn is not counted."""
    from django.test import Client

    people = {"county office": _token("dispatcher", "sfwb"), "unit with half": _token("unit_head", BIG)}
    asked = {
        "newest": {},
        "due": {"sort": "due"},
        "channel: commonest": {"channel": grid.value_of(made, "channel", "commonest")},
        "channel: old": {"channel": grid.value_of(made, "channel", "old")},
        "lead: new, due": {"lead": grid.value_of(made, "lead", "new"), "sort": "due"},
        "word: commonest": {"q": COMMONEST},
        "word: 0.1 %": {"q": PERMILLE},
    }
    jobs = []
    for who, token in people.items():
        client = Client(headers={"Authorization": f"Bearer {token}", "Host": place.HOST})
        jobs += [(who, f"list, {name}", client, f"{HOME}?{urlencode(query)}") for name, query in asked.items()]
        first = client.get(HOME).json()["items"][0]["number"]
        jobs.append((who, "detail", client, f"{HOME}/{first}"))
    work, times = Work(), [[] for _ in jobs]  # type: ignore[var-annotated]
    for turn in range(requests + 1):
        for n, (_who, name, client, address) in enumerate(jobs):
            began, worked = time.perf_counter(), work.now()
            response = client.get(address)
            assert response.status_code == 200, (name, response.content[:300])
            if turn:
                times[n].append(((time.perf_counter() - began) * 1000, work.now() - worked))
    return [
        {
            "who": who,
            "asked": name,
            "requests": requests,
            "p50": round(stats.percentile([t for t, _w in taken], 0.5), 1),
            "p95": round(stats.percentile([t for t, _w in taken], 0.95), 1),
            "work_p50": round(stats.percentile([w for _t, w in taken], 0.5), 1),
            "work_p95": round(stats.percentile([w for _t, w in taken], 0.95), 1),
        }
        for (who, name, _client, _address), taken in zip(jobs, times, strict=True)
    ]


def _token(role: str, unit_code: str) -> str:
    """A token of a post of this role, made for measuring."""
    from django.utils import timezone

    from sanfuwu.territory.actions import issue_token
    from sanfuwu.territory.actor import SYSTEM
    from sanfuwu.territory.models import Person, Post, Unit

    unit, title = Unit.objects.get(code=unit_code), f"测量 {role}"
    post = Post.objects.filter(title=title, unit=unit).first()
    if post is None:
        person = Person.objects.create(name="测量")
        post = Post.objects.create(person=person, unit=unit, role=role, title=title, valid_from=dt.date(2019, 1, 2))
    return issue_token(post.pk, "benchmark", actor=SYSTEM, now=timezone.now())[1]
