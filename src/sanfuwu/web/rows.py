"""Lines of the ledger and of the desk, from the queries' lines."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sanfuwu.problems.queries import Line

from . import bars, words
from .pieces import USUAL_COLUMNS, Cell, LedgerRow

# What stands under the title unless it has a column of its own.
_SECOND = ("place", "category", "channel")


def row(line: Line, *, columns: Sequence[str] = USUAL_COLUMNS, cells: tuple[Cell, ...] | None = None) -> LedgerRow:
    """One line in words. A resident's name is not listed; a confidential requester never."""
    co = [name for name in line.co if name]
    path = short_path(line.category_full) or line.category
    under = {"place": line.place, "category": path, "channel": words.word(words.CHANNELS, line.channel)}
    follows = _("merged into %(number)s") % {"number": line.master.partition("-")[2]} if line.master else ""
    said = [under[name] for name in _SECOND if under[name] and name not in columns]
    second = " · ".join([follows, *said] if follows else said)
    under |= {"place": line.place_full, "category": line.category_full}
    in_full = [under[name] for name in _SECOND if under[name] and name not in columns]
    whole = " · ".join([follows, *in_full] if follows else in_full)
    kind = words.word(words.PARTY_KINDS, line.party_kind)
    return LedgerRow(
        number=line.number,
        short=line.number.partition("-")[2],
        url=reverse("web:problem", args=[line.number]),
        title=line.title or _("(confidential, not yet sent out)"),
        second=second,
        whole=whole,
        party=_("confidential") if line.confidential and not line.requester else line.requester or kind,
        lead=line.lead,
        lead_second="" if "co" in columns else _co(co),
        chip=words.stage_chip(line.stage),
        bar=bars.of_line(line),
        tier=line.tier,
        marks=tuple(words.mark_chip(mark) for mark in line.marks),
        version=line.version,
        **({} if cells is None else {"cells": cells}),
    )


def short_path(full: str) -> str:
    """企业服务 / … / 物流, where there is little room: the field and the thing itself; two levels stay whole."""
    parts = full.split(" / ")
    return f"{parts[0]} / … / {parts[-1]}" if len(parts) > 2 else full


def _co(names: list[str]) -> str:
    if not names:
        return ""
    if len(names) == 1:
        return _("with %(unit)s") % {"unit": names[0]}
    return ngettext("with %(n)d unit", "with %(n)d units", len(names)) % {"n": len(names)}
