"""Look-alikes in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sanfuwu.territory.actor import Actor
from sanfuwu.triage.queries import LookAlike, Reason, look_alikes

from . import words
from .pieces import Chip
from .registering import place_code


@dataclass(frozen=True, slots=True)
class AlikeRow:
    """One problem that may be the same: why one may think so, and when it came."""

    number: str
    url: str
    title: str
    chip: Chip
    why: str
    strong: bool


def typed(actor: Actor, said: Mapping[str, str], places: dict[str, str], now: dt.datetime) -> list[LookAlike]:
    """For what stands in the registration form, complete or not."""
    text = said.get("text", "").strip()[:5000]
    division, _near = place_code(said.get("place", ""), places) if said.get("place", "").strip() else ("", [])
    try:
        category = UUID(said.get("category_id", ""))
    except ValueError:
        category = None
    return look_alikes(
        actor,
        text=text,
        who=said.get("who", "")[:120],
        uscc=said.get("uscc", "")[:18],
        division=division,
        category_id=category,
        now=now,
    )


def rows(found: list[LookAlike]) -> list[AlikeRow]:
    return [
        AlikeRow(
            number=one.line.number,
            url=reverse("web:problem", args=[one.line.number]),
            title=one.line.title,
            chip=words.stage_chip(one.line.stage),
            why=_(", ").join([*(_reason(reason, one) for reason in one.reasons), _ago(one.days)]),
            strong=one.strong,
        )
        for one in found
    ]


def _reason(reason: Reason, one: LookAlike) -> str:
    if reason.kind == "text":
        return _("text %(share)d %% alike") % {"share": round(reason.share * 100)}
    if reason.kind == "party":
        kind = words.word(words.PARTY_KINDS, one.line.party_kind)
        return _("the same requester (%(kind)s)") % {"kind": kind}
    return _("the same place and category")


def _ago(days: int) -> str:
    if days == 0:
        return _("today")
    return ngettext("%(n)d day ago", "%(n)d days ago", days) % {"n": days}
